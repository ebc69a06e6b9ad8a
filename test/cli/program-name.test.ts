import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../src/cli/program.js';
import { asCalled } from '../../src/cli/program-name.js';
import type { Terminal } from '../../src/cli/terminal.js';

const test = suite('the name by which the program was called');

for (const { name, words } of createProgram({} as Terminal).commands.map((command) => ({
  name: command.name(),
  words: [command.name(), command.commands[0]?.name() ?? ''].join(' ').trim(),
}))) {
  test(`stands before ${name} in what an operator can type`, () => {
    assert.is(asCalled(`See jaco ${words} --help.`, 'jaco-dr'), `See jaco-dr ${words} --help.`);
  });
}

test('does not stand before commands of the daemon', () => {
  assert.is(asCalled('sudo jaco node join', 'jaco-dr'), 'sudo jaco node join');
});

test.run();
