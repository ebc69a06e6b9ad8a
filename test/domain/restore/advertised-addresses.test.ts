import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { InterfaceAddress } from '../../../src/domain/cluster/daemon-interface.js';
import { advice, giveParameter } from '../../../src/domain/remedy.js';
import {
  type AddressFacts,
  type AdvertisedAddresses,
  chooseAddresses,
  type GivenAddresses,
  namesToResolve,
} from '../../../src/domain/restore/advertised-addresses.js';
import { refusalOf } from '../refusal.js';

const test = suite("the node's addresses");

const up = (name: string, address: string): InterfaceAddress => ({ name, address, internal: false });
const loopback = { ...up('lo', '127.0.0.1'), internal: true };
const privateHost = [loopback, up('eth0', '10.0.0.7'), up('eth1', '192.168.1.10'), up('eth1', 'fd00::7')];
const publicHost = [loopback, up('eth0', '198.51.100.7'), up('docker0', '172.17.0.1')];

function choose(given: Partial<GivenAddresses & AddressFacts> = {}): AdvertisedAddresses {
  const nothing = { advertiseAddress: undefined, grpcAddress: undefined };
  const defaults = { clusterAddress: undefined, listenAddress: undefined };
  const facts = { ...defaults, interfaces: privateHost, resolved: new Map<string, string>(), ...given };
  return chooseAddresses({ ...nothing, ...given }, facts);
}
const sentences = ({ warnings }: AdvertisedAddresses) => warnings.map(({ sentence }) => sentence);
const picked = (key: string, setting: string) => ({ kind: 'picked', key, setting, interfaceName: 'eth0' }) as const;
const texts = ({ raft, grpc }: AdvertisedAddresses) => [raft.text, grpc.text];
const refused = (given: Partial<GivenAddresses & AddressFacts>) => refusalOf('address_invalid', () => choose(given));

test('are those of the interface that the daemon picks where jacod.yaml leaves them open', () => {
  const chosen = choose();
  assert.equal(texts(chosen), ['10.0.0.7:7001', '10.0.0.7:7000']);
  assert.equal(chosen.raft.source, picked('cluster_addr', '0.0.0.0:7001'));
  assert.equal(chosen.grpc.source, picked('listen_addr', '0.0.0.0:7000'));
  assert.equal(chosen.warnings, []);
});

for (const host of ['0.0.0.0', '[::]', '[0:0::0]', '[::ffff:0.0.0.0]']) {
  test(`are picked for ${host}, and keep the ports of jacod.yaml`, () => {
    const chosen = choose({ clusterAddress: `${host}:7101`, listenAddress: `${host}:7100` });
    assert.equal(texts(chosen), ['10.0.0.7:7101', '10.0.0.7:7100']);
  });
}

for (const [given, text] of [
  ['192.168.1.10:7101', '192.168.1.10:7101'],
  ['[FD00:0::7]:07001', '[fd00::7]:7001'],
  ['[::ffff:10.0.0.7]:7001', '10.0.0.7:7001'],
] as const) {
  test(`are taken from jacod.yaml if it is specific, in the daemon’s form: ${given}`, () => {
    const chosen = choose({ clusterAddress: given });
    assert.equal(texts(chosen), [text, '10.0.0.7:7000']);
    assert.equal(chosen.raft.source, { kind: 'configured', key: 'cluster_addr' });
    assert.equal(chosen.warnings, []);
  });
}

test('are decided separately: a specific one does not change the choice of the other', () => {
  const chosen = choose({ listenAddress: '192.168.1.10:7000' });
  assert.equal(texts(chosen), ['10.0.0.7:7001', '192.168.1.10:7000']);
  assert.equal(chosen.grpc.source, { kind: 'configured', key: 'listen_addr' });
  assert.equal(chosen.warnings, []);
});

test('are those that a name in jacod.yaml resolves to on this host, as the daemon binds them', () => {
  const facts = { clusterAddress: 'node-1.example:7001', listenAddress: '0.0.0.0:7000' };
  assert.equal(namesToResolve(facts), ['node-1.example']);
  const chosen = choose({ ...facts, resolved: new Map([['node-1.example', '192.168.1.10']]) });
  assert.equal(texts(chosen), ['192.168.1.10:7001', '10.0.0.7:7000']);
  assert.equal(chosen.raft.source, { kind: 'resolved', key: 'cluster_addr', name: 'node-1.example' });
  assert.equal(chosen.warnings, []);
});

test('come with a warning where a name of jacod.yaml stands for loopback', () => {
  const chosen = choose({ clusterAddress: 'node-1:7001', resolved: new Map([['node-1', '127.0.1.1']]) });
  assert.equal(sentences(chosen), [
    "127.0.1.1:7001 is this machine's own loopback: no other node can join until the address is one that it can dial",
  ]);
});

