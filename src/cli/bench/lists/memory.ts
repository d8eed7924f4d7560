import { readFileSync, writeFileSync } from 'node:fs';

/** Asks the kernel to forget the greatest memory of a process; it begins again at what the process has now (Linux). */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The greatest resident memory of a process since then, in MB (Linux). */
export function peakOf(pid: number): number {
  return peakIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Reads the peak from the text of a process's status, in MB. */
export function peakIn(status: string): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1024;
}
