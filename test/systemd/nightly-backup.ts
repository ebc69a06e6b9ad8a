import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SystemdHost } from './systemd-host.js';

const archives = '/var/backups/jaco';
const collector = '/var/lib/prometheus/node-exporter';
const metrics = `${collector}/jaco_backup.prom`;

/** The nightly backup on a host on which nothing has been backed up yet. */
export function defineNightlyBackup(test: Test, host: SystemdHost): void {
  const shown = (unit: string, property: string) =>
    host.succeeds(`systemctl show ${unit} --value -p ${property}`).trim();
  /** The program's log output in the service since the last call. */
  const journal = () =>
    host.run('journalctl --quiet --output=cat --identifier=jaco-dr --cursor-file=/run/told --unit=jaco-backup').stdout;
  /** Runs the service once, and returns the result in systemd's words. */
  const runService = (): string => {
    journal();
    host.run('systemctl start jaco-backup');
    return shown('jaco-backup', 'Result');
  };
  const names = () => host.succeeds(`ls ${archives}`).split('\n').filter(Boolean);

  test('takes the first nightly backup on a fresh host, for root alone', () => {
    assert.is(host.run(`test -e ${archives}`).status, 1);
    host.succeeds('systemctl start jaco');
    assert.is(runService(), 'success', journal());
    assert.is(host.succeeds(`stat -c '%A %U' ${archives} ${archives}/*`), 'drwx------ root\n-rw------- root\n');
    assert.match(names().join(' '), /^cluster-20\d\d-\d\d-\d\d-\d{4}\.tar\.gz$/);
    assert.is(journal(), '');
  });

  test('takes the next one into the directory as the operator wants it', () => {
    host.succeeds(`chmod 0750 ${archives}`);
    assert.is(runService(), 'success', journal());
    assert.is(host.succeeds(`stat -c %a ${archives}`), '750\n');
  });

  test('can rehearse a restore of the nightly backup', () => {
    const end = host.run(`jaco-dr drill --input ${archives}/${names()[0]}`);
    assert.is(end.status, 0, end.stderr);
  });

  test('catches up by the timer on a night in which it was off', () => {
    host.write('/etc/systemd/system/jaco-backup.timer.d/at-once.conf', '[Timer]\nRandomizedDelaySec=0\n');
    host.succeeds('systemctl daemon-reload; touch -d "2 days ago" /var/lib/systemd/timers/stamp-jaco-backup.timer');
    const before = shown('jaco-backup', 'ExecMainExitTimestampMonotonic');
    host.succeeds('systemctl enable --now jaco-backup.timer');
    const ended = '$(systemctl show jaco-backup --value -p ExecMainExitTimestampMonotonic)';
    host.succeeds(`for i in $(seq 300); do [ ${ended} -gt ${before} ] && exit; sleep 0.1; done; exit 1`);
    assert.is(shown('jaco-backup', 'Result'), 'success', journal());
    assert.match(host.succeeds('systemctl list-timers --all --no-legend jaco-backup.timer'), / 04:\d\d:\d\d /);
  });

  test('rehearses the newest backup by the service of drills, which says nothing of a success and leaves nothing', () => {
    host.run('systemctl start jaco-drill');
    assert.is(shown('jaco-drill', 'Result'), 'success', host.run('journalctl --quiet --unit=jaco-drill').stdout);
    assert.is(host.run('journalctl --quiet --output=cat --identifier=jaco-dr --unit=jaco-drill').stdout, '');
    assert.match(
      host.succeeds('systemctl list-timers --all --no-legend jaco-drill.timer; systemctl cat jaco-drill.timer'),
      'Sun',
    );
  });

  test('follows the environment file and takes the token from the credential store, and does not reveal it', () => {
    host.succeeds(`mkdir -p ${collector}; install -D -m 0644 /var/lib/jaco/node/ca.crt /etc/jaco/ca.crt`);
    const token = host.succeeds('cat /var/lib/jaco/operator-token').trim();
    const flags = `--server 127.0.0.1:7000 --ca-cert /etc/jaco/ca.crt --metrics-file ${metrics}`;
    host.write('/etc/jaco/backup.env', `JACO_BACKUP_FLAGS=${flags}\n`, 0o600);
    host.write('/etc/credstore/jaco-token', `${token}\n`, 0o600);
    assert.is(runService(), 'success', journal());
    assert.match(host.succeeds(`cat ${metrics}`), /^jaco_backup_last_attempt_success\{output="\S+"\} 1$/m);
    assert.is(host.succeeds(`stat -c %a ${metrics}`), '644\n');
    assert.not.match(journal(), token);
  });

  test('needs no group jaco where there is no daemon, as the page says', () => {
    host.write('/etc/systemd/system/jaco-backup.service.d/no-daemon.conf', '[Service]\nGroup=root\n');
    host.succeeds('systemctl daemon-reload');
    assert.is(runService(), 'success', journal());
    host.succeeds('rm -r /etc/systemd/system/jaco-backup.service.d; systemctl daemon-reload');
  });

  test('reports a failed backup, to the hook of the operator too, and keeps the existing ones', () => {
    const before = names();
    host.write('/etc/jaco/on-failure', '#!/bin/sh\necho "$1" >>/run/reported\n', 0o755);
    host.succeeds('systemctl stop jaco');
    assert.is(runService(), 'exit-code');
    assert.match(journal(), /^Error: [^\n]*127\.0\.0\.1:7000[^\n]*$/m);
    assert.is(host.run('systemctl is-failed jaco-backup').stdout, 'failed\n');
    assert.match(host.succeeds(`cat ${metrics}`), /^jaco_backup_last_attempt_success\{output="\S+"\} 0$/m);
    assert.match(host.succeeds(`cat ${metrics}`), /^jaco_backup_last_success_timestamp_seconds\{\S+\} \d/m);
    assert.equal(names(), before);
    host.succeeds('for i in $(seq 100); do [ -e /run/reported ] && exit; sleep 0.1; done; exit 1');
    assert.is(host.succeeds('cat /run/reported'), 'jaco-backup\n');
    // What was verified is remembered there; nothing unfinished is.
    assert.is(host.succeeds(`find ${archives} ${collector} -name '.*' -type f`), `${archives}/.jaco-verified.json\n`);
  });
}
