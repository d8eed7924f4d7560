import type { SizeBench } from './size-bench.ts';
import { coresOf, keepOnCores } from './system-processes.ts';

/** Who asks PostgreSQL runs here: the hub, the bench itself, `pgbench`. */
const ASKING = '0';
/** PostgreSQL runs here, and the process that puts load on the hub. */
const ASKED = '1';

/** Where the processes of a measurement are kept. */
export interface TwoCores {
  /** Keeps a process that asks the hub on the core of PostgreSQL: the hub's core is then the hub's alone. */
  besideDatabase(pid: number): void;
}

/**
 * Measures with those who ask PostgreSQL on one core and PostgreSQL on another, as the security programme has it (section 5), so that hub and
 * limit have the same of the machine, whichever way its scheduler would have moved them. Afterwards all may run anywhere again. Where that
 * cannot be (no `taskset`, or a single core) it is measured all the same, and said so.
 */
export async function onTwoCores<T>(bench: SizeBench, work: (cores: TwoCores) => Promise<T>): Promise<T> {
  const before = coresOf(process.pid);
  const hub = await bench.listHub();
  const asking = (): readonly number[] => [process.pid, ...hub.processes().map(({ pid }) => pid)];
  // Others of PostgreSQL come and go; its server is always there.
  const [server, ...connections] = bench.databaseProcesses();
  const kept = keepOnCores(process.pid, ASKING) && keepOnCores(server!, ASKED);
  if (kept) for (const pid of asking()) keepOnCores(pid, ASKING);
  if (kept) for (const pid of connections) keepOnCores(pid, ASKED);
  bench.print(
    kept
      ? `who asks PostgreSQL on core ${ASKING}, PostgreSQL and whoever asks the hub on core ${ASKED}`
      : 'not kept on a core each: there is no taskset, or no second core',
  );
  try {
    return await work({ besideDatabase: (pid) => void (kept && keepOnCores(pid, ASKED)) });
  } finally {
    for (const pid of [...asking(), ...bench.databaseProcesses()]) keepOnCores(pid, before);
  }
}
