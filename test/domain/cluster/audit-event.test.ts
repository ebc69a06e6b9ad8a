import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { auditEventTypes } from '../../../src/domain/cluster/audit-event.js';

const test = suite('auditEventTypes');

test('are those of the contract, by number', () => {
  const contract = readFileSync('proto/jaco/v1/audit.proto', 'utf8');
  const declared = [...contract.matchAll(/^ {2}AUDIT_EVENT_TYPE_(\w+) = (\d+);$/gm)];
  assert.equal(
    declared.map(([, name, number]) => [Number(number), name]),
    [...auditEventTypes],
  );
});

test('give the events of a backup and a restore the numbers of the daemon', () => {
  assert.is(auditEventTypes.get(13), 'BACKUP_TAKEN');
  assert.is(auditEventTypes.get(14), 'RESTORE_COMPLETED');
});

test('give the reserved number no name', () => {
  assert.is(auditEventTypes.has(22), false);
});

test.run();
