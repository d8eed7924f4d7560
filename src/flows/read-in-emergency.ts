import type { Caller } from '../domain/access/caller.ts';
import { decideEmergency, decideEmergencyOperator, emergencyRight, noEmergency } from '../domain/access/emergency.ts';
import type { ReadRight } from '../domain/access/decide-read.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import type { Clock, Jurisdictions } from './ports.ts';
import type { Alarm, EmergencyStore, EmergencyUser } from './ports-emergency.ts';

/** What it takes to read persons in an emergency. */
export interface EmergencyReadPorts {
  readonly emergencies: Pick<EmergencyStore, 'use' | 'opened' | 'keepOpened'>;
  readonly alarm: Alarm;
  readonly jurisdictions: Jurisdictions;
  readonly clock: Clock;
}

/** By what persons are read in an emergency. */
interface EmergencyReading {
  readonly right: ReadRight;
  readonly purpose: 'EMERGENCY';
  readonly knownAt: Date;
}

/**
 * Begins to look so many numbers up in an emergency of the caller's own. What is asked for counts, whether or not there is anybody.
 *
 * @returns `FORBIDDEN` alike without one, and where it is over, ended or used up
 */
export async function beginInEmergency(
  numbers: number,
  knownAt: Date | null,
  caller: Caller | null,
  ports: EmergencyReadPorts,
): Promise<Answer<EmergencyReading & { readonly emergency: string }>> {
  const user = decideUser(knownAt, caller, ports);
  if (!user.ok) return user;
  const { reading, of, client } = user.value;
  const emergency = (await ports.emergencies.use(of, numbers)) ?? null;
  ports.alarm({ emergency, did: emergency === null ? 'REFUSED' : 'USED', client });
  return emergency === null ? noEmergency() : granted({ ...reading, emergency });
}

/** Goes on about persons who were looked up by number in an emergency that still holds: `open` are those, and of others nobody is told. */
export async function goOnInEmergency(
  knownAt: Date | null,
  caller: Caller | null,
  ports: EmergencyReadPorts,
): Promise<Answer<EmergencyReading & { readonly open: ReadonlySet<string> }>> {
  const user = decideUser(knownAt, caller, ports);
  if (!user.ok) return user;
  const open = await ports.emergencies.opened(user.value.of);
  return open ? granted({ ...user.value.reading, open }) : noEmergency();
}

function decideUser(
  knownAt: Date | null,
  caller: Caller | null,
  { jurisdictions, clock }: EmergencyReadPorts,
): Answer<{ readonly reading: EmergencyReading; readonly of: EmergencyUser; readonly client: string }> {
  const letIn = decideEmergency(caller, caller ? jurisdictions.find(caller.jurisdiction) : undefined);
  if (!letIn.ok) return letIn;
  const { caller: asker, jurisdiction } = letIn.value;
  const operator = decideEmergencyOperator(asker);
  if (!operator.ok) return operator;
  return granted({
    reading: { right: emergencyRight(letIn.value), purpose: 'EMERGENCY', knownAt: knownAt ?? clock.now() },
    of: { jurisdiction: jurisdiction.id, agency: asker.agency, operator: operator.value },
    client: asker.client,
  });
}
