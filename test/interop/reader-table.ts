import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './engine-program.js';

/** A table of docs/interoperability.md that says what readers make of things: what each cell says, by reader and thing. */
export interface ReaderTable {
  readonly things: readonly string[];
  readonly readers: readonly string[];
  /** Its cell for each thing, in the order of `things`. */
  column(reader: string): readonly (string | undefined)[];
}

/** The table whose header begins with `firstCell`. @throws Error there is no such table */
export function readerTable(firstCell: string): ReaderTable {
  const lines = readFileSync(join(projectRoot, 'docs/interoperability.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstCell} |`));
  if (start === -1) throw new Error(`docs/interoperability.md has no table that begins with "${firstCell}"`);
  const end = lines.findIndex((line, position) => position > start && !line.startsWith('|'));
  const [header = [], , ...rows] = lines.slice(start, end).map(cellsOf);
  return {
    things: rows.map(([thing = '']) => thing),
    readers: header.slice(1),
    column: (reader) => rows.map((cells) => cells[header.indexOf(reader)]),
  };
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
