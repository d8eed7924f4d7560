import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { developmentKeys } from '../gateway/dev-keys.ts';
import { obtainToken } from '../gateway/issuer.ts';

// `npm run token -- 130628:civil-affairs --operator li.na`: one access token of the development hub that runs at PUBLIC_URL, on
// stdout and alone; with --operator in the name of a staff member.
try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { operator: { type: 'string' } } });
  const [client] = positionals;
  if (!client || positionals.length > 1) {
    throw new Error(
      '用法 / usage: npm run token -- <jurisdiction>:<agency> [--operator <id>], e.g. 130628:civil-affairs --operator li.na',
    );
  }
  const config = loadConfig(process.env);
  if (config.environment !== 'development' || config.issuer.kind !== 'built-in') {
    throw new Error('仅用于开发环境 / this is for a development hub with its built-in issuer only');
  }
  const key = await developmentKeys(config.dataDir).privateKeyOf(client);
  const { url } = config.issuer;
  const token = await obtainToken(client, url, key, url, values.operator);
  process.stdout.write(`${token.access_token}\n`);
  process.stderr.write(`${token.expires_in} s, ${token.scope}\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 1;
}
