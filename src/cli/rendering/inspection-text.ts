import { compressionOf, shareOf } from '../../documents/inspection-document.js';
import type { Inspection, KindCount } from '../../domain/archive/inspect-archive.js';
import type { RestoreVerdict } from '../../domain/archive/restore-verdict.js';
import { locationName } from '../../domain/values/archive-location.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { formatDuration } from '../../domain/values/duration.js';
import { printable } from '../../domain/values/printable-text.js';
import { daemonVersionSourceText } from './source-text.js';

/** How an inspection is shown. */
export interface InspectionStyle {
  /** Whether to show kinds without records too. */
  readonly all: boolean;
  /** Whether the terminal can show the characters of bars. */
  readonly bars: boolean;
}

/** What is in an archive, as lines for people; the last one says whether a restore would accept it. */
export function inspectionText(inspection: Inspection, style: InspectionStyle): string {
  const { file, metadata, snapshotSizeBytes } = inspection;
  return [
    `Archive:   ${locationName(inspection.archive, 'read')}`,
    `Size:      ${exactSize(file.sizeBytes)}, compressed ${compressionOf(inspection).toFixed(1)}:1`,
    `SHA-256:   ${file.sha256}`,
    `Schema:    ${metadata.schemaVersion}`,
    ...(inspection.seal === undefined
      ? []
      : [`Sealed:    under the key ${inspection.seal.keyId}, ${keyringText[inspection.seal.keyring]}`]),
    `Cluster:   ${textOr(metadata.clusterId, 'not named')}`,
    `Snapshot:  index ${metadata.snapshotIndex ?? 'unknown'}, term ${metadata.snapshotTerm ?? 'unknown'}, ${exactSize(snapshotSizeBytes)}`,
    `Taken:     ${textOr(metadata.takenAt, 'not said when')}${ageText(inspection.ageMs)}`,
    `Taken by:  jaco ${textOr(metadata.jacoVersion, 'without a version')}`,
    `Leader:    ${textOr(metadata.leaderAtSnapshot, 'not named')}`,
    '',
    ...(inspection.kinds === undefined
      ? ['The state cannot be read.']
      : table(inspection.kinds, snapshotSizeBytes, style)),
    '',
    verdictText(inspection.verdict),
  ].join('\n');
}

const keyringText = {
  opens: 'which the keyring at hand opens',
  'does-not-open': 'which the keyring at hand does not open',
  missing: 'and no keyring is at hand',
} as const;

/** Names, one a line. */
export function namesText(names: readonly string[]): string {
  return names.map((name) => printable(name, nameLength)).join('\n');
}

/** Longer than any name that a daemon accepts, in characters. */
const nameLength = 1024;

function verdictText(verdict: RestoreVerdict): string {
  const { text, source } = verdict.daemonVersion;
  const daemon = `a daemon ${printable(text) || 'without a version'} (${daemonVersionSourceText[source]})`;
  if (verdict.kind === 'accepted') return `Restore:   accepted for ${daemon}: ${verdict.compatibility.rule}.`;
  return `Restore:   refused for ${daemon}.`;
}

/** The text of the metadata, or `otherwise` if it is missing or empty. */
function textOr(text: string | undefined, otherwise: string): string {
  return text === undefined || text === '' ? otherwise : printable(text);
}

function exactSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${formatByteSize(bytes)} (${bytes} bytes)`;
}

function ageText(ageMs: number | undefined): string {
  if (ageMs === undefined) return '';
  return ageMs < 0 ? ` (in ${formatDuration(ageMs)}, by the clock of this host)` : ` (${formatDuration(ageMs)} ago)`;
}

/** The kinds that have records, or every kind that this version knows; `other` only if it has records. */
function table(kinds: readonly KindCount[], snapshotSizeBytes: number, { all, bars }: InspectionStyle): string[] {
  const shown = kinds.filter(({ kind, count }) => count > 0 || (all && kind.field > 0));
  const hidden = all ? 0 : kinds.filter(({ kind, count }) => count === 0 && kind.field > 0).length;
  const rows = shown.map(({ kind, count, bytes }) => {
    const share = shareOf(bytes, snapshotSizeBytes);
    return row(kind.name, String(count), formatByteSize(bytes), `${(share * 100).toFixed(1)}%`, bars ? bar(share) : '');
  });
  const rest =
    hidden === 0 ? [] : [`${hidden} ${hidden === 1 ? 'kind has' : 'kinds have'} no records (--all lists them).`];
  return [row('KIND', 'COUNT', 'SIZE', 'SHARE', ''), ...rows, ...rest];
}

function row(kind: string, count: string, size: string, share: string, drawn: string): string {
  return `${kind.padEnd(22)}${count.padStart(9)}${size.padStart(12)}${share.padStart(8)}  ${drawn}`.trimEnd();
}

const barWidth = 24;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share from 0 to 1 as a bar; any share above 0 is visible. */
function bar(share: number): string {
  const drawn = share === 0 ? 0 : Math.max(1, Math.round(share * barWidth * 8));
  return '█'.repeat(Math.floor(drawn / 8)) + eighths[drawn % 8];
}
