import childProcess from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeHostFacts } from '../../../src/adapters/host/node-host-facts.js';
import { refusalOf } from '../../builders/outcome.js';
import { skipTest } from '../../skipping.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('facts of this machine');

/** The reported version if the program `jacod` is this shell script. */
const versionBy = (script: string, deadlineMs?: number) =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/jacod`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return createNodeHostFacts({ PATH: `${directory}:/bin:/usr/bin` }, undefined, deadlineMs).installedDaemonVersion();
  });
const configurationIn = (text: string) =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/jacod.yaml`, text);
    return createNodeHostFacts({}, `${directory}/jacod.yaml`).daemonConfiguration();
  });

test('include the name that the system has', () => {
  assert.is(createNodeHostFacts({}).hostname(), hostname());
});

for (const [line, version] of [
  ['v0.3.9', 'v0.3.9'],
  ['jacod v0.3.9 (linux/amd64)', 'v0.3.9'],
  ['jacod version 0.0.1-dev, built today', '0.0.1-dev'],
  ['jacod version dev', 'dev'],
  ['jacod developer edition', undefined],
  ['jacod 10.0.0.5:7001', undefined],
  ['', undefined],
] as const) {
  test(`include version ${version} when jacod prints "${line}"`, async () => {
    assert.is(await versionBy(`echo '${line}'`), version);
  });
}

test('include the version that jacod prints after other lines', async () => {
  assert.is(await versionBy('echo "JACO daemon"; echo "version: v1.2.3"; echo "go: go1.23"'), 'v1.2.3');
});

test('include only the version that jacod prints', async () => {
  assert.is(await versionBy('[ "$*" = --version ] && echo v0.3.9'), 'v0.3.9');
});

test('include no version of a jacod that fails, dies or prints without end', async () => {
  for (const script of ['echo v0.3.9; exit 1', 'kill -9 $$', 'exec yes v0.3.9']) {
    assert.is(await versionBy(script), undefined, script);
  }
});

test('include no version of a jacod that hangs, and do not wait for its children', async () => {
  assert.is(await versionBy('echo v0.3.9; sleep 3', 200), undefined);
});

test('include no version when jacod is no program', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/jacod`, 'v0.3.9', { mode: 0o644 });
    assert.is(await createNodeHostFacts({ PATH: directory }).installedDaemonVersion(), undefined);
  }));

/** How many programs are started to find the version in `environment`; each prints v0.3.9. */
async function startedIn(environment: Readonly<Record<string, string>>): Promise<number> {
  const { execFile } = childProcess;
  let started = 0;
  const counting = (...call: readonly unknown[]) => {
    started += 1;
    (call.at(-1) as (error: null, result: object) => void)(null, { stdout: 'v0.3.9' });
  };
  Object.assign(childProcess, { execFile: counting });
  syncBuiltinESMExports();
  await createNodeHostFacts(environment).installedDaemonVersion();
  Object.assign(childProcess, { execFile });
  syncBuiltinESMExports();
  return started;
}

test('start no jacod that is not on the PATH, and use the system’s default without a PATH', () =>
  withTemporaryDirectory(async (directory) => {
    assert.is(await startedIn({ PATH: `${directory}:${directory}/none` }), 0);
    assert.is(await startedIn({}), 1);
  }));

test('include the configuration that is named', async () => {
  const found = await configurationIn(
    'cluster_addr: 10.0.0.5:7001\ndata_dir: "/srv/jaco"\nunix_socket: /run/jaco.sock',
  );
  assert.match(found.path ?? '', /\/jacod\.yaml$/);
  assert.is(found.clusterAddress, '10.0.0.5:7001');
  assert.is(found.dataDirectory, '/srv/jaco');
  assert.is(found.unixSocket, '/run/jaco.sock');
});

test('omit keys that are empty in the configuration or unknown', async () => {
  for (const text of ['', '# nothing\n', '---\n', 'cluster_addr:\n', 'cluster_addr: ~\n', 'dns: [1, 2]\n']) {
    assert.is((await configurationIn(text)).clusterAddress, undefined, text);
  }
});

for (const [text, directory] of [
  ['data_dir: 1.10', '1.10'],
  ['data_dir: 0777', '0777'],
  ['data_dir: true', 'true'],
  ['data_dir: &a 1e3', '1e3'],
  ['unix_socket: &a 1.10\ndata_dir: *a', '1.10'],
  ['<<: {data_dir: /srv/jaco}', '/srv/jaco'],
  ['<<: [{data_dir: /srv/jaco}, {data_dir: /srv/other}]', '/srv/jaco'],
  ['data_dir: /srv/jaco\n<<: {data_dir: /srv/other}', '/srv/jaco'],
  ['data_dir: /srv/jaco\n---\ndata_dir: /srv/other\n', '/srv/jaco'],
] as const) {
  test(`read ${JSON.stringify(text)} as the daemon does`, async () => {
    assert.is((await configurationIn(text)).dataDirectory, directory);
  });
}

for (const [text, reason] of [
  ['cluster_addr: [', 'it is not YAML'],
  ['cluster_addr: [::]:7001', 'it is not YAML'],
  ['- cluster_addr', 'it is not a YAML mapping'],
  ['just text', 'it is not a YAML mapping'],
  ["cluster_addr: ''", 'cluster_addr is empty, with which the daemon does not start'],
  ['listen_addr: [1, 2]', 'listen_addr is not text'],
  ['data_dir: [/srv/jaco]', 'data_dir is not text'],
  ['data_dir: !!binary L3Nydg==', 'data_dir is not text'],
  ['unix_socket: {path: /run/jaco.sock}', 'unix_socket is not text'],
] as const) {
  test(`say that ${reason} of a configuration such as ${JSON.stringify(text)}`, async () => {
    const refusal = await refusalOf(configurationIn(text));
    assert.is(refusal.code, 'configuration_unreadable');
    assert.match(refusal.message, `jacod.yaml: ${reason}.`);
    assert.equal(refusal.remedies[1], { kind: 'choose-another', parameter: 'daemonConfiguration' });
  });
}

test('do not let a small configuration grow into a large one', async () => {
  const levels = Array.from(
    { length: 20 },
    (_, level) => `l${level + 1}: &l${level + 1} [${'*l'.concat(`${level},`).repeat(9)}]`,
  );
  assert.is((await refusalOf(configurationIn(`l0: &l0 x\n${levels.join('\n')}`))).code, 'configuration_unreadable');
});

test('name the configuration that is named and cannot be read', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/etc`);
    await writeFile(`${directory}/file`, '');
    for (const [path, reason] of [
      ['absent.yaml', 'there is no such file'],
      ['etc', 'it is a directory'],
      ['file/jacod.yaml', 'a part of the path is not a directory'],
    ] as const) {
      const facts = createNodeHostFacts({}, `${directory}/${path}`);
      const refusal = await refusalOf(facts.daemonConfiguration());
      assert.match(refusal.message, `${path}: ${reason}.`);
    }
  }));

test('have no configuration if none is named and the usual file is missing', async () => {
  if (existsSync('/etc/jaco/jacod.yaml')) return skipTest('this machine has a configuration of jacod');
  assert.is((await createNodeHostFacts({}).daemonConfiguration()).path, undefined);
});

test.run();
