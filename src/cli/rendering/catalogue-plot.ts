import type { ClusterSeries } from '../../domain/retention/cluster-series.js';
import { stateKinds } from '../../domain/state/state-kinds.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { type BackupForm, backupForms, formOf } from './catalogue-text.js';
import { escapedHtml } from './escaped-html.js';

/** The size of a plot, in units of its view box. */
const [width, height] = [960, 260];
/** Where the axes are. */
const frame = { left: 84, right: 944, top: 14, bottom: 222 } as const;
/** Half of the widest bar. */
const margin = 12;
/** How many kinds have a colour of their own; the smaller ones share the last. */
export const namedKinds = 7;
const rest = 'all others';

/** A bar at a moment, in parts from below. */
interface Bar {
  readonly atMs: number;
  readonly title: string;
  /** In bytes, with the class that gives the colour. */
  readonly parts: readonly { readonly className: string; readonly bytes: number }[];
}

/** The sizes of the files of a series over time, coloured by how their states are kept, as SVG with a legend. */
export function sizePlot(series: ClusterSeries): string {
  const bars = series.backups.map((backup) => {
    const { takenAtMs, file } = backup;
    const form = formOf(backup);
    return {
      atMs: takenAtMs,
      title: `${dateText(takenAtMs)}: ${formatByteSize(file.sizeBytes)}, ${form}`,
      parts: [{ className: formClass(form), bytes: file.sizeBytes }],
    };
  });
  const seen = new Set(series.backups.map(formOf));
  const entries = backupForms.filter((form) => seen.has(form)).map((form) => [formClass(form), form] as const);
  return `${plot('Size of each backup file over time', bars, series)}\n${legendOf(entries)}`;
}

function formClass(form: BackupForm): string {
  return `form-${backupForms.indexOf(form)}`;
}

/** The sizes of the kinds of a series' states over time, as SVG with a legend; undefined if none is known. */
export function kindPlot(series: ClusterSeries): string | undefined {
  const measured = series.backups.flatMap(({ takenAtMs, kinds }) =>
    kinds === undefined ? [] : [{ takenAtMs, kinds }],
  );
  if (measured.length === 0) return undefined;
  const largest = largestKinds(measured.map(({ kinds }) => kinds));
  const bars = measured.map(({ takenAtMs, kinds }) => {
    const parts = largest.map((name, position) => ({ name, className: `kind-${position}`, bytes: kinds[name] ?? 0 }));
    const others = sum(Object.values(kinds)) - sum(parts.map(({ bytes }) => bytes));
    const all = [...parts, { name: rest, className: 'kind-rest', bytes: others }].filter(({ bytes }) => bytes > 0);
    const words = all.map(({ name, bytes }) => `${name} ${formatByteSize(bytes)}`);
    return { atMs: takenAtMs, title: `${dateText(takenAtMs)}: ${words.join(', ')}`, parts: all };
  });
  const hasRest = bars.some(({ parts }) => parts.some(({ className }) => className === 'kind-rest'));
  const entries = [
    ...largest.map((name, position) => [`kind-${position}`, name] as const),
    ...(hasRest ? [['kind-rest', rest] as const] : []),
  ];
  return `${plot('Size of the state by kind over time', bars, series)}\n${legendOf(entries)}`;
}

/** What the colours mean: pairs of a class and its words. */
function legendOf(entries: readonly (readonly [string, string])[]): string {
  const items = entries.map(
    ([className, words]) =>
      `<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${className}" width="10" height="10"/></svg> ${escapedHtml(words)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** By the largest size that each has in any backup, in the order of the state where they are equal. */
function largestKinds(measured: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const most = (name: string) => Math.max(...measured.map((kinds) => kinds[name] ?? 0));
  const known = stateKinds.map(({ name }) => name).filter((name) => most(name) > 0);
  return known.sort((one, other) => most(other) - most(one)).slice(0, namedKinds);
}

function plot(label: string, bars: readonly Bar[], { gaps, backups }: ClusterSeries): string {
  const times = backups.map(({ takenAtMs }) => takenAtMs);
  const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  // A single backup stands in the middle.
  const x = (atMs: number) =>
    toMs === fromMs
      ? (frame.left + frame.right) / 2
      : frame.left + margin + ((atMs - fromMs) / (toMs - fromMs)) * (frame.right - frame.left - 2 * margin);
  const largest = Math.max(1, ...bars.map(({ parts }) => sum(parts.map(({ bytes }) => bytes))));
  const scale = (bytes: number) => (bytes / largest) * (frame.bottom - frame.top);
  const barWidth = Math.max(1, Math.min(2 * margin, ((frame.right - frame.left) / Math.max(1, backups.length)) * 0.7));
  const shaded = gaps
    .filter((gap) => gap.fromMs < toMs)
    .map(({ fromMs: start, toMs: end }) =>
      rectangle('gap', x(start), frame.top, x(Math.min(end, toMs)) - x(start), frame.bottom - frame.top),
    );
  const drawn = bars.map(({ atMs, title, parts }) => {
    let top: number = frame.bottom;
    const pieces = parts.map(({ className, bytes }) => {
      top -= scale(bytes);
      return rectangle(className, x(atMs) - barWidth / 2, top, barWidth, scale(bytes));
    });
    return `<g class="bar"><title>${escapedHtml(title)}</title>${pieces.join('')}</g>`;
  });
  const levels = [0, largest / 2, largest].map((bytes) => {
    const y = number(frame.bottom - scale(bytes));
    return `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/><text class="level" x="${frame.left - 8}" y="${number(Number(y) + 4)}">${formatByteSize(Math.round(bytes))}</text>`;
  });
  const ends =
    toMs === fromMs
      ? [dateLabel('middle', x(fromMs), fromMs)]
      : [dateLabel('start', frame.left, fromMs), dateLabel('end', frame.right, toMs)];
  return `<svg class="plot" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">${[...levels, ...shaded, ...drawn, ...ends].join('\n')}</svg>`;
}

function rectangle(className: string, left: number, top: number, wide: number, high: number): string {
  return `<rect class="${className}" x="${number(left)}" y="${number(top)}" width="${number(wide)}" height="${number(high)}"/>`;
}

function dateLabel(side: 'start' | 'middle' | 'end', x: number, atMs: number): string {
  return `<text class="date ${side}" x="${number(x)}" y="${frame.bottom + 24}">${dateText(atMs)}</text>`;
}

function dateText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}