test('need no resolution without names', () => {
  for (const clusterAddress of [undefined, '0.0.0.0:7001', '10.0.0.7:7001', '[fd00::7]:7001', ':7001', 'nonsense']) {
    assert.equal(namesToResolve({ clusterAddress, listenAddress: undefined }), []);
  }
});

for (const resolved of [new Map<string, string>(), new Map([['node-1', '0.0.0.0']])]) {
  test(`are refused where this host cannot resolve a name of jacod.yaml (${[...resolved.values()]})`, () => {
    const { message, remedies } = refused({ clusterAddress: 'node-1:7001', resolved });
    assert.match(message, 'cluster_addr "node-1:7001" of jacod.yaml is of no use: this host cannot resolve node-1');
    assert.equal(remedies[1], giveParameter('advertiseAddress'));
  });
}

test('are refused if the daemon would find no address, and the error lists the interfaces', () => {
  const { message, remedies } = refused({ interfaces: publicHost });
  assert.match(message, /no interface of this host has a private IPv4 address .* it does not start/);
  assert.match(message, '(found only eth0 198.51.100.7, docker0 172.17.0.1).');
  assert.match(JSON.stringify(remedies[0]), "Write this node's own address into cluster_addr and listen_addr of");
  assert.equal(remedies[1], giveParameter('advertiseAddress'));
  assert.match(refused({ interfaces: [loopback] }).message, '(found no address but loopback).');
});

test('are refused if one is specific and the daemon would find no address for the other', () => {
  const given = { clusterAddress: '198.51.100.7:7001', interfaces: publicHost };
  assert.match(refused(given).message, 'no interface of this host');
  const both = choose({ ...given, listenAddress: '198.51.100.7:7000' });
  assert.equal(texts(both), ['198.51.100.7:7001', '198.51.100.7:7000']);
  assert.equal(both.warnings, []);
});

test('are refused where cluster_addr names no host, with which the daemon starts no raft', () => {
  const { message, remedies } = refused({ clusterAddress: ':7001' });
  assert.is(message, 'cluster_addr ":7001" of jacod.yaml names no host: the daemon does not start raft with it.');
  assert.equal(remedies[0], advice("Write this node's own address there, for example 10.0.0.5:7001."));
  assert.equal(remedies[1], giveParameter('advertiseAddress'));
});

test('are refused if listen_addr names no host, which the daemon would publish unchanged', () => {
  const { message, remedies } = refused({ listenAddress: ':7000' });
  assert.match(message, 'listen_addr ":7000" of jacod.yaml names no host: the daemon would give other nodes');
  assert.equal(remedies[0], advice("Write this node's own address there, for example 10.0.0.5:7000."));
  assert.equal(remedies[1], giveParameter('grpcAddress'));
});

for (const text of [
  '10.0.0.7',
  'raft',
  '7001',
  ':0',
  '10.0.0.7:99999',
  '',
  '0:7001',
  '00.0.0.0:7001',
  '[::%eth0]:7001',
]) {
  test(`are not guessed where jacod.yaml says "${text}"`, () => {
    assert.match(
      refused({ clusterAddress: text }).message,
      `cluster_addr "${text}" of jacod.yaml is not a usable host:port`,
    );
    assert.match(
      refused({ listenAddress: text }).message,
      `listen_addr "${text}" of jacod.yaml is not a usable host:port`,
    );
  });
}

test('are refused where raft and gRPC would share one', () => {
  assert.match(refused({ listenAddress: '0.0.0.0:7001' }).message, 'raft and gRPC cannot both use 10.0.0.7:7001');
});

test('are those that the operator gives, with priority', () => {
  const given = { advertiseAddress: '192.168.1.10:7101', grpcAddress: '[fd00::7]:7100' };
  const chosen = choose({ ...given, clusterAddress: '192.168.1.10:7101', listenAddress: '[fd00::7]:7100' });
  assert.equal(texts(chosen), ['192.168.1.10:7101', '[fd00::7]:7100']);
  assert.equal(chosen.raft.source, { kind: 'given', parameter: 'advertiseAddress' });
  assert.equal(chosen.grpc.source, { kind: 'given', parameter: 'grpcAddress' });
  assert.equal(chosen.warnings, []);
});

test('put gRPC on the host of the raft address that is given, with the port of listen_addr, unless that is specific', () => {
  const open = choose({ advertiseAddress: '10.0.0.7:7101', listenAddress: '0.0.0.0:7100' });
  assert.is(open.grpc.text, '10.0.0.7:7100');
  assert.equal(open.grpc.source, { kind: 'beside-given', setting: '0.0.0.0:7100' });
  const specific = choose({ advertiseAddress: '10.0.0.7:7101', listenAddress: '192.168.1.10:7100' });
  assert.is(specific.grpc.text, '192.168.1.10:7100');
});

