import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RehearsalPorts, rehearseRestore } from '../../../src/domain/restore/rehearse-restore.js';
import { fileAt } from '../../builders/locations.js';
import { createInMemoryRehearsalNode } from '../../fakes/in-memory-rehearsal-node.js';
import { plainDigest } from '../../fakes/plain-digest.js';
import { rejectionOf } from '../refusal.js';
import { restoreStage } from './restore-stage.js';

const test = suite('a rehearsal that is interrupted');
const wish = { archive: fileAt('cluster.tar.gz'), name: undefined, daemonVersion: undefined, workDirectory: undefined };

for (const [when, interrupt] of [
  ['before the node boots', 'commit'],
  ['while the node boots', 'boot'],
  ['while the states are compared', 'state'],
] as const) {
  test(`stops when it is interrupted ${when}, and leaves nothing`, async () => {
    const abort = new AbortController();
    const { ports: restore, stores, markers } = restoreStage();
    const rehearsal = createInMemoryRehearsalNode(stores, markers);
    const ports: RehearsalPorts = {
      digest: plainDigest,
      restore: {
        ...restore,
        identity: {
          ...restore.identity,
          async stage(request) {
            const staged = await restore.identity.stage(request);
            // The last thing that a restore does.
            const finish = async () => {
              if (interrupt === 'commit') abort.abort();
              return staged.finish();
            };
            return { ...staged, finish };
          },
        },
      },
      node: {
        ...rehearsal,
        async boot(place) {
          const booted = await rehearsal.boot(place);
          if (interrupt === 'boot') abort.abort();
          return {
            ...booted,
            async *state() {
              if (interrupt === 'state') abort.abort();
              yield* booted.state();
            },
          };
        },
      },
    };
    await rejectionOf('interrupted', rehearseRestore(ports, wish, abort.signal));
    assert.is(rehearsal.running.size + rehearsal.places.size, 0);
  });
}

test.run();
