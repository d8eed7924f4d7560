import { loadConfig } from '../config.ts';
import { sealingKeysOf } from '../ground.ts';
import { besideHub, openDatabase, openPool } from '../storage/database.ts';
import { countHeldMatters } from '../storage/name-columns.ts';
import type { KeyRing } from '../storage/sealing/key-ring.ts';
import { inOwnersTransaction } from '../storage/sealing/owners-transaction.ts';
import { countOld, resealAll, type ResealGround, type ResealProgress } from '../storage/sealing/reseal.ts';
import { listDataKeys, makeDataKey, rewrapKeys } from '../storage/sealing/rotate-keys.ts';
import { SEALED_COLUMNS } from '../storage/sealing/sealed-columns.ts';
import { ownerUrlOf } from './owner-url.ts';
import { servedJurisdictions } from './served-jurisdictions.ts';

const USAGE = `用法 / usage:
  npm run sealing                数据密钥，以及尚未以当前密钥封存的值 / data keys, and values not sealed under the current one
  npm run sealing -- rotate      启用新的数据密钥，并重新封存全部值 / make another data key and seal every value anew
  npm run sealing -- finish      续作重新封存（中断后，或初次启用封存时） / go on sealing anew: after a stop, or what is in clear of before
  npm run sealing -- rewrap      以文件中的当前密钥重新包裹数据密钥 / wrap data keys under the current key of the file`;

/** What a command is done with. */
interface Commanded extends ResealGround {
  readonly ring: KeyRing;
}

/** Does what is asked; false where something is left to be done. */
type Command = (commanded: Commanded) => Promise<boolean>;

const COMMANDS: Readonly<Record<string, Command>> = { rotate, finish, rewrap };
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

async function main([word, ...more]: readonly string[]): Promise<boolean> {
  const command = word === undefined ? tellState : Object.hasOwn(COMMANDS, word) ? COMMANDS[word]! : undefined;
  if (!command || more.length > 0) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const ring = sealingKeysOf(config);
  const jurisdictions = servedJurisdictions(config).all();
  const database = await openDatabase(besideHub(config.database), { sealingKeys: ring });
  try {
    const pool = openPool(ownerUrlOf(database, config.database), { poolSize: 1, work: true });
    try {
      const ids = jurisdictions.map(({ id }) => id);
      return await command({ pool, ring, sealing: database.sealing, columns: SEALED_COLUMNS, jurisdictions: ids });
    } finally {
      await pool.end();
    }
  } finally {
    await database.close();
  }
}

async function tellState(commanded: Commanded): Promise<boolean> {
  for (const { id, wrappedBy, seals, sealed } of await listDataKeys(commanded.pool, commanded.ring)) {
    print(`数据密钥 data key ${id}`, `由 by ${wrappedBy}`, seals ? `${sealed} 值 values` : '待启用 waits for its time');
  }
  const counts = await countOld(commanded);
  for (const { column, jurisdiction, old } of counts)
    print(column, jurisdiction, `待重新封存 to be sealed anew: ${old}`);
  const waits = await tellHeld(commanded);
  return !waits && counts.every(({ old }) => old === 0);
}

async function rotate(commanded: Commanded): Promise<boolean> {
  await makeDataKey(commanded.pool, commanded.ring, commanded.sealing);
  print('已启用新的数据密钥 / another data key seals now');
  return finish(commanded);
}

async function finish(commanded: Commanded): Promise<boolean> {
  const done = await resealAll(commanded, tellProgress, stop.signal);
  print(
    done
      ? '全部值均已以当前密钥封存 / every value is sealed under the current key'
      : '已停止，可续作 / stopped; finish goes on',
  );
  const waits = await tellHeld(commanded);
  return done && !waits;
}

/** Tells of tasks that wait until the hub has made cards; are there any? */
async function tellHeld({ pool, jurisdictions }: Commanded): Promise<boolean> {
  let waits = false;
  for (const jurisdiction of jurisdictions) {
    const held = await inOwnersTransaction(pool, jurisdiction, (client) => countHeldMatters(client, jurisdiction));
    if (held === 0) continue;
    waits = true;
    const until = '待 keep-people 完成后再续作 / waits for keep-people to end; finish then goes on';
    print('review_task.matter', jurisdiction, `${held}`, until);
  }
  return waits;
}

function tellProgress({ column, jurisdiction, done, old }: ResealProgress): void {
  print(column, jurisdiction, `${done} / ${old}`);
}

async function rewrap({ pool, ring }: Commanded): Promise<boolean> {
  const count = await rewrapKeys(pool, ring);
  print(`已重新包裹 ${count} 把数据密钥 / data keys wrapped anew: ${count}`);
  return true;
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join('\t')}\n`);
}
