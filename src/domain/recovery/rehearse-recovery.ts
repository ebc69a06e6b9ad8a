import type { RehearsalNode, RehearsalPlace } from '../../ports/rehearsal-node.js';
import type { StoreSurvey } from '../../ports/surviving-stores.js';
import { JacoError, type LeftBehind } from '../errors.js';
import { advice } from '../remedy.js';
import { inThrowAwayPlace, rehearsalHost, rehearsalName } from '../restore/throw-away-place.js';
import { printable } from '../values/printable-text.js';
import { type RecoveryOutcome, type RecoveryPorts, recoverStore } from './recover-store.js';
import { collectStoreFindings, type StoreFindings } from './store-findings.js';

/** The ports of a rehearsed recovery. */
export interface RecoveryRehearsalPorts {
  readonly recovery: RecoveryPorts;
  readonly node: Pick<RehearsalNode, 'prepare'>;
}

/** What to rehearse. */
export interface RecoveryRehearsalWish {
  /** A data directory, or the raft directory in one. */
  readonly from: string;
  /** The node's name; undefined: this host's name. */
  readonly name: string | undefined;
  /** Whether to go on without what damage has taken away. */
  readonly acceptLoss: boolean;
  /** Where to put the temporary files; undefined: the system's directory for them. */
  readonly workDirectory: string | undefined;
}

/** A rehearsal that succeeded. */
export interface RecoveryRehearsal {
  readonly recovered: RecoveryOutcome;
  /** The checks that passed, one sentence each. */
  readonly checks: readonly string[];
  /** Temporary files that could not be removed: the operator has to remove them. */
  readonly leftBehind: readonly LeftBehind[];
}

/**
 * Rehearses a recovery: recovers a store with the same code into a temporary directory, and reads the result by the rules of
 * the engine's boot. It does not run it: of the commands in a log the embedded daemon knows only some. In any case everything is
 * removed again, or named as left behind.
 * @throws rehearsal_failed  the recovered store would not be what the surviving one promises
 * @throws what {@link recoverStore} throws, and what the ports throw
 */
export async function rehearseRecovery(
  ports: RecoveryRehearsalPorts,
  wish: RecoveryRehearsalWish,
  signal: AbortSignal,
): Promise<RecoveryRehearsal> {
  return inThrowAwayPlace(ports.node, wish.workDirectory, (place) => rehearseIn(place, ports.recovery, wish, signal));
}

async function rehearseIn(
  { dataDirectory, socket }: RehearsalPlace,
  ports: RecoveryPorts,
  { from, name, acceptLoss }: RecoveryRehearsalWish,
  signal: AbortSignal,
): Promise<Omit<RecoveryRehearsal, 'leftBehind'>> {
  const recovered = await recoverStore(
    { ...ports, host: rehearsalHost(ports.host) },
    {
      from,
      name: rehearsalName(name, ports.host),
      acceptLoss,
      advertiseAddress: undefined,
      grpcAddress: undefined,
      dataDirectory,
      socket,
      identity: true,
      removeNodes: [],
      removeOtherNodes: false,
      intoOtherFiles: false,
    },
    signal,
  );
  const store = await ports.survivors.open(dataDirectory);
  try {
    const survey = await store.survey(collectStoreFindings, signal);
    return { recovered, checks: [checkMember(survey, recovered), checkEntries(survey, recovered)] };
  } finally {
    await store.close();
  }
}

function checkMember({ members, visitor }: StoreSurvey<StoreFindings>, { plan }: RecoveryOutcome): string {
  const { voter } = plan.seed;
  const [only] = members;
  const isAlone = members.length === 1 && only?.id === voter.id && only.suffrage === 'voter';
  const isKnown = visitor.nodes().some(({ hostname, ready }) => hostname === voter.id && ready);
  if (!isAlone || !isKnown)
    throw failed(`its store has ${members.length} members, not ${voter.id} as the single voter`);
  return `the node ${voter.id} would come up as the single voter, and the state has its record`;
}

/** The configuration and one command are behind what was there. */
function checkEntries(survey: StoreSurvey<StoreFindings>, { plan }: RecoveryOutcome): string {
  const { lastIndex, lastTerm, lost, faults, visitor } = survey;
  const isWhole = lost === undefined && faults.length === 0 && lastIndex === plan.seed.index + 1n;
  if (!isWhole || lastTerm !== plan.seed.term || visitor.clusterId() !== plan.clusterId) {
    throw failed(
      `its store ends at index ${lastIndex}, term ${lastTerm}, of cluster ${printable(visitor.clusterId())}`,
    );
  }
  const counts = new Map(visitor.kinds().map(({ kind, count }) => [kind, count]));
  const missing = plan.survey.visitor.kinds().find(({ kind, count }) => (counts.get(kind) ?? 0) < count);
  if (missing !== undefined) throw failed(`its store lacks some of ${missing.count} × ${missing.kind}`);
  const { entriesBehind, lastIndex: end } = plan.survey;
  const entries = entriesBehind === 1n ? 'the one entry' : `all ${entriesBehind} entries`;
  return `its store holds ${entries} behind the snapshot, up to index ${end}`;
}

function failed(sentence: string): JacoError {
  return new JacoError('rehearsal_failed', `the rehearsal failed: ${sentence}.`, {
    remedies: [advice('Do not rely on this disk: try that of another node, or rehearse a backup.')],
  });
}
