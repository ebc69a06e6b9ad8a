// Time and memory of a restore over the size of the state, for us and for what is used instead, as a plot in docs/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveOf, clear, median, numberFrom, program, race, root, workDirectory } from './runs.mjs';

const largest = numberFrom('largest', 1024);
const sizes = [1, 4, 16, 64, 256, 1024, 4096, 8192].filter((mib) => mib <= largest);
const target = join(workDirectory, 'growth');
const flags = ['--name', 'bench', '--data-dir', target, '--socket', '/nonexistent', '--no-identity'];

/** @type {{ name: string, colour: string, points: { mib: number, seconds: number, peak: number }[] }[]} */
const curves = [
  { name: 'jaco restore', colour: '#1f6feb', points: [] },
  { name: 'tar -xzf && sync', colour: '#d1242f', points: [] },
  { name: 'bare Node pipeline', colour: '#57606a', points: [] },
];
for (const mib of sizes) {
  const archive = await archiveOf(mib);
  const runs = await race(
    [
      {
        name: 'jaco restore',
        prepare: () => clear(target),
        command: [process.execPath, program, 'restore', '--input', archive, ...flags],
      },
      {
        name: 'tar -xzf && sync',
        prepare: () => {
          clear(target);
          mkdirSync(target);
        },
        command: ['sh', '-c', `tar -xzf ${archive} -C ${target} && sync`],
      },
      {
        name: 'bare Node pipeline',
        prepare: () => clear(target),
        command: [process.execPath, join(root, 'bench/bare-pipeline.mjs'), archive, target],
      },
    ],
    numberFrom('rounds', mib > 512 ? 3 : 5),
  );
  for (const { name, points } of curves) {
    const results = runs.get(name) ?? [];
    const seconds = median(results.map(({ wallMs }) => wallMs)) / 1000;
    const peak = median(results.flatMap(({ peakMebibytes }) => peakMebibytes ?? []));
    points.push({ mib, seconds, peak });
    console.log(
      `${name.padEnd(20)} ${String(mib).padStart(5)} MiB ${seconds.toFixed(3)} s ${((seconds * 1000) / mib).toFixed(2)} ms/MiB ${Number.isNaN(peak) ? '' : `${peak.toFixed(0)} MiB`}`,
    );
  }
}
clear(target);

/** @param {number} value @param {number} from @param {number} to @param {number} length */
const logarithmic = (value, from, to, length) => (Math.log(value / from) / Math.log(to / from)) * length;
const [width, height, left, top] = [380, 240, 60, 40];

/**
 * @param {string} title @param {number} offset @param {'seconds' | 'peak'} measure @param {number} from @param {number} to
 */
function panel(title, offset, measure, from, to) {
  const x = (/** @type {number} */ mib) => offset + logarithmic(mib, 1, sizes.at(-1) ?? 1, width);
  const y = (/** @type {number} */ value) => top + height - logarithmic(Math.max(value, from), from, to, height);
  const parts = [
    `<text x="${offset}" y="${top - 14}" font-weight="bold">${title}</text>`,
    `<rect x="${offset}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#d0d7de"/>`,
    ...sizes.map((mib) => `<text x="${x(mib)}" y="${top + height + 16}" text-anchor="middle">${mib}</text>`),
    `<text x="${offset + width / 2}" y="${top + height + 34}" text-anchor="middle">MiB of state</text>`,
  ];
  for (let tick = from; tick <= to * 1.001; tick *= 10) {
    parts.push(`<text x="${offset - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`);
    parts.push(`<line x1="${offset}" x2="${offset + width}" y1="${y(tick)}" y2="${y(tick)}" stroke="#eaeef2"/>`);
  }
  for (const { colour, points } of curves) {
    const known = points.filter((point) => !Number.isNaN(point[measure]));
    if (known.length === 0) continue;
    const line = known.map((point) => `${x(point.mib).toFixed(1)},${y(point[measure]).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`);
  }
  return parts.join('\n');
}

const legend = curves
  .map(
    ({ name, colour }, row) => `<text x="${left + row * 180}" y="${top + height + 60}" fill="${colour}">${name}</text>`,
  )
  .join('\n');
writeFileSync(
  join(root, 'docs/performance.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 360" font-family="sans-serif" font-size="12">
<rect width="960" height="360" fill="white"/>
${panel('Wall time of a restore, seconds', left, 'seconds', 0.01, 100)}
${panel('Peak resident memory, MiB', left + width + 100, 'peak', 10, 1000)}
${legend}
</svg>
`,
);
