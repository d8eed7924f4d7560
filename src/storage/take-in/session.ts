import type pg from 'pg';
import type { WalledPart } from '../walled-database.ts';

// The pool's plans are for short reads by index. What is staged is worth no wait for a disk; the last transaction waits for it.
// A worker that was killed holds its list until the server looks whether it is still there; others wait for longer than that.
const SETTINGS = `
set plan_cache_mode = auto;
set work_mem = '64MB';
set maintenance_work_mem = '128MB';
set synchronous_commit = off;
set client_connection_check_interval = '1s';
set lock_timeout = '10s'`;

/** Lends a connection set up for work in bulk for one jurisdiction. It is closed afterwards, and its settings and locks go with it. */
export async function withSession<T>(inside: WalledPart, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  return inside.session(async (client) => {
    // A connection that breaks while nothing is asked of it must not end the process; the next question meets it.
    client.on('error', () => undefined);
    await client.query(SETTINGS);
    return work(client);
  });
}
