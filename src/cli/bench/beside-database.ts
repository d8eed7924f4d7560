import { openDatabase, openPool, type Database, type DatabaseSource } from '../../storage/database.ts';

/** A database whose `pool` is the owner's: what is measured is filled, counted and swept from beside the hub. */
export interface BesideDatabase extends Database {
  readonly ownerUrl: string;
}

/** Opens the embedded database of a measurement. */
export async function openBeside(source: DatabaseSource): Promise<BesideDatabase> {
  const database = await openDatabase(source);
  const ownerUrl = database.ownerUrl!;
  const pool = openPool(ownerUrl);
  const close = async (): Promise<void> => {
    await pool.end();
    await database.close();
  };
  return { ...database, ownerUrl, pool, close };
}
