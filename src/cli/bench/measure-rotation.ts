import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { answerOf, bodyFor, doorOf } from './hub-answers.ts';
import type { ListHub } from './lists/list-hub.ts';
import { madeIdentity, PLACE } from './made-persons.ts';
import type { Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';

/** How far the first command gets before it is killed: so much of all documents. */
const KILLED_AT = 0.4;

/** Looks between which the token is obtained anew. */
const LOOKS_A_TOKEN = 1_000;

/** A rotation as an operator does it, and where it is killed. */
interface Rotation {
  readonly word: 'rotate' | 'rotate-index';
  /** Where everybody's document is met, as the command tells of it. */
  readonly column: string;
}

const OF_VALUES: Rotation = { word: 'rotate', column: 'identifier.id_number' };
const OF_INDEX: Rotation = { word: 'rotate-index', column: 'subject_index' };

/** One pass over a column, as the command tells of it. */
interface Told {
  readonly column: string;
  readonly done: number;
  readonly old: number;
}

/** What one run of the command did. */
interface Resealed {
  readonly values: number;
  /** Milliseconds from the first batch to the last: not the start of the process, nor the time that a new key waits. */
  readonly milliseconds: number;
  readonly code: number | null;
}

/**
 * Rotates the data key under all sealed values, then the key that documents are looked up by, while persons are looked for: the command is
 * killed half-way each time, and `sealing finish` goes on. Throws where a look-up misses, or where anything is left under the old keys.
 * Beside them what one statement writes: the rows of the numbers as they are, with nothing sealed; and the entries of all documents.
 */
export async function measureRotation(bench: SizeBench): Promise<Figure[]> {
  const values = figureOf(bench, 'values', await rotated(bench, OF_VALUES), await numbersByOneStatement(bench));
  const perSecond = await rotated(bench, OF_INDEX);
  try {
    return [values, figureOf(bench, 'entries', perSecond, await entriesByOneStatement(bench))];
  } finally {
    // Other parts go by what the pepper makes of numbers, as most hubs do.
    await asOwner(bench, (client) => client.query('truncate subject_index, index_key'));
  }
}

const figureOf = ({ size }: SizeBench, name: string, value: number, limit: number): Figure => ({
  ...{ name: `${size}.rotation.${name}`, unit: '/s', value, limit, ratio: value / limit },
});

/** How many a second a rotation does, all told. */
async function rotated(bench: SizeBench, { word, column }: Rotation): Promise<number> {
  const hub = await bench.listHub();
  const looking = lookForPersons(bench, hub);
  let runs: readonly Resealed[];
  try {
    const killed = await reseal(bench, word, (told) => told.column === column && told.done >= bench.size * KILLED_AT);
    runs = [killed, await reseal(bench, 'finish')];
  } finally {
    looking.stop();
  }
  const looks = await looking.done;
  const [first, rest] = runs as [Resealed, Resealed];
  if (first.code !== null || rest.code !== 0) throw new Error(`sealing ended with ${first.code} and ${rest.code}`);
  const values = first.values + rest.values;
  const milliseconds = first.milliseconds + rest.milliseconds;
  if (values < bench.size) throw new Error(`${word}: ${values} of ${bench.size} persons were done`);
  bench.print(
    `${word}: ${values} in ${(milliseconds / 1000).toFixed(1)} s, killed at ${first.values}; ${looks} look-ups meanwhile, none missed`,
  );
  return (values / milliseconds) * 1000;
}

/** Runs the command as an operator would; killed as soon as it is told to be. */
async function reseal(
  { settings, signal }: SizeBench,
  word: string,
  isEnough: (told: Told) => boolean = () => false,
): Promise<Resealed> {
  const bench = process.argv[1]!;
  const command = join(dirname(bench), `sealing${extname(bench)}`);
  const child = spawn(process.execPath, [command, word], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...settings },
    signal,
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  // Heard below; without a listener an interrupt would end the process before.
  closed.catch(() => undefined);
  const passes = new Map<string, number>();
  let values = 0;
  let [from, to] = [0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    const told = progressIn(line);
    if (!told) continue;
    const before = passes.get(told.column) ?? 0;
    // A further pass counts from nothing again.
    values += told.done >= before ? told.done - before : told.done;
    passes.set(told.column, told.done);
    to = performance.now();
    from ||= to;
    if (isEnough(told)) child.kill('SIGKILL');
  }
  const [code] = await closed;
  return { values, milliseconds: to - from, code };
}

/** `column, place, done / old`, tab-separated. */
function progressIn(line: string): Told | undefined {
  const [, column, done, old] = /^(\S+)\t\S+\t(\d+) \/ (\d+)$/.exec(line) ?? [];
  return column === undefined ? undefined : { column, done: Number(done), old: Number(old) };
}

/** Looks for one person after another until stopped; rejects where somebody is not found. Gives how many were. */
function lookForPersons(bench: SizeBench, hub: ListHub): { stop(): void; readonly done: Promise<number> } {
  const stop = new AbortController();
  const done = (async () => {
    let looks = 0;
    for (let door = await doorOf(hub); !stop.signal.aborted; looks += 1) {
      bench.signal.throwIfAborted();
      if (looks % LOOKS_A_TOKEN === LOOKS_A_TOKEN - 1) door = await doorOf(hub);
      const index = (looks * 7_919) % bench.size;
      const { person } = await answerOf(door, bodyFor(madeIdentity(index).idNumber));
      if (!person) throw new Error(`person ${index} was not found while keys were rotated`);
    }
    return looks;
  })();
  // Heard by whoever awaits it; without a listener it would end the process before.
  done.catch(() => undefined);
  return { stop: () => stop.abort(), done };
}

/** Rows in a second, where the owner writes the same numbers as they are by one statement. */
const numbersByOneStatement = (bench: SizeBench): Promise<number> =>
  asOwner(bench, async (client) => {
    await client.query('vacuum identifier');
    await client.query(`select set_config('hub.jurisdiction', $1, false)`, [PLACE]);
    return rowsInASecond(client, 'update identifier set sealed = sealed where jurisdiction = $1', [PLACE]);
  });

/** Rows in a second, where the owner writes the same entries into an empty table like theirs by one statement. */
const entriesByOneStatement = (bench: SizeBench): Promise<number> =>
  asOwner(bench, async (client) => {
    await client.query('create table entries_again (like subject_index including all)');
    try {
      return await rowsInASecond(client, 'insert into entries_again select * from subject_index order by subject_key');
    } finally {
      await client.query('drop table entries_again');
    }
  });

async function rowsInASecond(client: pg.Client, statement: string, values?: readonly unknown[]): Promise<number> {
  const started = performance.now();
  const { rowCount } = await client.query(statement, values && [...values]);
  return ((rowCount ?? 0) / (performance.now() - started)) * 1000;
}

async function asOwner<T>({ database }: SizeBench, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
