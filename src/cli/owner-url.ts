import { ownerUrlBesideHub, type Database, type DatabaseSource } from '../storage/database.ts';

/** The address of the owner of the tables, for a command beside a hub; throws where none is given. */
export function ownerUrlOf({ ownerUrl }: Pick<Database, 'ownerUrl'>, source: DatabaseSource): string {
  const url = ownerUrl ?? ownerUrlBesideHub(source);
  if (url === undefined) throw new Error('DATABASE_OWNER_URL: 应给出所有者的地址 / the address of the owner is needed');
  return url;
}
