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

/** Whom the law lets each adapter import beside itself. */
function lawOfAdapters(): ReadonlyMap<string, readonly string[]> {
  const { forbidden } = createRequire(import.meta.url)(join(projectRoot, '.dependency-cruiser.cjs')) as Law;
  const rules = forbidden.filter(({ name }) => name.endsWith('-knows-its-neighbours-only'));
  return new Map(
    rules.map(({ name, to }) => {
      const [adapter = '', ...known] = /\((.+)\)/.exec(to.pathNot ?? '')?.[1]?.split('|') ?? [];
      assert.is(name, `${adapter}-knows-its-neighbours-only`);
      return [adapter, known];
    }),
  );
}

test('and the law of the layers know every adapter, and none that is not there', () => {
  assert.equal(new Set(lawOfAdapters().keys()), new Set(adapters));
});

test('has every folder of the sources in its table, and none that is not there', () => {
  const folders = readdirSync(join(projectRoot, 'src'), { withFileTypes: true });
  const layers = folders.filter((entry) => entry.isDirectory() && entry.name !== 'adapters');
  const there = [...layers.map(({ name }) => `src/${name}`), ...adapters.map((name) => `src/adapters/${name}`)];
  assert.equal(new Set(page.folders.keys()), new Set(there));
});

test('lets an adapter import in its table what the law lets it', () => {
  for (const [adapter, known] of lawOfAdapters()) {
    assert.is(page.folders.get(`src/adapters/${adapter}`), known.length === 0 ? '–' : known.join(', '), adapter);
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
