import { readStrictObject, type JsonObject } from './strict-json.ts';

/** A signed token taken apart. Nothing of it is proven yet. */
export interface CompactToken {
  readonly text: string;
  readonly header: JsonObject & { readonly alg: TokenAlgorithm; readonly kid?: string };
  readonly payload: JsonObject;
}

/** The algorithms by which the hub lets anything be proven to it. */
export const TOKEN_ALGORITHMS = ['ES256', 'EdDSA'] as const;
type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** What a kind of token looks like. */
export interface CompactTokenShape {
  /** Characters of the longest. */
  readonly longest: number;
  /** What `typ` says; `undefined` among them: it may be left out. */
  readonly types: readonly (string | undefined)[];
  /** Header members besides `alg`, `typ` and `kid`. Whatever else stands there is refused, so a key, a link or a demand (`crit`) too. */
  readonly members?: readonly string[];
}

/** Names of keys as issuers write them; nothing that could be a path or a statement. */
const KEY_ID = /^[A-Za-z0-9._~-]{1,128}$/;
/** Bytes of an ES256 or Ed25519 signature; no other form of one has as many. */
const SIGNATURE_BYTES = 64;
const DEEPEST = 4;

/**
 * Takes a compact JWS (RFC 7515) apart before anything is done with it; `null` unless every character is as the one way of writing it
 * has it: base64url without padding or left-over bits, JSON objects without doubled members, an algorithm of the hub's.
 */
export function readCompactToken(text: string, shape: CompactTokenShape): CompactToken | null {
  const parts = text.length > shape.longest ? null : readCompactParts(text);
  if (!parts) return null;
  const [header, payload, signature] = parts;
  if (signature.length !== SIGNATURE_BYTES) return null;
  const readHeader = readStrictObject(header, DEEPEST);
  const readPayload = readStrictObject(payload, DEEPEST);
  if (!readHeader || !readPayload || !fits(readHeader, shape)) return null;
  return { text, header: readHeader, payload: readPayload };
}

/**
 * Takes a detached JWS (RFC 7515 appendix F) apart, whose payload goes another way, by the same rules; `null` as above. Gives its header.
 */
export function readDetachedToken(text: string, shape: CompactTokenShape): CompactToken['header'] | null {
  const parts = text.length > shape.longest ? null : readCompactParts(text);
  if (!parts) return null;
  const [header, payload, signature] = parts;
  if (payload.length > 0 || signature.length !== SIGNATURE_BYTES) return null;
  const readHeader = readStrictObject(header, DEEPEST);
  return readHeader && fits(readHeader, shape) ? readHeader : null;
}

function fits(header: JsonObject, { types, members = [] }: CompactTokenShape): header is CompactToken['header'] {
  const { alg, typ, kid } = header;
  return (
    TOKEN_ALGORITHMS.some((known) => known === alg) &&
    types.some((type) => type === typ) &&
    (kid === undefined || (typeof kid === 'string' && KEY_ID.test(kid))) &&
    Object.keys(header).every((name) => ['alg', 'typ', 'kid', ...members].includes(name))
  );
}

/**
 * The bytes of header, payload and signature; `null` where any of them is written in another way than the one. Libraries
 * overlook blanks and padding, so that one token would have many texts.
 */
export function readCompactParts(text: string): readonly [header: Buffer, payload: Buffer, signature: Buffer] | null {
  const parts = text.split('.');
  const [header, payload, signature] = parts.map((part) => Buffer.from(part, 'base64url'));
  const isTheOneWay = [header, payload, signature].every(
    (bytes, index) => bytes?.toString('base64url') === parts[index],
  );
  if (parts.length !== 3 || !isTheOneWay) return null;
  return [header!, payload!, signature!];
}
