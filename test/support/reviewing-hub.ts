import type { IdentityMatter } from '../../src/domain/identity/identity-matter.ts';
import { dayInShanghai } from '../../src/domain/time/plain-date.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { revealReasonHeader } from '../../src/gateway/reveal-reason.ts';
import type { Database } from '../../src/storage/database.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { workingDays } from '../../src/storage/working-days.ts';
import { attachedDatabase } from './database.ts';
import { documentsOf } from './documents.ts';
import { post } from './hub.ts';
import { pushingHub, type PushingHub } from './pushing-hub.ts';

/** A staff member of an agency, `130628:medical-insurance/li.na`; without a slash the agency's system in nobody's name. */
export type Who = string;

/** A hub on which tasks are reviewed over HTTP. What the hub finds by jobs is told to it by the test. */
export interface ReviewingHub extends PushingHub {
  readonly database: Database;
  /** Asks as somebody: what the first field answers, or the code of why it was refused. */
  asks(who: Who, query: string, variables?: object): Promise<any>;
  /** Tells that of these subjects exactly these matters are open, as of a day. */
  keepMatters(subjects: readonly string[], matters: readonly IdentityMatter[], on: string): Promise<void>;
  /** The key of the subject of an id number, as the hub knows it; the person found by the number has it as a subject. */
  subjectsOf(idNumber: string): Promise<readonly string[]>;
}

/** Everything that the graph shows of a task. */
export const TASK = `
  id kind state version openedAt dueOn overdue dueOnMayMove admits
  sides { subject person idType number { masked } heldApart sex
    names { value sources { agency list submission row toldAt validFrom validTo } }
    birthDates { value sources { agency row } } households { value } deaths { value } namedWith { value sources { row } } }
  suggestion { because zh en settlement { ...said } }
  proposal { because by { agency operator } at settlement { ...said } difference { ...changes } }
  settled { because by { agency operator } confirmedBy { agency operator } at settlement { ...said } }
  difference { ...changes }
  history { version did at by { agency operator } because settlement { kind } difference { person } }
  corrections { id state version agency list submission row about reason dueOn }`;

/** The parts that a task is shown by. */
export const PARTS = `
  fragment said on Settlement { kind subjects names attribute value submission row about withheld }
  fragment changes on SettledDifference { person pack before { ...terms } after { ...terms } }
  fragment terms on SettledTerms { outcome category payable paid subsidy refundDecision refundAmount periods { from to } review }`;

/** Starts a hub with its jobs left undone; stop it in `afterAll`. */
export async function reviewingHub(): Promise<ReviewingHub> {
  const hub = await pushingHub({ work: 'elsewhere' });
  const revealing = revealReasonHeader('身份核查');
  const database = await attachedDatabase(hub.databaseUrl);
  const people = peopleStore(database.walled, uuidv7Ids());
  const tokens = new Map<Who, string>();
  const tokenOf = async (who: Who): Promise<string> => {
    const [client, operator] = who.split('/') as [string, string | undefined];
    const key = await hub.privateKeyOf(client);
    const token = tokens.get(who) ?? (await obtainToken(client, hub.issuer, key, hub.url, operator)).access_token;
    tokens.set(who, token);
    return token;
  };
  return {
    ...hub,
    database,
    asks: async (who, query, variables = {}) => {
      const { body } = await post(`${hub.url}/graphql`, { query, variables }, await tokenOf(who), revealing);
      return body.errors?.[0]?.extensions.code ?? Object.values(body.data)[0];
    },
    keepMatters: (subjects, matters, on) => {
      const at = new Date(`${on}T10:00:00+08:00`);
      const opened = { at, dueOn: workingDays.after(dayInShanghai(at), 10) };
      return people.inTransaction('130628', (tx) => tx.keepMatters('130628', subjects, matters, opened));
    },
    subjectsOf: async (idNumber) => {
      const documents = await documentsOf(database.walled, '130628');
      return documents.filter((document) => document.idNumber === idNumber).map(({ key }) => key);
    },
    stop: async () => {
      await database.close();
      await hub.stop();
    },
  };
}
