import { spawn, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = pathToFileURL('src/cli/serve-until-stopped.ts').href;
/** A child that serves, and stops as the code given does. */
const serving = (stop: string): ChildProcess => {
  const code = `
    import { serveUntilStopped } from ${JSON.stringify(MODULE)};
    const goesOn = setInterval(() => undefined, 1_000);
    await serveUntilStopped(async () => ({ stop: async () => { ${stop}; clearInterval(goesOn); } }), () => 'serves');`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
};

// What else is said before (a warning of Node's) is no greeting.
async function heard(child: ChildProcess, word: string): Promise<void> {
  for await (const [said] of on(child.stderr!, 'data')) if (String(said).includes(word)) return;
}

test('a child that is asked to stop ends, though the process that started it still holds its channel', async () => {
  const child = serving('');
  try {
    await heard(child, 'serves');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a child that is told twice, as by a terminal and by npm, still comes to its end', async () => {
  const child = serving(`process.stderr.write('stops'); await new Promise((end) => process.once('message', end))`);
  try {
    await heard(child, 'serves');
    child.kill('SIGINT');
    await heard(child, 'stops');
    child.kill('SIGINT');
    child.send('end');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
