import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoSucceeds, nowhere } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipFile } from '../skipping.js';
import { findNodeExporter, scrape } from './node-exporter.js';

const test = suite('metrics, as node_exporter serves them');
const scratch = sharedScratchFor(test);
const program = await findNodeExporter();

/** Two schedules of one cluster and one of another, each with a file; one has failed after a success. And a drill. */
async function recordAll(collected: string) {
  const record = (name: string) => ['--metrics-file', `${collected}/${name}.prom`];
  const clusters: string[] = [];
  for (const [node, schedules] of [
    ['one', ['nightly', 'hourly']],
    ['two', ['other']],
  ] as const) {
    const sandbox = await startSandbox(scratch.path(node), ['--name', 'node-1']);
    for (const schedule of schedules) {
      scratch.directory(schedule);
      const output = scratch.path(schedule, 'c-%F.tar.gz');
      const words = ['backup', '--output', output, ...record(schedule), '--socket'];
      clusters.push(JSON.parse(await jacoSucceeds([...words, sandbox.socket, '-o', 'json'])).cluster_id);
      if (schedule === 'hourly') await jacoFails([...words, nowhere]);
    }
    await sandbox.stop();
  }
  await jacoSucceeds(['drill', '--newest-of', scratch.path('nightly'), ...record('drill')]);
  return clusters;
}

if (program.kind === 'missing') skipFile(`metrics in node_exporter: ${program.reason}`);
else {
  test('keep two schedules, two clusters and a drill on one host apart', async () => {
    const collected = scratch.directory('collected');
    const [cluster, , other] = await recordAll(collected);
    assert.is.not(cluster, other);
    const served = await scrape(program.path, collected);
    const attempt = (schedule: string) =>
      served.get(`jaco_backup_last_attempt_success{output="${scratch.path(schedule, 'c-%F.tar.gz')}"}`);
    assert.equal(['nightly', 'hourly', 'other'].map(attempt), ['1', '0', '1']);
    for (const [schedule, id] of [
      ['nightly', cluster],
      ['hourly', cluster],
      ['other', other],
    ] as const) {
      const labels = `{cluster="${id}",output="${scratch.path(schedule, 'c-%F.tar.gz')}"}`;
      assert.ok(Number(served.get(`jaco_backup_last_success_timestamp_seconds${labels}`)) > 1.7e9, labels);
    }
    assert.is(served.get(`jaco_drill_last_attempt_success{input="${scratch.path('nightly')}"}`), '1');
    assert.is(served.get('node_textfile_scrape_error'), '0');
  });

  test('would hide each other without labels, of which node_exporter reports nothing', async () => {
    const collected = scratch.directory('unlabelled');
    for (const name of readdirSync(scratch.path('collected'))) {
      const text = readFileSync(scratch.path('collected', name), 'utf8');
      writeFileSync(`${collected}/${name}`, text.replaceAll(/\{.*\} /g, ' '));
    }
    const served = await scrape(program.path, collected);
    assert.is([...served.keys()].filter((name) => name.startsWith('jaco_backup_last_attempt_success')).length, 1);
    assert.is(served.get('node_textfile_scrape_error'), '0');
  });
}

test.run();
