import type { RestorePreview } from '../domain/restore/preview-restore.js';
import type { LearntFromState, RestoreOutcome } from '../domain/restore/restore-archive.js';
import type { DocumentWords } from './document-words.js';
import { documentedFacts } from './documented-facts.js';
import { firstCommandsDocument } from './first-commands-document.js';

/** What a restore would do, as data for a program. */
export function previewDocument(preview: RestorePreview, words: DocumentWords) {
  return {
    ...planDocument(preview, words),
    preconditions: preview.preconditions,
    possible: preview.obstacle === undefined,
  };
}

/** What was restored, as data for a program. */
export function outcomeDocument(outcome: RestoreOutcome, words: DocumentWords) {
  return {
    ...planDocument(outcome, words),
    restored: true,
    snapshot_size_bytes: outcome.snapshotSizeBytes,
  };
}

/** What a preview and an outcome have in common. */
type Restoring = LearntFromState & Pick<RestoreOutcome, 'plan' | 'identityFiles'>;

/** Every file that a restore writes, by its whole path. */
export function allWrites({ plan, identityFiles }: Restoring): readonly string[] {
  return [...plan.writes, ...identityFiles.map((file) => `${plan.seed.dataDirectory}/${file}`)];
}

function planDocument(restoring: Restoring, words: DocumentWords) {
  const { plan, firstCommands, rejoin, warnings, identityFiles } = restoring;
  const { seed } = plan;
  const { jaco_version, ...facts } = documentedFacts(plan.metadata);
  return {
    archive: plan.archive,
    ...facts,
    data_directory: seed.dataDirectory,
    voter: {
      id: seed.voter.id,
      address: seed.voter.address,
      address_source: words.addressSource(plan.addressSource),
      grpc_address: plan.grpcAddress,
      grpc_address_source: words.addressSource(plan.grpcAddressSource),
    },
    versions: {
      archive: jaco_version,
      daemon: plan.daemonVersion.text,
      daemon_source: words.daemonVersionSource(plan.daemonVersion.source),
      rule: plan.compatibility.rule,
    },
    owner: seed.owner ?? null,
    writes: allWrites(restoring),
    identity_files: identityFiles,
    first_commands: firstCommands === undefined ? null : firstCommandsDocument(firstCommands),
    rejoin: rejoin.map(({ hostname, address }) => ({ hostname, address })),
    warnings: warnings.map((warning) => words.warning(warning)),
  };
}
