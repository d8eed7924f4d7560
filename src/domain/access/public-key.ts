/** Members of a JWK that only a private or symmetric key has (RFC 7518 §6). */
export const SECRET_MEMBERS: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Bytes of a coordinate on either curve. */
const COORDINATE_BYTES = 32;
const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const P25519 = 2n ** 255n - 19n;
/** The points whose order divides eight, by their y: whoever signs for such a key needs no secret. */
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, P25519 - 1n, EIGHTH, P25519 - EIGHTH]);

/**
 * Is this JWK the public half of a key by which somebody may prove who they are? Only the two kinds whose signatures the hub takes,
 * P-256 and Ed25519, the point being one of the curve and none of the few by which anybody could sign; never with a private member.
 */
export function isSoundPublicKey(jwk: unknown): boolean {
  if (typeof jwk !== 'object' || jwk === null) return false;
  if (SECRET_MEMBERS.some((member) => Object.hasOwn(jwk, member))) return false;
  const { kty, crv, x, y, alg, use } = jwk as Readonly<Record<string, unknown>>;
  if (use !== undefined && use !== 'sig') return false;
  const [first, second] = [readCoordinate(x), readCoordinate(y)];
  if (first === null) return false;
  if (kty === 'EC' && crv === 'P-256') {
    return (alg === undefined || alg === 'ES256') && second !== null && isOnP256(number(first), number(second));
  }
  const isEdwards = kty === 'OKP' && crv === 'Ed25519' && y === undefined;
  return isEdwards && (alg === undefined || alg === 'EdDSA' || alg === 'Ed25519') && isSoundEd25519(first.toReversed());
}

/** Bytes of unpadded base64url, the most significant first; null unless there are as many as a coordinate has. */
function readCoordinate(text: unknown): readonly number[] | null {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text)) return null;
  const bytes = [...atob(text.replaceAll('-', '+').replaceAll('_', '/'))].map((sign) => sign.charCodeAt(0));
  return bytes.length === COORDINATE_BYTES ? bytes : null;
}

const number = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** y² = x³ - 3x + b (FIPS 186-4 D.1.2.3). */
function isOnP256(x: bigint, y: bigint): boolean {
  return x < P256 && y < P256 && modulo(y * y - (x * x * x - 3n * x + P256_B), P256) === 0n;
}

/** The first bit is the sign of x, the rest is y (RFC 8032 §5.1.2). */
function isSoundEd25519(bytes: readonly number[]): boolean {
  const y = number(bytes) % 2n ** 255n;
  return y < P25519 && !SMALL_ORDER.has(y);
}

const modulo = (value: bigint, prime: bigint): bigint => ((value % prime) + prime) % prime;
