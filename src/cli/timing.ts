import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import type { Jurisdiction } from '../domain/access/caller.ts';
import { obtainToken } from '../gateway/issuer.ts';
import { startHub, type RunningHub } from '../main.ts';
import { loadJurisdictions } from '../storage/jurisdiction-files.ts';
import { readPacks } from '../storage/pack-files.ts';
import { madeIdentity, PLACE } from './bench/made-persons.ts';
import { medianOf } from './bench/report.ts';
import { signIn } from './hub-client.ts';
import { signedRanks, signs, type PairedTest } from './timing/paired-tests.ts';
import { askingAt, timePairs, type PairedQuestions } from './timing/time-pairs.ts';

// `npm run timing`: can somebody who is not there be told from somebody of whom one may not know by how long the answer takes? For a
// machine that does nothing else (line 99 of the security programme).

/** Persons of each kind; asked for over and over. */
const PERSONS = 500;
const LANES = 8;
/** Pairs that are not counted: the hub has to get warm. */
const WARMING = 400;
/** The answers can be told apart where chance would bring so great a difference more rarely. */
const LEAST_P = 0.01;
/** Milliseconds after which a token is asked for anew; it lives for five minutes. */
const TOKEN_AGE = 200_000;

const OWNER = `${PLACE}:medical-insurance`;
/** Knows of those alone of whom it has itself said something, which here is nobody. */
const STRANGER = `${PLACE}:civil-affairs`;

const HIDDEN = Array.from({ length: PERSONS }, (_, index) => madeIdentity(index));
const ABSENT = Array.from({ length: PERSONS }, (_, index) => madeIdentity(PERSONS + index).idNumber);

const interrupted = new AbortController();
// Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** Times pairs; true where they cannot be told apart. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { pairs: { type: 'string', default: '10000' } } });
  const pairs = Number(values.pairs);
  if (!Number.isSafeInteger(pairs) || pairs < 100) throw new Error('--pairs <100…>');
  const dataDir = mkdtempSync(join(tmpdir(), 'yidang-timing-'));
  let hub: RunningHub | undefined;
  try {
    const config = loadConfig({ YIDANG_ENV: 'development', PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir });
    const years = new Map(readPacks(config.packsDir).map(({ id, policyYear }) => [id, policyYear]));
    const files = loadJurisdictions(config.jurisdictionsDir, (id) => years.get(id)).all();
    hub = await startHub({ config, jurisdictions: files.map(withoutBudget), work: 'elsewhere' });
    await tellOfThem(hub);
    return await compared(hub, pairs);
  } finally {
    await hub?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What is timed here is what a budget would stop after twenty. */
function withoutBudget(place: Jurisdiction): Jurisdiction {
  const stranger = place.agencies['civil-affairs'];
  if (place.id !== PLACE || !stranger?.reads) return place;
  const many = 1_000_000_000;
  const budget = { personsADay: many, personsADayOfOne: many, missesAMinute: many, missesAMinuteOfAll: many };
  return {
    ...place,
    agencies: { ...place.agencies, 'civil-affairs': { ...stranger, reads: { ...stranger.reads, budget } } },
  };
}

async function tellOfThem(hub: RunningHub): Promise<void> {
  const owner = await signIn(hub, OWNER);
  const rows = HIDDEN.map(({ idNumber, name }) => ({ idNumber, name, policyYear: 2026, registeredOn: '2026-01-01' }));
  const push =
    'mutation ($rows: [RegistrationRow!]!) { pushRegistrations(input: { idempotencyKey: "timing", rows: $rows }) { counts { accepted } } }';
  const { data, errors } = await owner.ask(push, { rows });
  const { accepted } = (data?.['pushRegistrations'] as { counts?: { accepted: number } } | null)?.counts ?? {};
  if (accepted !== PERSONS) throw new Error(`the persons were not taken in: ${errors.join(', ')}`);
}

async function compared(hub: RunningHub, pairs: number): Promise<boolean> {
  const { ask, close } = askingAt(hub.url, tokens(hub));
  const about = (idNumber: string): string =>
    JSON.stringify({ documentId: 'PersonRecord', variables: { idNumber, purpose: 'LIST_VERIFICATION' } });
  const questions: PairedQuestions = {
    first: (pair) => about(HIDDEN[pair % PERSONS]!.idNumber),
    second: (pair) => about(ABSENT[pair % PERSONS]!),
  };
  try {
    const options = { lanes: LANES, signal: interrupted.signal };
    await timePairs(ask, questions, { ...options, pairs: WARMING });
    const differences = await timePairs(ask, questions, { ...options, pairs });
    const [ranks, sign] = [signedRanks(differences), signs(differences)];
    const held = ranks.p > LEAST_P;
    tell(`${pairs} 对 pairs；中位差 median difference ${(medianOf(differences) * 1_000).toFixed(1)} µs`);
    tell(`Wilcoxon: ${told(ranks)}`);
    tell(`sign test: ${told(sign)}`);
    tell(
      held
        ? `分辨不出 they cannot be told apart (p > ${LEAST_P})`
        : `可以分辨 they can be told apart (p ≤ ${LEAST_P}; by chance alone once in a hundred runs)`,
    );
    return held;
  } finally {
    close();
  }
}

function told({ pairs, z, p }: PairedTest): string {
  return `n=${pairs} z=${z.toFixed(2)} p=${p.toPrecision(3)}`;
}

/** Tokens of the stranger, each for some minutes. */
function tokens(hub: RunningHub): () => Promise<string> {
  let [token, until] = [Promise.resolve(''), 0];
  return () => {
    if (performance.now() < until) return token;
    until = performance.now() + TOKEN_AGE;
    token = hub
      .privateKeyOf(STRANGER)
      .then((key) => obtainToken(STRANGER, hub.issuer, key, hub.url))
      .then(({ access_token: text }) => text);
    return token;
  };
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
