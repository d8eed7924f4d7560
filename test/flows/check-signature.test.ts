import { expect, it } from 'vitest';
import type { AgencySignatures } from '../../src/flows/ports-signature.ts';
import type { StoredSubmission, Upload } from '../../src/flows/ports.ts';
import { receiveFile, type FilePush, type IncomingFile } from '../../src/flows/receive-file.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';

const here = jurisdictionWith({
  tax: { name: '税务局', pushes: { payments: {} } },
  health: { name: '卫健局', pushes: { births: {} }, signature: 'required' },
});

const push: FilePush = {
  ...{ list: 'payments', idempotencyKey: 'key', mode: 'DELTA', period: null, documentNumber: null },
  ...{ jurisdiction: null, dryRun: false, signature: 'header..value' },
};
const header = {
  jurisdiction: here.id,
  agency: 'tax',
  list: 'payments',
  mode: 'DELTA',
  idempotencyKey: 'key',
  format: 'CSV',
};
const key = { kty: 'OKP' };

/** A file whose reading is noted, an upload that is noted, and signatures of which `keys` are found one after another. */
function desk(keys: readonly (typeof key | undefined)[], before?: StoredSubmission) {
  const did: string[] = [];
  const left = [...keys];
  const signatures: AgencySignatures = {
    read: (jws) => ({ jws, header, thumbprint: 'thumb', signedAt: new Date(0) }),
    keyOf: async () => left.shift(),
    isMadeBy: async (_signature, digest) => digest === 'digest',
  };
  const file: IncomingFile = {
    format: 'CSV',
    digest: async () => 'digest',
    batches: async function* () {
      did.push('read');
      yield { columns: null, rows: [{}] };
    },
  };
  const upload: Upload = {
    before,
    rows: 1,
    addRows: async () => {},
    lockList: async () => {},
    snapshotPeriods: async () => [],
    keep: async (submission) => {
      did.push('kept');
      return submission as StoredSubmission;
    },
    close: async () => void did.push('closed'),
  };
  const receive = async (said: Partial<FilePush> = {}, agency: 'tax' | 'health' = 'tax') => {
    const answer = await receiveFile({ ...push, ...said }, file, callerOf(here, agency), {
      signatures,
      uploads: { begin: async () => upload },
      jurisdictions: { find: () => here, all: () => [here] },
      clock: { now: () => new Date(0) },
      ids: uuidv7Ids(),
    });
    return answer.ok ? (answer.value.submission.signature?.key ?? null) : answer.refusal.code;
  };
  return { did, receive };
}

it('is looked at before anything of a file is read, and decided when all of it is in', async () => {
  const good = desk([key, key]);
  expect(await good.receive()).toEqual(key);
  expect(good.did).toEqual(['read', 'kept', 'closed']);

  const ofAnotherList = desk([key, key]);
  expect(await ofAnotherList.receive({ period: '2025' })).toBe('SIGNATURE_INVALID');
  expect(ofAnotherList.did).toEqual([]);

  const unsigned = desk([]);
  expect(await unsigned.receive({ list: 'births', signature: null }, 'health')).toBe('SIGNATURE_REQUIRED');
  expect(unsigned.did).toEqual([]);
});

it('does not hold any more where the key was revoked while the file came in', async () => {
  const { did, receive } = desk([key, undefined]);
  expect(await receive()).toBe('SIGNATURE_INVALID');
  expect(did).toEqual(['read', 'closed']);
});

it('must hold as well where the same file was received before', async () => {
  const before = { ...push, list: 'payments', digest: 'digest', signature: null } as unknown as StoredSubmission;
  expect(await desk([key, key], before).receive()).toBeNull();
  expect(await desk([key, undefined], before).receive()).toBe('SIGNATURE_INVALID');
  const other = desk([key, key], { ...before, digest: 'another' });
  expect(await other.receive()).toBe('IDEMPOTENCY_CONFLICT');
});
