import type { Claim } from '../domain/claims/claim.ts';
import type { DecidedSubject } from '../domain/identity/subject.ts';
import { uuidText } from './ids.ts';
import { decidedAttributes } from './sealed-claims.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/**
 * The columns that {@link StandingRows} reads, of a link `l`, its document `i` and a claim `c` or none. A number that lies sealed stays
 * there: what it says of birth and sex is all that deciding needs of it.
 */
export const STANDING_COLUMNS = `l.subject_key, l.since, i.id_type, i.id_number, i.birth_date, i.male, c.id, c.agency, c.list, c.valid_from, c.valid_to,
  c.told_at, nullif(c.first_told_at, c.told_at), c.attributes, c.key, c.submission, c.row_number`;

/** A document of a person with one claim that stands of it, or none. */
export interface StandingRow {
  readonly person: string;
  /** `null` where the person is nobody's any more. */
  readonly subject: StandingSubject | null;
  readonly claim: Claim | null;
}

/** A document with the instant at which it became the person's. */
export interface StandingSubject {
  readonly subject: DecidedSubject;
  readonly since: number;
}

/** The length of a field without a value. */
const NO_VALUE = -1;
/** Days and microseconds are counted from the year 2000. */
const YEAR_2000 = Date.UTC(2000, 0, 1);
const DAY = 86_400_000;
/** Claims share a few instants. */
const MOST_REMEMBERED = 10_000;
/** Days of 150 years, each written once: days of birth are among them. */
const DAYS: (string | undefined)[] = Array.from({ length: 150 * 366 });
const FIRST_DAY = -100 * 366;

/**
 * Reads the rows of a binary COPY: a person's id, then {@link STANDING_COLUMNS}. Rows of one person that follow each other share
 * the id and the subject.
 */
export class StandingRows {
  readonly #jurisdiction: string;
  readonly #seal: PlaceSeal;
  readonly #instants = new Map<number, Date>();
  readonly #words = new KnownWords();
  readonly #person = new LastId();
  readonly #subjectKey = new LastId();
  #subject: StandingRow['subject'] = null;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(jurisdiction: string, seal: PlaceSeal) {
    this.#jurisdiction = jurisdiction;
    this.#seal = seal;
  }

  /** Reads the row whose first field's length is at the place. The bytes must stay as they are: claims read from them later. */
  read(bytes: Buffer, at: number): StandingRow {
    this.#bytes = bytes;
    this.#at = at;
    this.#length();
    this.#person.isNow(bytes, this.#at - 16);
    return { person: this.#person.text, subject: this.#readSubject(), claim: this.#readClaim() };
  }

  #readSubject(): StandingRow['subject'] {
    if (this.#length() === NO_VALUE) return null;
    if (!this.#subjectKey.isNow(this.#bytes, this.#at - 16)) {
      const since = this.#micros()!;
      this.#subject = { subject: this.#document(this.#subjectKey.text), since };
    } else {
      for (let field = 0; field < 5; field += 1) this.#length();
    }
    return this.#subject;
  }

  #document(key: string): DecidedSubject {
    const idType = this.#word() as DecidedSubject['idType'];
    const idNumber = this.#text();
    const birthDate = this.#day();
    const sex = this.#sex();
    return idNumber === null ? { key, idType, birthDate, sex } : { key, idType, idNumber };
  }

  #readClaim(): Claim | null {
    if (this.#length() === NO_VALUE) return null;
    const place = { jurisdiction: this.#jurisdiction, subjectKey: this.#subject!.subject.key };
    const claim = new StandingClaim(this.#bytes, this.#at - 16, place, this.#seal);
    claim.agency = this.#word();
    claim.list = this.#word();
    claim.validFrom = this.#day();
    claim.validTo = this.#day();
    claim.toldAt = this.#instant()!;
    claim.firstToldAt = this.#instant() ?? claim.toldAt;
    claim.rest = this.#at;
    return claim as unknown as Claim;
  }

  /** Moves behind the next field and gives its length. */
  #length(): number {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += length > 0 ? length + 4 : 4;
    return length;
  }

  #sex(): 'MALE' | 'FEMALE' | null {
    if (this.#length() === NO_VALUE) return null;
    return this.#bytes[this.#at - 1] === 1 ? 'MALE' : 'FEMALE';
  }

  #text(): string | null {
    const length = this.#length();
    if (length === NO_VALUE) return null;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  #word(): string {
    const length = this.#length();
    return this.#words.at(this.#bytes, this.#at - length, length);
  }

  #day(): string | null {
    if (this.#length() === NO_VALUE) return null;
    const day = this.#bytes.readInt32BE(this.#at - 4);
    const place = day - FIRST_DAY;
    return place >= 0 && place < DAYS.length ? (DAYS[place] ??= dayText(day)) : dayText(day);
  }

  #instant(): Date | null {
    const micros = this.#micros();
    if (micros === null) return null;
    const known = this.#instants.get(micros);
    if (known !== undefined) return known;
    if (this.#instants.size >= MOST_REMEMBERED) this.#instants.clear();
    const instant = new Date(YEAR_2000 + Math.round(micros / 1_000));
    this.#instants.set(micros, instant);
    return instant;
  }

  #micros(): number | null {
    if (this.#length() === NO_VALUE) return null;
    return this.#bytes.readInt32BE(this.#at - 8) * 2 ** 32 + this.#bytes.readUInt32BE(this.#at - 4);
  }
}

