import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stateFields } from '../../../src/domain/state/snapshot-content.js';
import { kindPosition, stateKinds } from '../../../src/domain/state/state-kinds.js';

const test = suite('the kinds of records in a state');

/** jaco.v1.FSMSnapshot (proto/jaco/v1/state.proto), by field number from 1 on. */
const names =
  'cluster, nodes, deployments, desired replicas, observed replicas, routes, certificates, challenge tokens, tokens, ' +
  'join tokens, subnets, rollout plans, replica counters, restart counters, audit events, certificate blobs, ' +
  'TCP routes, registry credentials';

test('are named after the field of their number', () => {
  const known = stateKinds.filter(({ field }) => field !== 0).map(({ field, name }) => `${field} ${name}`);
  assert.equal(
    known,
    names.split(', ').map((name, position) => `${position + 1} ${name}`),
  );
});

test('are those that the program knows by name elsewhere too', () => {
  const called = Object.entries(stateFields).map(([key, field]) => [key, stateKinds[kindPosition(field)]?.name]);
  assert.equal(Object.fromEntries(called), {
    cluster: 'cluster',
    nodes: 'nodes',
    deployments: 'deployments',
    tokens: 'tokens',
    subnets: 'subnets',
    auditEvents: 'audit events',
  });
});

test('are found by the number of their field, and are called other where it is a later one', () => {
  assert.equal(
    [1, 9, 18].map((field) => stateKinds[kindPosition(field)]?.field),
    [1, 9, 18],
  );
  assert.equal(
    [19, 20, 1000].map((field) => stateKinds[kindPosition(field)]?.name),
    ['other', 'other', 'other'],
  );
});

test.run();
