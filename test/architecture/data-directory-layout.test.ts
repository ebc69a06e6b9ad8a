import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dataDirectoryNames, raftDirectoryNames } from '../../src/domain/values/data-directory-layout.js';
import { type SourceFile, sourceFiles } from './source-files.js';

const test = suite('names inside a data directory');

const page = 'src/domain/values/data-directory-layout.ts';

/** Names without another meaning; `node` and `meta.json` have others. */
const names = [...Object.values(dataDirectoryNames), ...Object.values(raftDirectoryNames)].filter(
  (name) => !['node', 'meta.json', '.tmp'].includes(name),
);

/** Such a name as a part of a path in a string. Comments may say them. */
const spelled = new RegExp(`['"\`/](${names.map((name) => name.replaceAll('.', '\\.')).join('|')})['"\`/]`);

function spellings({ path, text }: SourceFile): string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(\*|\/\/|\/\*|import )/.test(line) && spelled.test(line.replace(/ \/\/ .*$/, '')))
    .map((line) => `${path}: ${line.trim()}`);
}

test('are spelled in one file', () => {
  const others = sourceFiles('src').filter(({ path }) => path !== page);
  // A line like `from './raft/…'` inside an import of several lines names a folder of ours.
  assert.equal(
    others.flatMap(spellings).filter((line) => !/from '|import\('/.test(line)),
    [],
  );
});

test('are found where they are spelled', () => {
  const found = (line: string) => spellings({ path: 'a.ts', text: line }).length;
  assert.is(found("join(dataDirectory, 'raft')"), 1);
  assert.is(found("data + '/raft/log.db'"), 1);
  assert.is(found('// raft/log.db is what a daemon reads'), 0);
  assert.is(found('join(dataDirectory, dataDirectoryNames.raft)'), 0);
});

test.run();
