import type { RecoveryPreview } from '../../domain/recovery/preview-recovery.js';
import type { RecoveryOutcome } from '../../domain/recovery/recover-store.js';
import type { RecoveryPlan } from '../../domain/recovery/recovery-plan.js';
import { formatByteSize } from '../../domain/values/byte-size.js';
import { printable } from '../../domain/values/printable-text.js';
import { firstCommandLines } from './first-commands-text.js';
import { rejoinLines } from './rejoin-text.js';
import { addressSourceText } from './source-text.js';
import { warningText } from './warning-text.js';

/** What a recovery would do, as lines for people. */
export function recoveryPlanText({ plan, identityFiles, preconditions, warnings }: RecoveryPreview): string {
  const { seed } = plan;
  const identity = identityFiles.map((file) => `${seed.dataDirectory}/${file}`);
  return [
    `Recovery plan for ${printable(plan.source, 4096)} (dry run: nothing is written)`,
    '',
    `  Cluster:      ${printable(plan.clusterId)}`,
    ...heldLines(plan).map((line) => `  ${line}`),
    `  Voter:        ${seed.voter.id} at ${seed.voter.address} (address from ${addressSourceText(plan.addressSource)})`,
    `  gRPC address: ${plan.grpcAddress} (from ${addressSourceText(plan.grpcAddressSource)})`,
    `  Owner:        ${seed.owner === undefined ? 'the user who runs the recovery' : `uid ${seed.owner.uid}, gid ${seed.owner.gid}`}`,
    '',
    '  Would write:',
    ...[...plan.writes, ...identity].map((path) => `    ${printable(path, 4096)}`),
    '',
    seed.keptAs === undefined
      ? '  Would not copy node/ and wg/: the CA in the state signs a new certificate, and the daemon makes and announces a new WireGuard key'
      : `  Would keep the store that is there as ${printable(seed.keptAs, 4096)}, and node/ and wg/ as they are`,
    '',
    `  Log entry ${seed.index} would make ${seed.voter.id} the only member, and ${seed.index + 1n} would say:`,
    ...firstCommandLines(plan.firstCommands).map((line) => `    - ${line}`),
    '',
    '  Preconditions:',
    ...preconditions.map(({ sentence, holds }) => `    [${holds ? 'ok' : 'NO'}] ${printable(sentence, 4096)}`),
    ...(plan.rejoin.length === 0
      ? []
      : ['', '  Nodes that must join again, with an empty data directory and a token:']),
    ...plan.rejoin.map(({ hostname, address }) => `    - ${printable(hostname)} @ ${printable(address)}`),
    ...(warnings.length === 0
      ? []
      : ['', '  Warnings:', ...warnings.map((warning) => `    - ${warningText(warning)}`)]),
  ].join('\n');
}

/** What the disk contained. */
function heldLines({ survey }: RecoveryPlan): readonly string[] {
  const { snapshot } = survey;
  return [
    `Snapshot:     ${snapshot === undefined ? 'none: the whole state is in the log' : `index ${snapshot.index}, term ${snapshot.term}`}`,
    ...behindSnapshotLines(survey),
  ];
}

function counted(count: bigint, one: string, several: string): string {
  return `${count} ${count === 1n ? one : several}`;
}

/** What the log of a store holds behind its snapshot, and who its members are, as lines for people. */
export function behindSnapshotLines(survey: RecoveryPlan['survey']): readonly string[] {
  const { members } = survey;
  const kinds = survey.visitor.kinds().map(({ kind, count }) => `${count} × ${kind}`);
  const at = survey.lastAppendedAtMs;
  return [
    `Behind it:    ${counted(survey.entriesBehind, 'entry', 'entries')}, up to index ${survey.lastIndex}, term ${survey.lastTerm}${at === undefined ? '' : `, the last of ${new Date(at).toISOString()}`}`,
    ...(kinds.length === 0 ? [] : [`Commands:     ${kinds.join(', ')}`]),
    `Members:      ${members.map(({ id, address, suffrage }) => `${printable(id, 80)} @ ${printable(address, 80)} (${suffrage})`).join(', ') || 'none'}`,
  ];
}

function sourceLines({ source, seed, survey }: RecoveryPlan): readonly string[] {
  const lost = survey.lost === undefined ? '' : `, up to index ${survey.lastIndex},`;
  return [
    `All that ${printable(source, 4096)} had received${lost} counts now, also what no majority had seen.`,
    seed.keptAs === undefined
      ? 'That directory was only read.'
      : `What was in it is kept as ${printable(seed.keptAs, 4096)}: remove it once the cluster runs.`,
  ];
}

/** What was recovered and what to do next, as lines for people. */
export function recoveredText({ plan, snapshotSizeBytes, identityFiles }: RecoveryOutcome): string {
  const { seed, survey } = plan;
  return [
    `Recovered cluster ${printable(plan.clusterId)} up to index ${survey.lastIndex} (term ${survey.lastTerm}) into ${printable(seed.dataDirectory, 4096)}${survey.snapshot === undefined ? '' : `: a snapshot of ${formatByteSize(snapshotSizeBytes)}`}${survey.snapshot === undefined ? ':' : ' and'} ${counted(survey.entriesBehind, 'log entry', 'log entries')}.`,
    `Its single voter is ${seed.voter.id} at ${seed.voter.address}, with gRPC at ${plan.grpcAddress}.`,
    ...(identityFiles.length === 0
      ? []
      : [
          `Its certificate is signed by the cluster's CA: ${identityFiles.map((file) => printable(file, 300)).join(', ')}.`,
        ]),
    ...sourceLines(plan),
    '',
    'Next: start the daemon and confirm that the cluster comes up as a single voter:',
    '  sudo systemctl start jaco',
    '  jaco cluster status',
    ...rejoinLines(plan.rejoin, plan.grpcAddress),
  ].join('\n');
}
