import type { Command } from 'commander';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';

/**
 * Refuses a flag whose value is another flag of the command: the value was forgotten, and the other flag would have no
 * effect.
 * @throws request_invalid
 */
export function refuseSwallowedFlags(command: Command): void {
  const flags = new Set(command.options.flatMap(({ short, long }) => [short, long]));
  for (const { attributeName, flags: shown } of command.options.map((option) => ({
    attributeName: option.attributeName(),
    flags: option.flags,
  }))) {
    const given = [command.getOptionValue(attributeName)].flat();
    const swallowed = given.find((value) => typeof value === 'string' && flags.has(value));
    if (swallowed === undefined) continue;
    throw new JacoError('request_invalid', `${shown} is followed by ${swallowed}, which is a flag of its own.`, {
      remedies: [advice(`Give it a value; a file of that name is ./${swallowed}.`)],
    });
  }
}

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
