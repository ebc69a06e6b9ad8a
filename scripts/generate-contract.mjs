// Turns the .proto files into the descriptor that the program carries, so that it parses no .proto text when it starts
// and finds the contract wherever it is installed. With --check it writes nothing and fails when the two differ.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const root = new URL('..', import.meta.url).pathname;
const target = join(root, 'src/adapters/contract/contract-descriptor.ts');
const sources = ['jaco/v1/cluster.proto', 'jaco/v1/audit.proto', 'jaco/v1/error.proto', 'jaco/v1/state.proto'];

const contract = new protobuf.Root();
const resolveInside = contract.resolvePath.bind(contract);
contract.resolvePath = (/** @type {string} */ origin, /** @type {string} */ path) =>
  path.startsWith('google/protobuf/') ? resolveInside(origin, path) : join(root, 'proto', path);
contract.loadSync([...sources, 'google/rpc/status.proto']);

const text = [
  '// Made from proto/ by `npm run generate`: not to be edited.',
  '/** The contract of proto/ as protobufjs describes it in JSON. */',
  `export const contractDescriptor = ${JSON.stringify(contract.toJSON({ keepComments: false }))};`,
].join('\n');
const formatted = spawnSync(
  'node',
  [
    'node_modules/@biomejs/biome/bin/biome',
    'check',
    '--write',
    '--stdin-file-path=src/adapters/contract/contract-descriptor.ts',
  ],
  { cwd: root, input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] },
).stdout;

if (!process.argv.includes('--check')) {
  writeFileSync(target, formatted);
} else if (readFileSync(target, 'utf8') !== formatted) {
  console.error('src/adapters/contract/contract-descriptor.ts is not what proto/ says. Run npm run generate.');
  process.exit(1);
}
