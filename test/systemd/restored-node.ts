import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SystemdHost } from './systemd-host.js';

/** A restore over a daemon that systemd starts, and on whose socket systemd listens. */
export function defineRestoredNode(test: Test, host: SystemdHost): void {
  const active = () => host.run('systemctl is-active jaco.service jaco.socket').stdout.trim().replaceAll('\n', ' ');
  const restore = 'jaco-dr restore --input /root/cluster.tar.gz --name $(hostname)';
  const moveAway = (name: string) =>
    host.succeeds(`mv /var/lib/jaco /var/lib/${name} && install -d -o jaco -g jaco -m 0700 /var/lib/jaco`);

  test('is refused while the daemon runs', () => {
    host.succeeds('systemctl start jaco; jaco-dr backup --quiet --output /root/cluster.tar.gz');
    assert.is(active(), 'active active');
    const { status, stderr } = host.run(restore);
    assert.is(status, 1);
    assert.match(stderr, /^Error: [^\n]*daemon is running[^\n]*systemctl stop jaco/);
  });

  test('comes up as the voter after stop, restore and start', () => {
    host.succeeds('systemctl stop jaco');
    assert.is(active(), 'inactive inactive');
    moveAway('jaco.lost');
    assert.match(host.succeeds(restore), /^Restored cluster /);
    assert.is(host.succeeds('find /var/lib/jaco ! -user jaco -o ! -group jaco'), '');
    host.succeeds('systemctl start jaco');
    assert.match(host.succeeds('jaco-dr cluster status'), /\bnode-1\b.*VOTER/);
  });

  test('has one RESTORE_COMPLETED in its audit log, over restarts too', () => {
    host.succeeds('systemctl restart jaco');
    const events = host.succeeds('jaco-dr audit --type restore_completed -o json');
    assert.is((JSON.parse(events) as unknown[]).length, 1, events);
  });

  test('is restored over a socket on which systemd alone listens, and no daemon is started by that', () => {
    host.succeeds('systemctl stop jaco; systemctl start jaco.socket');
    moveAway('jaco.again');
    host.succeeds(`${restore} --dry-run`);
    assert.match(host.succeeds(restore), /^Restored cluster /);
    assert.is(active(), 'inactive active');
    // The first who connects starts it.
    assert.match(host.succeeds('jaco-dr cluster status'), /\bnode-1\b.*VOTER/);
    assert.is(active(), 'active active');
  });
}
