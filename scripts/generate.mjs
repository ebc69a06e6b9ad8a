// Generates two sources, so that the installed program neither parses .proto text nor compiles a schema when it starts.
// With --check it writes nothing and fails if one differs.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _, Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import protobuf from 'protobufjs';

const root = new URL('..', import.meta.url).pathname;
const note = '// Made by `npm run generate`: not to be edited.';

/** The contract of proto/, as protobufjs describes it in JSON. */
function contractDescriptor() {
  const contract = new protobuf.Root();
  const resolveInside = contract.resolvePath.bind(contract);
  contract.resolvePath = (/** @type {string} */ origin, /** @type {string} */ path) =>
    path.startsWith('google/protobuf/') ? resolveInside(origin, path) : join(root, 'proto', path);
  contract.loadSync([
    ...['cluster', 'audit', 'error', 'state', 'commands'].map((name) => `jaco/v1/${name}.proto`),
    'google/rpc/status.proto',
  ]);
  return [
    note,
    '/** The contract of proto/ as protobufjs describes it in JSON. */',
    `export const contractDescriptor = ${JSON.stringify(contract.toJSON({ keepComments: false }))};`,
  ].join('\n');
}

/** The functions that validate meta.json against metadata-schema.json. */
function metadataValidator() {
  const schemas = JSON.parse(readFileSync(join(root, 'src/adapters/archive/metadata-schema.json'), 'utf8'));
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    // So that errors say which limit was exceeded.
    verbose: true,
    code: { source: true, esm: true, lines: true },
    schemas: Object.entries(schemas).map(([$id, schema]) => ({ $id, ...schema })),
    keywords: [
      {
        // Integers arrive as bigint, to keep uint64 exact; JSON schema's "integer" accepts only numbers.
        keyword: 'unsignedBits',
        schemaType: 'number',
        code: (context) => {
          const { data, schema } = context;
          context.fail(_`typeof ${data} !== "bigint" || ${data} < 0 || ${data} >= BigInt(2) ** BigInt(${schema})`);
        },
      },
    ],
  });
  const functions = standalone.default(ajv, { isSchemaOne: 'schemaOne', isAnySchema: 'anySchema' });
  return `${note}\n// @ts-nocheck\n${functions.replace('"use strict";', '')}`;
}

/** @param {string} path @param {string} text */
function make(path, text) {
  const target = join(root, path);
  const biome = ['node_modules/@biomejs/biome/bin/biome', 'format', `--stdin-file-path=${path}`];
  const formatted = spawnSync('node', biome, { cwd: root, input: text, encoding: 'utf8' }).stdout;
  if (!process.argv.includes('--check')) {
    writeFileSync(target, formatted);
  } else if (readFileSync(target, 'utf8') !== formatted) {
    console.error(`${path} is not what it is made from says. Run npm run generate.`);
    process.exitCode = 1;
  }
}

make('src/adapters/contract/contract-descriptor.ts', contractDescriptor());
make('src/adapters/archive/metadata-validator.ts', metadataValidator());
