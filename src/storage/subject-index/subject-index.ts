import { randomUUID } from 'node:crypto';
import { isDerived } from '../../domain/identity/held-apart.ts';
import type { IdentityDocument } from '../../domain/identity/subject.ts';
import type { AskedKeys, SubjectKeys } from '../../flows/ports.ts';
import { plainArray, uuidArray } from '../array-text.ts';
import { gathered } from '../gathered-reads.ts';
import type { KeptSubjectKeys } from '../subject-keys.ts';
import type { Queryable } from '../walled-database.ts';
import type { Generation, IndexKeys } from './follow-index-keys.ts';

/** Asks the index: of these hashes, the subjects of those that are entered. */
type AskIndex = (hashes: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/**
 * Subject keys of a database whose index keys may be rotated (ADR 0024). As long as they never were, the pepper's hash of a document is its
 * subject's key and nothing is asked. Afterwards `subject_index` says which subject a document is.
 */
export function subjectIndex(client: Queryable, keys: IndexKeys): KeptSubjectKeys {
  const askTogether = gathered<readonly string[], ReadonlyMap<string, string>>(async (_place, questions) => {
    const subjects = await askIndex(client, [...new Set(questions.flat())]);
    return () => questions.map(() => subjects);
  });
  const over = (own: Queryable): SubjectKeys => portOver(own, keys, (hashes) => askIndex(own, hashes));
  return { ...portOver(client, keys, (hashes) => askTogether('', hashes)), over };
}

function portOver(client: Queryable, keys: IndexKeys, ask: AskIndex): SubjectKeys {
  const look = (): Promise<void> => keys.look();
  const asking = async (documents: () => Iterable<IdentityDocument>, enters: boolean): Promise<AskedKeys> => {
    const all = keys.all();
    const newest = all.at(-1)!;
    if (newest.id === 0) return { keyOf: newest.hashOf, newest: 0 };
    const asked = await lookUp(ask, all, documents());
    if (enters) await enter(client, all, [...asked.values()]);
    const keyOf = (document: IdentityDocument): string => {
      const { subject, hashes } = asked.get(textOf(document))!;
      // Where nobody is, nobody is under the hash either.
      return subject ?? hashes.get(newest.id)!;
    };
    return { keyOf, newest: newest.id };
  };
  return { find: (documents) => asking(documents, false), enter: (documents) => asking(documents, true), look };
}

/** A document that is being asked for. */
interface Asked {
  readonly apart: boolean;
  /** Its hashes by generation. */
  readonly hashes: ReadonlyMap<number, string>;
  /** Generations under which it is entered. */
  readonly entered: ReadonlySet<number>;
  subject: string | undefined;
}

const textOf = ({ idType, idNumber }: IdentityDocument): string => `${idType}\0${idNumber}`;

/**
 * Looks documents up under every generation that may know of them: the newest of which everybody is entered and those after it. One that
 * holds somebody apart stays where it was entered first, so that all are asked. What the newest says counts.
 */
async function lookUp(
  ask: AskIndex,
  all: readonly Generation[],
  documents: Iterable<IdentityDocument>,
): Promise<ReadonlyMap<string, Asked>> {
  const current = currentOf(all);
  const asked = new Map<string, Asked>();
  const wanted: { document: IdentityDocument; apart: boolean; hashes: Map<number, string> }[] = [];
  const seen = new Set<string>();
  for (const document of documents) {
    const text = textOf(document);
    if (seen.has(text)) continue;
    seen.add(text);
    const apart = isDerived(document);
    const hashes = new Map((apart ? all : current).map(({ id, hashOf }) => [id, hashOf(document)]));
    wanted.push({ document, apart, hashes });
  }
  const subjects = await ask(wanted.flatMap(({ hashes }) => [...hashes.values()]));
  for (const { document, apart, hashes } of wanted) {
    const entered = [...hashes].filter(([, hash]) => subjects.has(hash)).map(([id]) => id);
    const newest = entered.at(-1);
    // Until everybody is entered elsewhere, the pepper's hash is the key of a subject.
    const subject = newest === undefined ? peppered(current, hashes) : subjects.get(hashes.get(newest)!)!;
    asked.set(textOf(document), { apart, hashes, entered: new Set(entered), subject });
  }
  return asked;
}

/** The newest generation that counts, and those after it. */
const currentOf = (all: readonly Generation[]): readonly Generation[] =>
  all.slice(all.findLastIndex(({ counts }) => counts));

const peppered = ([first]: readonly Generation[], hashes: ReadonlyMap<number, string>): string | undefined =>
  first!.id === 0 ? hashes.get(0)! : undefined;

/**
 * Enters documents that the newest generation does not know. First under the one that counts, which everybody goes by who does not know
 * of the newest; last under the newest, whose word counts with everybody who knows of it. Of those who enter the same document at
 * the same time one has its way, and all go by it.
 */
async function enter(client: Queryable, all: readonly Generation[], asked: readonly Asked[]): Promise<void> {
  const newest = all.at(-1)!.id;
  const unknown = asked.filter(({ entered }) => !entered.has(newest));
  for (const { id } of currentOf(all)) {
    if (id > 0)
      await put(
        client,
        id,
        unknown.filter(({ entered }) => !entered.has(id)),
      );
  }
}

async function put(client: Queryable, id: number, asked: readonly Asked[]): Promise<void> {
  let left = asked;
  while (left.length > 0) {
    for (const one of left) one.subject ??= randomUUID();
    const values = [
      uuidArray(left.map(({ hashes }) => hashes.get(id)!)),
      uuidArray(left.map(({ subject }) => subject!)),
      plainArray(left.map(({ apart }) => apart)),
    ];
    const entered = await client.query<{ hash: string }>({ ...ENTER, values: [...values, id] });
    const own = new Set(entered.rows.map(({ hash }) => hash));
    const others = left.filter(({ hashes }) => !own.has(hashes.get(id)!));
    if (others.length === 0) return;
    // By a statement of its own, which sees what the first has waited for.
    const theirs = await askIndex(
      client,
      others.map(({ hashes }) => hashes.get(id)!),
    );
    for (const one of others) one.subject = theirs.get(one.hashes.get(id)!) ?? one.subject;
    // Gone again meanwhile, with whoever it was.
    left = others.filter(({ hashes }) => !theirs.has(hashes.get(id)!));
  }
}

/** The subjects of those of the hashes that are entered. One statement. */
export async function askIndex(client: Queryable, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (hashes.length === 0) return new Map();
  const found = await client.query<{ hash: string; subject: string }>({ ...ASK, values: [uuidArray(hashes)] });
  return new Map(found.rows.map(({ hash, subject }) => [hash, subject]));
}

const ASK = {
  name: 'subject-index',
  text: 'select document_hash as hash, subject_key as subject from subject_index where document_hash = any($1::uuid[])',
};

/**
 * Enters documents, passing over those whose hash is entered. In the order of hashes, so that two who enter the same documents wait for each other rather than
 * each for the other.
 */
export const ENTER = {
  name: 'enter-subjects',
  text: `
insert into subject_index (document_hash, index_key, subject_key, apart)
select e.hash, $4, e.subject, e.apart
from unnest($1::uuid[], $2::uuid[], $3::boolean[]) as e(hash, subject, apart)
order by e.hash
on conflict do nothing
returning document_hash as hash`,
};
