import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readArchitecturePage } from './architecture-page.js';
import { sourceFiles } from './source-files.js';

/** Compiled tests lie in build/test/architecture. */
const projectRoot = new URL('../../..', import.meta.url).pathname;

const test = suite('docs/architecture.md');

const page = readArchitecturePage(readFileSync(join(projectRoot, 'docs/architecture.md'), 'utf8'));
const adapters = readdirSync(join(projectRoot, 'src/adapters')).sort();
const [overview] = page.diagrams;

interface Law {
  readonly forbidden: readonly { readonly name: string; readonly to: { readonly pathNot?: string } }[];
}

/** Whom the law lets each folder import besides itself, by the rules of that ending. */
function lawOf(ending: string): ReadonlyMap<string, readonly string[]> {
  const { forbidden } = createRequire(import.meta.url)(join(projectRoot, '.dependency-cruiser.cjs')) as Law;
  const rules = forbidden.filter(({ name }) => name.endsWith(ending));
  return new Map(
    rules.map(({ name, to }) => {
      const [folder = '', ...known] = /\((.+)\)/.exec(to.pathNot ?? '')?.[1]?.split('|') ?? [];
      assert.is(name, `${folder}${ending}`);
      return [folder, known];
    }),
  );
}

const lawOfAdapters = () => lawOf('-knows-its-neighbours-only');
const lawOfRooms = () => lawOf('-keeps-the-order-of-the-rooms');

function foldersIn(path: string): string[] {
  const entries = readdirSync(join(projectRoot, path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

test('and the law of the layers name exactly the adapters that exist', () => {
  assert.equal(new Set(lawOfAdapters().keys()), new Set(adapters));
});

test('lists exactly the folders of the sources in its table', () => {
  const there = [
    ...foldersIn('src').flatMap((name) => (name === 'adapters' ? [] : [`src/${name}`])),
    ...foldersIn('src/domain').map((name) => `src/domain/${name}`),
    ...adapters.map((name) => `src/adapters/${name}`),
  ];
  assert.equal(new Set(page.folders.keys()), new Set(there));
});

test('and the law of the layers name exactly the rooms of the domain that exist', () => {
  assert.equal(new Set(lawOfRooms().keys()), new Set(foldersIn('src/domain')));
});

test('allows an adapter, and a room of the domain, the same imports in its table as the law', () => {
  const laws = { 'src/adapters': lawOfAdapters(), 'src/domain': lawOfRooms() };
  for (const [place, law] of Object.entries(laws)) {
    for (const [folder, known] of law) {
      assert.is(page.folders.get(`${place}/${folder}`), known.length === 0 ? '–' : known.join(', '), folder);
    }
  }
});

test('draws every adapter, and an arrow for every other one that it may import', () => {
  const drawn = (overview?.arrows ?? []).filter(([from]) => adapters.includes(from));
  const lawful = [...lawOfAdapters()].flatMap(([adapter, known]) => known.map((other) => `${adapter} -> ${other}`));
  assert.equal(drawn.map(([from, to]) => `${from} -> ${to}`).sort(), lawful.sort());
  for (const adapter of adapters) assert.ok(overview?.labels.includes(adapter), adapter);
});

test('draws nothing as a file, a folder or a port that is not there', () => {
  const names = sourceFiles('src').map(({ path }) => basename(path, '.ts'));
  for (const label of overview?.labels ?? []) {
    const [place = ''] = label.split('<br>');
    assert.ok(adapters.includes(place) || names.includes(place) || existsSync(join(projectRoot, place)), place);
  }
  const [, backup] = page.diagrams;
  for (const label of backup?.labels.slice(1) ?? []) {
    const [, port = '', adapter = ''] = /^(\w+) \((\w+)\)$/.exec(label) ?? [];
    assert.ok(names.includes(port.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()), label);
    assert.ok(adapters.includes(adapter), label);
  }
});

test('names no file that is not there', () => {
  const names = new Set([...sourceFiles('src'), ...sourceFiles('test')].map(({ path }) => basename(path)));
  for (const file of page.files) assert.ok(existsSync(join(projectRoot, file)) || names.has(file), file);
  assert.ok(page.files.length > 15);
});

test('draws in forms that Mermaid knows', () => {
  assert.equal(
    page.diagrams.map(({ kind }) => kind),
    ['flowchart', 'sequenceDiagram', 'flowchart'],
  );
  for (const { unread } of page.diagrams) assert.equal(unread, []);
});

test('would be refused with a bracket that does not close, an unknown participant or a subgraph without an end', () => {
  const drawn = (source: string) => readArchitecturePage(`\`\`\`mermaid\n${source}\n\`\`\``).diagrams[0]?.unread;
  assert.equal(drawn('flowchart LR\n  a[b --> c'), ['a[b --> c']);
  assert.equal(drawn('sequenceDiagram\n  participant A as a\n  A->>B: pull'), ['A->>B: pull']);
  assert.equal(drawn('flowchart LR\n  subgraph a[b]\n  c --> d'), ['a subgraph does not end']);
});

test.run();
