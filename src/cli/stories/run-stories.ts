import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig, type Config } from '../../config.ts';
import type { Jurisdiction } from '../../domain/access/caller.ts';
import { startHub, type RunningHub } from '../../main.ts';
import { loadJurisdictions, type PolicyYearOf } from '../../storage/jurisdiction-files.ts';
import { readPacks } from '../../storage/pack-files.ts';
import type { Mismatch } from './compare.ts';
import type { Story } from './story.ts';
import { findStories } from './story-files.ts';
import { lastInstant, looksAtWork, tellStory, untilReadyFor, type StoryPlace } from './tell-story.ts';
import type { StoryHub } from './told-hub.ts';

/** How stories are run. */
export interface RunOptions {
  /** Names every story as it is told, not only what fails. */
  readonly verbose: boolean;
  readonly print: (line: string) => void;
  /** Of its variables only `DATABASE_URL`, `DATABASE_OWNER_URL`, `PACKS_DIR` and `JURISDICTIONS_DIR` are taken. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the run between two stories, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/** A story with the jurisdiction made for it: that which lists the pack, under an id that nobody else uses. */
interface Staged {
  readonly story: Story;
  readonly jurisdiction: Jurisdiction;
  readonly place: StoryPlace;
}

/**
 * Tells every story found in the folders and files to one hub, over HTTP, and prints where it answers otherwise than
 * expected, then how many passed and failed. The hub, its data and its database are the run's own and gone afterwards.
 *
 * @returns true where there was a story and every one came out as told
 */
export async function runStories(paths: readonly string[], options: RunOptions): Promise<boolean> {
  const { stories, problems, passedOver } = findStories(paths);
  for (const { file, case: name, what } of problems)
    options.print(`${[file, name].filter(Boolean).join(': ')}: ${what}`);
  if (options.verbose) for (const file of passedOver) options.print(`${file}: no cases in it, passed over`);

  const passed = await withOwnData(options, async (config) => {
    const packs = readPacks(config.packsDir);
    const policyYearOf = (id: string): number | undefined => packs.find((pack) => pack.id === id)?.policyYear;
    const served = loadJurisdictions(config.jurisdictionsDir, policyYearOf);
    const staged = stage(stories, served.all(), policyYearOf, options);
    return staged.length === 0 ? 0 : tellAll(staged, config, options);
  });

  const malformed = new Set(problems.map(({ file, case: name }) => `${file}\n${name}`)).size;
  const failed = stories.length - passed + malformed;
  options.print(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

function stage(
  stories: readonly Story[],
  jurisdictions: readonly Jurisdiction[],
  policyYearOf: PolicyYearOf,
  { print }: RunOptions,
): Staged[] {
  return stories.flatMap((story, index) => {
    const found = jurisdictions.find(({ packs }) => packs.includes(story.pack));
    const policyYear = policyYearOf(story.pack);
    if (found && policyYear !== undefined) {
      const id = `${found.id}-${index + 1}`;
      return [{ story, jurisdiction: { ...found, id }, place: { jurisdiction: id, policyYear } }];
    }
    print(`${story.id}: no jurisdiction lists the pack ${story.pack}`);
    return [];
  });
}

async function tellAll(staged: readonly Staged[], config: Config, options: RunOptions): Promise<number> {
  const hub = await startStoryHub(
    config,
    // Decided first where that is waited for.
    staged
      .toSorted((a, b) => Number(looksAtWork(b.story)) - Number(looksAtWork(a.story)))
      .map(({ jurisdiction }) => jurisdiction),
    new Date(Math.max(...staged.map(({ story }) => lastInstant(story).getTime()))),
  );
  let passed = 0;
  try {
    for (const { story, place } of staged) await untilReadyFor(story, place, hub);
    for (const { story, place } of staged) {
      options.signal?.throwIfAborted();
      const failed = await tellStory(story, place, hub);
      if (failed.length === 0) passed += 1;
      if (options.verbose) options.print(`${failed.length === 0 ? 'passed' : 'FAILED'}  ${story.id}  ${story.title}`);
      for (const mismatch of failed) options.print(lineOf(story, mismatch));
    }
  } finally {
    await hub.stop();
  }
  return passed;
}

const lineOf = (story: Story, { key, expected, got }: Mismatch): string =>
  `${story.id}  ${story.rule}  ${key}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;

/**
 * A hub whose clock the stories set. It begins when the last of them is over: the day as of which everybody is decided never goes
 * back, so that no new day sets the hub to work while a story is told.
 */
async function startStoryHub(
  config: Config,
  jurisdictions: readonly Jurisdiction[],
  begin: Date,
): Promise<StoryHub & RunningHub> {
  let now = begin;
  const hub = await startHub({ config, jurisdictions, clock: { now: () => now } });
  return {
    ...hub,
    setClock: (instant) => {
      now = instant;
    },
  };
}

/**
 * Gives the work a data folder and, where the two addresses of a database name a server, a database on it, and takes both away again.
 * Only the owner can make one.
 */
async function withOwnData<T>({ environment }: RunOptions, work: (config: Config) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'yidang-cases-'));
  const name = `yidang_cases_${randomBytes(6).toString('hex')}`;
  const owner = environment['DATABASE_OWNER_URL'];
  try {
    const config = loadConfig({
      YIDANG_ENV: 'development',
      DATA_DIR: dir,
      PORT: '0',
      LOG_LEVEL: 'error',
      DATABASE_URL: ofDatabase(name, environment['DATABASE_URL']),
      DATABASE_OWNER_URL: ofDatabase(name, owner),
      PACKS_DIR: environment['PACKS_DIR'],
      JURISDICTIONS_DIR: environment['JURISDICTIONS_DIR'],
    });
    // Nothing here outlives the run, so nothing needs to survive a power cut.
    const own = config.database.kind === 'embedded' ? { ...config.database, fast: true } : config.database;
    return await work({ ...config, database: own });
  } finally {
    if (owner) await dropDatabase(owner, name);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The address of another database of the same server. */
function ofDatabase(name: string, address: string | undefined): string | undefined {
  if (!address) return undefined;
  const other = new URL(address);
  other.pathname = `/${name}`;
  return other.href;
}

async function dropDatabase(server: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  await client.end();
}