const dayText = (day: number): string => new Date(YEAR_2000 + day * DAY).toISOString().slice(0, 10);

/** Words of a small vocabulary, each made once; known again by their bytes, since to make a text costs more than to compare it. */
class KnownWords {
  readonly #byStart: string[][] = [];

  at(bytes: Buffer, from: number, length: number): string {
    const start = length === 0 ? 0 : (length << 8) | bytes[from]!;
    const words = (this.#byStart[start] ??= []);
    for (const word of words) if (isAt(bytes, from, word)) return word;
    const word = bytes.toString('latin1', from, from + length);
    words.push(word);
    return word;
  }
}

function isAt(bytes: Buffer, from: number, word: string): boolean {
  for (let place = 0; place < word.length; place += 1) {
    if (bytes[from + place] !== word.charCodeAt(place)) return false;
  }
  return true;
}

/** An id that is mostly the one before. */
class LastId {
  text = '';
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** Takes the id at the place; tells whether it was the last one. */
  isNow(bytes: Buffer, at: number): boolean {
    const [a, b] = [bytes.readInt32BE(at), bytes.readInt32BE(at + 4)];
    const [c, d] = [bytes.readInt32BE(at + 8), bytes.readInt32BE(at + 12)];
    if (a === this.#a && b === this.#b && c === this.#c && d === this.#d) return true;
    [this.#a, this.#b, this.#c, this.#d] = [a, b, c, d];
    this.text = uuidText(bytes, at);
    return false;
  }
}

/** A claim that stands. What few decisions ask for is read where it is asked for. */
class StandingClaim {
  readonly jurisdiction: string;
  readonly subjectKey: string;
  readonly endedAt = null;
  agency = '';
  list = '';
  validFrom: string | null = null;
  validTo: string | null = null;
  toldAt = LONG_AGO;
  firstToldAt = LONG_AGO;
  /** Where the fields begin that are read later: attributes, key, submission, row. */
  rest = 0;
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #seal: PlaceSeal;
  #attributes: Claim['attributes'] | undefined;

  constructor(
    bytes: Buffer,
    at: number,
    { jurisdiction, subjectKey }: Pick<Claim, 'jurisdiction' | 'subjectKey'>,
    seal: PlaceSeal,
  ) {
    this.#bytes = bytes;
    this.#at = at;
    this.jurisdiction = jurisdiction;
    this.subjectKey = subjectKey;
    this.#seal = seal;
  }

  get id(): string {
    return uuidText(this.#bytes, this.#at);
  }

  get attributes(): Claim['attributes'] {
    return (this.#attributes ??= this.#readAttributes());
  }

  get key(): string {
    const at = this.#behind(this.rest);
    return this.#bytes.toString('utf8', at + 4, this.#behind(at));
  }

  get submission(): string {
    return uuidText(this.#bytes, this.#behind(this.#behind(this.rest)) + 4);
  }

  get row(): number {
    return this.#bytes.readInt32BE(this.#behind(this.#behind(this.#behind(this.rest))) + 4);
  }

  #readAttributes(): Claim['attributes'] {
    // The binary form of jsonb is its text behind a byte for the version.
    const text = this.#bytes.toString('utf8', this.rest + 5, this.#behind(this.rest));
    return decidedAttributes(this.#seal, JSON.parse(text) as Claim['attributes']);
  }

  #behind(at: number): number {
    return at + 4 + this.#bytes.readInt32BE(at);
  }
}

const LONG_AGO = new Date(0);
