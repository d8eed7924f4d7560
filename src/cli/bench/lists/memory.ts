import { readFileSync, writeFileSync } from 'node:fs';
import type { HubProcess } from './list-hub.ts';

/** The greatest memory of the hub's processes, in MB, by what they are for. */
export type Peaks = ReadonlyMap<HubProcess['name'], number>;

/** How often is looked for processes that come and go, in milliseconds. */
const LOOK_EVERY = 50;

/**
 * Watches the greatest resident memory of processes from now on (Linux); also of those that begin meanwhile and are gone before
 * the end. The function given back ends it.
 */
export function watchPeaks(processes: () => readonly HubProcess[]): () => Peaks {
  const peaks = new Map<HubProcess['name'], number>();
  for (const { pid } of processes()) resetPeak(pid);
  const look = (): void => {
    for (const { name, pid } of processes()) {
      const peak = peakOf(pid);
      if (peak > (peaks.get(name) ?? 0)) peaks.set(name, peak);
    }
  };
  // A push that fails must not be kept from ending the bench.
  const timer = setInterval(look, LOOK_EVERY).unref();
  return () => {
    clearInterval(timer);
    look();
    return peaks;
  };
}

/** The greatest of several watches, process by process. */
export function greatestOf(watches: readonly Peaks[]): Peaks {
  const greatest = new Map<HubProcess['name'], number>();
  for (const [name, peak] of watches.flatMap((peaks) => [...peaks])) {
    greatest.set(name, Math.max(peak, greatest.get(name) ?? 0));
  }
  return greatest;
}

/** Asks the kernel to forget the greatest memory of a process; it begins again at what the process has now. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakOf(pid: number): number {
  try {
    return peakIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Gone since it was seen.
    return Number.NaN;
  }
}

/** Reads the peak from the text of a process's status, in MB. */
export function peakIn(status: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1024;
}
