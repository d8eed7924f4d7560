import { ACCESS_RULES } from '../domain/access/access-rules.ts';
import type { Caller } from '../domain/access/caller.ts';
import { decidePush } from '../domain/access/decide-push.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { Column, ListMode, RawRow } from '../domain/intake/list-definition.ts';
import { isStaleSnapshot } from '../domain/intake/list-period.ts';
import type { FileColumn, SubmissionFormat } from '../domain/intake/submission.ts';
import { LISTS, type ListName } from '../domain/intake/words.ts';
import { getList } from '../lists/registry.ts';
import { checkLabels, noRows } from './check-labels.ts';
import { checkSignature, openSignature, type CheckSignaturePorts } from './check-signature.ts';
import type { Clock, Ids, Jurisdictions, StoredSubmission, Upload, UploadStore } from './ports.ts';

/** One push of one list as a file: everything about it that is not in the file. */
export interface FilePush {
  /** The list's name as the address has it; it may be none. */
  readonly list: string;
  readonly idempotencyKey: string;
  readonly mode: ListMode;
  readonly period: string | null;
  readonly documentNumber: string | null;
  /** The jurisdiction the sender means; when given it must be the token's own. */
  readonly jurisdiction: string | null;
  readonly dryRun: boolean;
  /** The agency's signature, a detached JWS; `null`: it comes without one. */
  readonly signature: string | null;
}

/** Some rows of a file, in its order. */
export interface FileBatch {
  /** The columns of the file with their headings; `null` where every row names its own. */
  readonly columns: readonly FileColumn[] | null;
  readonly rows: readonly RawRow[];
}

/** A file as a door hands it in. Nothing of it is read before it is asked for. */
export interface IncomingFile {
  readonly format: Exclude<SubmissionFormat, 'GRAPHQL'>;
  /** Its rows as they come. Rejects with an error of the door's own where the file cannot be read as what it is said to be. */
  batches(columns: readonly Column[]): AsyncIterable<FileBatch>;
  /** SHA-256 of the whole file, lower-case hex; reads what was not read yet. */
  digest(): Promise<string>;
}

/** What the hub answers to a file: it is kept, and will be taken in. */
export interface FileReceipt {
  readonly submission: StoredSubmission;
  /** True where the same file had been received before and this is its receipt. */
  readonly repeated: boolean;
}

/** What it takes to receive a file. */
export interface ReceiveFilePorts extends CheckSignaturePorts {
  readonly uploads: UploadStore;
  readonly jurisdictions: Jurisdictions;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Receives one file: keeps its rows as they were sent, as a submission that waits to be taken in. Whether the caller may push the
 * list is decided before anything of the file is read. Refuses as a whole, and then keeps nothing: what may not be pushed
 * (`FORBIDDEN`, `NOT_FOUND`), what cannot be a push (`BAD_USER_INPUT`), what is not signed as it must be (`SIGNATURE_REQUIRED`,
 * `SIGNATURE_INVALID`), other content under a key used before (`IDEMPOTENCY_CONFLICT`) or under one that is coming in
 * (`PUSH_UNDER_WAY`), and a snapshot older than one received before (`STALE_VERSION`).
 */
export async function receiveFile(
  push: FilePush,
  file: IncomingFile,
  caller: Caller | null,
  ports: ReceiveFilePorts,
): Promise<Answer<FileReceipt>> {
  const { list: name } = push;
  // Nobody is granted what does not exist, and nobody learns which of the two it is.
  if (caller && !isListName(name)) return refused('FORBIDDEN', ...ACCESS_RULES.PUSH_LIST.refusal);
  const list = name as ListName;
  const right = decidePush(
    { ...push, list },
    caller,
    caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined,
  );
  if (!right.ok) return right;
  const sound = checkLabels(push);
  if (!sound.ok) return sound;

  // Told before a gigabyte was sent for nothing; decided below, when the content is known, and the key may have been revoked meanwhile.
  const labels = { ...push, format: file.format };
  const opened = await openSignature(labels, right.value, ports);
  if (!opened.ok) return opened;
  const signatureOver = (digest: string) => checkSignature(labels, digest, right.value, ports);

  const { caller: pusher } = right.value;
  const upload = await ports.uploads.begin(pusher.jurisdiction, pusher.agency, push.idempotencyKey);
  if (!upload) return underWay();
  try {
    // A dry run spends no key, so the key of an earlier push is nothing to it.
    if (upload.before && !push.dryRun) return await repeatedOrConflict(push, list, file, upload.before, signatureOver);
    // Told before a gigabyte was sent for nothing; decided below, once nobody can come in between.
    if (await isStale(push, list, upload)) return stale();

    let fileColumns: readonly FileColumn[] | null = null;
    for await (const { columns, rows } of file.batches(getList(list).columns)) {
      fileColumns = columns;
      await upload.addRows(rows);
    }
    if (upload.rows === 0) return noRows();
    const digest = await file.digest();
    const signed = await signatureOver(digest);
    if (!signed.ok) return signed;

    await upload.lockList(list);
    if (await isStale(push, list, upload)) return stale();
    const id = ports.ids.next();
    const submission = await upload.keep({
      id,
      jurisdiction: pusher.jurisdiction,
      agency: pusher.agency,
      list,
      mode: push.mode,
      period: push.period,
      documentNumber: push.documentNumber,
      idempotencyKey: push.dryRun ? id : push.idempotencyKey,
      digest,
      receivedAt: ports.clock.now(),
      dryRun: push.dryRun,
      format: file.format,
      fileColumns,
      operator: pusher.operator ?? null,
      signature: signed.value,
    });
    return submission ? granted({ submission, repeated: false }) : underWay();
  } finally {
    await upload.close();
  }
}

const isListName = (name: string): name is ListName => Object.hasOwn(LISTS, name);

/** The same file under the same labels is the same push; its rows need not even be read. */
async function repeatedOrConflict(
  push: FilePush,
  list: ListName,
  file: IncomingFile,
  before: StoredSubmission,
  signatureOver: (digest: string) => Promise<Answer<unknown>>,
): Promise<Answer<FileReceipt>> {
  const sameLabels =
    before.list === list &&
    before.mode === push.mode &&
    before.period === push.period &&
    before.documentNumber === push.documentNumber;
  const digest = sameLabels ? await file.digest() : null;
  if (digest === null || digest !== before.digest) return conflict();
  const signed = await signatureOver(digest);
  return signed.ok ? granted({ submission: before, repeated: true }) : signed;
}

const isStale = async (push: FilePush, list: ListName, upload: Upload): Promise<boolean> =>
  isStaleSnapshot(push, getList(list).shape, await upload.snapshotPeriods(list));

/** Whoever tries again finds the other push received, and is told whether it was the same. */
const underWay = () =>
  refused('PUSH_UNDER_WAY', '同一幂等键的报送正在进行', 'A push under the same idempotency key is under way');

/** The refusal of other content under a key used before. */
export const conflict = (): Answer<never> =>
  refused(
    'IDEMPOTENCY_CONFLICT',
    '同一幂等键此前已用于不同内容',
    'The idempotency key was used before for other content',
  );

/** The refusal of a snapshot that is older than one received before. */
export const stale = (): Answer<never> =>
  refused(
    'STALE_VERSION',
    '此前已收到更新期次的整份名单，本份未接收',
    'A snapshot of a later period was received before; nothing was taken in',
  );
