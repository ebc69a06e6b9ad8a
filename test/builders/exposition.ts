/** A metric as a scraper reads it. */
export interface Metric {
  readonly help: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As it is written. */
  readonly value: string;
}

/**
 * Reads the Prometheus text format, version 0.0.4, strictly, but only metrics with one sample each: HELP, TYPE and that
 * sample, in this order, every line ended by a line feed.
 * @throws Error  it is anything else
 */
export function parseExposition(text: string): ReadonlyMap<string, Metric> {
  const metrics = new Map<string, Metric>();
  if (!text.endsWith('\n')) throw new Error('the last line is not ended');
  const lines = text.slice(0, -1).split('\n');
  for (let position = 0; position < lines.length; position += 3) {
    const [help = '', type = '', sample = ''] = lines.slice(position, position + 3);
    const [, name = '', words = ''] = matching(help, /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)*)$/);
    const [, typed, kind = ''] = matching(type, /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/);
    const [, sampled, , written = '', value = ''] = matching(
      sample,
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\"n])*",?)+)\})? ([+-]?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|Inf)|NaN)$/,
    );
    if (typed !== name || sampled !== name) throw new Error(`lines of several metrics are mixed at ${name}`);
    if (metrics.has(name)) throw new Error(`${name} is there twice`);
    metrics.set(name, { help: words, type: kind, labels: labelsIn(written), value });
  }
  return metrics;
}

function labelsIn(written: string): Readonly<Record<string, string>> {
  const pairs = [...written.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  const unescaped = (value: string) => value.replaceAll(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function matching(line: string, form: RegExp): RegExpExecArray {
  const match = form.exec(line);
  if (match === null) throw new Error(`not a line of the format: ${line}`);
  return match;
}
