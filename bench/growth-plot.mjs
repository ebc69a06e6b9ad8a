// Draws what growth.mjs measured: wall time and memory over the size of the state, both axes logarithmic.

/** @typedef {{ readonly mib: number, readonly seconds: number, readonly peakMebibytes: number | undefined }} Point */

/** @type {Readonly<Record<string, { readonly colour: string, readonly dash?: string }>>} */
const styles = {
  'jaco restore': { colour: '#1f6feb' },
  'tar -xzf && sync': { colour: '#d1242f', dash: '6 3' },
  'bare Node pipeline': { colour: '#57606a', dash: '2 3' },
  'jaco backup': { colour: '#1a7f37' },
  'gzip -t && cp && sync': { colour: '#bf8700', dash: '6 3' },
  'jaco backup, sealed': { colour: '#1a7f37', dash: '8 3 2 3' },
  'jaco restore, sealed': { colour: '#1f6feb', dash: '8 3 2 3' },
  'jaco backup to objects': { colour: '#1a7f37', dash: '1 3' },
  'jaco restore from objects': { colour: '#1f6feb', dash: '1 3' },
};
/** How many names fit beside each other below the plot. */
const namesInRow = 5;
const [width, height, left, top, gap] = [380, 240, 60, 40, 100];

/** @param {number} value @param {number} from @param {number} to @param {number} length */
const logarithmic = (value, from, to, length) => (Math.log(value / from) / Math.log(to / from)) * length;

/**
 * @param {{ title: string, offset: number, from: number, to: number, measure: (point: Point) => number | undefined }} panel
 * @param {readonly number[]} sizes @param {ReadonlyMap<string, readonly Point[]>} curves
 */
function drawPanel({ title, offset, from, to, measure }, sizes, curves) {
  const x = (/** @type {number} */ mib) => offset + logarithmic(mib, sizes[0] ?? 1, sizes.at(-1) ?? 2, width);
  const y = (/** @type {number} */ value) => top + height - logarithmic(Math.max(value, from), from, to, height);
  const parts = [
    `<text x="${offset}" y="${top - 14}" font-weight="bold">${title}</text>`,
    `<rect x="${offset}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#d0d7de"/>`,
    ...sizes.map((mib) => `<text x="${x(mib).toFixed(1)}" y="${top + height + 16}" text-anchor="middle">${mib}</text>`),
    `<text x="${offset + width / 2}" y="${top + height + 34}" text-anchor="middle">MiB of state</text>`,
  ];
  for (let tick = from; tick <= to * 1.001; tick *= 10) {
    const at = y(tick).toFixed(1);
    parts.push(`<text x="${offset - 6}" y="${at}" dy="4" text-anchor="end">${Number(tick.toPrecision(2))}</text>`);
    parts.push(`<line x1="${offset}" x2="${offset + width}" y1="${at}" y2="${at}" stroke="#eaeef2"/>`);
  }
  for (const [name, points] of curves) {
    const known = points.flatMap((point) => {
      const value = measure(point);
      return value === undefined ? [] : [`${x(point.mib).toFixed(1)},${y(value).toFixed(1)}`];
    });
    const { colour = 'black', dash } = styles[name] ?? {};
    const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
    if (known.length > 0) {
      parts.push(`<polyline points="${known.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`);
    }
  }
  return parts.join('\n');
}

/** @param {readonly number[]} sizes @param {ReadonlyMap<string, readonly Point[]>} curves */
export function drawGrowth(sizes, curves) {
  const legend = [...curves.keys()].map((name, place) => {
    const at = left + (place % namesInRow) * 170;
    const y = top + height + 56 + Math.floor(place / namesInRow) * 20;
    const { colour = 'black', dash } = styles[name] ?? {};
    const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
    return [
      `<line x1="${at}" x2="${at + 24}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"${dashes}/>`,
      `<text x="${at + 30}" y="${y + 4}">${name.replaceAll('&', '&amp;')}</text>`,
    ].join('\n');
  });
  const bottom = 340 + Math.ceil(curves.size / namesInRow) * 20;
  const time = { title: 'Wall time, seconds', offset: left, from: 0.01, to: 100 };
  const memory = { title: 'Peak resident memory, MiB', offset: left + width + gap, from: 10, to: 1000 };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ${bottom}" font-family="sans-serif" font-size="12">
<title>Wall time and peak memory over the size of the state</title>
<rect width="960" height="${bottom}" fill="white"/>
${drawPanel({ ...time, measure: ({ seconds }) => seconds }, sizes, curves)}
${drawPanel({ ...memory, measure: ({ peakMebibytes }) => peakMebibytes }, sizes, curves)}
${legend.join('\n')}
</svg>
`;
}
