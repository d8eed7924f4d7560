import { membersOf, stringEnd, type EntryMembers } from './audit-members.ts';

const WORD_BYTES = 4;
const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a] as const;
/** Texts that are longer are rare, and no two of a length alike. */
const LONGEST = 1024;
/** Of so many texts of a length that are not of its shape one gives it another: that costs ten times as much as to go through a text. */
const TAKEN_OF = 64;

/**
 * Finds the members of texts. Many differ from one before by what their values say alone, so that a text is first compared with one of its
 * length, four bytes at a time: where only bytes within values differ, and none is a quote or a backslash, all members stand where they
 * stood.
 */
export class EntryShapes {
  /** By the length of their texts. */
  readonly #shapes: (Shape | undefined)[] = [];
  /** By the same, how many texts were not of its shape. */
  readonly #others = new Uint16Array(LONGEST + 1);
  #bytes: Buffer = Buffer.alloc(0);
  #words = new DataView(this.#bytes.buffer);

  /** The members of a text, counted from where it begins; `undefined` where it is none in the one form that entries have. */
  membersOf(bytes: Buffer, from: number, end: number): EntryMembers | undefined {
    const length = end - from;
    if (length > LONGEST || length < WORD_BYTES) return membersOf(bytes, from, end);
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const shape = this.#shapes[length];
    if (shape && isOfShape(this.#words, from, shape)) return shape.members;
    const members = membersOf(bytes, from, end);
    const others = ++this.#others[length]!;
    if (members && others % TAKEN_OF === 0) this.#shapes[length] = shapeOf(bytes.subarray(from, end), members);
    return members;
  }
}

/** A text that was gone through, in words of four bytes; the last may overlap with the one before. */
interface Shape {
  readonly members: EntryMembers;
  readonly length: number;
  readonly words: Int32Array;
  /** The bits that are the same in every text of this shape. */
  readonly fixed: Int32Array;
}

function shapeOf(text: Uint8Array, members: EntryMembers): Shape {
  const fixed = new Uint8Array(text.length).fill(0xff);
  for (let at = text.indexOf(QUOTE); at !== -1; at = text.indexOf(QUOTE, at + 1)) {
    const first = at + 1;
    at = stringEnd(text, at, text.length);
    const isKey = text[at + 1] === COLON;
    if (!isKey && !text.subarray(first, at).includes(BACKSLASH)) fixed.fill(0, first, at);
  }
  return { members, length: text.length, words: wordsOf(text), fixed: wordsOf(fixed) };
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const last = bytes.length - WORD_BYTES;
  const words = new Int32Array(Math.ceil(bytes.length / WORD_BYTES));
  for (let index = 0; index < words.length; index++) {
    words[index] = view.getInt32(Math.min(index * WORD_BYTES, last), true);
  }
  return words;
}

function isOfShape(text: DataView, from: number, { length, words, fixed }: Shape): boolean {
  const last = from + length - WORD_BYTES;
  let at = from;
  for (let index = 0; index < words.length; index++, at += WORD_BYTES) {
    const word = text.getInt32(at < last ? at : last, true);
    if (word === words[index]) continue;
    const same = fixed[index]!;
    if (((word ^ words[index]!) & same) !== 0 || mayEndString(word | same)) return false;
  }
  return true;
}

/** Is one of the four bytes a quote or a backslash? */
const mayEndString = (word: number): boolean => hasZero(word ^ 0x22222222) || hasZero(word ^ 0x5c5c5c5c);

const hasZero = (word: number): boolean => ((word - 0x01010101) & ~word & 0x80808080) !== 0;
