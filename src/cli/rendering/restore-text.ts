import { allWrites } from '../../documents/restore-document.js';
import type { RestorePreview } from '../../domain/restore/preview-restore.js';
import type { RestoreOutcome } from '../../domain/restore/restore-archive.js';
import { describeStoreReason } from '../../domain/restore/store-choice.js';
import { locationName } from '../../domain/values/archive-location.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { printable } from '../../domain/values/printable-text.js';
import { firstCommandLines } from './first-commands-text.js';
import { rejoinLines } from './rejoin-text.js';
import { addressSourceText, daemonVersionSourceText } from './source-text.js';
import { warningText } from './warning-text.js';

/** What a restore would do, as lines for people. */
export function previewText(preview: RestorePreview): string {
  const { plan } = preview;
  const { metadata, seed } = plan;
  return [
    `Restore plan for ${locationName(plan.archive, 'read')} (dry run: nothing is written)`,
    '',
    `  Cluster:      ${printable(metadata.clusterId)}`,
    `  Snapshot:     index ${metadata.snapshotIndex}, term ${metadata.snapshotTerm}, taken ${printable(metadata.takenAt)}`,
    ...(metadata.leaderAtSnapshot === undefined ? [] : [`  Taken from:   ${printable(metadata.leaderAtSnapshot)}`]),
    `  Voter:        ${seed.voter.id} at ${seed.voter.address} (address from ${addressSourceText(plan.addressSource)})`,
    `  gRPC address: ${plan.grpcAddress} (from ${addressSourceText(plan.grpcAddressSource)})`,
    `  Versions:     archive ${printable(metadata.jacoVersion) || 'not stamped'}, daemon ${printable(plan.daemonVersion.text) || 'not stamped'} (from ${daemonVersionSourceText[plan.daemonVersion.source]})`,
    `  Version rule: ${plan.compatibility.rule}`,
    `  Store:        ${plan.store.keyId === undefined ? 'plain' : `sealed under the key ${plan.store.keyId}`}, ${describeStoreReason(plan.store.reason)}`,
    `  Owner:        ${seed.owner === undefined ? 'the user who runs the restore' : `uid ${seed.owner.uid}, gid ${seed.owner.gid}`}`,
    '',
    '  Would write:',
    ...allWrites(preview).map((path) => `    ${printable(path, 4096)}`),
    '',
    `  The first log entry, ${seed.index + 1n}, would say:`,
    ...firstCommandLines(preview.firstCommands).map((line) => `    - ${line}`),
    '',
    '  Preconditions:',
    ...preview.preconditions.map(({ sentence, holds }) => `    [${holds ? 'ok' : 'NO'}] ${printable(sentence, 4096)}`),
    ...(preview.rejoin.length === 0
      ? []
      : ['', '  Nodes that must join again, with an empty data directory and a token:']),
    ...preview.rejoin.map(({ hostname, address }) => `    - ${printable(hostname)} @ ${printable(address)}`),
    ...(preview.warnings.length === 0
      ? []
      : ['', '  Warnings:', ...preview.warnings.map((warning) => `    - ${warningText(warning)}`)]),
  ].join('\n');
}

/** What was restored and what to do next, as lines for people. */
export function outcomeText(outcome: RestoreOutcome): string {
  const { metadata, seed } = outcome.plan;
  return [
    `Restored cluster ${printable(metadata.clusterId)} at index ${metadata.snapshotIndex} (term ${metadata.snapshotTerm}, ${formatByteSize(outcome.snapshotSizeBytes)}) into ${printable(seed.dataDirectory, 4096)}.`,
    `Its single voter is ${seed.voter.id} at ${seed.voter.address}, with gRPC at ${outcome.plan.grpcAddress}.`,
    ...(outcome.identityFiles.length === 0
      ? []
      : [
          `Its certificate is signed by the cluster's CA: ${outcome.identityFiles.map((file) => printable(file, 300)).join(', ')}.`,
        ]),
    '',
    'Next: start the daemon and confirm that the cluster comes up as a single voter:',
    '  sudo systemctl start jaco',
    '  jaco cluster status',
    ...rejoinLines(outcome.rejoin, outcome.plan.grpcAddress),
  ].join('\n');
}
