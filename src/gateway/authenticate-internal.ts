import type { IncomingMessage } from 'node:http';
import type { Caller } from '../domain/access/caller.ts';
import { credentials, isSigned, type TokenRefusal } from './authenticate.ts';
import { readCompactToken } from './compact-token.ts';
import { audienceOf, INTERNAL_ISSUER, INTERNAL_LIFE, INTERNAL_TYPE, LONGEST_INTERNAL_TOKEN } from './internal-token.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { JsonObject } from './strict-json.ts';
import { LONGEST_TOKEN_LIFE, readTokenClaims, type ClaimedCaller } from './token-claims.ts';
import { isWord, nowInSeconds } from './token-life.ts';

const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LONGEST_REASON = 1_000;

/** What a subgraph must know to tell the gateway from everybody else. */
export interface InternalRules {
  /** Its own name. */
  readonly subgraph: string;
  /** The gateway's public keys. */
  readonly keys: IssuerKeys;
  /** The client in whose name the gateway asks; `undefined` where this subgraph knows of none. */
  findClient(id: string): object | undefined;
  /** Has the client been suspended, or this key of its revoked? */
  isRevoked(client: string, thumbprints: readonly string[]): Promise<boolean>;
  /** Hears of every request that is not let in. */
  onRefused(reason: TokenRefusal): void;
}

/** One question of the gateway. */
export interface InternalCall {
  readonly caller: Caller;
  /** The name of the request that the gateway is answering: one name through all processes. */
  readonly requestId: string;
  /** May the caller still be answered? For answers that go on: no longer than any access token can live. */
  stillHolds(): Promise<boolean>;
}

/** Tells what the gateway asks; `null` without an internal token for this very subgraph, whatever is wrong with it. Never throws. */
export type AuthenticateInternal = (request: IncomingMessage) => Promise<InternalCall | null>;

/** Makes the check of internal tokens. An access token is none, nor is a token for another subgraph. */
export function internalAuthenticator(rules: InternalRules): AuthenticateInternal {
  const admit = async (request: IncomingMessage): Promise<InternalCall | TokenRefusal> => {
    const sent = credentials(request);
    if (sent?.scheme !== 'Bearer') return 'NO_TOKEN';
    const token = readCompactToken(sent.token, { longest: LONGEST_INTERNAL_TOKEN, types: [INTERNAL_TYPE] });
    if (!token) return 'MALFORMED';
    const claims = readTokenClaims(token.payload, {
      issuer: INTERNAL_ISSUER,
      audience: audienceOf(rules.subgraph),
      longestLife: INTERNAL_LIFE,
    });
    const more = claims && readOwnClaims(token.payload, claims);
    if (!more || claims.boundTo !== undefined) return 'CLAIMS';
    const key = await rules.keys.find(token).catch(() => undefined);
    if (!key || !(await isSigned(token, key))) return 'SIGNATURE';
    const { client } = claims.caller;
    const keys = claims.key === undefined ? [] : [claims.key];
    const stands = async (): Promise<boolean> =>
      rules.findClient(client) !== undefined && !(await rules.isRevoked(client, keys));
    if (!(await stands())) return 'REVOKED';
    const until = claims.until + LONGEST_TOKEN_LIFE;
    return { ...more, stillHolds: async () => nowInSeconds() < until && (await stands().catch(() => false)) };
  };

  return async (request) => {
    const outcome = await admit(request).catch((): TokenRefusal => 'UNCHECKED');
    if (typeof outcome !== 'string') return outcome;
    rules.onRefused(outcome);
    return null;
  };
}

/** The claims that only internal tokens have: the request's name and operation, and the reason for a look behind the mask. */
function readOwnClaims(payload: JsonObject, { caller, key }: ClaimedCaller): Omit<InternalCall, 'stillHolds'> | null {
  const { sub, request, operation = 'unpublished', because } = payload;
  if (sub !== caller.client || typeof request !== 'string' || !REQUEST_ID.test(request)) return null;
  if (!isWord(operation)) return null;
  if (because !== undefined && (typeof because !== 'string' || because.length > LONGEST_REASON)) return null;
  return {
    requestId: request,
    caller: {
      ...caller,
      request: { id: request, operation },
      ...(key === undefined ? {} : { key }),
      ...(because === undefined ? {} : { revealBecause: because }),
    },
  };
}
