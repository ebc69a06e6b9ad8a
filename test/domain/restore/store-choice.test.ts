import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requireReadable } from '../../../src/domain/archive/archive-schema.js';
import type { DaemonVersion } from '../../../src/domain/archive/daemon-version.js';
import {
  chooseStore,
  describeStoreReason,
  type StoreHost,
  type StoreRequest,
} from '../../../src/domain/restore/store-choice.js';
import { createInMemoryKeyring } from '../../fakes/in-memory-keyring.js';
import { schema } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('chooseStore');
const ring = createInMemoryKeyring('k1', 'secret');
const plain = requireReadable(schema());
const sealed = requireReadable(schema({ schemaVersion: 2 }, ring));
const assumed: DaemonVersion = { text: 'v0.3.9', source: 'release' };
const installed = (text: string) => ({ daemonVersion: { text, source: 'installed' } as const });

interface Wish extends StoreRequest {
  readonly archive?: typeof plain;
  readonly host?: StoreHost & { readonly daemonVersion?: DaemonVersion };
  readonly keyring?: typeof ring | undefined;
}

function choose({ archive = plain, host = {}, keyring = ring, ...request }: Wish) {
  return chooseStore(request, archive, { daemonVersion: assumed, ...host }, keyring);
}

const signs: readonly (readonly [StoreHost, string])[] = [
  [{ stateKeyFile: '/etc/jaco/keys.json' }, "since the daemon's configuration names the keyring /etc/jaco/keys.json"],
  [
    { stateKeyCredential: '/lib/systemd/system/jaco.service' },
    'since systemd passes a keyring to the daemon, as /lib/systemd/system/jaco.service shows',
  ],
];

test('follows the archive where the host shows nothing, and warns where the store is sealed', () => {
  const { keyId, reason, warnings } = choose({});
  assert.equal([keyId, describeStoreReason(reason), warnings.length], [undefined, 'as the archive', 0]);
  const guessed = choose({ archive: sealed });
  assert.equal([guessed.keyId, describeStoreReason(guessed.reason)], ['k1', 'as the archive']);
  assert.match(guessed.warnings[0]?.sentence as string, 'nothing on this host shows that its daemon seals its state');
});

for (const [host, why] of signs) {
  test(`seals the store ${why}, and refuses a plain archive there`, () => {
    const { keyId, reason, warnings } = choose({ archive: sealed, host });
    assert.equal([keyId, describeStoreReason(reason), warnings.length], ['k1', why, 0]);
    const refusal = refusalOf('store_mismatch', () => choose({ host }));
    assert.match(refusal.message, why);
    assert.equal(refusal.remedies[0], { kind: 'seal-archive' });
    assert.equal(refusal.remedies[1], { kind: 'give-parameter', parameter: 'allowPlain' });
    const namesFile = refusal.remedies.some(({ kind }) => kind === 'choose-another');
    assert.is(namesFile, host.stateKeyFile !== undefined);
    assert.is(choose({ host, store: 'plain' }).keyId, undefined);
  });
}

test('refuses a sealed archive for a daemon whose version is from before sealed state', () => {
  for (const text of ['v0.3.9', '0.3.8', 'v0.3.9-rc.1']) {
    const refusal = refusalOf('store_mismatch', () => choose({ archive: sealed, host: installed(text) }));
    assert.match(refusal.message, `since the daemon is ${text}, which seals nothing`);
    assert.equal(refusal.remedies[1], { kind: 'give-parameter', parameter: 'sealedStore' });
    assert.is(choose({ archive: sealed, host: installed(text), store: 'sealed' }).keyId, 'k1');
    assert.is(choose({ host: installed(text) }).reason.kind, 'version');
  }
});

test('takes no later version and no development build for an older daemon', () => {
  for (const text of ['v0.4.0', 'v1.0.0', 'dev', '0.0.1-dev', '']) {
    assert.is(choose({ archive: sealed, host: installed(text) }).reason.kind, 'archive', text);
  }
});

test('takes what jacod.yaml names for stronger than the version', () => {
  const host = { ...installed('v0.3.9'), stateKeyFile: '/keys' };
  assert.is(choose({ archive: sealed, host }).reason.kind, 'configured');
});

test('takes a keyring at hand for a sign, but not against the version', () => {
  const host = { hasKeyring: true };
  assert.match(refusalOf('store_mismatch', () => choose({ host })).message, 'since a keyring is at hand');
  assert.is(choose({ host: { ...host, ...installed('v0.3.9') } }).keyId, undefined);
  assert.is(choose({ archive: sealed, host }).reason.kind, 'archive');
});

test('refuses what was asked for where the archive cannot become that', () => {
  const plainAsked = refusalOf('store_mismatch', () => choose({ archive: sealed, store: 'plain' }));
  assert.match(plainAsked.message, 'the store has to be plain, as was asked');
  assert.equal(plainAsked.remedies[1], { kind: 'omit-parameter', parameter: 'plainStore' });
  const sealedAsked = refusalOf('store_mismatch', () => choose({ store: 'sealed' }));
  assert.match(sealedAsked.message, 'the store has to be sealed, as was asked');
  assert.equal(sealedAsked.remedies.at(-1), { kind: 'omit-parameter', parameter: 'sealedStore' });
});

test('seals the store of a plain archive where that is allowed, which is to ask for it', () => {
  for (const request of [{ store: 'sealed' }, {}] as const) {
    const { seal, keyId, reason, warnings } = choose({ ...request, allowsPlain: true, host: installed('v0.3.9') });
    assert.is(seal, ring.seal);
    assert.equal([keyId, reason.kind, warnings.length], ['k1', 'asked', 0]);
  }
  assert.is(choose({ archive: sealed, allowsPlain: true }).reason.kind, 'archive');
});

test('asks for a keyring to seal a plain archive with', () => {
  const refusal = refusalOf('request_invalid', () =>
    chooseStore({ allowsPlain: true }, plain, { daemonVersion: assumed }, undefined),
  );
  assert.match(refusal.message, 'no keyring is at hand');
  assert.equal(refusal.remedies, [{ kind: 'give-parameter', parameter: 'keyFile' }]);
});

test('follows the archive alone, without a warning, where the host does not count', () => {
  const host = { ...installed('v0.3.9'), stateKeyFile: '/keys', stateKeyCredential: '/unit', hasKeyring: true };
  assert.equal(choose({ archive: sealed, store: 'as-archive', host }).warnings, []);
  assert.is(choose({ store: 'as-archive', host }).keyId, undefined);
});

test.run();
