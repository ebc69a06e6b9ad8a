import type { StateKeyring } from '../../ports/state-keyring.js';
import { type ReadableSchema, type StoreForm, sealedStoreOf } from '../archive/archive-schema.js';
import { type DaemonVersion, sealsNothing } from '../archive/daemon-version.js';
import { JacoError } from '../errors.js';
import { advice, giveParameter, type Remedy } from '../remedy.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';

/** What a daemon boots from: daemons up to v0.3.9 from a plain store alone, newer ones from a sealed store alone. */
export type StoreKind = 'plain' | 'sealed';

/** How it is known which store the daemon boots, the strongest first. */
export type StoreReason =
  | { readonly kind: 'asked' }
  /** jacod.yaml names a keyring, which only newer daemons have. */
  | { readonly kind: 'configured'; readonly keyFile: string }
  /** systemd passes a keyring to the daemon; `place` is the file that shows it. */
  | { readonly kind: 'credential'; readonly place: string }
  /** The version of the daemon is that of an older one. */
  | { readonly kind: 'version'; readonly version: DaemonVersion }
  /** The operator has a keyring at hand. */
  | { readonly kind: 'keyring' }
  /** There is no sign; the archive decides. */
  | { readonly kind: 'archive' };

/** The operator's input about the store. */
export interface StoreRequest {
  /** `as-archive`: what the host has does not count. Undefined: what the host has decides. */
  readonly store?: StoreKind | 'as-archive' | undefined;
  /** Whether a plain archive may become a sealed store: nothing proves that its content is what a daemon wrote. */
  readonly allowsPlain?: boolean;
}

/** The facts of the host that decide the store; gathered before planning. */
export interface StoreHost {
  /** The keyring that the daemon's configuration names. */
  readonly stateKeyFile?: string | undefined;
  /** The file by which systemd passes a keyring to the daemon. */
  readonly stateKeyCredential?: string | undefined;
  /** Whether the operator has a keyring at hand. */
  readonly hasKeyring?: boolean;
}

/** Which store is made, and why. */
export interface StoreChoice extends StoreForm {
  readonly reason: StoreReason;
  readonly warnings: readonly Warning[];
}

/**
 * Chooses the store that the daemon here boots. A sealed archive becomes a sealed store and nothing else, since its
 * state must not be on a disk in the clear. A plain one becomes a sealed store only if that is allowed.
 * @throws store_mismatch   the daemon does not boot what the archive may become
 * @throws request_invalid  a plain archive should become a sealed store, and there is no keyring
 */
export function chooseStore(
  request: StoreRequest,
  schema: ReadableSchema,
  host: StoreHost & { readonly daemonVersion: DaemonVersion },
  keyring: StateKeyring | undefined,
): StoreChoice {
  const archive: StoreKind = schema.keyId === undefined ? 'plain' : 'sealed';
  const { kind, reason } = decide(request, archive, host);
  if (archive === 'sealed') {
    if (kind === 'plain') throw needsNewerDaemon(reason);
    const isGuess = reason.kind === 'archive' && request.store === undefined;
    return { seal: schema.seal, keyId: schema.keyId, reason, warnings: isGuess ? [noSign] : [] };
  }
  if (kind === 'plain') return { seal: schema.seal, keyId: undefined, reason, warnings: [] };
  if (request.allowsPlain !== true) throw needsSeal(reason);
  if (keyring === undefined) throw needsKeyring(reason);
  return { ...sealedStoreOf(keyring), reason, warnings: [] };
}

/** Why a store is as it is, to follow what it is, as in "a plain store, as was asked". */
export function describeStoreReason(reason: StoreReason): string {
  switch (reason.kind) {
    case 'asked':
      return 'as was asked';
    case 'configured':
      return `since the daemon's configuration names the keyring ${printable(reason.keyFile, 300)}`;
    case 'credential':
      return `since systemd passes a keyring to the daemon, as ${printable(reason.place, 300)} shows`;
    case 'version':
      return `since the daemon is ${printable(reason.version.text, 60)}, which seals nothing`;
    case 'keyring':
      return 'since a keyring is at hand';
    case 'archive':
      return 'as the archive';
  }
}

function decide(
  request: StoreRequest,
  archive: StoreKind,
  host: StoreHost & { readonly daemonVersion: DaemonVersion },
): { readonly kind: StoreKind; readonly reason: StoreReason } {
  const { stateKeyFile, stateKeyCredential: place, daemonVersion: version } = host;
  if (request.store === 'as-archive') return { kind: archive, reason: { kind: 'archive' } };
  if (request.store !== undefined) return { kind: request.store, reason: { kind: 'asked' } };
  // Permission to seal what is plain is given for a sealed store.
  if (request.allowsPlain === true && archive === 'plain') return { kind: 'sealed', reason: { kind: 'asked' } };
  if (stateKeyFile !== undefined) return { kind: 'sealed', reason: { kind: 'configured', keyFile: stateKeyFile } };
  if (place !== undefined) return { kind: 'sealed', reason: { kind: 'credential', place } };
  if (sealsNothing(version)) return { kind: 'plain', reason: { kind: 'version', version } };
  if (host.hasKeyring === true && archive === 'plain') return { kind: 'sealed', reason: { kind: 'keyring' } };
  return { kind: archive, reason: { kind: 'archive' } };
}

const noSign = warningOf(
  'nothing on this host shows that its daemon seals its state: one from before September 2026 does not boot the store',
  giveParameter('sealedStore'),
);

function needsSeal(reason: StoreReason): JacoError {
  const remedies: Remedy[] = [{ kind: 'seal-archive' }, giveParameter('allowPlain')];
  if (reason.kind === 'configured') remedies.push({ kind: 'choose-another', parameter: 'daemonConfiguration' });
  remedies.push(
    reason.kind === 'asked' ? { kind: 'omit-parameter', parameter: 'sealedStore' } : giveParameter('plainStore'),
  );
  return new JacoError(
    'store_mismatch',
    `the archive is plain, and the store has to be sealed, ${describeStoreReason(reason)}: a daemon that seals its state boots no plain store.`,
    { remedies },
  );
}

function needsNewerDaemon(reason: StoreReason): JacoError {
  const wayOut: Remedy =
    reason.kind === 'asked' ? { kind: 'omit-parameter', parameter: 'plainStore' } : giveParameter('sealedStore');
  return new JacoError(
    'store_mismatch',
    `the archive is sealed, and the store has to be plain, ${describeStoreReason(reason)}: it would put the state on the disk in the clear.`,
    { remedies: [advice('Install a daemon that seals its state, from September 2026 or later.'), wayOut] },
  );
}

function needsKeyring(reason: StoreReason): JacoError {
  return new JacoError(
    'request_invalid',
    `the store has to be sealed, ${describeStoreReason(reason)}, and no keyring is at hand.`,
    { remedies: [giveParameter('keyFile')] },
  );
}
