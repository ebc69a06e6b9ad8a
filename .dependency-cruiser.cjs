// The law of the layers (docs/architecture.md): who may import whom. `npm run check` holds the sources to it, and
// test/architecture/layer-law.test.ts shows that it bites.

/** Which other adapters an adapter may import: the table of docs/architecture.md. */
const neighbours = {
  age: [],
  archive: ['host'],
  contract: [],
  filesystem: ['host'],
  grpc: ['contract', 'host'],
  host: [],
  identity: ['filesystem'],
  raft: ['filesystem', 'host'],
  sandbox: ['archive', 'contract', 'filesystem', 'host', 'identity', 'raft'],
  seal: ['filesystem', 'host', 'raft'],
  storage: ['filesystem', 'host'],
};

/** Which other rooms of the domain a room may import: the table of docs/architecture.md. */
const rooms = {
  archive: ['state', 'values'],
  backup: ['archive', 'cluster', 'values'],
  cluster: ['values'],
  monitoring: ['values'],
  recovery: ['archive', 'restore', 'state', 'values'],
  restore: ['archive', 'cluster', 'state', 'values'],
  retention: ['archive', 'state', 'values'],
  state: [],
  values: [],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain imports itself and the ports; it must run in a browser.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/(domain|ports)/' },
    },
    ...Object.entries(rooms).map(([room, known]) => ({
      name: `${room}-keeps-the-order-of-the-rooms`,
      comment: 'The rooms have one reading order, from values and state up to the use cases.',
      severity: 'error',
      from: { path: `^src/domain/${room}/` },
      to: { path: '^src/domain/.+/', pathNot: `^src/domain/(${[room, ...known].join('|')})/` },
    })),
    {
      name: 'ports-know-the-domain-only',
      comment: 'A port says what the domain needs, in the words of the domain.',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: '^src/(domain|ports)/' },
    },
    {
      name: 'adapters-do-not-know-their-users',
      comment: 'Other programs wire and use the adapters, too.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(cli|composition|documents)/' },
    },
    {
      name: 'composition-knows-no-frontend',
      comment: 'A second frontend is wired by the same page.',
      severity: 'error',
      from: { path: '^src/composition/' },
      to: { path: '^src/', pathNot: '^src/(domain|ports|adapters|composition)/' },
    },
    {
      name: 'documents-are-made-of-what-the-domain-knows',
      comment: 'A document is a pure function of what a use case gave; any frontend may print it.',
      severity: 'error',
      from: { path: '^src/documents/' },
      to: { pathNot: '^(?:src/(?:domain|documents)/|node_modules/lossless-json/)' },
    },
    {
      name: 'no-inversify-outside-the-composition-root',
      comment: 'Classes and functions stay plain; wiring is in one place.',
      severity: 'error',
      from: { pathNot: '^src/composition/' },
      to: { path: 'node_modules/inversify' },
    },
    {
      name: 'grpc-in-its-adapters-only',
      comment: 'An adapter knows one technology; the embedded daemon serves the same contract.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/(grpc|contract|sandbox)/' },
      to: { path: 'node_modules/@grpc' },
    },
    {
      name: 'tar-in-its-adapters-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/(archive|sandbox)/' },
      to: { path: 'node_modules/tar-stream' },
    },
    ...Object.entries(neighbours).map(([adapter, known]) => ({
      name: `${adapter}-knows-its-neighbours-only`,
      severity: 'error',
      from: { path: `^src/adapters/${adapter}/` },
      to: { path: '^src/adapters/', pathNot: `^src/adapters/(${[adapter, ...known].join('|')})/` },
    })),
    {
      name: 'storages-do-not-know-each-other',
      comment: 'Each place where backups are kept can come and go on its own; one more is one more folder.',
      severity: 'error',
      from: { path: '^src/adapters/storage/([^/]+)/' },
      to: { path: '^src/adapters/storage/[^/]+/', pathNot: '^src/adapters/storage/$1/' },
    },
    {
      name: 'no-circles',
      comment: 'There is one reading order.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'examples-know-the-exports-only',
      comment: 'An example is a project of its own, which has what the package exports.',
      severity: 'error',
      from: { path: '^(examples/[^/]+)/' },
      to: { pathNot: '^(?:$1/|jaco/(?:domain|ports|adapters|composition|documents)/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'sources-do-not-know-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'only-packages-that-are-installed-with-the-program',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
