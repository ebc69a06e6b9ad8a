/**
 * Whether the locale of the environment has the block characters of bars: its character set is UTF-8. The
 * first variable that is set decides, as in setlocale(3).
 */
export function localeHasBlocks(environment: Readonly<Record<string, string | undefined>>): boolean {
  const [locale = ''] = ['LC_ALL', 'LC_CTYPE', 'LANG'].flatMap((name) => environment[name] || []);
  return /\.utf-?8/i.test(locale);
}
