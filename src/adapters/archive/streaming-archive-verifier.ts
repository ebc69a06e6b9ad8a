import { type ArchiveSchema, schemaOf } from '../../domain/archive/archive-schema.js';
import { acceptSnapshot } from '../../domain/archive/snapshot-acceptance.js';
import type { SnapshotMetadata } from '../../domain/archive/snapshot-metadata.js';
import { walkSnapshot } from '../../domain/state/snapshot-content.js';
import type { ArchiveSummary, ArchiveVerifier } from '../../ports/archive-verifier.js';
import type { StateKeyring } from '../../ports/state-keyring.js';
import type { ArchiveLimits } from './archive-limits.js';
import { parseArchiveMetadata } from './archive-metadata.js';
import { type ArchivePart, readArchiveParts } from './archive-parts.js';
import { gather } from './gather.js';
import { createHandover } from './handover.js';

/** How many bytes of an archive are gathered before they go to the check and the consumer. */
const gatheredByDefault = 512 * 1024;

/**
 * Verifies archives while they pass. Each chunk goes to the check and to the consumer; neither gets more than one chunk
 * ahead of the other, so memory stays flat no matter which is slower.
 * A sealed state is opened with `keyring`, where there is one.
 */
export function createStreamingArchiveVerifier(
  limits: ArchiveLimits,
  keyring?: StateKeyring,
  gatheredBytes = gatheredByDefault,
): ArchiveVerifier {
  return {
    verify(archive) {
      let summary: ArchiveSummary | undefined;
      async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
        const handover = createHandover<Uint8Array>();
        const checking = check(handover.items, limits, keyring);
        // A failure shows at the next offer or at the end, whichever comes first.
        checking.then(handover.stop, handover.stop);
        try {
          for await (const chunk of gather(archive, gatheredBytes)) {
            if (!(await handover.offer(chunk))) break;
            yield chunk;
          }
          handover.end();
          summary = await checking;
        } finally {
          handover.stop();
          await checking.catch(() => undefined);
        }
      }
      return {
        bytes: pass(),
        summary() {
          if (summary === undefined) throw new Error('the archive has not passed yet');
          return summary;
        },
      };
    },
  };
}

async function check(
  archive: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  keyring: StateKeyring | undefined,
): Promise<ArchiveSummary> {
  const parts = watchParts(readArchiveParts(archive, limits), keyring);
  try {
    await parts.begin();
    // A daemon sends meta.json first. If the snapshot comes first, its schema is unknown while it passes.
    const early = parts.found();
    const walk = walkSnapshot();
    const state = early?.schema.kind === 'readable' ? early.schema.openState(parts.snapshot) : parts.snapshot;
    for await (const bytes of state) walk.feed(bytes);
    const found = parts.found();
    if (found === undefined) throw new Error('an archive without metadata was not refused');
    const { metadata, schema } = found;
    const stateVerified = schema.kind === 'readable' && (early !== undefined || metadata.kind === 'plain');
    if (stateVerified) acceptSnapshot(walk.finish(), schema.checkMetadata());
    return { metadata, snapshotSizeBytes: parts.snapshotSizeBytes(), stateVerified };
  } finally {
    await parts.end();
  }
}

/** Takes the metadata out of the parts of an archive, checks them as soon as they are there, and counts the snapshot. */
function watchParts(parts: ReturnType<typeof readArchiveParts>, keyring: StateKeyring | undefined) {
  let first: ArchivePart | undefined;
  let found: { readonly metadata: SnapshotMetadata; readonly schema: ArchiveSchema } | undefined;
  let snapshotSizeBytes = 0;

  async function next(): Promise<ArchivePart | undefined> {
    const { value } = await parts.next();
    if (value?.kind !== 'metadata') return value ?? undefined;
    const metadata = parseArchiveMetadata(value.bytes);
    const schema = schemaOf({ metadata, metadataBytes: value.bytes }, keyring);
    if (schema.kind === 'readable') schema.checkMetadata();
    found = { metadata, schema };
    return value;
  }

  async function* snapshot(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let part = first; part !== undefined; part = await next()) {
      if (part.kind !== 'snapshot') continue;
      snapshotSizeBytes += part.bytes.length;
      yield part.bytes;
    }
  }

  return {
    /** Reads the first part. */
    async begin(): Promise<void> {
      first = await next();
    },
    snapshot: snapshot(),
    snapshotSizeBytes: () => snapshotSizeBytes,
    found: () => found,
    /** Lets the archive go. */
    end: () => parts.return(),
  };
}
