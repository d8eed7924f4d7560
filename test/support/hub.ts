import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { revealReasonHeader } from '../../src/gateway/reveal-reason.ts';
import { startHub, type HubOptions, type RunningHub } from '../../src/main.ts';
import { asOwner, newDatabase } from './database.ts';
import { TEST_KEY_FILE } from './sealing-keys.ts';

/** What the hub answered over HTTP. */
export interface HubResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, for comparing byte by byte. */
  readonly text: string;
  /** The body read as JSON. */
  readonly body: {
    readonly data?: any;
    readonly errors?: readonly {
      message: string;
      path?: readonly unknown[];
      extensions: { code: string; requestId: string };
    }[];
  };
}

/** A whole hub on a database of its own, with the jurisdictions and packs of the repository unless told otherwise. */
export interface TestHub extends RunningHub {
  /** Of its database for the owner, who sees every row. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** An access token of a client, obtained from the hub's issuer once and kept. */
  tokenOf(client: string): Promise<string>;
  /** Posts a GraphQL request as a client; as nobody with null. */
  ask(client: string | null, request: unknown): Promise<HubResponse>;
}

/** Starts a hub for one test file; stop it in `afterAll`. `environment` is added to its settings. */
export async function testHub(
  options: Omit<HubOptions, 'config'> & {
    readonly environment?: Readonly<Record<string, string>>;
    /** Why every question of the test asks for names and numbers unmasked; by default none does. */
    readonly revealBecause?: string;
  } = {},
): Promise<TestHub> {
  const databaseUrl = await newDatabase({ migrated: true });
  const dataDir = mkdtempSync(join(tmpdir(), 'yidang-hub-'));
  const { environment, revealBecause, ...rest } = options;
  const config = loadConfig({
    YIDANG_ENV: 'development',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    SEALING_KEY_FILE: TEST_KEY_FILE,
    ...environment,
  });
  const clear = (): void => rmSync(dataDir, { recursive: true, force: true });
  const hub = await startHub({ ...rest, config }).catch((error: unknown) => {
    clear();
    throw error;
  });
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (client: string): Promise<string> => {
    const token = tokens.get(client) ?? obtain(hub, client);
    tokens.set(client, token);
    return token;
  };
  return {
    ...hub,
    databaseUrl: asOwner(databaseUrl),
    dataDir,
    tokenOf,
    ask: async (client, request) =>
      post(
        `${hub.url}/graphql`,
        request,
        client === null ? null : await tokenOf(client),
        revealReasonHeader(revealBecause),
      ),
    stop: async () => {
      await hub.stop();
      clear();
    },
  };
}

/** Posts JSON with a token, or without one. */
export async function post(
  url: string,
  request: unknown,
  token: string | null,
  more: Readonly<Record<string, string>> = {},
): Promise<HubResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...more,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as HubResponse['body'] };
}

async function obtain(hub: RunningHub, client: string): Promise<string> {
  const { access_token: token } = await obtainToken(client, hub.issuer, await hub.privateKeyOf(client));
  return token;
}
