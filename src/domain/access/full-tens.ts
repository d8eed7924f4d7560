import type { Fen } from '../intake/fen.ts';

/** Fewer people than this are not counted for whoever may not see exact figures, nor is what they cost. */
export const FEWEST = 10;

/** Some people of whom one and the same amount is told. */
export interface Share {
  readonly persons: number;
  readonly amount: Fen;
}

/**
 * A count of people as whoever may not see exact figures is told it: in full tens, rounded down; `null` below ten, nobody included, so that
 * a figure that is held back says not even that there is somebody. One more or fewer is seen only where a ten is full. Totals are added up
 * of what is shown, so that a total less the others leaves nothing of what is held back.
 */
export function inFullTens(persons: number): number | null {
  const tens = Math.floor(persons / FEWEST) * FEWEST;
  return tens > 0 ? tens : null;
}

/**
 * A sum of money as whoever may not see exact figures is told it: every amount times the full tens of those who have it; amounts that
 * fewer than ten people share are left out. `null` where nothing is left, or nobody has anything. Of a sum over tens the
 * people cannot be told apart again, whatever the amounts are.
 */
export function sumInFullTens(shares: readonly Share[]): Fen | null {
  const byAmount = new Map<Fen, number>();
  for (const { persons, amount } of shares) byAmount.set(amount, (byAmount.get(amount) ?? 0) + persons);
  const sum = [...byAmount].reduce((total, [amount, persons]) => total + amount * (inFullTens(persons) ?? 0), 0);
  return sum === 0 ? null : sum;
}
