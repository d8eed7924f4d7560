import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFlagsOf } from '../../../../src/cli/bench/lists/list-hub.ts';

test('the hub is measured with the flags that npm start gives Node', () => {
  expect(nodeFlagsOf('npm run --silent build && exec node --flag=4 --other dist/cli/start.js')).toEqual([
    '--flag=4',
    '--other',
  ]);
  expect(nodeFlagsOf('npm run --silent build && exec node dist/cli/start.js')).toEqual([]);
});

test('npm start runs what is understood here', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect(scripts['start']).toMatch(/\bexec node(?: --\S+)* dist\/cli\/start\.js$/);
});
