import { loadConfig } from '../config.ts';
import { migrateDatabase } from '../storage/migrate.ts';

// `npm run migrate`: brings the tables up to date as their owner, and makes the role that the hub runs as; for sites whose hub is not
// given the owner's address. With the hub's settings and DATABASE_OWNER_URL.
try {
  const { database } = loadConfig(process.env);
  if (database.kind === 'server' && database.ownerUrl !== undefined) {
    await migrateDatabase(database.ownerUrl, database.url);
    process.stdout.write('数据库已是最新 / the database is up to date\n');
  } else {
    process.stderr.write(
      'DATABASE_OWNER_URL: 应给出所有者的地址；内嵌数据库自行迁移 / the address of the owner is needed; the embedded database migrates by itself\n',
    );
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
