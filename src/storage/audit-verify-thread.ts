import { parentPort, workerData } from 'node:worker_threads';
import { checkRange, type AuditRange } from './audit-range.ts';
import { readingAt, type CheckedSnapshot } from './audit-snapshot.ts';

// A thread that checks ranges of a log, one after another as it is asked, until it is asked for none.
const client = await readingAt(workerData as CheckedSnapshot);
const port = parentPort!;
let before: Promise<void> = Promise.resolve();
port.on('message', (range: AuditRange | null) => {
  before = before.then(async () => {
    // A thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    if (range) return port.postMessage(await checkRange(client, range));
    await client.end();
    port.close();
  });
});
