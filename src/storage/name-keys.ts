import { ALIKE_TO, isNameKey, NAME_KEY_SIGN } from '../domain/identity/name-key.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** Names, and beginnings of names, that are remembered for a jurisdiction: lists have the same ones again and again. */
const MOST_REMEMBERED = 50_000;

/** Where in 21 letters of a hash the parts of a key are taken from: the beginnings from its start, the whole name from its end. */
const WHOLE_FROM = 11;
const WHOLE_LETTERS = 10;

/** What is known by heart of one jurisdiction. */
interface Remembered {
  readonly keys: Map<string, string>;
  readonly beginnings: Map<string, string>;
}

const REMEMBERED = new WeakMap<PlaceSeal, Remembered>();

/**
 * The key of a name: keyed hashes of the bare name's first one, two and three characters, each cut, then of the whole, then of the name
 * as written where that is another. Without the key of the hub nobody can try names against it; equal names of a jurisdiction have
 * equal keys, and stay so when data keys change.
 */
export function nameKeyOf(seal: PlaceSeal, name: string): string {
  const { keys, beginnings } = rememberedOf(seal);
  return remembered(keys, name, () => {
    const bare = bareName(name);
    const key = bare === '' ? NAME_KEY_SIGN : bareKey(seal, beginnings, bare);
    return name === bare ? key : `${key}.${hashOf(seal, 'name as written', name).slice(0, WHOLE_LETTERS)}`;
  });
}

/** The key of a name that is kept: one that lies in clear is of before. */
export const nameKeyFromKept = (seal: PlaceSeal, kept: string): string =>
  isNameKey(kept) ? kept : nameKeyOf(seal, kept);

/** What keys of bare names begin with that begin so; of more than three characters, the first three count. */
export function keyBeginning(seal: PlaceSeal, beginning: string): string {
  const { beginnings } = rememberedOf(seal);
  const characters = [...beginning];
  return NAME_KEY_SIGN + alike(seal, beginnings, characters).slice(0, lengthAlike(characters.length));
}

/** How many characters of a name its key tells apart by how they begin. */
export const CHARACTERS_IN_KEY = ALIKE_TO.length;

const lengthAlike = (characters: number): number => ALIKE_TO[Math.min(characters, CHARACTERS_IN_KEY) - 1]!;

function bareKey(seal: PlaceSeal, beginnings: Map<string, string>, bare: string): string {
  const part = alike(seal, beginnings, [...bare]);
  // A short name is a beginning itself, and hashed already.
  const hash = beginnings.get(bare) ?? hashOf(seal, 'name', bare);
  return NAME_KEY_SIGN + part + hash.slice(WHOLE_FROM, WHOLE_FROM + WHOLE_LETTERS);
}

/** The part that names share which begin alike. */
function alike(seal: PlaceSeal, beginnings: Map<string, string>, characters: readonly string[]): string {
  let part = '';
  for (const [index, to] of ALIKE_TO.entries()) {
    const beginning = characters.slice(0, index + 1).join('');
    const hash = remembered(beginnings, beginning, () => hashOf(seal, 'name', beginning));
    part += hash.slice(0, to - part.length);
  }
  return part;
}

const hashOf = (seal: PlaceSeal, what: string, text: string): string =>
  Buffer.from(seal.keyed(what, text), 'hex').toString('base64url');

function rememberedOf(seal: PlaceSeal): Remembered {
  const known = REMEMBERED.get(seal);
  if (known) return known;
  const fresh: Remembered = { keys: new Map(), beginnings: new Map() };
  REMEMBERED.set(seal, fresh);
  return fresh;
}

function remembered(known: Map<string, string>, text: string, make: () => string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= MOST_REMEMBERED) known.clear();
  const made = make();
  known.set(text, made);
  return made;
}
