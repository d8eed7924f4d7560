import { importJWK, SignJWT, type JSONWebKeySet } from 'jose';
import type { Caller } from '../domain/access/caller.ts';
import type { HubContext } from '../subgraphs/context.ts';
import { audienceOf, INTERNAL_ISSUER, INTERNAL_LIFE, INTERNAL_TYPE } from './internal-token.ts';
import { nowInSeconds } from './token-life.ts';

/** Signs the token by which the gateway asks one subgraph on behalf of a caller. Rejects where nobody asks. */
export type InternalTokens = (subgraph: string, operation: Pick<HubContext, 'caller' | 'requestId'>) => Promise<string>;

/** A token of one operation for one subgraph, and the second from which another one is signed. */
interface Signed {
  readonly token: Promise<string>;
  readonly renewAt: number;
}

/**
 * Makes what signs internal tokens with the gateway's own key, the first of its set. An operation that asks a subgraph several times
 * uses one token for it, as long as half of that token's life.
 */
export function internalTokens({ keys }: JSONWebKeySet): InternalTokens {
  const [key] = keys;
  if (!key) throw new Error('internal tokens need a key');
  const alg = key.alg ?? (key.kty === 'OKP' ? 'EdDSA' : 'ES256');
  const imported = importJWK(key, alg);
  const header = { alg, typ: INTERNAL_TYPE, ...(key.kid ? { kid: key.kid } : {}) };
  const signed = new WeakMap<object, Map<string, Signed>>();

  const sign = async (subgraph: string, caller: Caller, request: string, now: number): Promise<string> =>
    new SignJWT({ ...claimsOf(caller), request })
      .setProtectedHeader(header)
      .setIssuer(INTERNAL_ISSUER)
      .setAudience(audienceOf(subgraph))
      .setJti(crypto.randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + INTERNAL_LIFE)
      .sign(await imported);

  return async (subgraph, operation) => {
    const { caller, requestId } = operation;
    if (!caller) throw new Error('nobody asks, so nobody is asked');
    const tokens = signed.get(operation) ?? new Map<string, Signed>();
    signed.set(operation, tokens);
    const now = nowInSeconds();
    const known = tokens.get(subgraph);
    if (known && now < known.renewAt) return known.token;
    const token = sign(subgraph, caller, requestId, now);
    tokens.set(subgraph, { token, renewAt: now + INTERNAL_LIFE / 2 });
    return token;
  };
}

/** The claim that carries each member of a caller: a member without one would be lost on the way. */
const CLAIMS: Readonly<Record<Exclude<keyof Caller, 'request'>, string>> = {
  client: 'sub',
  agency: 'agency',
  jurisdiction: 'jurisdiction',
  scopes: 'scope',
  operator: 'operator',
  key: 'key',
  revealBecause: 'because',
};

function claimsOf({ request, ...caller }: Caller): Readonly<Record<string, unknown>> {
  const members: Readonly<Record<string, unknown>> = { ...caller, scopes: [...caller.scopes].join(' ') };
  const claims = Object.entries(CLAIMS).map(([member, claim]) => [claim, members[member]] as const);
  return {
    ...Object.fromEntries(claims.filter(([, value]) => value !== undefined)),
    ...(request ? { operation: request.operation } : {}),
  };
}
