import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkReceipts } from '../../../src/cli/audit/check-receipts.ts';
import { hubSeal, type HubSeal } from '../../../src/gateway/issuer-seal.ts';
import { makeKeyPair, publicHalf } from '../../../src/gateway/issuer.ts';
import { testHub, type TestHub } from '../../support/hub.ts';
import { residentId } from '../../support/id-numbers.ts';
import { sendAt, signedAt, type DoorPush } from '../../support/signing-hub.ts';

const CLIENT = '130628:civil-affairs';

let hub: TestHub;
let seal: HubSeal;
let key: JWK;
beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere' });
  seal = await hubSeal(JSON.parse(readFileSync(join(hub.dataDir, 'audit-keys.json'), 'utf8')));
  key = await hub.privateKeyOf(CLIENT);
});
afterAll(() => hub?.stop());

const pushOf = (index: number): DoorPush => ({
  ...{ client: CLIENT, list: 'hardship', idempotencyKey: `push-${index}`, labels: { period: '2025-11' } },
  rows: [{ name: '张三', idNumber: residentId(index), category: '低保对象', from: '2025-06-01' }],
});

const membersOf = (receipt: string): any => JSON.parse(Buffer.from(receipt.split('.')[1]!, 'base64url').toString());

/** Runs `npm run audit -- check` on a receipt as an agency, or whoever audits it, does. */
async function check(receipt: string, ...more: readonly string[]): Promise<readonly [sound: boolean, told: string]> {
  const file = join(hub.dataDir, 'receipt');
  writeFileSync(file, receipt);
  const lines: string[] = [];
  const environment = { YIDANG_TOKEN: await hub.tokenOf(CLIENT) };
  const sound = await checkReceipts([file, ...more, '--hub', hub.url], environment, 'usage', (line) =>
    lines.push(line),
  );
  return [sound, lines.join('\n')];
}

const keysFile = (...keys: readonly object[]): string => {
  const file = join(hub.dataDir, 'agency-keys.json');
  writeFileSync(file, JSON.stringify(keys.length === 1 ? keys[0] : { keys }));
  return file;
};

it('holds the agency’s signature against the receipt, the log, and the keys that are known for the agency’s', async () => {
  const push = pushOf(1);
  const { signedReceipt } = await sendAt(hub, 'graph', push, signedAt('graph', push, key));
  const [sound, told] = await check(signedReceipt);
  expect([sound, told]).toEqual([true, expect.stringContaining('部门签名有效')]);
  const own = publicHalf(key);
  const stranger = publicHalf((await makeKeyPair()).publicKey);
  expect((await check(signedReceipt, '--agency-keys', keysFile(own)))[0]).toBe(true);
  expect((await check(signedReceipt, '--agency-keys', keysFile(stranger, own)))[0]).toBe(true);
  expect(await check(signedReceipt, '--agency-keys', keysFile(stranger))).toEqual([
    false,
    expect.stringContaining('不在所给的部门公钥之中'),
  ]);
});

it('tells of a push without one no more than that it holds', async () => {
  const { signedReceipt } = await sendAt(hub, 'graph', pushOf(2));
  const [sound, told] = await check(signedReceipt);
  expect([sound, told]).toEqual([true, expect.not.stringContaining('部门签名')]);
});

it('catches a hub that seals what the agency did not sign, or not so', async () => {
  const push = pushOf(3);
  const jws = signedAt('graph', push, key);
  const { signedReceipt } = await sendAt(hub, 'graph', push, jws);
  const { signature, ...others } = membersOf(signedReceipt);
  const stranger = (await makeKeyPair()).privateKey;
  const by = (other: string, publicKey = signature.key) => ({ ...others, signature: { jws: other, key: publicKey } });
  const unsigned = membersOf((await sendAt(hub, 'graph', pushOf(4))).signedReceipt);
  const ofUnsigned = signedAt('graph', pushOf(4), key);
  const cases: ReadonlyArray<readonly [why: string, members: object, told: string]> = [
    ['a signature under other content', by(signedAt('graph', { ...push, rows: [] }, key)), '与内容不符'],
    ['a signature of somebody else’s', by(signedAt('graph', push, stranger), publicHalf(stranger)), '日志所记'],
    ['somebody else’s key for the agency’s', by(jws, publicHalf(stranger)), '与内容不符'],
    ['a key that is none', by(jws, { kty: 'EC' }), '与内容不符'],
    ['a signature that is none', by('signature'), '与内容不符'],
    ['another signature of the agency', by(signedAt('graph', push, key, { idempotencyKey: 'x' })), '日志所记'],
    ['a signature for another list', by(signedAt('graph', push, key, { list: 'deaths' })), '另一份报送'],
    ['a signature for no period', by(signedAt('graph', push, key, { period: undefined })), '另一份报送'],
    ['no signature any more', others, '回执没有'],
    [
      'a signature where there was none',
      { ...unsigned, signature: { jws: ofUnsigned, key: signature.key } },
      '日志所记',
    ],
  ];
  for (const [why, members, told] of cases) {
    expect([why, ...(await check(await seal.seal('receipt', members)))]).toEqual([
      why,
      false,
      expect.stringContaining(told),
    ]);
  }
});
