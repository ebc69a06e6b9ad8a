import type { Command } from 'commander';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';

/**
 * Refuses a flag or an argument that is empty: it is a variable of the shell that was not set, and taking it for a default
 * would do something else than was meant.
 * @throws request_invalid
 */
export function refuseEmptyWords(command: Command): void {
  const flag = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  const argument = command.registeredArguments.find((_, position) => command.processedArgs[position] === '');
  const empty = flag?.flags ?? (argument === undefined ? undefined : `<${argument.name()}>`);
  if (empty === undefined) return;
  throw new JacoError('request_invalid', `${empty} is empty.`, {
    remedies: [
      advice(
        `See jaco ${command.parent?.parent === null ? '' : `${command.parent?.name()} `}${command.name()} --help.`,
      ),
    ],
  });
}
