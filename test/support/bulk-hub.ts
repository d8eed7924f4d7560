import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { Column } from '../../src/domain/intake/list-definition.ts';
import { getList } from '../../src/lists/registry.ts';
import type { ListName } from '../../src/domain/intake/words.ts';
import { expectNoLeak } from './attack-ground.ts';
import { workbookParts, zipOf } from './file-bytes.ts';
import { testHub, type TestHub } from './hub.ts';
import { openedBlocks } from './sealing-keys.ts';
import { ndjson, TYPES } from './sent-files.ts';
import { fingerprintOf } from './stored-rows.ts';

/** The ways in which rows come in. */
export const WAYS = ['graph', 'ndjson', 'csv', 'xlsx'] as const;
/** A way in which rows come in. */
export type Way = (typeof WAYS)[number];

/** What the hub answered: over the graph or at the door for files. */
export interface BulkAnswer {
  readonly status: number;
  readonly text: string;
  /** Of its first error; `null` where there is none. */
  readonly code: string | null;
  readonly body: any;
}

/** What became of rows that came in. */
export interface Judged {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<'sent' | 'accepted' | 'unchanged' | 'flagged' | 'rejected', number>>;
  readonly report: readonly { readonly code: string; readonly rows: number; readonly examples: readonly number[] }[];
  readonly remarks: readonly { readonly code: string }[];
  readonly claimsAdded: number;
  /** Number, outcome and codes of every row that was asked for. */
  readonly rows: readonly { readonly row: number; readonly outcome: string; readonly codes: readonly string[] }[];
  /** Everything that was answered about them, for looking for what should not be in it. */
  readonly text: string;
}

/** One push, whichever way it goes. */
export interface BulkPush {
  readonly client: string;
  readonly list: ListName;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Mode, period, documentNumber, dryRun; also an idempotency key, if not a fresh one. */
  readonly labels?: Readonly<Record<string, unknown>>;
  /** Milliseconds in which it must be judged, if not 80 s. */
  readonly within?: number;
}

