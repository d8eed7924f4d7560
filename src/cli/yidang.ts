#!/usr/bin/env node

/** Commands by the word that follows `yidang`. */
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  start: () => import('./start.ts'),
  work: () => import('./work.ts'),
  jobs: () => import('./jobs.ts'),
  push: () => import('./push.ts'),
  'compare-packs': () => import('./compare-packs.ts'),
  demo: () => import('./demo.ts'),
  keygen: () => import('./keygen.ts'),
  keys: () => import('./keys.ts'),
  sealing: () => import('./sealing.ts'),
  erase: () => import('./erase.ts'),
  audit: () => import('./audit.ts'),
  attacks: () => import('./attacks.ts'),
  token: () => import('./token.ts'),
};

// `yidang push …`: every command is a module that begins when it is loaded, and reads its own arguments.
const [name = ''] = process.argv.splice(2, 1);
if (Object.hasOwn(COMMANDS, name)) await COMMANDS[name]!();
else {
  process.stderr.write(`用法 / usage: yidang ${Object.keys(COMMANDS).join('|')} …\n`);
  process.exitCode = 2;
}
