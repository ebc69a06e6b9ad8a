import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../../src/cli/program.js';
import { type ParameterWords, parameterWords } from '../../../src/cli/rendering/parameter-words.js';
import type { Terminal } from '../../../src/cli/terminal.js';

const test = suite('parameters in the words of the command line');

const commandsOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(commandsOf)];
const flags = new Set(
  commandsOf(createProgram({} as Terminal)).flatMap(({ options }) => options.map(({ long }) => long)),
);

for (const [parameter, words] of Object.entries<ParameterWords>(parameterWords)) {
  test(`name no flag that the program does not have: ${parameter}`, () => {
    const named = Object.values(words).flatMap((text: string) => text.match(/--[a-z0-9-]+/g) ?? []);
    assert.equal(
      named.filter((flag) => !flags.has(flag)),
      [],
    );
  });

  test(`ask for it in a clause that can follow another: ${parameter}`, () => {
    for (const clause of [words.give, words.another ?? words.give]) assert.match(clause, /^[a-z](?!.*[.] ).*[^.]$/);
  });
}

test.run();
