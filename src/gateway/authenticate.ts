import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { compactVerify } from 'jose';
import type { Caller } from '../domain/access/caller.ts';
import { readKeyProof } from './authenticate-proof.ts';
import { readCompactToken, TOKEN_ALGORITHMS, type CompactToken } from './compact-token.ts';
import type { IssuerKeys, VerifyingKey } from './issuer-keys.ts';
import { AUDIENCE, LONGEST_TOKEN_LIFE, readTokenClaims, type ClaimedCaller } from './token-claims.ts';
import { nowInSeconds } from './token-life.ts';

/** Far more tokens than agencies use at once; a flood of others pushes the oldest out. */
const REMEMBERED_TOKENS = 10_000;
const LONGEST_TOKEN = 8192;
const CREDENTIALS = /^(Bearer|DPoP) ([\w-]+\.[\w-]+\.[\w-]+)$/;

/** Why a request was not let in, for counting and never for the answer. `UNCHECKED`: revocations or proofs could not be looked up. */
export type TokenRefusal =
  'NO_TOKEN' | 'MALFORMED' | 'CLAIMS' | 'SIGNATURE' | 'NO_CLIENT' | 'REVOKED' | 'NO_PROOF' | 'UNCHECKED';

/** What the door must know about tokens. */
export interface TokenRules {
  /** The `iss` that every token must name. */
  readonly issuer: string;
  /** The issuer's public keys. */
  readonly keys: IssuerKeys;
  /**
   * The client (`130628:civil-affairs`), and whether it may act only with tokens that are bound to a key. Asked on every use, so that a
   * removed agency is out at once.
   */
  findClient(id: string): { readonly dpop?: 'required' } | undefined;
  /** Has the client been suspended, or any of these keys of its (by thumbprint) revoked? Asked on every use. */
  isRevoked(client: string, thumbprints: readonly string[]): Promise<boolean>;
  readonly proofs: {
    /** The address under which clients reach this door, without a path. */
    readonly origin: string;
    /** Notes that a proof was used; false where it had been used before, through whichever process. */
    rememberProof(id: string, until: Date): Promise<boolean>;
  };
  /** Hears of every request that is not let in. */
  onRefused(reason: TokenRefusal): void;
  /** Hears of the first request with a token that was good but for its key or client having been revoked; waited for. */
  onRevoked(caller: Caller, request: IncomingMessage): Promise<void>;
}

/**
 * Tells who asks; null without a valid token, whatever is wrong with it. Never throws. Asked again about the same request it tells
 * whether the token still holds: its proof of possession was used up the first time.
 */
export type Authenticate = (request: IncomingMessage) => Promise<Caller | null>;

/** Makes the check of access tokens: form first, then claims, signature, client, revocation and possession. */
export function authenticator(rules: TokenRules): Authenticate {
  const verified = rememberedTokens();
  const proven = new WeakSet<IncomingMessage>();
  const refused = new WeakSet<ClaimedCaller>();
  const expected = { issuer: rules.issuer, audience: AUDIENCE, longestLife: LONGEST_TOKEN_LIFE };

  const verify = async (text: string): Promise<ClaimedCaller | TokenRefusal> => {
    const token = readCompactToken(text, { longest: LONGEST_TOKEN, types: ['at+jwt'], members: ['x5t', 'x5t#S256'] });
    if (!token) return 'MALFORMED';
    // The cheap half first: no key is looked for, let alone fetched, for a token that could not hold with any.
    const claims = readTokenClaims(token.payload, expected);
    if (!claims) return 'CLAIMS';
    const key = await rules.keys.find(token).catch(() => undefined);
    return key && (await isSigned(token, key)) ? claims : 'SIGNATURE';
  };

  const isProven = async (request: IncomingMessage, token: string, boundTo: string): Promise<boolean> => {
    if (proven.has(request)) return true;
    const proofs = request.headersDistinct['dpop'];
    if (proofs?.length !== 1) return false;
    const path = request.url?.split('?', 1)[0] ?? '';
    const url = `${rules.proofs.origin}${path}`;
    const proof = await readKeyProof(proofs[0]!, { method: request.method ?? '', url, token });
    if (proof?.thumbprint !== boundTo || !(await rules.proofs.rememberProof(proof.id, proof.until))) return false;
    proven.add(request);
    return true;
  };

  const admit = async (request: IncomingMessage): Promise<Caller | TokenRefusal> => {
    const sent = credentials(request);
    if (!sent) return 'NO_TOKEN';
    const key = hash('sha256', sent.token, 'base64');
    const known = verified.find(key) ?? (await verify(sent.token));
    if (typeof known === 'string') return known;
    const { caller, boundTo } = known;
    const client = rules.findClient(caller.client);
    if (!client) return 'NO_CLIENT';
    verified.remember(key, known);
    const keys = [known.key, boundTo].filter((one) => one !== undefined);
    if (await rules.isRevoked(caller.client, keys)) {
      const isFirst = !refused.has(known);
      refused.add(known);
      if (isFirst) await rules.onRevoked(caller, request);
      return 'REVOKED';
    }
    // A token bound to its holder's key proves nothing when it comes as a bearer's, nor a bearer's token as a bound one.
    const needsProof = boundTo !== undefined || client.dpop === 'required';
    if (needsProof !== (sent.scheme === 'DPoP')) return 'NO_PROOF';
    if (needsProof && !(boundTo && (await isProven(request, sent.token, boundTo)))) return 'NO_PROOF';
    return caller;
  };

  return async (request) => {
    const outcome = await admit(request).catch((): TokenRefusal => 'UNCHECKED');
    if (typeof outcome !== 'string') return outcome;
    rules.onRefused(outcome);
    return null;
  };
}

/** What the one Authorization header says; a request with two of them says nothing. */
export function credentials(request: IncomingMessage): { readonly scheme: string; readonly token: string } | null {
  const sent = onlyHeader(request, 'authorization');
  const [, scheme, token] = (sent !== undefined && CREDENTIALS.exec(sent)) || [];
  return scheme && token ? { scheme, token } : null;
}

/** A header that came once; undefined where it came several times. Read as it was sent: all headers made anew cost more than the rest of this. */
function onlyHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.length !== name.length || rawHeaders[at]!.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[at + 1];
  }
  return found;
}

/** Was the token signed by the holder of this key? */
export async function isSigned(token: CompactToken, key: VerifyingKey): Promise<boolean> {
  try {
    await compactVerify(token.text, key, { algorithms: [...TOKEN_ALGORITHMS] });
    return true;
  } catch {
    return false;
  }
}

/** Tokens checked before, by their SHA-256: a signature costs more than the rest of a read. Bounded, never past their end. */
function rememberedTokens() {
  const tokens = new Map<string, ClaimedCaller>();
  return {
    find(key: string): ClaimedCaller | undefined {
      const found = tokens.get(key);
      if (found && nowInSeconds() >= found.until) {
        tokens.delete(key);
        return undefined;
      }
      return found;
    },
    remember(key: string, token: ClaimedCaller): void {
      if (tokens.has(key)) return;
      if (tokens.size >= REMEMBERED_TOKENS) tokens.delete(tokens.keys().next().value!);
      tokens.set(key, token);
    },
  };
}
