/** The page and the place that a dump has in it. */
export const formatsPage = 'docs/formats.md';

/** From the line that names a dump to the end of its block. */
const block = /(<!-- dump: ([a-z-]+) -->\n```text\n)[\s\S]*?(\n```)/g;

/**
 * The page with each of its dumps replaced by the one of that name.
 * @throws RangeError the page has a place for a missing dump, or no place for an existing one
 */
export function withDumps(page: string, dumps: ReadonlyMap<string, string>): string {
  const placed = new Set<string>();
  const filled = page.replace(block, (_, before: string, name: string, after: string) => {
    const dump = dumps.get(name);
    if (dump === undefined) throw new RangeError(`there is no dump "${name}"`);
    placed.add(name);
    return `${before}${dump}${after}`;
  });
  for (const name of dumps.keys()) if (!placed.has(name)) throw new RangeError(`the page has no place for "${name}"`);
  return filled;
}
