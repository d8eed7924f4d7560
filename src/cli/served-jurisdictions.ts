import type { Config } from '../config.ts';
import type { Jurisdictions } from '../flows/ports.ts';
import { loadJurisdictions } from '../storage/jurisdiction-files.ts';
import { readPacks } from '../storage/pack-files.ts';

/** The jurisdictions that the hub of these settings serves. */
export function servedJurisdictions({ packsDir, jurisdictionsDir }: Config): Jurisdictions {
  const years = new Map(readPacks(packsDir).map(({ id, policyYear }) => [id, policyYear]));
  return loadJurisdictions(jurisdictionsDir, (id) => years.get(id));
}
