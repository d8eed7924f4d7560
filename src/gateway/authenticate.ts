import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Caller } from '../domain/access/caller.ts';

/** The `aud` of every access token for this hub. */
export const AUDIENCE = 'yidang';

/** How long an access token may live, in seconds. Every process must have forgotten a withdrawn key within this time. */
export const LONGEST_TOKEN_LIFE = 300;

/** Clocks of issuer and hub may differ by this many seconds. */
const CLOCK_SKEW = 10;
/** Far more tokens than agencies use at once; a flood of others pushes the oldest out. */
const REMEMBERED_TOKENS = 10_000;

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;
/** Words parted by single spaces; none at all for an agency that is granted nothing. */
const SCOPES = /^(?:[a-z]+(?:[:-][a-z]+)*(?: [a-z]+(?:[:-][a-z]+)*)*)?$/;
const JURISDICTION = /^[A-Za-z0-9_-]{1,64}$/;
const AGENCY = /^[a-z]+(?:-[a-z]+)*$/;
/** The agency's own short id of a staff member; no name, which would be personal data in every record of a push. */
export const OPERATOR = /^[A-Za-z0-9._@-]{1,64}$/;

/** What the door must know about tokens. */
export interface TokenRules {
  /** The `iss` that every token must name. */
  readonly issuer: string;
  /** The issuer's public keys: the set itself, or where it is published. */
  readonly keys: JSONWebKeySet | URL;
  /** Is there such a client (`130628:civil-affairs`)? Asked on every use, so that a removed agency is out at once. */
  isClient(id: string): boolean;
}

/** Tells who asks; null without a valid token, whatever is wrong with it. Never throws. */
export type Authenticate = (request: IncomingMessage) => Promise<Caller | null>;

/** Makes the check of access tokens: signature, issuer, audience, type, life and the exact grammar of every claim. */
export function authenticator(rules: TokenRules): Authenticate {
  const keys = rules.keys instanceof URL ? createRemoteJWKSet(rules.keys) : createLocalJWKSet(rules.keys);
  const verified = rememberedTokens();

  const verify = async (token: string): Promise<VerifiedToken | null> => {
    const { payload } = await jwtVerify(token, keys as ReturnType<typeof createRemoteJWKSet>, {
      issuer: rules.issuer,
      audience: AUDIENCE,
      algorithms: ['ES256', 'EdDSA'],
      typ: 'at+jwt',
      maxTokenAge: LONGEST_TOKEN_LIFE,
      clockTolerance: CLOCK_SKEW,
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'jti', 'agency', 'jurisdiction', 'scope'],
    });
    return verifiedToken(payload);
  };

  return async (request) => {
    const token = bearerToken(request);
    if (token === null) return null;
    try {
      const key = createHash('sha256').update(token).digest('base64');
      const known = verified.find(key) ?? (await verify(token));
      if (known === null || !rules.isClient(known.caller.client)) return null;
      verified.remember(key, known);
      return known.caller;
    } catch {
      return null;
    }
  };
}

interface VerifiedToken {
  readonly caller: Caller;
  /** Last instant at which the token holds, in seconds. */
  readonly until: number;
}

/** The token of the one Authorization header; a request with two of them has none. */
function bearerToken(request: IncomingMessage): string | null {
  const headers = request.headersDistinct.authorization;
  return headers?.length === 1 ? (BEARER.exec(headers[0]!)?.[1] ?? null) : null;
}

/** jose checks what it is asked to; these rules it does not know: one audience only, whole seconds, a life that fits, plain words. */
function verifiedToken(payload: JWTPayload): VerifiedToken | null {
  const { aud, exp, iat, cnf, agency, jurisdiction, scope, operator } = payload;
  // A token bound to its holder's key proves nothing when it comes as a bearer's.
  if (cnf !== undefined) return null;
  if (aud !== AUDIENCE || !Number.isSafeInteger(exp) || !Number.isSafeInteger(iat)) return null;
  if (exp! - iat! > LONGEST_TOKEN_LIFE) return null;
  if (!isWord(agency, AGENCY) || !isWord(jurisdiction, JURISDICTION) || !isWord(scope, SCOPES)) return null;
  if (operator !== undefined && !isWord(operator, OPERATOR)) return null;
  return {
    until: exp!,
    caller: {
      client: `${jurisdiction}:${agency}`,
      agency: agency as Caller['agency'],
      jurisdiction,
      scopes: new Set(scope.split(' ').filter((word) => word !== '')),
      ...(operator === undefined ? {} : { operator }),
    },
  };
}

function isWord(value: unknown, grammar: RegExp): value is string {
  return typeof value === 'string' && grammar.test(value);
}

/** Tokens checked before, by their SHA-256: a signature costs more than the rest of a read. Bounded, never past `exp`. */
function rememberedTokens() {
  const tokens = new Map<string, VerifiedToken>();
  return {
    find(key: string): VerifiedToken | undefined {
      const found = tokens.get(key);
      if (found && Date.now() / 1000 > found.until) {
        tokens.delete(key);
        return undefined;
      }
      return found;
    },
    remember(key: string, token: VerifiedToken): void {
      if (tokens.has(key)) return;
      if (tokens.size >= REMEMBERED_TOKENS) tokens.delete(tokens.keys().next().value!);
      tokens.set(key, token);
    },
  };
}
