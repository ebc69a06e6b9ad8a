/** Columns of a line: the width of a usual terminal. */
const width = 78;

/**
 * Names as indented lines that break between names, at most `lines` of them; `total` is their number in all; names that
 * do not fit are only counted.
 */
export function wrappedList(names: readonly string[], total: number, lines = 12): string[] {
  const rows: string[] = [];
  let shown = 0;
  for (const [position, name] of names.entries()) {
    const word = position === total - 1 ? name : `${name},`;
    const row = rows.at(-1);
    if (row !== undefined && row.length + 1 + word.length <= width) rows[rows.length - 1] = `${row} ${word}`;
    else if (rows.length === lines) break;
    else rows.push(`  ${word}`);
    shown += 1;
  }
  return shown === total ? rows : [...rows, `  and ${total - shown} more`];
}
