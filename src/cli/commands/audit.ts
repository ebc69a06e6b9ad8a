import { composeClusterView } from '../../composition/container.js';
import { type AuditEvent, auditEventTypes } from '../../domain/cluster/audit-event.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { withToken } from '../connection-token.js';
import { type ConnectionOptions, connectionFrom, durationMs, formatFrom } from '../options.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco audit`. */
export interface AuditOptions extends ConnectionOptions {
  readonly type?: string;
  readonly since?: string;
  readonly timeout: string;
  readonly format: string;
}

/** `jaco audit`: the cluster's audit log, oldest first. */
export async function audit(options: AuditOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['table', 'json']);
  const deadlineMs = durationMs(options.timeout, '--timeout');
  const query = {
    types: options.type === undefined ? [] : options.type.split(',').map(typeFrom),
    ...(options.since === undefined ? {} : { sinceMs: Date.now() - durationMs(options.since, '--since') }),
  };
  const cluster = await composeClusterView({ connection: connectionFrom(await withToken(options)), deadlineMs });
  const events = cluster.audit(query, terminal.signal);
  if (format === 'json') await printJson(events, terminal);
  else await printTable(events, terminal);
}

/** The first events decide the widths of the columns; the rest is written as it comes. */
const sampleSize = 500;

async function printTable(events: AsyncIterable<AuditEvent>, terminal: Terminal): Promise<void> {
  let widths: Widths | undefined;
  const sample: AuditEvent[] = [];
  const flush = () => {
    widths ??= widthsOf(sample);
    for (const event of sample.splice(0)) terminal.print(line(event, widths));
  };
  try {
    for await (const event of events) {
      sample.push(event);
      if (widths !== undefined || sample.length === sampleSize) flush();
    }
  } finally {
    // What came before a failure is still shown.
    flush();
  }
}

interface Widths {
  readonly index: number;
  readonly type: number;
  readonly identity: number;
}

function widthsOf(events: readonly AuditEvent[]): Widths {
  const widest = (text: (event: AuditEvent) => string) => Math.max(0, ...events.map((event) => text(event).length));
  return {
    index: widest(({ raftIndex }) => `#${raftIndex}`),
    type: widest(({ type }) => type),
    identity: Math.min(
      40,
      widest(({ identity }) => printable(identity)),
    ),
  };
}

/** One array, an event a line, written as the events come. */
async function printJson(events: AsyncIterable<AuditEvent>, terminal: Terminal): Promise<void> {
  const [{ jsonLine }, { auditEventDocument }] = await Promise.all([
    import('../../documents/json-text.js'),
    import('../../documents/audit-event-document.js'),
  ]);
  let before = '[';
  for await (const event of events) {
    terminal.print(`${before}${jsonLine(auditEventDocument(event))}`);
    before = ',';
  }
  terminal.print(before === '[' ? '[]' : ']');
}

/** As long as a time with nanoseconds, so that the columns are aligned. The daemon's BACKUP_TAKEN has no time. */
const timeWidth = '1970-01-01T00:00:00.000000000Z'.length;
const noTime = '-';

function line({ timestamp, raftIndex, type, identity, payload }: AuditEvent, widths: Widths): string {
  const facts = Object.entries(payload)
    .map(([key, value]) => `${printable(key)}=${printable(value)}`)
    .sort();
  return [
    (timestamp || noTime).padEnd(timeWidth),
    `#${raftIndex}`.padEnd(widths.index),
    type.padEnd(widths.type),
    printable(identity).padEnd(widths.identity),
    ...facts,
  ]
    .join('  ')
    .trimEnd();
}

/** A type as the operator writes it: any case, with or without the daemon's prefix. */
function typeFrom(text: string): string {
  const name = text
    .trim()
    .toUpperCase()
    .replaceAll('-', '_')
    .replace(/^AUDIT_EVENT_TYPE_/, '');
  const known = [...auditEventTypes.values()];
  if (known.includes(name)) return name;
  throw new JacoError('request_invalid', `there is no audit event type "${printable(text, 60)}".`, {
    remedies: [advice(`Choose from ${known.slice(1).join(', ').toLowerCase()}.`)],
  });
}
