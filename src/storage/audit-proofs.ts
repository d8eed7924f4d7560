import type pg from 'pg';
import { GrowingTree, NO_ENTRIES, type Subtree, type TreeHash } from '../domain/audit/merkle-tree.ts';
import { consistencyProof, inclusionProof, rangeHash, type SubtreeHashes } from '../domain/audit/proofs.ts';
import type { AuditProofs, LogProof } from '../flows/ports-audit.ts';
import { KEPT_LEVELS, sha256Tree } from './audit-tree.ts';
import { inTransaction } from './in-transaction.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Proves from the hashes that are kept: some statements of at most 255 rows each, one after another on one connection. */
export function auditProofs(walled: WalledDatabase): AuditProofs {
  return {
    prove: (log, { from, until, submission }) =>
      inTransaction(walled.of(log), async (client): Promise<LogProof | null> => {
        const grown = await sizeOf(client, log);
        const size = until ?? grown;
        if (size > grown || (from ?? 0) > size) return null;
        const hashes: SubtreeHashes = (subtree) => hashOf(client, log, subtree);
        const root = await rangeHash(0, size, hashes, sha256Tree);
        const found = submission === null ? undefined : await entryOf(client, log, submission);
        const entry = found && found.index < size ? found : null;
        return {
          head: { log, size, root: hex(root) },
          consistency: from === null ? null : (await consistencyProof(from, size, hashes, sha256Tree)).map(hex),
          entry: entry && {
            ...entry,
            inclusion: (await inclusionProof(entry.index, size, hashes, sha256Tree)).map(hex),
          },
        };
      }),
  };
}

const hex = (hash: TreeHash): string => Buffer.from(hash).toString('hex');

async function sizeOf(client: pg.ClientBase, log: string): Promise<number> {
  const { rows } = await client.query<{ size: string }>('select size from audit_head where log = $1', [log]);
  return Number(rows[0]?.size ?? 0);
}

/** The hash of a complete subtree, out of the kept ones below it. */
async function hashOf(client: pg.ClientBase, log: string, { level, index }: Subtree): Promise<TreeHash> {
  const kept = level - (level % KEPT_LEVELS);
  const count = 2 ** (level - kept);
  const range = [log, index * count, (index + 1) * count];
  const { rows } = await client.query<{ hash: Buffer }>(
    kept === 0 ? { ...LEAVES, values: range } : { ...SUBTREES, values: [...range, kept] },
  );
  if (rows.length !== count) throw new Error('the audit log lacks hashes of its own');
  const tree = new GrowingTree(sha256Tree, NO_ENTRIES);
  for (const { hash } of rows) tree.add(hash);
  return tree.root();
}

const LEAVES = {
  name: 'audit-leaves',
  text: 'select leaf as hash from audit_entry where log = $1 and sequence >= $2 and sequence < $3 order by sequence',
};
const SUBTREES = {
  name: 'audit-subtrees',
  text: `
select hash from audit_subtree where log = $1 and index >= $2 and index < $3 and level = $4 order by index`,
};

/** The entry of a submission's receiving. */
async function entryOf(client: pg.ClientBase, log: string, submission: string) {
  const { rows } = await client.query<{ sequence: string; body: string }>({ ...RECEIVED, values: [log, submission] });
  return rows[0] && { index: Number(rows[0].sequence), text: rows[0].body };
}

/** Others name it as well: of a person whose row it brought, and of a job that may be quicker than the answer to the push. */
const RECEIVED = {
  name: 'audit-received',
  text: `
select sequence, body from audit_entry
where log = $1 and submissions @> array[$2::uuid] and person is null and body::json ->> 'act' in ('receiveList', 'receiveFile')
order by sequence limit 1`,
};
