import type { Command } from 'commander';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';

/**
 * Refuses a flag whose value is another flag of the command: the operator forgot the value, and the other flag would
 * have no effect.
 * @throws request_invalid
 */
export function refuseSwallowedFlags(command: Command): void {
  const flags = new Set(command.options.flatMap(({ short, long }) => [short, long]));
  for (const option of command.options) {
    const given = [command.getOptionValue(option.attributeName())].flat();
    const swallowed = given.find((value) => typeof value === 'string' && flags.has(value));
    if (swallowed === undefined) continue;
    throw new JacoError('request_invalid', `${option.flags} is followed by ${swallowed}, which is a flag of its own.`, {
      remedies: [advice(`Give it a value; a file of that name is ./${swallowed}.`)],
    });
  }
}
