import type { JWK } from 'jose';
import { loadConfig } from '../config.ts';
import { sealingKeysOf } from '../ground.ts';
import { readSealed } from '../gateway/issuer-seal.ts';
import { loadSigningKeys } from '../gateway/signing-keys.ts';
import { readCheckpoints } from '../storage/audit-checkpoints.ts';
import { auditLogs, verifyLog, type AuditVerdict, type HeldHead } from '../storage/audit-verify.ts';
import { besideHub, openDatabase, type Database } from '../storage/database.ts';
import { checkReceipts } from './audit/check-receipts.ts';
import { sealedIn } from './audit/sealed-texts.ts';
import { tellReasons } from './audit/tell-reasons.ts';
import { putDownAct } from './put-down-act.ts';

const USAGE = `用法 / usage:
  npm run audit -- verify [<file> …]    核验全部审计日志：条目、哈希、检查点，以及所给文件中的回执；有误即指出第一条
                                        checks all logs: entries, hashes, checkpoints, and the receipts in the files; names the first bad entry
  npm run audit -- reasons <jurisdiction> [<request>]
                                        列出写明事由的条目，事由以密钥解封；已删除之人的事由不可再读
                                        lists entries with a reason, opened by its key; what was said of somebody erased is gone
  npm run audit -- check <file> … --hub <url> --as <jurisdiction>:<agency> --key-file <private JWK>
      [--issuer <url>] [--token <access token>] [--seal <the hub's public keys>] [--keep <file>]
      [--agency-keys <the agency's public keys>]
                                        从外部核验所持回执和检查点：枢纽签章、部门签名、日志只增不改、报送在册；不需要数据库
                                        checks receipts and checkpoints from outside: the seal, the agency's signature, that the log only grew, that the push is in it`;

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** Verifies; false where anything is wrong. */
async function main([command, ...files]: readonly string[]): Promise<boolean> {
  if (command === 'check') return checkReceipts(files, process.env, USAGE, tell);
  if (command === 'reasons') return reasons(files);
  if (command !== 'verify') throw new Error(USAGE);
  const config = loadConfig(process.env);
  const { keys } = await loadSigningKeys('AUDIT_KEY_FILE', config.auditKeyFile, false);
  const database = await openDatabase(besideHub(config.database));
  try {
    const receipts = (await Promise.all(files.map((file) => sealedIn(file, keys)))).flat();
    const logs = new Set([...(await auditLogs(database.pool)), ...receipts.map(({ log }) => log)]);
    let isSound = true;
    for (const log of [...logs].toSorted()) {
      const own = receipts.filter((one) => one.log === log);
      const { heads, forged } = await checkpointsOf(log, database, keys);
      const verdict = await verifyLog(database.url, log, [...heads, ...own]);
      for (const size of forged)
        tell(`${log}: 检查点 ${size} 不是本枢纽签名 / checkpoint ${size} was not signed by this hub`);
      tell(told(verdict, heads.length, own.length));
      isSound &&= verdict.fault === null && forged.length === 0;
    }
    return isSound;
  } finally {
    await database.close();
  }
}

/** Tells reasons, which is put down: words may name people. */
async function reasons([jurisdiction, request, ...more]: readonly string[]): Promise<boolean> {
  if (jurisdiction === undefined || more.length > 0) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const database = await openDatabase(besideHub(config.database), { sealingKeys: sealingKeysOf(config) });
  const act = { jurisdiction, act: 'tellReasons', operation: `audit reasons ${jurisdiction}`, key: null } as const;
  try {
    const lines: string[] = [];
    const found = await putDownAct(database.url, act, async () => {
      await tellReasons(database, jurisdiction, request, (line) => lines.push(line));
      return lines.length > 0;
    });
    lines.forEach(tell);
    return found;
  } finally {
    await database.close();
  }
}

async function checkpointsOf(log: string, { pool }: Database, keys: readonly JWK[]) {
  const heads: HeldHead[] = [];
  const forged: string[] = [];
  for (const { size, signed } of await readCheckpoints(pool, log)) {
    const read = await readSealed(signed, 'audit-checkpoint', keys);
    if (read?.['log'] !== log || String(read['size']) !== size) forged.push(size);
    else heads.push({ size: Number(size), root: String(read['root']), from: `checkpoint ${size}` });
  }
  return { heads, forged };
}

function told({ log, sound, fault }: AuditVerdict, checkpoints: number, receipts: number): string {
  if (!fault) {
    return `${log}: ${sound} 条完好，检查点 ${checkpoints} 个、回执 ${receipts} 份相符 / ${sound} entries are sound, as ${checkpoints} checkpoints and ${receipts} receipts have them`;
  }
  const { sequence, what, until, from } = fault;
  const range = until === undefined ? String(sequence) : `${sequence}–${until - 1}`;
  return `${log}: 第 ${range} 条有误（${what}${from === undefined ? '' : `，据 ${from}`}）/ entry ${range} is bad (${what}${from === undefined ? '' : `, by ${from}`})`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
