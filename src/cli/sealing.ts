import { loadConfig } from '../config.ts';
import { sealingKeysOf } from '../ground.ts';
import { besideHub, openDatabase, openPool } from '../storage/database.ts';
import { countHeldMatters } from '../storage/name-columns.ts';
import { inOwnersTransaction } from '../storage/sealing/owners-transaction.ts';
import { countOld, resealAll, type ResealGround, type ResealProgress } from '../storage/sealing/reseal.ts';
import { listDataKeys, makeDataKey, rewrapKeys } from '../storage/sealing/rotate-keys.ts';
import { SEALED_COLUMNS } from '../storage/sealing/sealed-columns.ts';
import type { EnterProgress } from '../storage/subject-index/enter-everybody.ts';
import { openIndexKeys } from '../storage/subject-index/follow-index-keys.ts';
import {
  countLeft,
  finishIndex,
  listIndexKeys,
  makeIndexKey,
  type RotateGround,
} from '../storage/subject-index/rotate-index.ts';
import { ownerUrlOf } from './owner-url.ts';
import { servedJurisdictions } from './served-jurisdictions.ts';

const USAGE = `用法 / usage:
  npm run sealing                    数据密钥、证件索引密钥，以及尚未以当前密钥封存、登记的 / data keys, index keys, and what is not sealed or entered under the current ones
  npm run sealing -- rotate          启用新的数据密钥，并重新封存全部值 / make another data key and seal every value anew
  npm run sealing -- rotate-index    启用新的证件索引密钥，并重新登记全部证件 / make another index key and enter every document anew
  npm run sealing -- finish          续作重新封存与登记（中断后，或初次启用封存时） / go on sealing and entering anew: after a stop, or what is in clear of before
  npm run sealing -- rewrap          以文件中的当前密钥重新包裹各密钥 / wrap data keys and index keys under the current key of the file`;

/** What a command is done with. */
type Commanded = ResealGround & RotateGround;

/** Does what is asked; false where something is left to be done. */
type Command = (commanded: Commanded) => Promise<boolean>;

/** The table in which everybody is entered, as progress names it. */
const INDEX = 'subject_index';

const COMMANDS: Readonly<Record<string, Command>> = { rotate, 'rotate-index': rotateIndex, finish, rewrap };
const stop = new AbortController();
// Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

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
      const indexKeys = await openIndexKeys(pool, ring, config.subjectKeyPepper);
      try {
        return await command({
          ...{ pool, ring, indexKeys, sealing: database.sealing, columns: SEALED_COLUMNS },
          jurisdictions: jurisdictions.map(({ id }) => id),
        });
      } finally {
        await indexKeys.close();
      }
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
  for (const { id, wrappedBy, counts } of await listIndexKeys(commanded)) {
    print(`证件索引密钥 index key ${id}`, `由 by ${wrappedBy}`, counts ? '以此为准 counts' : '登记中 being entered');
  }
  const counts = await countOld(commanded);
  for (const { column, jurisdiction, old } of counts)
    print(column, jurisdiction, `待重新封存 to be sealed anew: ${old}`);
  const unentered = await countLeft(commanded);
  for (const { jurisdiction, left } of unentered) print(INDEX, jurisdiction, `待登记 to be entered: ${left}`);
  const waits = await tellHeld(commanded);
  return !waits && counts.every(({ old }) => old === 0) && unentered.every(({ left }) => left === 0);
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
  return (await finishEntering(commanded)) && done && !waits;
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

async function rotateIndex(commanded: Commanded): Promise<boolean> {
  await makeIndexKey(commanded);
  print('已有新的证件索引密钥，待各进程获知 / another index key is there; waiting until every process knows of it');
  return finishEntering(commanded);
}

/** Enters everybody under the newest index key; does and says nothing where index keys were never rotated. */
async function finishEntering(commanded: Commanded): Promise<boolean> {
  if ((await listIndexKeys(commanded)).length === 0) return true;
  const { done, strays } = await finishIndex(
    commanded,
    { onProgress: tellEntered, onWaiting: tellWaiting },
    stop.signal,
  );
  for (const subject of strays)
    print(subject, '其号码指向他人或无人，未登记 / their number leads to somebody else or to nobody: not entered');
  print(
    done
      ? '证件均已以当前索引密钥登记 / every document is entered under the current index key'
      : '登记已停止，可续作 / entering was stopped; finish goes on',
  );
  return done && strays.length === 0;
}

function tellEntered({ jurisdiction, done, left }: EnterProgress): void {
  print(INDEX, jurisdiction, `${done} / ${left}`);
}

function tellWaiting(transactions: number): void {
  print(`等待先前的事务结束 / waiting for transactions of before: ${transactions}`);
}

function tellProgress({ column, jurisdiction, done, old }: ResealProgress): void {
  print(column, jurisdiction, `${done} / ${old}`);
}

async function rewrap({ pool, ring }: Commanded): Promise<boolean> {
  const count = await rewrapKeys(pool, ring);
  print(`已重新包裹 ${count} 把密钥 / keys wrapped anew: ${count}`);
  return true;
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join('\t')}\n`);
}
