import { describe, expect, it } from 'vitest';
import { routeTable } from '../../src/gateway/route-table.ts';

const ROUTES = [
  { path: '/graphql', method: 'GET' },
  { path: '/graphql', method: 'POST' },
  { path: '/lists/:list', method: 'POST' },
  { path: '/lists/known', method: 'GET' },
  { path: '/submissions/:id/:form', method: 'GET' },
];
const at = (address: string) =>
  routeTable(ROUTES)(address).map(({ route: { path, method }, params }) => [method, path, params]);

describe('an address', () => {
  it.each([
    [
      'everything that lies at it',
      '/graphql',
      [
        ['GET', '/graphql', {}],
        ['POST', '/graphql', {}],
      ],
    ],
    ['what stands in place of names', '/lists/deaths', [['POST', '/lists/:list', { list: 'deaths' }]]],
    ['several names', '/submissions/7/a.csv', [['GET', '/submissions/:id/:form', { id: '7', form: 'a.csv' }]]],
    ['a path without names before one with', '/lists/known', [['GET', '/lists/known', {}]]],
    ['the name of what all objects have', '/lists/__proto__', [['POST', '/lists/:list', { list: '__proto__' }]]],
  ])('finds %s', (_what, address, found) => expect(at(address)).toEqual(found));

  it.each(['', '/', '/graphq', '/graphql/', '/lists', '/lists/', '/lists/a/b', '/submissions/7', 'constructor'])(
    'finds nothing at %j',
    (address) => expect(at(address)).toEqual([]),
  );
});
