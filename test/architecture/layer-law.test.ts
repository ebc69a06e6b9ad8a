import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

/** Compiled tests lie in build/test/architecture. */
const projectRoot = new URL('../../..', import.meta.url).pathname;

const test = suite('the law of the layers');

type Sources = Readonly<Record<string, string>>;

/** Legal: the domain knows itself and the ports, an adapter knows the domain. */
const lawful: Sources = {
  'src/domain/rule.ts': "import type { Port } from '../ports/port.js';\nexport const rule: Port = 1;\n",
  'src/domain/restore/plan.ts': "import { size } from '../values/size.js';\nexport type Plan = typeof size;\n",
  'src/domain/values/size.ts': 'export const size = 1;\n',
  'src/ports/port.ts': 'export type Port = number;\n',
  'src/adapters/disk/disk.ts': "import { rule } from '../../domain/rule.js';\nexport const disk = rule;\n",
  'src/adapters/storage/tape/tape.ts': 'export const tape = 1;\n',
  'src/adapters/grpc/call.ts': 'export const call = 1;\n',
  'src/cli/main.ts': "import { disk } from '../adapters/disk/disk.js';\nexport const main = disk;\n",
  'examples/http/src/own.ts': "import { call } from 'jaco/adapters/grpc/call';\nexport const own = call;\n",
  'examples/http/src/server.ts': "import 'node:http';\nimport { own } from './own.js';\nexport const server = own;\n",
};

/** Illegal: the file that breaks the law, the rule that it breaks, and its text. */
const breaches: Readonly<Record<string, readonly [file: string, rule: string, text: string]>> = {
  "the domain imports one of Node's modules": [
    'src/domain/reads-files.ts',
    'domain-is-pure',
    "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
  ],
  'the domain imports an adapter, if only for a type': [
    'src/domain/knows-disk.ts',
    'domain-is-pure',
    "import type { disk } from '../adapters/disk/disk.js';\nexport type Disk = typeof disk;\n",
  ],
  "a port imports one of Node's modules": [
    'src/ports/stats.ts',
    'ports-know-the-domain-only',
    "import type { Stats } from 'node:fs';\nexport type Port = Stats;\n",
  ],
  'an adapter imports the command line': [
    'src/adapters/disk/knows-main.ts',
    'adapters-do-not-know-their-users',
    "import { main } from '../../cli/main.js';\nexport const disk = main;\n",
  ],
  'the composition imports a frontend': [
    'src/composition/knows-main.ts',
    'composition-knows-no-frontend',
    "import { main } from '../cli/main.js';\nexport const composed = main;\n",
  ],
  'a document is made by an adapter': [
    'src/documents/of-disk.ts',
    'documents-are-made-of-what-the-domain-knows',
    "import { disk } from '../adapters/disk/disk.js';\nexport const document = disk;\n",
  ],
  'an adapter imports another one that is not its neighbour': [
    'src/adapters/raft/store.ts',
    'raft-knows-its-neighbours-only',
    "import { call } from '../grpc/call.js';\nexport const store = call;\n",
  ],
  'an adapter that makes sense of archives imports one that keeps them': [
    'src/adapters/archive/reads-tape.ts',
    'archive-knows-its-neighbours-only',
    "import { tape } from '../storage/tape/tape.js';\nexport const read = tape;\n",
  ],
  'one kind of storage imports another': [
    'src/adapters/storage/disk/knows-tape.ts',
    'storages-do-not-know-each-other',
    "import { tape } from '../tape/tape.js';\nexport const disk = tape;\n",
  ],
  'a room of the domain imports one that stands above it': [
    'src/domain/values/knows-the-plan.ts',
    'values-keeps-the-order-of-the-rooms',
    "import type { Plan } from '../restore/plan.js';\nexport type Known = Plan;\n",
  ],
  'an example imports a source': [
    'examples/http/src/knows-call.ts',
    'examples-know-the-exports-only',
    "import { call } from '../../../src/adapters/grpc/call.js';\nexport const known = call;\n",
  ],
  'an example imports a package that is not its own': [
    'examples/http/src/knows-grpc.ts',
    'examples-know-the-exports-only',
    "import { Client } from '@grpc/grpc-js';\nexport const known = Client;\n",
  ],
  'two files import each other': [
    'src/domain/circle-a.ts',
    'no-circles',
    "import { back } from './circle-b.js';\nexport const circle: number = back;\n",
  ],
};

const otherHalf: Sources = {
  'src/domain/circle-b.ts': "import { circle } from './circle-a.js';\nexport const back: number = circle;\n",
};

/** The output of `npm run check` for a tree of sources. One run for all of them, because starting the tool is slow. */
function judge(sources: Sources, law = "module.exports = require('./law.cjs');"): Verdict {
  const tree = mkdtempSync(join(tmpdir(), 'jaco-layers-'));
  try {
    for (const file of ['tsconfig.json', 'package.json']) cpSync(join(projectRoot, file), join(tree, file));
    cpSync(join(projectRoot, '.dependency-cruiser.cjs'), join(tree, 'law.cjs'));
    for (const [path, text] of Object.entries({ ...sources, '.dependency-cruiser.cjs': law })) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const parameters = [join(projectRoot, 'scripts/layer-law.mjs'), tree];
    const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

interface Verdict {
  readonly status: number | null;
  readonly said: string;
}

test('lets the domain import itself and the ports, and adapters the domain', () => {
  const count = Object.keys(lawful).length;
  assert.equal(judge(lawful), { status: 0, said: `${count} sources with 7 imports keep the law of the layers\n` });
});

const breaking = Object.fromEntries(Object.values(breaches).map(([file, , text]) => [file, text]));
const verdict = judge({ ...lawful, ...otherHalf, ...breaking });

test('says no to a tree with breaches, and to nothing else in it', () => {
  assert.is(verdict.status, 1);
  for (const file of Object.keys(lawful)) assert.equal(brokenBy(file), [], file);
});

for (const [what, [file, rule]] of Object.entries(breaches)) {
  test(`bites when ${what}`, () => {
    assert.equal(brokenBy(file), [rule]);
  });
}

test('fails if the tool sees no sources, or not all of them', () => {
  const blindTo = (path: string) => {
    const exclude = JSON.stringify({ exclude: path });
    return `const law = require('./law.cjs'); module.exports = { ...law, options: { ...law.options, ...${exclude} } };`;
  };
  assert.equal(judge(lawful, blindTo('^(src|examples)')), {
    status: 1,
    said: 'dependency-cruiser has not seen 10 of 10 sources, such as examples/http/src/own.ts\ndependency-cruiser has not seen a single import\n',
  });
  assert.equal(judge(lawful, blindTo('^src/cli')), {
    status: 1,
    said: 'dependency-cruiser has not seen 1 of 10 sources, such as src/cli/main.ts\n',
  });
});

/** The rules that a file breaks. */
function brokenBy(file: string): readonly string[] {
  const lines = verdict.said.split('\n').filter((line) => line.includes(`: ${file} → `));
  return lines.map((line) => line.slice(0, line.indexOf(':')));
}

test.run();
