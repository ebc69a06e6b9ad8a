import { createHash } from 'node:crypto';
import type { ClusterSeries } from '../../domain/retention/cluster-series.js';
import type { CataloguedBackup, LeftFile } from '../../domain/retention/judge-backup.js';
import { locationName } from '../../domain/values/archive-location.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { kindPlot, namedKinds, sizePlot } from './catalogue-plot.js';
import { ageText, backupCells, formOf, timeText } from './catalogue-text.js';
import { escapedHtml } from './escaped-html.js';

/** How the page begins, by which a file is recognised as one that may be replaced. */
export const pageBeginning = '<!doctype html>\n<html lang="en" class="jaco-backups">';

/** What the page shows. */
export interface Catalogue {
  /** As the operator named it. */
  readonly place: string;
  readonly series: readonly ClusterSeries[];
  readonly left: readonly LeftFile[];
  readonly nowMs: number;
}

/**
 * One page about the backups of a place: complete without any other resource, without script, and with a policy that lets
 * a browser load and run nothing but its own style sheet.
 */
export function cataloguePage({ place, series, left, nowMs }: Catalogue): string {
  const digest = createHash('sha256').update(styleSheet).digest('base64');
  return `${pageBeginning}
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Backups in ${escapedHtml(place)}</title>
<style>${styleSheet}</style>
</head>
<body>
<h1>Backups in <code>${escapedHtml(place)}</code></h1>
<p>As of ${timeText(nowMs)}. All times are UTC.</p>
${series.length === 0 ? '<p>No backups.</p>' : series.map((each) => clusterSection(each, nowMs)).join('\n')}
${leftSection(left)}
</body>
</html>
`;
}

function clusterSection(series: ClusterSeries, nowMs: number): string {
  const { clusterId, backups, totalBytes, gaps } = series;
  const newest = backups.at(-1) as CataloguedBackup;
  const count = backups.length === 1 ? '1 backup' : `${backups.length} backups`;
  const kinds = kindPlot(series);
  const closed = backups.filter((backup) => backup.kinds === undefined && formOf(backup) !== 'plain').length;
  const missing = gaps.map(({ fromMs, toMs }) =>
    toMs === nowMs
      ? `<li>No backup since ${timeText(fromMs)}</li>`
      : `<li>No backup between ${timeText(fromMs)} and ${timeText(toMs)}</li>`,
  );
  return `<section>
<h2>Cluster <code>${escapedHtml(clusterId)}</code></h2>
<p>${count}, ${formatByteSize(totalBytes)}, the newest taken ${ageText(nowMs - newest.takenAtMs)}.</p>
${missing.length === 0 ? '' : `<ul class="missing">${missing.join('')}</ul>`}
<figure><figcaption>Size of each file, by how the state is kept</figcaption>
${sizePlot(series)}</figure>
${kinds === undefined ? '' : `<figure><figcaption>Size of the state, by kind</figcaption>\n${kinds}</figure>`}
${closed === 0 ? '' : `<p>The kinds of ${closed} of the backups are not known: their states are sealed or encrypted.</p>\n`}<table>
<thead><tr><th>Taken</th><th>Age</th><th>Index</th><th>Size</th><th>State</th><th>Verified</th><th>File</th></tr></thead>
<tbody>
${[...backups]
  .reverse()
  .map((backup) => row(backup, nowMs))
  .join('\n')}
</tbody>
</table>
</section>`;
}

function row(backup: CataloguedBackup, nowMs: number): string {
  const cells = [...backupCells(backup, nowMs), escapedHtml(backup.file.name)];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function leftSection(left: readonly LeftFile[]): string {
  if (left.length === 0) return '';
  const items = left.map(
    ({ location, finding }) =>
      `<li><code>${escapedHtml(locationName(location, 'read'))}</code>: ${escapedHtml(finding)}</li>`,
  );
  return `<section>\n<h2>Not recognised as backups</h2>\n<ul>${items.join('\n')}</ul>\n</section>`;
}

/** Colours that people with any colour vision can tell apart (Okabe and Ito, 2008). */
const kindColours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442'].slice(0, namedKinds);

const formColours = ['#0072b2', '#009e73', '#e69f00', '#d55e00'];

const styleSheet = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --faint: #d5d5d5; --quiet: #5c5c5c; --gap: #f6d5d5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b; --faint: #3a3d42; --quiet: #a5a5a5; --gap: #4a2a2c; } }
body { margin: 2rem auto; padding: 0 1rem; max-width: 64rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
code { overflow-wrap: anywhere; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; }
.plot { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.plot text { fill: var(--quiet); } .level, .end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: var(--faint); } .gap { fill: var(--gap); } .kind-rest { fill: #8a8a8a; }
${formColours.map((colour, position) => `.form-${position} { fill: ${colour}; }`).join(' ')}
${kindColours.map((colour, position) => `.kind-${position} { fill: ${colour}; }`).join(' ')}
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none; font-size: .9rem; }
.key { width: .8em; height: .8em; }
.missing { color: #c0392b; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; display: block; overflow-x: auto; }
th, td { padding: .25rem .75rem .25rem 0; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--faint); }
`;
