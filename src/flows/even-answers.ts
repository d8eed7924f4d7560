import type { ReadRight } from '../domain/access/decide-read.ts';

/** Milliseconds of a beat. Looking for somebody takes a few, whoever it is. */
const BEAT = 25;
/** Milliseconds before a beat from which on it is waited for turn by turn: timers count whole ones, and are late by one or two. */
const NEAR = 3;

/**
 * Waits for the next beat since a flow began (`performance.now()`), where its caller is told of nobody: to find that there is nobody takes
 * less than to find somebody of whom the caller may not know, and whoever asks often enough could tell the two apart by that. Callers who
 * may know of everybody learn nothing by it, and do not wait.
 */
export async function untilBeat(begun: number, { knows }: Pick<ReadRight, 'knows'>): Promise<void> {
  if (knows === 'EVERYBODY') return;
  const beats = Math.floor((performance.now() - begun) / BEAT) + 1;
  const due = begun + beats * BEAT;
  const wait = due - performance.now() - NEAR;
  // What a timer leaves of a millisecond would carry on what is to be hidden.
  if (wait >= 1) await new Promise((resolve) => setTimeout(resolve, wait));
  while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
}
