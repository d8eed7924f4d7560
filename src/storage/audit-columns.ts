/**
 * Holds what an entry is searched by against what its text says, both as the bytes in which PostgreSQL hands them out: to make texts of
 * the ones, or objects of the others, would cost more than to hash the entry.
 */
export class EntryColumns {
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the values of those members of the text stand that the columns repeat, without quotes; from is -1 where there is none. */
  readonly #at = { from: -1, until: -1 };
  readonly #knownAt = { from: -1, until: -1 };
  readonly #person = { from: -1, until: -1 };
  readonly #submissions = { from: -1, until: -1 };
  #everybody = false;

  /**
   * Do the columns say what the text says? Each column stands behind its length (32 bits, -1 for null).
   *
   * @param columns where the lengths of `at`, `known_at`, `person`, `everybody` and `submissions` stand, one after another
   * @param text where the text stands, from and until
   */
  agree(bytes: Buffer, columns: number, text: number, end: number): boolean {
    this.#bytes = bytes;
    if (!this.#read(text, end)) return false;
    const knownAt = columns + LENGTH + INSTANT_BYTES;
    const person = knownAt + LENGTH + INSTANT_BYTES;
    const everybody = person + LENGTH + (this.#isNull(person) ? 0 : UUID_BYTES);
    const submissions = everybody + LENGTH + 1;
    return (
      this.#isInstant(columns, this.#at) &&
      this.#isInstant(knownAt, this.#knownAt.from === -1 ? this.#at : this.#knownAt) &&
      this.#isPerson(person) &&
      (bytes[everybody + LENGTH] === 1) === this.#everybody &&
      this.#areSubmissions(submissions)
    );
  }

  /** Goes through the members of the text; false where it is none in the one form that entries have. */
  #read(from: number, end: number): boolean {
    const bytes = this.#bytes;
    for (const place of [this.#at, this.#knownAt, this.#person, this.#submissions]) place.from = -1;
    this.#everybody = false;
    if (bytes[from] !== OPEN_BRACE) return false;
    for (let at = from + 1; at < end; at++) {
      const key = at + 1;
      const keyEnd = this.#stringEnd(at, end);
      const value = keyEnd + 2;
      const valueEnd = this.#valueEnd(value, end);
      if (keyEnd < 0 || valueEnd < 0 || bytes[keyEnd + 1] !== COLON) return false;
      this.#note(key, keyEnd, value, valueEnd);
      at = valueEnd;
      if (bytes[at] === CLOSE_BRACE) return at + 1 === end && this.#at.from !== -1;
      if (bytes[at] !== COMMA) return false;
    }
    return false;
  }

  /** Keeps where a member's value stands, if it is one of those that the columns repeat. Most are told apart by their length alone. */
  #note(key: number, keyEnd: number, value: number, valueEnd: number): void {
    switch (keyEnd - key) {
      case AT.length:
        if (this.#isKey(key, AT)) keep(this.#at, value + 1, valueEnd - 1);
        break;
      case PERSON.length:
        if (this.#isKey(key, PERSON)) keep(this.#person, value + 1, valueEnd - 1);
        break;
      case KNOWN_AT.length:
        if (this.#isKey(key, KNOWN_AT)) keep(this.#knownAt, value + 1, valueEnd - 1);
        break;
      case EVERYBODY.length:
        // It is there only where it is so.
        if (this.#isKey(key, EVERYBODY)) this.#everybody = true;
        break;
      case SUBMISSIONS.length:
        if (this.#isKey(key, SUBMISSIONS)) keep(this.#submissions, value + 1, valueEnd - 1);
        break;
    }
  }

  #isKey(at: number, key: Buffer): boolean {
    for (let index = 0; index < key.length; index++) if (this.#bytes[at + index] !== key[index]) return false;
    return true;
  }

  /** Where the string that begins at a quote ends, at its other quote; -1 where it does not. */
  #stringEnd(at: number, end: number): number {
    const bytes = this.#bytes;
    if (bytes[at] !== QUOTE) return -1;
    for (let index = at + 1; index < end; index++) {
      const byte = bytes[index];
      if (byte === QUOTE) return index;
      if (byte === BACKSLASH) index += 1;
    }
    return -1;
  }

  /** Where a value ends: a string, an array of strings, a number or a word. -1 where it does not. */
  #valueEnd(at: number, end: number): number {
    const bytes = this.#bytes;
    if (bytes[at] === QUOTE) return this.#stringEnd(at, end) + 1 || -1;
    if (bytes[at] !== OPEN_BRACKET) {
      for (let index = at; index < end; index++)
        if (bytes[index] === COMMA || bytes[index] === CLOSE_BRACE) return index;
      return -1;
    }
    for (let index = at + 1; index < end; index++) {
      if (bytes[index] === CLOSE_BRACKET) return index + 1;
      if (bytes[index] !== QUOTE) continue;
      index = this.#stringEnd(index, end);
      if (index < 0) return -1;
    }
    return -1;
  }

  #isNull(at: number): boolean {
    return this.#bytes.readInt32BE(at) === -1;
  }

  #isInstant(at: number, { from, until }: Place): boolean {
    const bytes = this.#bytes;
    const microseconds = bytes.readInt32BE(at + LENGTH) * 2 ** 32 + bytes.readUInt32BE(at + LENGTH + 4);
    return microseconds === (instantIn(bytes, from, until) - POSTGRES_EPOCH) * 1_000;
  }

  #isPerson(at: number): boolean {
    const { from, until } = this.#person;
    if (this.#isNull(at)) return from === -1;
    return from !== -1 && until - from === UUID_TEXT && isUuid(this.#bytes, at + LENGTH, from);
  }

  #areSubmissions(at: number): boolean {
    const bytes = this.#bytes;
    const { from, until } = this.#submissions;
    if (this.#isNull(at)) return from === -1;
    // How many dimensions, whether there are nulls, the type of the elements, how many and from where they are counted.
    const [dimensions, count] = [bytes.readInt32BE(at + LENGTH), bytes.readInt32BE(at + LENGTH + 12)];
    const quoted = UUID_TEXT + 3;
    if (from === -1 || dimensions !== 1 || until - from !== count * quoted - 1) return false;
    for (let index = 0; index < count; index++) {
      const element = at + LENGTH + ARRAY_HEAD + index * (LENGTH + UUID_BYTES);
      if (!isUuid(bytes, element + LENGTH, from + index * quoted + 1)) return false;
    }
    return true;
  }
}

interface Place {
  readonly from: number;
  readonly until: number;
}

function keep(place: { from: number; until: number }, from: number, until: number): void {
  place.from = from;
  place.until = until;
}

const LENGTH = 4;
const INSTANT_BYTES = 8;
const UUID_BYTES = 16;
const UUID_TEXT = 36;
const ARRAY_HEAD = 20;

const [AT, PERSON, KNOWN_AT, EVERYBODY, SUBMISSIONS] = [
  Buffer.from('at'),
  Buffer.from('person'),
  Buffer.from('knownAt'),
  Buffer.from('everybody'),
  Buffer.from('submissions'),
] as const;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a] as const;
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d] as const;
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
