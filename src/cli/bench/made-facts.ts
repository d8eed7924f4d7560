import type { Claim } from '../../domain/claims/claim.ts';
import type { PersonFacts } from '../../domain/person/person-facts.ts';
import type { PepperKeys } from '../../storage/subject-keys.ts';
import { getList } from '../../lists/registry.ts';
import { madePerson, PLACE } from './made-persons.ts';

/** What the hub would know of a made person, told in one day, without a database. */
export function madeFacts(index: number, subjectKeys: PepperKeys, told: Date): PersonFacts {
  const { idNumber, rows } = madePerson(index);
  const document = { idType: 'RESIDENT_ID', idNumber } as const;
  const key = subjectKeys.keyOf(document);
  const claims = rows.map(({ agency, list, cells }, row) => {
    const definition = getList(list);
    const { attributes, from, to } = definition.read(cells);
    return {
      ...{
        id: `${key.slice(0, 24)}${String(row).padStart(12, '0')}`,
        jurisdiction: PLACE,
        subjectKey: key,
        agency,
        list,
      },
      ...{ key: definition.keyOf(cells), attributes, validFrom: from, validTo: to },
      ...{ toldAt: told, firstToldAt: told, endedAt: null, submission: key, row: row + 1 },
    } as Claim;
  });
  return { id: key, subjects: [{ ...document, key }], claims };
}
