import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = pathToFileURL('src/cli/serve-until-stopped.ts').href;
const CODE = `
  import { serveUntilStopped } from ${JSON.stringify(MODULE)};
  const goesOn = setInterval(() => undefined, 1_000);
  await serveUntilStopped(async () => ({ stop: async () => clearInterval(goesOn) }), () => 'serves');`;

test('a child that is asked to stop ends, though the process that started it still holds its channel', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CODE], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    // What else is said before (a warning of Node's) is no greeting.
    for await (const said of child.stderr!) if (String(said).includes('serves')) break;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
