import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SystemdHost } from './systemd-host.js';

/** Operators, and the two programs called jaco. */
export function defineTwoPrograms(test: Test, host: SystemdHost): void {
  const theirs = (words: string) => `the daemon's own jaco: ${words}\n`;

  test('accepts our package next to the daemon’s, and each keeps its files', () => {
    const said = host.succeeds(`dpkg-query --show --showformat='\${Package} \${db:Status-Status}\\n' jaco jaco-dr`);
    assert.is(said, 'jaco installed\njaco-dr installed\n');
    assert.is(host.succeeds('dpkg --verify jaco jaco-dr'), '');
    const timer = host.succeeds('systemctl list-unit-files --no-legend jaco-backup.timer');
    assert.match(timer, /^jaco-backup\.timer +disabled /);
  });

  test('lets an operator in the group jaco back up, and tells another user what is missing', () => {
    host.succeeds('systemctl start jaco; useradd -m -G jaco olga; useradd -m peter');
    host.succeeds('jaco-dr backup --quiet --output cluster.tar.gz', 'olga');
    assert.is(host.succeeds('stat -c "%a %U" cluster.tar.gz', 'olga'), '600 olga\n');
    const { status, stdout, stderr } = host.run('jaco-dr backup --output cluster.tar.gz', 'peter');
    assert.equal({ status, stdout }, { status: 1, stdout: '' });
    assert.match(stderr, /^Error: [^\n]*permission denied[^\n]* group jaco[^\n]*\n$/);
    assert.is(host.succeeds('ls -A | grep -c cluster || true', 'peter'), '0\n');
  });

  test("finds the daemon's program first until the one step is done, and ours by its second name", () => {
    host.succeeds("echo '%jaco ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/jaco");
    for (const [line, user] of [
      ['jaco backup', undefined],
      ['jaco backup', 'olga'],
      ['sudo jaco backup', 'olga'],
    ] as const) {
      assert.is(host.succeeds(line, user), theirs('backup'));
    }
    assert.match(host.succeeds('jaco-dr help backup', 'olga'), /^Usage: jaco-dr backup /);
    assert.match(host.succeeds('sudo jaco-dr help backup', 'olga'), /^Usage: jaco-dr backup /);
  });

  test('hands on from our second name the commands that only the other program has', () => {
    assert.is(host.succeeds("jaco-dr node join --peer 'a b'", 'olga'), theirs('node join --peer a b'));
    assert.is(host.succeeds('sudo jaco-dr cluster init', 'olga'), theirs('cluster init'));
  });

  test('has ours first after the one step, for root, under sudo and with the directory on PATH', () => {
    host.succeeds('ln -s "$(command -v jaco-dr)" /usr/local/sbin/jaco');
    for (const [line, user] of [
      ['jaco', undefined],
      ['sudo jaco', 'olga'],
      ['PATH=/usr/local/sbin:$PATH jaco', 'olga'],
    ] as const) {
      assert.match(host.succeeds(`${line} help backup`, user), /^Usage: jaco backup /);
      assert.match(host.succeeds(`${line} cluster status`, user), /node-1/);
      assert.is(host.succeeds(`${line} node join --peer x`, user), theirs('node join --peer x'));
      assert.is(host.succeeds(`${line} cluster init`, user), theirs('cluster init'));
    }
    assert.is(host.succeeds('jaco backup', 'olga'), theirs('backup'));
  });
}
