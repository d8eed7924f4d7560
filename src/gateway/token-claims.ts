import type { Caller } from '../domain/access/caller.ts';
import type { JsonObject } from './strict-json.ts';
import { holdsUntil, isWord } from './token-life.ts';

/** The `aud` of every access token for this hub. */
export const AUDIENCE = 'yidang';

/** How long an access token may live, in seconds. Every process must have forgotten a withdrawn key within this time. */
export const LONGEST_TOKEN_LIFE = 300;

/** Words parted by single spaces; none at all for an agency that is granted nothing. Nothing but ASCII: twins of a word are none. */
const SCOPES = /^(?:[a-z]+(?:[:-][a-z]+)*(?: [a-z]+(?:[:-][a-z]+)*)*)?$/;
const LONGEST_SCOPES = 4096;
const JURISDICTION = /^[A-Za-z0-9_-]{1,64}$/;
const AGENCY = /^[a-z]+(?:-[a-z]+)*$/;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
/** The agency's own short id of a staff member; no name, which would be personal data in every record of a push. */
export const OPERATOR = /^[A-Za-z0-9._@-]{1,64}$/;

/** What the claims of an access token say. */
export interface ClaimedCaller {
  readonly caller: Caller;
  /** Last second at which the token holds. */
  readonly until: number;
  /** Thumbprint of the agency's key by which the token was obtained, where the issuer says so. */
  readonly key: string | undefined;
  /** Thumbprint of the key that its holder must prove to have with every request (RFC 9449); absent: whoever bears it may use it. */
  readonly boundTo: string | undefined;
}

/** Who must have issued a token, for whom, and for how many seconds at most. */
export interface ExpectedToken {
  readonly issuer: string;
  readonly audience: string;
  readonly longestLife: number;
}

/** Reads the claims of a token about a caller; `null` unless each is of the exact form, for this one audience, and holds now. */
export function readTokenClaims(payload: JsonObject, expected: ExpectedToken): ClaimedCaller | null {
  const { iss, aud, jti, agency, jurisdiction, scope, operator, key } = payload;
  if (iss !== expected.issuer || aud !== expected.audience || !isWord(jti)) return null;
  const until = holdsUntil(payload, expected.longestLife);
  if (until === null) return null;
  if (!fits(agency, AGENCY) || !fits(jurisdiction, JURISDICTION) || !fits(scope, SCOPES)) return null;
  if (scope.length > LONGEST_SCOPES) return null;
  if (operator !== undefined && !fits(operator, OPERATOR)) return null;
  if (key !== undefined && !fits(key, THUMBPRINT)) return null;
  const boundTo = readBinding(payload);
  if (boundTo === null) return null;
  return {
    until,
    key,
    boundTo,
    caller: {
      client: `${jurisdiction}:${agency}`,
      agency: agency as Caller['agency'],
      jurisdiction,
      scopes: new Set(scope.split(' ').filter((word) => word !== '')),
      ...(operator === undefined ? {} : { operator }),
      ...(key === undefined ? {} : { key }),
    },
  };
}

/** The key to which a token is bound; `null` for a binding that the hub cannot check, such as one to a certificate (RFC 8705). */
function readBinding({ cnf }: JsonObject): string | undefined | null {
  if (cnf === undefined) return undefined;
  const members = Object.entries((cnf ?? {}) as JsonObject);
  const [name, thumbprint] = members[0] ?? [];
  return members.length === 1 && name === 'jkt' && fits(thumbprint, THUMBPRINT) ? thumbprint : null;
}

function fits(value: unknown, grammar: RegExp): value is string {
  return typeof value === 'string' && grammar.test(value);
}
