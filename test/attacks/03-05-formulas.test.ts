import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bulkHub, WAYS, type BulkHub } from '../support/bulk-hub.ts';
import { TYPES } from '../support/sent-files.ts';

// Section 3.5 of the security programme, cells that a spreadsheet takes for formulas: kept as they were sent, handed out without harm,
// and the same again when they come back.

const CLIENT = '130628:civil-affairs';
const NAMES = [
  ...['=1+1', '+1', '-1', '@SUM(A1)', '＝1', '＋1', '－1', '＠1', '\t=1', '\r=1', '\n=1', '==1', "=cmd|' /C calc'!A0"],
  ...['a,=1', 'a";=1', 'a"\r\n=1', ';=1', '"=1"', 'a\t=1', '=HYPERLINK("http://x")'],
];
const HARMFUL = /^[=+\-@\t\r\n＝＋－＠]/;

let hub: BulkHub;
beforeAll(async () => {
  hub = await bulkHub();
}, 180_000);
afterAll(() => hub.stop());

/** Names of a submission as they are kept. */
const namesOf = async (id: string): Promise<unknown[]> => (await hub.sentRows(id)).map(({ name }) => name);

it.each(WAYS)('82. by %s: stored as sent, handed out neutralised, the same when it comes back', async (way) => {
  // Their numbers are wrong, so that all of them are handed back.
  const rows = NAMES.map((name) => ({ name, idNumber: '1', category: '低保对象', from: '2025-03-01' }));
  const sent = await hub.judged(way, { client: CLIENT, list: 'hardship', rows });
  expect(sent.counts).toMatchObject({ sent: NAMES.length, rejected: NAMES.length });
  expect(await namesOf(sent.id)).toEqual(NAMES);

  for (const format of ['csv', 'xlsx'] as const) {
    const response = await fetch(`${hub.url}/submissions/${sent.id}/rejected.${format}`, {
      headers: { authorization: `Bearer ${await hub.tokenOf(CLIENT)}` },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (format === 'csv') {
      const text = bytes.toString();
      // Every cell stands in quotation marks, so that no separator within one is taken for the end of it.
      expect(text.replace(/"(?:[^"]|"")*"/g, '')).toMatch(/^\uFEFF?[,\r\n]*$/);
      const cells = parse(text, { bom: true }) as string[][];
      expect(cells.flat().filter((cell) => HARMFUL.test(cell))).toEqual([]);
      expect(cells.slice(1).filter(([name]) => name!.startsWith("'"))).toHaveLength(
        NAMES.filter((name) => HARMFUL.test(name)).length,
      );
    }
    const answer = await hub.sendBytes(CLIENT, 'hardship', TYPES[format], bytes);
    expect(answer.status).toBe(202);
    const again = await hub.outcomeOf(CLIENT, answer.body.id);
    expect(again.counts).toMatchObject({ sent: NAMES.length, rejected: NAMES.length });
    expect([format, await namesOf(again.id)]).toEqual([format, NAMES]);
  }
});
