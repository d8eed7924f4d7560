import type { ListDefinition } from '../domain/claims/list-reading.ts';
import type { ListName } from '../domain/intake/words.ts';
import { births } from './births.ts';
import { deaths } from './deaths.ts';
import { disability } from './disability.ts';
import { enrolments } from './enrolments.ts';
import { hardship } from './hardship.ts';
import { lifeEvents } from './life-events.ts';
import { migrantWorkers } from './migrant-workers.ts';
import { payments } from './payments.ts';
import { refundApplications } from './refund-applications.ts';
import { registrations } from './registrations.ts';
import { residents } from './residents.ts';
import { students } from './students.ts';

const DEFINITIONS: Readonly<Record<ListName, ListDefinition>> = {
  deaths,
  births,
  registrations,
  hardship,
  disability,
  students,
  enrolments,
  payments,
  'refund-applications': refundApplications,
  'life-events': lifeEvents,
  'migrant-workers': migrantWorkers,
  residents,
};

/** The definition of a list. */
export function getList(name: ListName): ListDefinition {
  return DEFINITIONS[name];
}

/** Every list that the hub takes in. */
export function allLists(): readonly ListDefinition[] {
  return Object.values(DEFINITIONS);
}
