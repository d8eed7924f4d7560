import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The processes that a process has begun and that run now (Linux). */
export function childrenOf(pid: number): number[] {
  return readProc(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
}

/** CPU time of all threads of a process so far, in microseconds; they stay as long as it does. 0 for one that is gone (Linux). */
export function cpuOf(pid: number): number {
  const nanoseconds = threadsOf(pid).map((thread) =>
    Number(readProc(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1000;
}

/** What the system tells of a process; nothing where it is gone, or where the system does not tell. */
export function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Lets a process, with its threads and whatever it begins later, run on these cores alone (`0`, `0-1`); false where that cannot be. */
export function keepOnCores(pid: number, cores: string): boolean {
  return spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]).status === 0;
}

/** The cores that a process may run on (`0-1`); empty where the system does not tell. */
export function coresOf(pid: number): string {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? '';
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
