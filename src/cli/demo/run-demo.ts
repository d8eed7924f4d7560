import { resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Jurisdiction } from '../../domain/access/caller.ts';
import type { PolicyPack } from '../../domain/policy/policy-pack.ts';
import { startHub } from '../../main.ts';
import { loadJurisdictions } from '../../storage/jurisdiction-files.ts';
import { readPacks } from '../../storage/pack-files.ts';
import { signIn } from '../hub-client.ts';
import { peopleTable } from './people-table.ts';
import { pushSamples, signInAll, type DemoHub, type Print } from './push-samples.ts';
import { readSamples, type Samples } from './samples.ts';

/** `src/cli/demo` and `dist/cli/demo` both lie three folders below the root of the package. */
export const SAMPLES_DIR = resolve(import.meta.dirname, '../../../demo');

const STATUS: Readonly<Record<PolicyPack['status'], string>> = {
  IN_FORCE: '',
  DRAFT: '征求意见稿，结果不得作为依据 / a draft for comment, its results bind nobody',
  INTERPRETATION: '依据政策解读，未见通知原文 / from a published interpretation, not the notice itself',
};

/** The samples of one pack with all that they stand on. */
interface Place {
  readonly samples: Samples;
  readonly pack: PolicyPack;
  readonly jurisdiction: Jurisdiction;
}

/** A hub that the demonstration has filled and that goes on serving. */
export interface FilledHub {
  readonly url: string;
  /** How many lists were new to it: none where the demonstration had been run on its data before. */
  readonly news: number;
  stop(): Promise<void>;
}

/**
 * Starts a hub, has the agencies of every jurisdiction push their sample lists, each on its day, and prints per pack what is decided
 * for the people. From then on the hub's day is today. Rejects, the hub stopped, where something is refused or the signal aborts.
 */
export async function runDemo(config: Config, print: Print, signal: AbortSignal): Promise<FilledHub> {
  const places = placesOf(config);
  print('启动平台和数据库…… / starting the hub and its database…');
  const hub = await startDemoHub(config);
  try {
    print(`平台已启动 / the hub serves at ${hub.url}`);
    let news = 0;
    for (const place of places) news += await pushPlace(place, hub, print, signal);
    hub.setClock(() => new Date());
    for (const place of places) await printPlace(place, hub, print, signal);
    return { url: hub.url, news, stop: hub.stop };
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

/** The samples beside their packs and jurisdictions, those of one jurisdiction by year: its lists come in the order of time. */
function placesOf({ packsDir, jurisdictionsDir }: Config): Place[] {
  const packs = new Map(readPacks(packsDir).map((pack) => [pack.id, pack]));
  const jurisdictions = loadJurisdictions(jurisdictionsDir, (id) => packs.get(id)?.policyYear).all();
  return readSamples(SAMPLES_DIR)
    .map((samples) => {
      const pack = packs.get(samples.pack);
      const jurisdiction = jurisdictions.find((one) => one.packs.includes(samples.pack));
      if (!pack || !jurisdiction) throw new Error(`there is no pack ${samples.pack}`);
      return { samples, pack, jurisdiction };
    })
    .sort((a, b) => a.jurisdiction.id.localeCompare(b.jurisdiction.id) || a.pack.policyYear - b.pack.policyYear);
}

async function startDemoHub(config: Config): Promise<DemoHub & { stop(): Promise<void> }> {
  let now = (): Date => new Date();
  const hub = await startHub({ config, clock: { now: () => now() } });
  return {
    ...hub,
    setClock: (given) => {
      now = given;
    },
  };
}

async function pushPlace(
  { samples, pack, jurisdiction }: Place,
  hub: DemoHub,
  print: Print,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  print(`\n${jurisdiction.name} ${jurisdiction.id} · ${pack.policyYear} 年度 · ${pack.id}`);
  const clients = await signInAll(hub, jurisdiction);
  print(`  ${clients.size} 个部门各自取得令牌 / ${clients.size} agencies obtained their tokens`);
  return pushSamples(samples, clients, hub, print, signal);
}

async function printPlace(
  { samples, pack, jurisdiction }: Place,
  hub: DemoHub,
  print: Print,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  print(
    `\n${jurisdiction.name} ${pack.policyYear} 年度 · ${pack.id} · 截至 ${samples.asOf} 终了（当时所知） / as of, and as known at the end of, ${samples.asOf}`,
  );
  if (STATUS[pack.status]) print(STATUS[pack.status]);
  const bureau = await signIn(hub, `${jurisdiction.id}:medical-insurance`, {
    revealBecause: '演示样例，均非真人 / samples, nobody real',
  });
  for (const line of await peopleTable(samples, pack.policyYear, bureau)) print(line);
}
