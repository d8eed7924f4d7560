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

test.each(['Dockerfile', 'README.md', 'README.zh-CN.md', 'CONTRIBUTING.md'])(
  '%s starts the hub with the flags that it is measured with',
  (file) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const flags = nodeFlagsOf(scripts.start);
    const started = readFileSync(file, 'utf8').match(/\bnode\b[^\n`]*dist\/cli\/start\.js/g) ?? [];
    expect(started).not.toEqual([]);
    for (const command of started) expect(command.match(/--[\w-]+(?:=\w+)?/g)).toEqual(flags);
  },
);
