import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { namesCommandOfAnother } from '../../src/cli/handing-on/command-owner.js';
import { createProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

const test = suite('whose command a command line names');
const program = createProgram({} as Terminal);
const isForAnother = (line: string) => namesCommandOfAnother(program, line === '' ? [] : line.split(' '));

for (const line of [
  'node join --peer 10.0.0.1:7000 --token t',
  'apply -f app.yaml',
  'version',
  'cluster init',
  'cluster init --help',
  'node --help',
  '-o json node list',
  '--output=json node list',
  '-ojson node list',
  '--quiet -v node list',
  '--context prod node list',
  '--context backup node list',
  '--peer 10.0.0.1:7000 node join',
  'cluster --socket s init',
  'state copy --from a',
  'help state copy',
  'help node join',
  'help cluster init',
  'help node',
  'bakcup',
  '__complete node jo',
]) {
  test(`"${line}" is another's`, () => assert.ok(isForAnother(line)));
}

for (const line of [
  '',
  '--help',
  '-V',
  '--version',
  '--nonsense',
  'backup',
  'backup node join',
  'backup --output node',
  'restore --name node',
  'cluster',
  'cluster --help',
  'cluster status',
  'state',
  'state keygen --file a',
  'state reencrypt-backup --input a --new',
  'cluster status init',
  'cluster -o json status',
  '--quiet backup',
  '--output f backup',
  '--server s cluster status',
  'inspect node',
  'help',
  'help restore',
  'help cluster status',
  'help restore node',
  'completion bash',
  '-- node join',
  '--context',
]) {
  test(`"${line}" is ours, mistakes and all`, () => assert.not(isForAnother(line)));
}

test('an empty word is ours: it is a variable of the shell that was not set', () => {
  assert.not(namesCommandOfAnother(program, ['', 'node']));
});

test.run();
