import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { openTrialGround, type TrialGround } from './archive-trial.js';
import { sampleArchive, snapshotOf } from './sample-archive.js';
import type { SealedSample } from './sealed-sample.js';
import { archiveOf } from './tar-builder.js';

/** An archive that must be refused. */
export interface HostileArchive {
  /** Completes "refuses …". */
  readonly what: string;
  readonly archive: Uint8Array;
  readonly code: ErrorCode;
  /** A part of the sentence that the operator reads. */
  readonly says: string;
  /** The verifier accepts it: whole and undamaged, but not for this host or version. */
  readonly verifies?: true;
}

/** An archive that looks odd and holds the same state as {@link sampleArchive}. */
export interface HarmlessArchive {
  /** Completes "accepts …". */
  readonly what: string;
  readonly archive: Uint8Array;
}

/** A case of an archive of these tar blocks, with a proper end. */
export function refused(
  what: string,
  blocks: readonly Uint8Array[],
  says: string,
  code: ErrorCode = 'archive_rejected',
): HostileArchive {
  return { what, archive: archiveOf(...blocks), code, says };
}

/**
 * Tries each archive in a restore and in the verification of a backup. Whatever is refused leaves the data directory
 * as it was, and a good archive can be restored right afterwards. With `sealed` there is a keyring at hand.
 */
export function archiveSuite(
  name: string,
  hostile: readonly HostileArchive[],
  harmless: readonly HarmlessArchive[],
  { limits, sealed }: { readonly limits?: ArchiveLimits; readonly sealed?: SealedSample } = {},
): void {
  const sample = sealed?.archive ?? sampleArchive;
  const test = suite(name);
  let ground: TrialGround;
  test.before(() => {
    ground = openTrialGround(limits, sealed?.ring);
  });
  test.after(() => ground.close());

  for (const { what, archive, code, says, verifies } of hostile) {
    test(`refuses ${what}`, async () => {
      const { restoreError, verifyError } = await ground.try(archive);
      assert.is(restoreError?.code, code);
      assert.ok(restoreError?.message.includes(says), `not "${says}" but "${restoreError?.message}"`);
      // A restore names the file, besides.
      const named = verifyError && `${join(ground.scratch, 'archive.tar.gz')}: ${verifyError.message}`;
      assert.is(named, verifies ? undefined : restoreError?.message);
      await assertSampleState(ground, sample);
    });
  }

  for (const { what, archive } of harmless) {
    test(`accepts ${what}, with the same state`, () => assertSampleState(ground, archive));
  }

  test.run();
}

/** Asserts that `archive` is restored to the state of {@link sampleArchive}, and passes verification. */
async function assertSampleState(ground: TrialGround, archive: Uint8Array): Promise<void> {
  const { restored, restoreError, verified, verifyError } = await ground.try(archive);
  assert.is(restoreError?.message, undefined);
  assert.is(verifyError?.message, undefined);
  assert.equal(restored, {
    index: 1000n,
    term: 7n,
    currentTerm: 7n,
    snapshot: snapshotOf(),
    marker:
      'cluster_id=6f1c\nsnapshot_index=1000\ntaken_at=2026-05-25T10:00:00Z\nimported_at=2026-11-24T17:04:51.344Z\n',
  });
  assert.ok((verified?.snapshotSizeBytes as number) >= snapshotOf().length);
}
