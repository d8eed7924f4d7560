import { readFile } from 'node:fs/promises';
import { loadConfig } from '../../config.ts';
import { developmentKeys } from '../../gateway/dev-keys.ts';
import { obtainToken, type JWK } from '../../gateway/issuer.ts';

/** As whom and where a command speaks to a hub. */
export interface AccessOptions {
  /** The client (`130628:civil-affairs`) to speak as; a token names it itself. */
  readonly client: string | null;
  /** Where the hub is; `null` for the development hub of this folder. */
  readonly hub: string | null;
  readonly issuer: string | null;
  readonly keyFile: string | null;
  readonly token: string | null;
}

const TEXT = { type: 'string' } as const;

/** The options of a command line, for `parseArgs`, that {@link readAccess} reads. */
export const ACCESS_OPTIONS = { as: TEXT, hub: TEXT, issuer: TEXT, token: TEXT, 'key-file': TEXT } as const;

/** Reads as whom and where from a command line and the token of the environment; throws with the usage where that is not enough. */
export function readAccess(
  values: { readonly [Option in keyof typeof ACCESS_OPTIONS]?: string | undefined },
  environment: NodeJS.ProcessEnv,
  usage: string,
): AccessOptions {
  const token = values.token ?? (environment['YIDANG_TOKEN'] || null);
  if (token !== null && values.hub === undefined) throw new Error(`--token 需要 --hub / --token needs --hub\n${usage}`);
  if (token === null && values.as === undefined) throw new Error(`需要 --as / --as is needed\n${usage}`);
  if (values['key-file'] !== undefined && values.hub === undefined) {
    throw new Error(`--key-file 需要 --hub / --key-file needs --hub\n${usage}`);
  }
  return {
    client: values.as ?? null,
    hub: values.hub?.replace(/\/+$/, '') ?? null,
    issuer: values.issuer ?? null,
    keyFile: values['key-file'] ?? null,
    token,
  };
}

/** A hub to speak to, and tokens for it that are always fresh. */
export interface HubAccess {
  readonly hub: string;
  token(): Promise<string>;
}

/** A token is renewed this long before it ends, in seconds. */
const RENEW_BEFORE = 60;

/**
 * Opens the way to the hub: with a token that was given, with the agency's own key, or, for the development hub of this
 * folder, with a key that it trusts.
 */
export async function openAccess(options: AccessOptions, environment: NodeJS.ProcessEnv): Promise<HubAccess> {
  const { token, client, keyFile } = options;
  if (token !== null) return { hub: options.hub!, token: async () => token };
  if (keyFile !== null) {
    const key = JSON.parse(await readFile(keyFile, 'utf8')) as JWK;
    return { hub: options.hub!, token: renewed(client!, options.issuer ?? options.hub!, key, options.hub!) };
  }
  const config = loadConfig(environment);
  if (config.environment !== 'development' || config.issuer.kind !== 'built-in') {
    throw new Error('需要 --key-file 或 --token / --key-file or --token is needed');
  }
  const hub = options.hub ?? config.publicUrl;
  const key = await developmentKeys(config.dataDir).privateKeyOf(client!);
  return { hub, token: renewed(client!, options.issuer ?? config.issuer.url, key, hub) };
}

/** Tokens live some minutes and work may take longer, so a new one is obtained in time. */
function renewed(client: string, issuer: string, key: JWK, hub: string): () => Promise<string> {
  let held: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (held && Date.now() < held.until) return held.token;
    const { access_token: token, expires_in: life } = await obtainToken(client, issuer, key, hub);
    held = { token, until: Date.now() + (Number(life) - RENEW_BEFORE) * 1000 };
    return token;
  };
}
