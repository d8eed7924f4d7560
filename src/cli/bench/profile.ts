import { Session, type Profiler } from 'node:inspector/promises';

/** A part of the hub and its share of the process's time. */
export interface Share {
  readonly part: string;
  readonly percent: number;
}

/** Code by where its file lies; the first that fits counts. What Node does natively counts to whoever called it. */
const PARTS: readonly (readonly [part: string, file: RegExp])[] = [
  ['GraphQL', /node_modules\/(graphql|graphql-jit|type-graphql|dataloader|@apollo|@graphql-tools)\//],
  ['PostgreSQL client', /node_modules\/(pg|pg-[a-z]+|postgres-[a-z]+)\//],
  ['log', /node_modules\/(pino|sonic-boom|thread-stream)\//],
  ['domain: merge, withhold, decide', /\/domain\//],
  ['resolvers and views', /\/subgraphs\//],
  ['flows and store', /\/(flows|storage)\//],
  ['door: token, variables, join, JSON', /\/gateway\//],
  ['HTTP, sockets and streams of Node', /^node:/],
];

const GARBAGE = 'garbage collection';
const COMPILED = 'GraphQL';
const OTHER = 'other';

/** Starts to watch this process; the function given back ends it and tells the shares, the greatest first. */
export async function startProfile(): Promise<() => Promise<Share[]>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return sharesOf(profile);
  };
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Share[] {
  const partOf = new Map<number, string>();
  const assign = (id: number, callers: string): void => {
    const node = byId.get(id)!;
    const part = partOfFrame(node.callFrame) ?? callers;
    partOf.set(id, part);
    for (const child of node.children ?? []) assign(child, part);
  };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  assign(nodes[0]!.id, OTHER);

  const spent = new Map<string, number>();
  samples.forEach((id, index) => {
    if (isIdle(byId.get(id)!.callFrame)) return;
    const part = partOf.get(id)!;
    spent.set(part, (spent.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  });
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0);
  return [...spent]
    .map(([part, time]) => ({ part, percent: (time / total) * 100 }))
    .sort((a, b) => b.percent - a.percent);
}

type Frame = Profiler.ProfileNode['callFrame'];

function partOfFrame({ functionName, url, lineNumber }: Frame): string | undefined {
  if (functionName === '(garbage collector)') return GARBAGE;
  if (functionName === '(program)') return OTHER;
  // Functions that were made at run time have lines but no file: the compiled queries.
  if (url === '') return lineNumber >= 0 ? COMPILED : undefined;
  return PARTS.find(([, file]) => file.test(url))?.[0] ?? OTHER;
}

/** Time in which the process waited, or in which the profiler itself worked. */
const isIdle = ({ functionName, url }: Frame): boolean => functionName === '(idle)' || url.startsWith('node:inspector');
