import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from './installed-package.js';

const test = suite('docs/behaviour.md');

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

/** The rows of every table below a heading, without the header and the line below it. */
function rowsOf(page: string): readonly Row[] {
  return page.split(/^## /m).flatMap((text) => {
    const section = text.slice(0, text.indexOf('\n'));
    const lines = text.split('\n').filter((line) => line.startsWith('|'));
    const rows = lines.slice(2).map((line) => line.slice(1, -1).split(/(?<!\\)\|/));
    return rows.map((cells) => ({ section, cells: cells.map((cell) => cell.trim()) }));
  });
}

/** The tests and findings that a cell links to, as paths in the repository. */
function holdersOf(cell: string): readonly string[] {
  return [...cell.matchAll(/\]\(\.\.\/((?:test|findings)\/[^)]+\.(?:test\.ts|sh))\)/g)].map(([, path = '']) => path);
}

/** What is wrong with a row; undefined if nothing is. */
function faultOf({ section, cells }: Row): string | undefined {
  const [what = '', version = '', seen = '', held = ''] = cells;
  if (cells.length !== 4 || [what, version, seen, held].includes('')) return `${section}: four cells, not: ${cells}`;
  const holders = holdersOf(held);
  if (holders.length === 0) return `${section}: no test or finding holds "${what}"`;
  const missing = holders.find((path) => !existsSync(join(projectRoot, path)));
  return missing === undefined ? undefined : `${section}: ${missing} is not there`;
}

const rows = rowsOf(readFileSync(join(projectRoot, 'docs/behaviour.md'), 'utf8'));

test('says in each row what was seen, on which version, how, and which test or finding covers it', () => {
  assert.ok(rows.length >= 20, String(rows.length));
  assert.equal(
    rows.map(faultOf).filter((fault) => fault !== undefined),
    [],
  );
});

test('fails for a row that no test covers', () => {
  const [row] = rowsOf('## A\n| a | b | c | d |\n|---|---|---|---|\n| it | 1 | run | a talk |\n');
  assert.is(row && faultOf(row), 'A: no test or finding holds "it"');
  assert.match(
    faultOf({ section: 'A', cells: ['it', '1', 'run', '[x](../test/no.test.ts)'] }) ?? '',
    /no\.test\.ts is not there/,
  );
  assert.match(faultOf({ section: 'A', cells: ['it', '', 'run', 'x'] }) ?? '', /four cells/);
});

test.run();
