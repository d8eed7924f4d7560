import { ListsClaimsPersons } from './0001-lists-claims-persons.ts';

/** Every migration in order. Listed by hand: files would have to be found by pattern, which differs in a built hub. */
export const migrations = [{ name: '0001-lists-claims-persons', class: ListsClaimsPersons }];
