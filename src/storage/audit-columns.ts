import { EntryShapes } from './audit-shapes.ts';
import type { EntryMembers, Place } from './audit-members.ts';

/**
 * Holds what an entry is searched by against what its text says, both as the bytes in which PostgreSQL hands them out: to make texts of
 * the ones, or objects of the others, would cost more than to hash the entry.
 */
export class EntryColumns {
  readonly #shapes = new EntryShapes();

  /**
   * Do the columns say what the text says? Each column stands behind its length (32 bits, -1 for null).
   *
   * @param columns where the lengths of `at`, `known_at`, `person`, `everybody` and `submissions` stand, one after another
   * @param text where the text stands, from and until
   */
  agree(bytes: Buffer, columns: number, text: number, end: number): boolean {
    const members = this.#shapes.membersOf(bytes, text, end);
    return members !== undefined && doAgree(bytes, columns, text, members);
  }
}

function doAgree(bytes: Buffer, columns: number, text: number, members: EntryMembers): boolean {
  const knownAt = columns + LENGTH + INSTANT_BYTES;
  const person = knownAt + LENGTH + INSTANT_BYTES;
  const everybody = person + LENGTH + (isNull(bytes, person) ? 0 : UUID_BYTES);
  const submissions = everybody + LENGTH + 1;
  return (
    isInstant(bytes, columns, text, members.at) &&
    (members.knownAt.from === -1
      ? isSameInstant(bytes, columns, knownAt)
      : isInstant(bytes, knownAt, text, members.knownAt)) &&
    isPerson(bytes, person, text, members.person) &&
    (bytes[everybody + LENGTH] === 1) === members.everybody &&
    areSubmissions(bytes, submissions, text, members.submissions)
  );
}

const isNull = (bytes: Buffer, at: number): boolean => bytes.readInt32BE(at) === -1;

function isInstant(bytes: Buffer, at: number, text: number, { from, until }: Place): boolean {
  const microseconds = bytes.readInt32BE(at + LENGTH) * 2 ** 32 + bytes.readUInt32BE(at + LENGTH + 4);
  return microseconds === (instantIn(bytes, text + from, text + until) - POSTGRES_EPOCH) * 1_000;
}

function isSameInstant(bytes: Buffer, at: number, other: number): boolean {
  for (let index = LENGTH; index < LENGTH + INSTANT_BYTES; index++) {
    if (bytes[at + index] !== bytes[other + index]) return false;
  }
  return true;
}

function isPerson(bytes: Buffer, at: number, text: number, { from, until }: Place): boolean {
  if (isNull(bytes, at)) return from === -1;
  return from !== -1 && until - from === UUID_TEXT && isUuid(bytes, at + LENGTH, text + from);
}

function areSubmissions(bytes: Buffer, at: number, text: number, { from, until }: Place): boolean {
  if (isNull(bytes, at)) return from === -1;
  // How many dimensions, whether there are nulls, the type of the elements, how many and from where they are counted.
  const [dimensions, count] = [bytes.readInt32BE(at + LENGTH), bytes.readInt32BE(at + LENGTH + 12)];
  const quoted = UUID_TEXT + 3;
  if (from === -1 || dimensions !== 1 || until - from !== count * quoted - 1) return false;
  for (let index = 0; index < count; index++) {
    const element = at + LENGTH + ARRAY_HEAD + index * (LENGTH + UUID_BYTES);
    if (!isUuid(bytes, element + LENGTH, text + from + index * quoted + 1)) return false;
  }
  return true;
}

const LENGTH = 4;
const INSTANT_BYTES = 8;
const UUID_BYTES = 16;
const UUID_TEXT = 36;
const ARRAY_HEAD = 20;
const DASH = 0x2d;

/** Of every nibble, its character. */
const HEX = Buffer.from('0123456789abcdef');

/** Is an id of 16 bytes that of which the text stands at a place? */
function isUuid(bytes: Buffer, id: number, text: number): boolean {
  let at = text;
  for (let index = 0; index < UUID_BYTES; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) if (bytes[at++] !== DASH) return false;
    const byte = bytes[id + index]!;
    if (bytes[at++] !== HEX[byte >> 4] || bytes[at++] !== HEX[byte & 15]) return false;
  }
  return true;
}

/** What PostgreSQL counts instants from, in milliseconds. */
const POSTGRES_EPOCH = Date.UTC(2000, 0, 1);
/** `2026-03-02T02:00:00.000Z` */
const PLAIN_INSTANT = 24;
const MS_OF_DAY = 86_400_000;

/** The instant of an ISO text in milliseconds; `NaN` where there is none. */
function instantIn(bytes: Buffer, from: number, until: number): number {
  // Years beyond four digits have another form, and few have seen them.
  if (until - from !== PLAIN_INSTANT) return Date.parse(bytes.toString('latin1', from, until));
  const two = (at: number): number => (bytes[at]! - 48) * 10 + bytes[at + 1]! - 48;
  const year = two(from) * 100 + two(from + 2);
  const seconds = (two(from + 11) * 60 + two(from + 14)) * 60 + two(from + 17);
  const milliseconds = two(from + 20) * 10 + bytes[from + 22]! - 48;
  return daysTo(year, two(from + 5), two(from + 8)) * MS_OF_DAY + seconds * 1_000 + milliseconds;
}

/** Days from 1970-01-01 to a day of the calendar. Years begin in March here, so that a leap day is their last. */
function daysTo(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
