import type { Command } from 'commander';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';

/**
 * Refuses an empty flag or argument: usually a shell variable was not set, and treating it as a default would not do
 * what the operator meant.
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
