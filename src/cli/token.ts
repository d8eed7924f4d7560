import { loadConfig } from '../config.ts';
import { developmentKeys } from '../gateway/dev-keys.ts';
import { obtainToken } from '../gateway/issuer.ts';

// `npm run token -- 130628:civil-affairs`: one access token of the development hub that runs at PUBLIC_URL, on stdout and alone.
const [client] = process.argv.slice(2);
try {
  if (!client) throw new Error('用法 / usage: npm run token -- <jurisdiction>:<agency>, e.g. 130628:civil-affairs');
  const config = loadConfig(process.env);
  if (config.environment !== 'development' || config.issuer.kind !== 'built-in') {
    throw new Error('仅用于开发环境 / this is for a development hub with its built-in issuer only');
  }
  const key = await developmentKeys(config.dataDir).privateKeyOf(client);
  const token = await obtainToken(client, config.issuer.url, key);
  process.stdout.write(`${token.access_token}\n`);
  process.stderr.write(`${token.expires_in} s, ${token.scope}\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 1;
}