/** A hub that works on what it is sent, and what bulk attacks look at. */
export interface BulkHub extends TestHub {
  readonly database: pg.Pool;
  /** Sends a push. */
  send(way: Way, push: BulkPush, token?: string): Promise<BulkAnswer>;
  /** Sends any bytes to the door for files. */
  sendBytes(
    client: string,
    list: string,
    type: string,
    body: Uint8Array | string,
    more?: SendMore,
  ): Promise<BulkAnswer>;
  /** Sends a push that must be taken, and waits until it is judged; rows that are rejected or flagged are told one by one. */
  judged(way: Way, push: BulkPush): Promise<Judged>;
  /** Waits until a submission is judged. */
  outcomeOf(client: string, id: string, within?: number): Promise<Judged>;
  /** The rows of a submission just as they were sent. */
  sentRows(id: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** S0: number and hash of the rows of each business table. */
  fingerprint(): Promise<string>;
  /** Files that the hub has put aside: in its folder for uploads, and without a name. */
  putAside(): number;
}

/** How bytes are sent besides. */
export interface SendMore {
  readonly key?: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** Less than a test has, so that it is told what was waited for. */
const JUDGED_WITHIN = 80_000;

/** Starts it; stop it in `afterAll`. */
export async function bulkHub(options: Parameters<typeof testHub>[0] = {}): Promise<BulkHub> {
  const hub = await testHub(options);
  const database = new pg.Pool({ connectionString: hub.databaseUrl, max: 2 });
  let keys = 0;
  const freshKey = (): string => `bulk-${(keys += 1)}`;

  async function answerOf(response: Response): Promise<BulkAnswer> {
    const text = await response.text();
    // A receipt is sealed: of its letters nothing can be told.
    if (!response.ok) expectNoLeak('an answer', { status: response.status, body: text });
    const body = JSON.parse(text);
    return { status: response.status, text, body, code: body.errors?.[0]?.extensions.code ?? null };
  }

  const sendBytes: BulkHub['sendBytes'] = async (
    client,
    list,
    type,
    body,
    { key, query = {}, headers, token } = {},
  ) => {
    const labels = new URLSearchParams(query).toString();
    return answerOf(
      await fetch(`${hub.url}/lists/${list}${labels && `?${labels}`}`, {
        method: 'POST',
        headers: {
          'content-type': type,
          authorization: `Bearer ${token ?? (await hub.tokenOf(client))}`,
          ...(key === null ? {} : { 'idempotency-key': key ?? freshKey() }),
          ...headers,
        },
        body: body as BodyInit,
      }),
    );
  };

  const send: BulkHub['send'] = async (way, { client, list, rows, labels = {} }, token) => {
    const { idempotencyKey = freshKey(), ...others } = labels as { idempotencyKey?: string };
    if (way !== 'graph') {
      const query = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
      const { type, body } = await fileOf(way, list, rows);
      return sendBytes(client, list, type, body, { key: idempotencyKey, query, token });
    }
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? (await hub.tokenOf(client))}` },
      body: JSON.stringify({
        query: `mutation ($input: Push${graphName(list)}Input!) { pushed: push${graphName(list)}(input: $input) { id status } }`,
        variables: { input: { idempotencyKey, rows, ...others } },
      }),
    });
    return answerOf(response);
  };

  const outcomeOf: BulkHub['outcomeOf'] = async (client, id, within = JUDGED_WITHIN) => {
    let text = '';
    let shown: any;
    const query = `query ($id: ID!) { submission(id: $id) { id status claimsAdded counts { sent accepted unchanged flagged rejected }
      report { code rows examples } remarks { code }
      verdicts(first: 5000, only: [REJECTED, FLAGGED]) { edges { node { row outcome findings { code column zh en } } } } } }`;
    await expect
      .poll(
        async () => {
          const answer = await hub.ask(client, { query, variables: { id } });
          text = answer.text;
          shown = answer.body.data?.submission;
          return shown?.status;
        },
        { timeout: within, interval: 25 },
      )
      .not.toMatch(/QUEUED|WORKING/);
    expectNoLeak('an outcome', { status: 200, body: text });
    const { verdicts, ...others } = shown;
    const rows = verdicts.edges.map(({ node }: any) => ({
      row: node.row,
      outcome: node.outcome,
      codes: node.findings.map(({ code }: any) => code),
    }));
    const { sent, accepted, unchanged, flagged, rejected } = others.counts;
    expect(accepted + unchanged + flagged + rejected, 'sent = accepted + rejected').toBe(sent);
    return { ...others, rows, text };
  };

  return {
    ...hub,
    database,
    send,
    sendBytes,
    outcomeOf,
    judged: async (way, push) => {
      const answer = await send(way, push);
      expect([answer.status, answer.code], `${way}: ${answer.text}`).toEqual([way === 'graph' ? 200 : 202, null]);
      return outcomeOf(push.client, way === 'graph' ? answer.body.data.pushed.id : answer.body.id, push.within);
    },
    sentRows: async (id) => {
      const blocks = await openedBlocks(database, id);
      return blocks.flatMap(({ rows }) => rows as Record<string, unknown>[]);
    },
    fingerprint: () => fingerprintOf(database),
    putAside: () => putAside(hub.dataDir),
    stop: async () => {
      await database.end();
      await hub.stop();
    },
  };
}

/** Rows as a file of a format, just as they are: nothing is guarded or mended. */
export async function fileOf(
  way: Exclude<Way, 'graph'>,
  list: ListName,
  rows: BulkPush['rows'],
): Promise<{ readonly type: string; readonly body: string | Uint8Array }> {
  if (way === 'ndjson') return { type: TYPES.ndjson, body: ndjson(rows) };
  const columns = getList(list).columns.filter(({ name }) => rows.some((row) => row[name] !== undefined));
  const table = [columns.map(({ zh }) => zh), ...rows.map((row) => columns.map(({ name }) => row[name]))];
  if (way === 'csv')
    return { type: TYPES.csv, body: table.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('') };
  return { type: TYPES.xlsx, body: await zipOf(workbookParts(table.map(sheetRow).join(''))) };
}

const csvCell = (cell: unknown): string => {
  const text =
    cell === undefined || cell === null ? '' : typeof cell === 'boolean' ? (cell ? '是' : '否') : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const sheetRow = (cells: readonly unknown[]): string => `<row>${cells.map(sheetCell).join('')}</row>`;

function sheetCell(cell: unknown): string {
  if (cell === undefined || cell === null) return '<c/>';
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c t="b"><v>${cell ? 1 : 0}</v></c>`;
  const text = String(cell)
    .replace(/(?![\t\n])[\p{Cc}\p{Cs}]/gu, (sign) => `_x${sign.charCodeAt(0).toString(16).padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
  return `<c t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

const graphName = (list: string): string =>
  list.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());

/** The columns of a list, for readers that are tried without a door. */
export const columnsOf = (list: ListName): readonly Column[] => getList(list).columns;

function putAside(dataDir: string): number {
  const uploads = join(dataDir, 'uploads');
  const open = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(uploads);
    } catch {
      return false;
    }
  });
  return open.length + readdirSync(uploads).length;
}
