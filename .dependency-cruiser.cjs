/**
 * The arrows between the rooms of src/ (CONTRIBUTING.md tells what belongs where).
 * A path that no rule allows is an error; `npm run check` runs this.
 */

/** Packages from npm and modules of Node itself. */
const npm = '^node_modules/|^(node:)?[a-z_/]+$';

/** A file of the room may import what is allowed, and nothing else. */
const mayImport = (room, allowed, why, except = undefined) => ({
  name: `${room.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '')}-may-import`,
  comment: why,
  severity: 'error',
  from: { path: `^src/${room}/`, ...(except && { pathNot: except }) },
  to: { pathNot: allowed },
});

/** A package that only these files may import, so that it could be replaced there. */
const onlyIn = (pkg, rooms, why) => ({
  name: `${pkg.replace('@', '')}-stays-in-its-room`,
  comment: why,
  severity: 'error',
  from: { path: '^src/', pathNot: rooms },
  to: { path: `^node_modules/${pkg}/` },
});

// Data flows left to right; a stage knows nothing of a later one.
const stages = ['time', 'intake', 'claims', 'identity', 'person', 'policy', 'review', 'access', 'audit'];
const downstream = stages.slice(0, -1).map((stage, index) => ({
  name: `${stage}-knows-nothing-later`,
  comment: `src/domain is in order of flow: ${stages.join(' > ')}.`,
  severity: 'error',
  from: { path: `^src/domain/${stage}/` },
  to: { path: `^src/domain/(${stages.slice(index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...downstream,
    mayImport(
      'domain',
      ['^src/domain/'],
      'The domain decides; a flow fetches and stores for it. No package, no Node module.',
    ),
    mayImport(
      'lists',
      ['^src/lists/', '^src/domain/(time|intake|claims|identity)/'],
      'A list is data: columns, checks, reading.',
    ),
    mayImport('flows', ['^src/(flows|domain|lists)/'], 'Flows know ports; main.ts hands them adapters.'),
    mayImport('subgraphs', ['^src/(subgraphs|flows|domain)/', npm], 'Arguments in, one flow call, view out.'),
    mayImport(
      'gateway',
      [
        '^src/(gateway|subgraphs)/',
        '^src/domain/(access/(caller|public-key)|intake/(headings|list-definition|submission|unreadable-row))',
        npm,
      ],
      'The door knows who asks, not what is answered. Its readers of files know a list by its columns.',
    ),
    mayImport(
      'storage',
      ['^src/storage/', '^src/domain/', '^src/flows/ports', npm],
      'An adapter implements ports and decides nothing.',
    ),
    {
      name: 'subgraphs-meet-in-the-graph',
      comment: 'A subgraph may become a process of its own; what two share lies directly in src/subgraphs.',
      severity: 'error',
      from: { path: '^src/subgraphs/([^/]+)/' },
      to: { path: '^src/subgraphs/[^/]+/', pathNot: '^src/subgraphs/$1/' },
    },
    {
      name: 'resolvers-see-domain-types-only',
      comment:
        'A resolver decides nothing. scalars.ts reads cells, words.ts makes enums and field-rules.ts names the rules of fields, so these take domain values.',
      severity: 'error',
      from: { path: '^src/subgraphs/', pathNot: '^src/subgraphs/(scalars|words|field-rules)[.]ts$' },
      to: { path: '^src/domain/', dependencyTypesNot: ['type-only', 'type-import'] },
    },
    onlyIn('@mikro-orm', '^src/storage/', 'The mapper is a detail of the store.'),
    onlyIn('pg', '^src/(storage/|cli/)', 'SQL is written in the store; the bench measures against bare pg.'),
    onlyIn('jose', '^src/(gateway/(authenticate|issuer)|cli/)', 'Keys and tokens are handled in one place.'),
    onlyIn('type-graphql', '^src/subgraphs/', 'A thin layer, so that it could be replaced.'),
    {
      name: 'nobody-imports-a-command',
      comment: 'A command is where a process begins.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'only-commands-import-main',
      comment: 'main.ts wires the rooms; a room that needs main.ts wants something handed to it.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/' },
      to: { path: '^src/main[.]ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-are-declared',
      comment:
        'A package that merely lies there because another one brought it can go at any update. The bench alone uses tools of development.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/bench' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'npm-unknown'] },
    },
  ],
  options: {
    // Imports of types count: a room that names another room's types depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'require'] },
  },
};
