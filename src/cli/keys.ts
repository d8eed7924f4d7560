import { loadConfig, type Config } from '../config.ts';
import type { Jurisdictions } from '../flows/ports.ts';
import { besideHub, openDatabase } from '../storage/database.ts';
import { revocationStore, type RevocationStore } from '../storage/revocations.ts';
import { namedClient } from './named-client.ts';
import { putDownAct, type OperatorAct } from './put-down-act.ts';
import { servedJurisdictions } from './served-jurisdictions.ts';

const USAGE = `用法 / usage:
  npm run keys                                             部门公钥、已吊销的和已停用的 / keys of agencies, revoked ones, and who is suspended
  npm run keys -- revoke <region>:<office> <thumbprint>    吊销公钥：不能恢复，所有进程数秒内生效 / revoke a key: for good, felt on every process within seconds
  npm run keys -- suspend <region>:<office>                停用部门：已发的令牌一并失效 / shut an agency out, tokens that it has too
  npm run keys -- resume <region>:<office>                 恢复部门 / let it in again`;

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** Does what is asked; false where nothing had to be changed. */
async function main(words: readonly string[]): Promise<boolean> {
  const config = loadConfig(process.env);
  const act = readAct(words, servedJurisdictions(config));
  const database = await openDatabase(besideHub(config.database));
  try {
    return await act(revocationStore(database), config, database.url);
  } finally {
    await database.close();
  }
}

/** Nothing of whatever else was typed is put down. */
function readAct(
  [command, client = '', thumbprint, ...more]: readonly string[],
  served: Jurisdictions,
): (store: RevocationStore, config: Config, url: string) => Promise<boolean> {
  const named = namedClient(client);
  if (command === undefined) return list;
  if (named && served.find(named.jurisdiction) && more.length === 0) {
    const of = { jurisdiction: named.jurisdiction, operation: `keys ${command} ${client}`, key: thumbprint ?? null };
    if (command === 'revoke' && THUMBPRINT.test(thumbprint ?? '')) {
      return (store, _, url) =>
        tell(
          url,
          { ...of, act: 'revokeKey' },
          () => store.revokeKey(client, thumbprint!, new Date()),
          '已吊销 / revoked',
        );
    }
    if (command === 'suspend' && thumbprint === undefined) {
      return (store, _, url) =>
        tell(url, { ...of, act: 'suspendAgency' }, () => store.suspend(client, new Date()), '已停用 / suspended');
    }
    if (command === 'resume' && thumbprint === undefined) {
      return (store, _, url) =>
        tell(url, { ...of, act: 'resumeAgency' }, () => store.resume(client, new Date()), '已恢复 / let in again');
    }
  }
  throw new Error(USAGE);
}

async function tell(url: string, act: OperatorAct, change: () => Promise<boolean>, done: string): Promise<boolean> {
  const changed = await putDownAct(url, act, change);
  process.stdout.write(`${changed ? done : '本来如此，没有变化 / it was so already'}\n`);
  return changed;
}

async function list(store: RevocationStore, config: Config): Promise<true> {
  const served = servedJurisdictions(config).all();
  const all = await store.list(served.map(({ id }) => id));
  for (const { client, thumbprint, revokedSince } of all) {
    const since = revokedSince?.toISOString();
    const state =
      since === undefined ? '有效 in use' : thumbprint ? `已吊销 revoked ${since}` : `已停用 suspended ${since}`;
    process.stdout.write(`${[client, thumbprint || '*', state].join('\t')}\n`);
  }
  if (all.length === 0) process.stdout.write('没有登记的公钥 / no keys are registered\n');
  return true;
}
