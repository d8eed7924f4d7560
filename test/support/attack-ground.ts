import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK, JWTPayload } from 'jose';
import pg from 'pg';
import { expect } from 'vitest';
import { loadConfig, type Config } from '../../src/config.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { startHub, startSubgraph, type HubOptions, type RunningHub } from '../../src/main.ts';
import { asOwner, newDatabase } from './database.ts';
import { TEST_KEY_FILE } from './sealing-keys.ts';
import { fingerprintOf } from './stored-rows.ts';

/** The agency in whose name attacks are tried. */
export const CLIENT = '130628:civil-affairs';

/** One of the two doors that every token attack is tried at: agencies knock at the gateway, and only the gateway at a subgraph. */
export interface Door {
  readonly name: 'gateway' | 'subgraph';
  readonly url: string;
  /** A question that anybody with a token may ask here. */
  readonly question: string;
  /** What a token for this door looks like, and how long it may live. */
  readonly token: {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
    readonly life: number;
    /** The key with which it is signed: what an issuer, or a gateway, gone astray could sign with. */
    readonly key: JWK;
  };
}

/** A hub and one subgraph of it behind a door of its own, on one database. */
export interface AttackGround {
  readonly hub: RunningHub;
  readonly gateway: Door;
  readonly subgraph: Door;
  /** Both. */
  readonly doors: readonly Door[];
  /** The same door of another process of this hub; of another subgraph where one is named. */
  doorOf(name: Door['name'], url: string, subgraph?: string): Door;
  readonly database: pg.Pool;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** The settings of a further process on the same database; with `trusting` it takes the hub's tokens. */
  config(more?: Readonly<Record<string, string>>): Config;
  readonly trusting: Readonly<Record<string, string>>;
  goodToken(): Promise<string>;
  /** Every business table by its number of rows and a hash of them that knows no order. */
  fingerprint(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts both doors. */
export async function attackGround(options: Omit<HubOptions, 'config' | 'work'> = {}): Promise<AttackGround> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yidang-attacks-'));
  const databaseUrl = await newDatabase({ migrated: true });
  const config = (more: Readonly<Record<string, string>> = {}): Config =>
    loadConfig({
      YIDANG_ENV: 'development',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      SEALING_KEY_FILE: TEST_KEY_FILE,
      SUBJECT_KEY_PEPPER: 'a-pepper-that-both-doors-of-this-test-share',
      ...more,
    });
  const hub = await startHub({ ...options, config: config(), work: 'elsewhere' });
  const trusting = { ISSUER_URL: hub.issuer, ISSUER_JWKS_URL: `${hub.url}/oauth/jwks` };
  const running = await startSubgraph('hardship', { ...options, config: config() });
  const database = new pg.Pool({ connectionString: asOwner(databaseUrl), max: 1 });
  const keyIn = (file: string): JWK => JSON.parse(readFileSync(join(dataDir, file), 'utf8')).keys[0];
  const doorOf = (name: Door['name'], url: string, named?: string): Door =>
    name === 'gateway'
      ? gatewayDoor(url, hub.issuer, keyIn('issuer-keys.json'))
      : subgraphDoor(url, keyIn('gateway-keys.json'), named);
  const gateway = doorOf('gateway', hub.url);
  const subgraph = doorOf('subgraph', new URL(running.url).origin);
  return {
    hub,
    gateway,
    subgraph,
    doors: [gateway, subgraph],
    doorOf,
    database,
    databaseUrl,
    dataDir,
    config,
    trusting,
    goodToken: async () => (await obtainToken(CLIENT, hub.issuer, await hub.privateKeyOf(CLIENT))).access_token,
    fingerprint: () => fingerprintOf(database),
    stop: async () => {
      await running.stop();
      await hub.stop();
      await database.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const gatewayDoor = (url: string, issuer: string, key: JWK): Door => ({
  name: 'gateway',
  url,
  question: '{"query":"{ lists { name } }"}',
  token: {
    key,
    life: 300,
    header: { alg: 'ES256', typ: 'at+jwt', kid: key.kid },
    claims: { iss: issuer, aud: 'yidang', ...CALLER },
  },
});

const subgraphDoor = (url: string, key: JWK, subgraph = 'hardship'): Door => ({
  name: 'subgraph',
  url,
  question: '{"query":"{ _service { sdl } }"}',
  token: {
    key,
    life: 10,
    header: { alg: 'ES256', typ: 'yidang-internal+jwt', kid: key.kid },
    claims: {
      iss: 'yidang-gateway',
      aud: `yidang-subgraph:${subgraph}`,
      request: '00000000-0000-4000-8000-000000000000',
      ...CALLER,
    },
  },
});

/** What every token says of whom it is about. */
const CALLER = {
  sub: CLIENT,
  agency: 'civil-affairs',
  jurisdiction: '130628',
  scope: 'list:hardship:push person:read',
};

/** What came back, byte by byte. */
export interface Knocked {
  readonly status: number;
  readonly body: string;
}

/** Sends a request just as it is given, past every check of a client: header lines may repeat, and hold any bytes. */
export async function knock(
  url: string,
  headers: readonly string[],
  body: string,
  path = '/graphql',
): Promise<Knocked> {
  const { hostname, port } = new URL(url);
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    // Bytes that nobody waits for any more make a reset of an answer that has come.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ', 2)[1]), body: rest.join('\r\n\r\n') };
}

/** Knocks with a token at a door. */
export const knockWith = (door: Door, token: string, more: readonly string[] = []): Promise<Knocked> =>
  knock(door.url, [`authorization: Bearer ${token}`, ...more], door.question);

const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** What no body may hold: a stack, a statement, a path, an address inside. */
const LEAKS =
  /\bat .+:\d+:\d+|node_modules|\/src\/|\/tmp\/|\b(?:select|insert|update|delete) |postgres|ECONN|jose|JWS|JWT/i;

/** A refusal as everybody gets it, whatever the reason: 401, the same bytes but for the request's id, nothing of what was sent. */
export function expectRefused(why: string, { status, body }: Knocked): void {
  expect([why, status, body.replace(REQUEST_ID, 'ID')]).toEqual([
    why,
    401,
    '{"errors":[{"message":"缺少有效的访问令牌 / a valid access token is needed","extensions":{"code":"UNAUTHENTICATED","requestId":"ID"}}]}',
  ]);
}

/** Nothing of the inside in a body. */
export function expectNoLeak(why: string, { body }: Knocked): void {
  expect([why, LEAKS.exec(body)?.[0]]).toEqual([why, undefined]);
}

/** A door, or the gateway's of the whole ground. */
type At = Door | AttackGround;
const tokenAt = (at: At): Door['token'] => ('gateway' in at ? at.gateway : at).token;

/** Claims of a token for a door that lack nothing, from now for as long as they may hold. */
export function goodClaims(at: At): JWTPayload & { readonly iat: number; readonly exp: number } {
  const now = Math.floor(Date.now() / 1000);
  const token = tokenAt(at);
  return { ...token.claims, jti: crypto.randomUUID(), iat: now, exp: now + token.life };
}

/** Signs any text as the payload of a token, by the door's own key unless another is given; whatever the header claims. */
export async function signedText(
  at: At,
  header: string,
  payload: string | Uint8Array,
  key: JWK = tokenAt(at).key,
): Promise<string> {
  const input = `${part(header)}.${part(payload)}`;
  const { d, x, y, crv, kty } = key;
  const privateKey = createPrivateKey({ key: { d, x, y, crv, kty } as never, format: 'jwk' });
  const digest = crv === 'Ed25519' ? null : 'sha256';
  return `${input}.${part(sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
}

/** Signs claims as they are for a door, but for what the header or the key says otherwise. A member that is undefined is left out. */
export const signed = (
  at: At,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
  key?: JWK,
): Promise<string> => signedText(at, JSON.stringify({ ...tokenAt(at).header, ...header }), JSON.stringify(claims), key);

/** A token that opens the door. */
export const goodTokenFor = (door: Door): Promise<string> => signed(door, goodClaims(door));

/** A part of a token: text as base64url. */
export const part = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');
