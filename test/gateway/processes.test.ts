import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentKeys } from '../../src/gateway/dev-keys.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { builtHub, type BuiltHub } from '../support/built-processes.ts';
import { newDatabase } from '../support/database.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { TEST_KEY_FILE } from '../support/sealing-keys.ts';

// The hub as a site runs it: built files, each process started by its command, ended by its signal.

const ID_NUMBER = residentId(3);

let hub: BuiltHub;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'yidang-processes-'));
  hub = builtHub({
    YIDANG_ENV: 'development',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: await newDatabase({ migrated: true }),
    SEALING_KEY_FILE: TEST_KEY_FILE,
    SUBJECT_KEY_PEPPER: 'a-pepper-that-all-processes-of-this-test-share',
    // Line 106 of the security programme: whatever ran, nothing can be added to every object.
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(
      "process.on('exit',()=>console.log('prototype frozen: '+Object.isFrozen(Object.prototype)))",
    )}`,
  });
}, 240_000);

afterAll(async () => {
  await hub?.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('subgraphs as processes of their own', () => {
  it('answer one query together behind the gateway, and nobody else, and end when told', async () => {
    // A second gateway lets in with the tokens of the first; the gateway must know where its subgraphs are.
    const { start, running } = hub;
    const issuer = await start('start.js');
    const trusting = { ISSUER_URL: issuer.url, ISSUER_JWKS_URL: `${issuer.url}/oauth/jwks` };
    const [hardship, insurance] = await Promise.all([
      start('subgraph.js', ['hardship']),
      start('subgraph.js', ['insurance']),
    ]);
    const gateway = await start('start.js', [], {
      ...trusting,
      // The first works on the jobs of both.
      WORK: 'elsewhere',
      SUBGRAPHS: `hardship=${hardship.url}/graphql,insurance=${insurance.url}/graphql`,
    });
    const keys = developmentKeys(dataDir);
    const tokenOf = async (client: string): Promise<string> =>
      (await obtainToken(client, issuer.url, await keys.privateKeyOf(client))).access_token;
    const civilAffairs = await tokenOf('130628:civil-affairs');
    const insurer = await tokenOf('130628:medical-insurance');

    const pushed = await post(
      `${gateway.url}/graphql`,
      {
        documentId: 'PushHardship',
        variables: {
          input: {
            idempotencyKey: 'k',
            rows: [{ name: '甲', idNumber: ID_NUMBER, category: '低保对象', from: '2025-01-01' }],
          },
        },
      },
      civilAffairs,
    );
    expect(pushed.body.data.pushHardship.counts).toMatchObject({ sent: 1, accepted: 1 });
    // It logs at the end of the turn in which it answers, so the answer may be here first.
    await expect.poll(hardship.log, { timeout: 30_000 }).toContain('"client":"130628:civil-affairs"');

    const query = `{ person(idNumber: "${ID_NUMBER}", purpose: BENEFIT_ADMINISTRATION) {
      name hardshipListings { category word } benefit(policyYear: 2026, asOf: "2025-12-01") { pack { id } outcome }
    } }`;
    const { text } = await post(`${gateway.url}/graphql`, { query }, insurer);
    const expected = {
      name: '*',
      hardshipListings: [{ category: 'SUBSISTENCE_ALLOWANCE', word: '低保对象' }],
      benefit: { pack: { id: 'gaoyang-2026' }, outcome: 'DECIDED' },
    };
    expect(JSON.parse(text)).toEqual({ data: { person: expected } });
    // All in one process: the same bytes.
    expect((await post(`${issuer.url}/graphql`, { query }, insurer)).text).toBe(text);

    // Only the gateway may ask a subgraph: not even its schema is told to whoever holds a token of their own.
    for (const direct of [hardship, insurance]) {
      for (const token of [null, civilAffairs]) {
        const answer = await post(`${direct.url}/graphql`, { query: '{ _service { sdl } }' }, token);
        expect(answer.status).toBe(401);
      }
    }

    await insurance.stop();
    const without = await post(`${gateway.url}/graphql`, { query }, insurer);
    expect(without.body.errors!.map(({ extensions }) => extensions.code)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(without.body.data?.person ?? null).toBeNull();

    // No number, no name, no token in any log.
    for (const { log } of running) {
      expect(log()).not.toContain(ID_NUMBER);
      expect(log()).not.toContain('甲');
      expect(log()).not.toContain('eyJ');
    }
    expect(await Promise.all([gateway.stop(), hardship.stop(), issuer.stop()])).toEqual([0, 0, 0]);
    for (const { log } of running) expect(log()).toContain('prototype frozen: true');
  }, 240_000);
});
