import { pino, type Logger } from 'pino';
import { ConfigError, type Config } from './config.ts';
import type { Jurisdiction } from './domain/access/caller.ts';
import type { PolicyPack } from './domain/policy/policy-pack.ts';
import type { Clock, ContentDigest, Ids, Jurisdictions, PolicyPacks } from './flows/ports.ts';
import type { WorkingDays } from './flows/ports-review.ts';
import { logLines } from './log-lines.ts';
import { DatabaseUnsafe } from './storage/check-wall.ts';
import { contentDigest } from './storage/content-digest.ts';
import { openDatabase, type Database } from './storage/database.ts';
import { uuidv7Ids } from './storage/ids.ts';
import { loadJurisdictions } from './storage/jurisdiction-files.ts';
import { readPacks } from './storage/pack-files.ts';
import { KeyRingUnusable, readKeyRing, type KeyRing } from './storage/sealing/key-ring.ts';
import { openIndexKeys, type IndexKeys } from './storage/subject-index/follow-index-keys.ts';
import { subjectIndex } from './storage/subject-index/subject-index.ts';
import type { KeptSubjectKeys } from './storage/subject-keys.ts';
import { workingDays } from './storage/working-days.ts';

/** What any process of the hub is started with. */
export interface GroundOptions {
  readonly config: Config;
  /** The business clock: what the hub takes for now when it receives and answers. Tokens always go by the system's clock. */
  readonly clock?: Clock;
  /** The jurisdictions to serve, instead of those in the jurisdictions folder. */
  readonly jurisdictions?: readonly Jurisdiction[];
  /** The policy packs to hold, instead of those in the packs folder. */
  readonly packs?: readonly PolicyPack[];
}

/** What every process stands on before it opens the database: its log, its rules and the ports that need no table. */
export interface Ground {
  readonly log: Logger;
  readonly clock: Clock;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
  readonly ids: Ids;
  readonly contentDigest: ContentDigest;
  readonly workingDays: WorkingDays;
}

/** Lays the ground; throws with the reason where a jurisdiction or a pack is not sound. */
export function layGround(options: GroundOptions): Ground {
  const { config, clock = systemClock } = options;
  return {
    log: pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, logLines),
    clock,
    ...readRules(options),
    ids: uuidv7Ids(),
    contentDigest,
    workingDays,
  };
}

/** The database of a hub, with the keys that documents are looked up by. */
export interface HubDatabase extends Database {
  readonly indexKeys: IndexKeys;
  readonly subjectKeys: KeptSubjectKeys;
}

/** Opens the database of a hub; throws a `ConfigError` naming the settings where it is not safe to work on, or not to be unsealed. */
export async function openSafeDatabase(config: Config): Promise<HubDatabase> {
  try {
    const durable = config.environment === 'production';
    const ring = sealingKeysOf(config);
    return await withIndexKeys(await openDatabase(config.database, { durable, sealingKeys: ring }), ring, config);
  } catch (error) {
    throw error instanceof DatabaseUnsafe ? new ConfigError(error.problems) : error;
  }
}

async function withIndexKeys(database: Database, ring: KeyRing, { subjectKeyPepper }: Config): Promise<HubDatabase> {
  try {
    const indexKeys = await openIndexKeys(database.pool, ring, subjectKeyPepper);
    const close = async (): Promise<void> => {
      await indexKeys.close();
      await database.close();
    };
    return { ...database, indexKeys, subjectKeys: subjectIndex(database.pool, indexKeys), close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The keys of the settings' file, which development makes; throws a `ConfigError` where they cannot be used. */
export function sealingKeysOf({ sealingKeyFile, environment }: Config): KeyRing {
  try {
    return readKeyRing(sealingKeyFile, { mayMake: environment === 'development' });
  } catch (error) {
    if (!(error instanceof KeyRingUnusable)) throw error;
    throw new ConfigError([{ variable: 'SEALING_KEY_FILE', zh: error.zh, en: error.en }]);
  }
}

/** Jurisdictions and packs that were handed in, or those of the folders, checked against each other. */
function readRules({ config, jurisdictions, packs }: GroundOptions): {
  jurisdictions: Jurisdictions;
  packs: PolicyPacks;
} {
  const held = packs ?? readPacks(config.packsDir);
  const packById = new Map(held.map((pack) => [pack.id, pack]));
  if (!jurisdictions) {
    const read = loadJurisdictions(config.jurisdictionsDir, (id) => packById.get(id)?.policyYear);
    return { jurisdictions: read, packs: { all: () => held, find: (id) => packById.get(id) } };
  }
  const byId = new Map(jurisdictions.map((one) => [one.id, one]));
  return {
    jurisdictions: { all: () => jurisdictions, find: (id) => byId.get(id) },
    packs: { all: () => held, find: (id) => packById.get(id) },
  };
}

const systemClock: Clock = { now: () => new Date() };
