import {
  decideApproval,
  decideEmergency,
  decideEmergencyOperator,
  stateOf,
  WIDEST_EMERGENCY,
  type Emergency,
  type EmergencyState,
} from '../domain/access/emergency.ts';
import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { numbersLeftOut } from '../domain/audit/numbers-left-out.ts';
import type { Ids, Jurisdictions } from './ports.ts';
import type { Alarm, EmergencyStore } from './ports-emergency.ts';
import { checkReason, wrongState } from './review-refusals.ts';

/** What it takes to ask for emergencies and to decide them. */
export interface EmergencyPorts {
  readonly emergencies: EmergencyStore;
  readonly jurisdictions: Jurisdictions;
  readonly alarm: Alarm;
  readonly ids: Ids;
}

/** What an emergency is asked for. */
export interface EmergencyWish {
  readonly because: string;
  readonly numbers: number;
  readonly minutes: number;
}

/** An emergency with where it stands. */
export interface EmergencyView extends Emergency {
  readonly state: EmergencyState;
}

/** As many emergencies as are told at once. */
const MOST_TOLD = 50;

/**
 * Asks for an emergency in the name of a staff member: to look up some people by number for some minutes. It opens nothing before a
 * second person approves it.
 *
 * @returns `FORBIDDEN` without the grant, the scope or a named operator; `BAD_USER_INPUT`
 */
export async function requestEmergency(
  wish: EmergencyWish,
  caller: Caller | null,
  ports: EmergencyPorts,
): Promise<Answer<EmergencyView>> {
  const letIn = decideEmergency(caller, ownOf(caller, ports));
  if (!letIn.ok) return letIn;
  const because = checkReason(wish.because);
  if (!because.ok) return because;
  for (const of of ['minutes', 'numbers'] as const) {
    const most = WIDEST_EMERGENCY[of];
    if (!Number.isInteger(wish[of]) || wish[of] < 1 || wish[of] > most) {
      return refused('BAD_USER_INPUT', `${of} 应为 1 至 ${most}`, `${of} is 1 to ${most}`);
    }
  }
  const operator = decideEmergencyOperator(letIn.value.caller);
  if (!operator.ok) return operator;
  const asked = await ports.emergencies.add({
    id: ports.ids.next(),
    jurisdiction: letIn.value.jurisdiction.id,
    agency: letIn.value.caller.agency,
    because: numbersLeftOut(because.value),
    numbers: wish.numbers,
    minutes: wish.minutes,
    askedBy: operator.value,
  });
  return told(asked, 'ASKED', letIn.value.caller, ports);
}

/**
 * Approves an emergency as a second person of the agency: from now on who asked for it may use it.
 *
 * @returns `FORBIDDEN`, also to who asked for it; `NOT_FOUND`; `WRONG_STATE` where it does not wait, or has waited for an hour
 */
export async function approveEmergency(
  id: string,
  caller: Caller | null,
  ports: EmergencyPorts,
): Promise<Answer<EmergencyView>> {
  const found = await findOwn(id, caller, ports);
  if (!found.ok) return found;
  const { emergency, asker } = found.value;
  const by = decideApproval(emergency, asker);
  if (!by.ok) return by;
  const approved = await ports.emergencies.approve(emergency, by.value);
  return approved ? told(approved, 'APPROVED', asker, ports) : wrongState();
}

/**
 * Ends an emergency, or takes it back before it is approved: any named person of the agency.
 *
 * @returns `FORBIDDEN`; `NOT_FOUND`; `WRONG_STATE` where it is over or has ended
 */
export async function endEmergency(
  id: string,
  caller: Caller | null,
  ports: EmergencyPorts,
): Promise<Answer<EmergencyView>> {
  const found = await findOwn(id, caller, ports);
  if (!found.ok) return found;
  const { emergency, asker } = found.value;
  const by = decideEmergencyOperator(asker);
  if (!by.ok) return by;
  const ended = await ports.emergencies.end(emergency, by.value);
  return ended ? told(ended, 'ENDED', asker, ports) : wrongState();
}

/** The agency's own emergencies, the newest first. */
export async function emergencies(
  caller: Caller | null,
  ports: EmergencyPorts,
): Promise<Answer<readonly EmergencyView[]>> {
  const letIn = decideEmergency(caller, ownOf(caller, ports));
  if (!letIn.ok) return letIn;
  const { jurisdiction, caller: asker } = letIn.value;
  const found = await ports.emergencies.latest(jurisdiction.id, asker.agency, MOST_TOLD);
  return granted(found.map(viewOf));
}

async function findOwn(
  id: string,
  caller: Caller | null,
  ports: EmergencyPorts,
): Promise<Answer<{ readonly emergency: Emergency; readonly asker: Caller }>> {
  const letIn = decideEmergency(caller, ownOf(caller, ports));
  if (!letIn.ok) return letIn;
  const { jurisdiction, caller: asker } = letIn.value;
  const emergency = await ports.emergencies.find(jurisdiction.id, asker.agency, id);
  return emergency
    ? granted({ emergency, asker })
    : refused('NOT_FOUND', '未找到该应急查询', 'There is no such emergency');
}

const ownOf = (caller: Caller | null, { jurisdictions }: EmergencyPorts) =>
  caller ? jurisdictions.find(caller.jurisdiction) : undefined;

const viewOf = (emergency: Emergency): EmergencyView => ({ ...emergency, state: stateOf(emergency) });

function told(
  emergency: Emergency,
  did: 'ASKED' | 'APPROVED' | 'ENDED',
  { client }: Caller,
  { alarm }: EmergencyPorts,
): Answer<EmergencyView> {
  alarm({ emergency: emergency.id, did, client });
  return granted(viewOf(emergency));
}