test('can be given if the daemon would find no address, with one warning that it will not start', () => {
  const chosen = choose({ advertiseAddress: '198.51.100.7:7001', interfaces: publicHost });
  assert.equal(texts(chosen), ['198.51.100.7:7001', '198.51.100.7:7000']);
  assert.is(chosen.warnings.length, 1);
  assert.match(
    chosen.warnings[0]?.sentence ?? '',
    /it does not start \(.*\): correct jacod\.yaml before the daemon starts/,
  );
});

test('still need an address for raft where only the one for gRPC is given', () => {
  const { remedies } = refused({ grpcAddress: '198.51.100.7:7000', interfaces: publicHost });
  assert.equal(remedies[1], giveParameter('advertiseAddress'));
});

for (const [what, given] of [
  ['cannot be read', { clusterAddress: 'nonsense' }],
  ['names no host', { listenAddress: ':7000' }],
] as const) {
  test(`come with a warning if they are given and jacod.yaml ${what}`, () => {
    const { warnings } = choose({ advertiseAddress: '10.0.0.7:7001', ...given });
    assert.is(warnings.length, 1);
    assert.match(warnings[0]?.sentence ?? '', 'correct jacod.yaml before the daemon starts');
  });
}

test('are not made of a listen_addr that cannot be read', () => {
  assert.match(refused({ advertiseAddress: '10.0.0.7:7001', listenAddress: 'nonsense' }).message, 'listen_addr');
});

test('come with warnings where the daemon will listen elsewhere than the operator says', () => {
  assert.equal(sentences(choose({ advertiseAddress: '192.168.1.10:7001' })), [
    'the daemon will listen on 10.0.0.7:7001 (from interface eth0, which the daemon picks for cluster_addr 0.0.0.0:7001), not on 192.168.1.10:7001: write cluster_addr: "192.168.1.10:7001" into jacod.yaml before it starts',
    'the daemon will listen on 10.0.0.7:7000 (from interface eth0, which the daemon picks for listen_addr 0.0.0.0:7000), not on 192.168.1.10:7000: write listen_addr: "192.168.1.10:7000" into jacod.yaml before it starts',
  ]);
});

test('come with a warning, not a refusal, where they are not on this host', () => {
  const expected = '10.0.0.99 is on no interface of this host that is up: the daemon cannot listen there';
  const configured = { clusterAddress: '10.0.0.99:7001', listenAddress: '10.0.0.99:7000' };
  assert.equal(sentences(choose(configured)), [expected]);
  assert.is(sentences(choose({ advertiseAddress: '10.0.0.99:7001' }))[0], expected);
});

test('come with one warning where they are given by a name, as nodes find the leader by its IP address', () => {
  const chosen = choose({ advertiseAddress: 'node-1.example:7001', clusterAddress: '10.0.0.7:7001' });
  assert.is(chosen.raft.text, 'node-1.example:7001');
  assert.match(sentences(chosen)[0] ?? '', 'node-1.example:7001 is a name: nodes look their leader up by the IP');
});

for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
  test(`come with a warning where they are loopback: ${host}`, () => {
    const given = { advertiseAddress: `${host}:7001`, clusterAddress: `${host}:7001`, listenAddress: '10.0.0.7:7000' };
    const chosen = choose({ ...given, resolved: new Map([['localhost', '127.0.0.1']]) });
    assert.equal(sentences(chosen), [
      `${host}:7001 is this machine's own loopback: no other node can join until the address is one that it can dial`,
    ]);
  });
}

for (const text of ['node-1', ':7001', '10.0.0.5', '0.0.0.0:7001', '[::]:7001', 'node-1:0', '0:7001', '']) {
  test(`are not accepted from the operator if one is "${text}", which no node can dial`, () => {
    const raft = refused({ advertiseAddress: text });
    assert.match(raft.message, `the raft address "${text}" is not one that other nodes can dial`);
    assert.equal(raft.remedies, [giveParameter('advertiseAddress', '10.0.0.5:7001')]);
    const grpc = refused({ grpcAddress: text });
    assert.match(grpc.message, `the gRPC address "${text}" is not one that other nodes can dial`);
    assert.equal(grpc.remedies, [giveParameter('grpcAddress', '10.0.0.5:7000')]);
  });
}

test('escape what they quote', () => {
  assert.match(refused({ advertiseAddress: '\u001b[2J' }).message, '"\\u{1b}[2J"');
  assert.match(refused({ clusterAddress: 'a\nb' }).message, '"a\\u{a}b"');
});

test.run();
