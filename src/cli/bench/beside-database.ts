import { openDatabase, openPool, type Database, type DatabaseSource } from '../../storage/database.ts';
import { readKeyRing } from '../../storage/sealing/key-ring.ts';

/** A database whose `pool` is the owner's: what is measured is filled, counted and swept from beside the hub. */
export interface BesideDatabase extends Database {
  readonly ownerUrl: string;
}

/** Opens the embedded database of a measurement with the sealing keys of a file, which is made where there is none. */
export async function openBeside(source: DatabaseSource, sealingKeyFile: string): Promise<BesideDatabase> {
  const database = await openDatabase(source, { sealingKeys: readKeyRing(sealingKeyFile, { mayMake: true }) });
  const ownerUrl = database.ownerUrl!;
  const pool = openPool(ownerUrl);
  const close = async (): Promise<void> => {
    await pool.end();
    await database.close();
  };
  return { ...database, ownerUrl, pool, close };
}
