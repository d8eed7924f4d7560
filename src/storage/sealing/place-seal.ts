import { SealingFault } from './sealing-fault.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { keyIdOf, openBytes, sealBytes, type DataKey } from './sealed-value.ts';

/**
 * Seals and opens what belongs to one jurisdiction. A value is bound to the jurisdiction, its column and its row, so that it opens nowhere
 * else. What does not open is a {@link SealingFault}, never nothing.
 *
 * `column` is written as `table.column`, `row` is whatever names the row for as long as the value lies there.
 */
export interface PlaceSeal {
  seal(column: string, row: readonly string[], plain: string | Buffer): Buffer;
  /** The text that was sealed. */
  open(column: string, row: readonly string[], sealed: Buffer): string;
  openBytes(column: string, row: readonly string[], sealed: Buffer): Buffer;
  /**
   * The same 32 hex digits for equal texts of a column, by which they can be compared or looked up; without the key nobody can try texts
   * against them. They stay when data keys change.
   */
  keyed(column: string, text: string): string;
}

/** A data key as it is used. */
export type KeyInUse = DataKey & { readonly head: Buffer };

/** Where the keys come from. */
export interface KeysInUse {
  /** The one to seal under; asked for each value, so that it can be counted. */
  draw(column: string): KeyInUse;
  find(id: number): KeyInUse | undefined;
  readonly hash: KeyedHash;
}

/** Seals and opens for a jurisdiction under these keys. */
export function placeSeal(jurisdiction: string, keys: KeysInUse): PlaceSeal {
  // As JSON: nothing of one part can run over into the next.
  const placeOf = (column: string, row: readonly string[]): string => JSON.stringify([column, jurisdiction, ...row]);
  const opened = (column: string, row: readonly string[], sealed: Buffer): Buffer => {
    const id = keyIdOf(sealed);
    if (id === undefined) throw new SealingFault('SEALED_VALUE_UNSOUND', column);
    const key = keys.find(id);
    if (!key) throw new SealingFault('SEALING_KEY_UNKNOWN', column);
    const plain = openBytes(key, placeOf(column, row), sealed);
    if (!plain) throw new SealingFault('SEALED_VALUE_UNSOUND', column);
    return plain;
  };
  return {
    seal: (column, row, plain) =>
      sealBytes(keys.draw(column), placeOf(column, row), typeof plain === 'string' ? Buffer.from(plain) : plain),
    open: (column, row, sealed) => opened(column, row, sealed).toString(),
    openBytes: opened,
    keyed: (column, text) => keys.hash(JSON.stringify([column, jurisdiction, text])),
  };
}

/** For a database that was opened without keys: whatever is asked of it is a fault. */
export const NO_SEAL: PlaceSeal = {
  seal: unavailable,
  open: unavailable,
  openBytes: unavailable,
  keyed: unavailable,
};

function unavailable(column: string): never {
  throw new SealingFault('SEALING_UNAVAILABLE', column);
}
