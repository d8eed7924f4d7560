import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { loadConfig } from '../config.ts';
import { isSoundPublicKey } from '../domain/access/public-key.ts';
import { makeKeyPair } from '../gateway/issuer.ts';
import { agencyKeys } from '../storage/agency-keys.ts';
import { besideHub, openDatabase } from '../storage/database.ts';
import { ALGORITHMS, isAlgorithmName } from '../storage/sealing/algorithms.ts';
import { keyRingOf, readKeyFile, withNewKey } from '../storage/sealing/key-ring.ts';
import { namedClient, type NamedClient } from './named-client.ts';
import { putDownAct } from './put-down-act.ts';
import { servedJurisdictions } from './served-jurisdictions.ts';

const USAGE = `用法 / usage:
  npm run keygen -- 130628:civil-affairs --private civil-affairs.jwk.json
      新建密钥对：私钥写入文件（仅本人可读），公钥登记到平台
      makes a key pair: the private half into the file (0600), the public half registered with the hub
  npm run keygen -- 130628:civil-affairs --public civil-affairs.public.jwk.json
      登记部门自行生成的公钥 / registers a public key that the agency made itself
  npm run keygen -- --issuer issuer-keys.json
      新建签发机构的签名密钥（ISSUER_KEY_FILE） / makes the signing keys of the built-in issuer (ISSUER_KEY_FILE)
  npm run keygen -- --seal audit-keys.json
      新建枢纽签章的密钥（AUDIT_KEY_FILE） / makes the keys of the hub's seal (AUDIT_KEY_FILE)
  npm run keygen -- --sealing sealing-keys.json [--algorithm SM4-CTR-HMAC-SM3]
      新建封存密钥（SEALING_KEY_FILE） / makes the keys that wrap data keys (SEALING_KEY_FILE)
  npm run keygen -- --sealing sealing-keys.next.json --from sealing-keys.json
      换用新的封存密钥，旧密钥仍可解开 / the same with a new key, beside those of before, which still unwrap
  npm run keygen -- --gateway gateway-keys.json --public gateway-keys.public.json
      新建网关的密钥对：私钥归网关（GATEWAY_KEY_FILE），公钥归各子图（GATEWAY_PUBLIC_KEY_FILE）
      makes the gateway's key pair: the private half for the gateway, the public half for its subgraphs
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    private: { type: 'string' },
    public: { type: 'string' },
    issuer: { type: 'string' },
    seal: { type: 'string' },
    sealing: { type: 'string' },
    from: { type: 'string' },
    algorithm: { type: 'string', default: 'AES-256-GCM' },
    gateway: { type: 'string' },
  },
});
const [client] = positionals;

try {
  if (values.issuer !== undefined) await makeSigningKeys(values.issuer);
  else if (values.seal !== undefined) await makeSigningKeys(values.seal);
  else if (values.sealing !== undefined) await makeSealingKeys(values.sealing, values.from, values.algorithm);
  else if (values.gateway !== undefined && values.public !== undefined)
    await makeGatewayKeys(values.gateway, values.public);
  else if (client !== undefined && values.private !== undefined)
    await makeAgencyKey(servedClient(client), values.private);
  else if (client !== undefined && values.public !== undefined)
    await register(servedClient(client), await readPublicKey(values.public));
  else throw new Error(USAGE);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function makeSigningKeys(file: string): Promise<void> {
  const { privateKey } = await makeKeyPair();
  await writeNew(file, { keys: [privateKey] });
}

async function makeSealingKeys(file: string, from: string | undefined, algorithm: string): Promise<void> {
  if (!isAlgorithmName(algorithm)) throw new Error(`--algorithm: ${ALGORITHMS.join(' | ')}`);
  const content = withNewKey(algorithm, from === undefined ? [] : readKeyFile(from).keys);
  // What this Node cannot use would be found out at the next start.
  keyRingOf(content);
  await writeNew(file, content);
}

async function makeGatewayKeys(privateFile: string, publicFile: string): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  await writeNew(privateFile, { keys: [privateKey] });
  // Subgraphs run as other users.
  await writeNew(publicFile, { keys: [publicKey] }, 0o644);
}

async function makeAgencyKey(named: NamedClient, file: string): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  await writeNew(file, privateKey);
  await register(named, publicKey);
}

/** Whom a key is for. Nothing else that was typed is put down, or echoed. */
function servedClient(text: string): NamedClient {
  const named = namedClient(text);
  if (!named || !servedJurisdictions(loadConfig(process.env)).find(named.jurisdiction)) throw new Error(USAGE);
  return named;
}

/** Never over a file that is there: a key lost that way would lock its agency out. */
async function writeNew(file: string, content: unknown, mode = 0o600): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode, flag: 'wx' });
  process.stdout.write(`${file}\n`);
}

async function readPublicKey(file: string): Promise<JWK> {
  return JSON.parse(await readFile(file, 'utf8')) as JWK;
}

async function register({ jurisdiction, agency }: NamedClient, key: JWK): Promise<void> {
  const id = `${jurisdiction}:${agency}`;
  // What is no sound public key may be a secret: nothing of it is kept, and it is refused below.
  const thumbprint = isSoundPublicKey(key) ? await calculateJwkThumbprint(key) : null;
  const database = await openDatabase(besideHub(loadConfig(process.env).database));
  try {
    const act = { jurisdiction, act: 'registerKey', operation: `keygen ${id}`, key: thumbprint } as const;
    await putDownAct(database.url, act, async () => {
      const jwk = { ...key, kid: key.kid ?? thumbprint };
      await agencyKeys(database).add(jurisdiction, agency, thumbprint ?? '', jwk, new Date());
      return true;
    });
  } finally {
    await database.close();
  }
  process.stdout.write(`${id} ${thumbprint}\n`);
}
