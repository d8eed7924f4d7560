import type { JsonObject } from './strict-json.ts';

/** Clocks of issuers, agencies and the hub may differ by this many seconds. */
export const CLOCK_SKEW = 10;

/** A claim that is plain text of at most so many characters, without blanks or signs that end lines. */
export const isWord = (value: unknown, longest = 256): value is string =>
  typeof value === 'string' && value.length <= longest && /^[\x21-\x7e]+$/.test(value);

/** Whole seconds of now, by the system's clock: tokens go by no other. */
export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

/**
 * The last second at which claims hold, skew and all; `null` where they do not hold now, live longer than `longest` seconds, or say
 * when in anything but whole seconds (`1e999` is a number to JSON, and endless to whoever compares with it).
 */
export function holdsUntil({ iat, exp, nbf = iat }: JsonObject, longest: number, now = nowInSeconds()): number | null {
  if (![iat, exp, nbf].every(isSecond)) return null;
  const [issued, expires, begins] = [iat, exp, nbf] as readonly number[];
  const until = expires! + CLOCK_SKEW;
  const inTime = issued! <= now + CLOCK_SKEW && begins! <= now + CLOCK_SKEW && now < until;
  return inTime && expires! > issued! && expires! - issued! <= longest ? until : null;
}

/** Is this an instant in whole seconds? */
export const isSecond = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
