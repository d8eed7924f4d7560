/** Where something stands in a text, without quotes or brackets; from is -1 where it is not there. */
export interface Place {
  readonly from: number;
  readonly until: number;
}

/** Those members of an entry's text that columns repeat, counted from where the text begins. */
export interface EntryMembers {
  readonly at: Place;
  readonly knownAt: Place;
  readonly person: Place;
  readonly submissions: Place;
  readonly everybody: boolean;
}

const NOWHERE: Place = { from: -1, until: -1 };

/** Goes through the members of a text; `undefined` where it is none in the one form that entries have. */
export function membersOf(bytes: Uint8Array, from: number, end: number): EntryMembers | undefined {
  let [at, knownAt, person, submissions] = [NOWHERE, NOWHERE, NOWHERE, NOWHERE];
  let everybody = false;
  if (bytes[from] !== OPEN_BRACE) return undefined;
  for (let begin = from + 1; begin < end; begin++) {
    const key = begin + 1;
    const keyEnd = stringEnd(bytes, begin, end);
    const value = keyEnd + 2;
    const until = valueEnd(bytes, value, end);
    if (keyEnd < 0 || until < 0 || bytes[keyEnd + 1] !== COLON) return undefined;
    // Most are told apart by their length alone.
    switch (keyEnd - key) {
      case AT.length:
        if (isKey(bytes, key, AT)) at = within(from, value, until);
        break;
      case PERSON.length:
        if (isKey(bytes, key, PERSON)) person = within(from, value, until);
        break;
      case KNOWN_AT.length:
        if (isKey(bytes, key, KNOWN_AT)) knownAt = within(from, value, until);
        break;
      case EVERYBODY.length:
        // It is there only where it is so.
        if (isKey(bytes, key, EVERYBODY)) everybody = true;
        break;
      case SUBMISSIONS.length:
        if (isKey(bytes, key, SUBMISSIONS)) submissions = within(from, value, until);
        break;
    }
    begin = until;
    if (bytes[begin] === CLOSE_BRACE) {
      return begin + 1 === end && at !== NOWHERE ? { at, knownAt, person, submissions, everybody } : undefined;
    }
    if (bytes[begin] !== COMMA) return undefined;
  }
  return undefined;
}

/** Where the value of a member stands in a text that begins at a place. */
const within = (text: number, value: number, end: number): Place => ({ from: value + 1 - text, until: end - 1 - text });

function isKey(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let index = 0; index < key.length; index++) if (bytes[at + index] !== key[index]) return false;
  return true;
}

/** Where the string that begins at a quote ends, at its other quote; -1 where it does not. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== QUOTE) return -1;
  for (let index = at + 1; index < end; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) return index;
    if (byte === BACKSLASH) index += 1;
  }
  return -1;
}

/** Where a value ends: a string, an array of strings, a number or a word. -1 where it does not. */
function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === QUOTE) return stringEnd(bytes, at, end) + 1 || -1;
  if (bytes[at] !== OPEN_BRACKET) {
    for (let index = at; index < end && bytes[index] !== QUOTE; index++) {
      if (bytes[index] === COMMA || bytes[index] === CLOSE_BRACE) return index;
    }
    return -1;
  }
  for (let index = at + 1; index < end; index++) {
    if (bytes[index] === CLOSE_BRACKET) return index + 1;
    if (bytes[index] !== QUOTE) continue;
    index = stringEnd(bytes, index, end);
    if (index < 0) return -1;
  }
  return -1;
}

const [AT, PERSON, KNOWN_AT, EVERYBODY, SUBMISSIONS] = [
  Buffer.from('at'),
  Buffer.from('person'),
  Buffer.from('knownAt'),
  Buffer.from('everybody'),
  Buffer.from('submissions'),
] as const;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a] as const;
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d] as const;
