import type { Argument, Command, Option } from 'commander';

/** What can be in one place of the command line. */
export type Completable =
  | { readonly kind: 'files' | 'directories' | 'anything' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** A flag, as shells offer it. */
export interface FlagModel {
  /** With their dashes, the long one first. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Undefined for a flag that takes no value. */
  readonly value: Completable | undefined;
}

/** A command of the program, as shells offer it. */
export interface CommandModel {
  /** The words that call it, without the program's name; empty for the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly flags: readonly FlagModel[];
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
  /** The kind of its arguments; undefined if it takes no arguments. */
  readonly argument: Completable | undefined;
}

/** The program and each of its commands, from the same source as `--help`. */
export function commandModels(program: Command): readonly CommandModel[] {
  return withSubcommands(program, '');
}

function withSubcommands(command: Command, path: string): CommandModel[] {
  const help = command.createHelp();
  const { commands } = command;
  const model: CommandModel = {
    path,
    summary: command.summary() || command.description(),
    flags: help.visibleOptions(command).map(flagModel),
    subcommands: commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    argument: argumentModel(command.registeredArguments[0], command.parent),
  };
  const below = commands.flatMap((child) =>
    withSubcommands(child, path === '' ? child.name() : `${path} ${child.name()}`),
  );
  return [model, ...below];
}

function flagModel(option: Option): FlagModel {
  const names = [option.long, option.short].filter((name) => typeof name === 'string');
  const takesValue = option.required || option.optional;
  return { names, summary: option.description, value: takesValue ? valueModel(option) : undefined };
}

function valueModel(option: Option): Completable {
  const choices = option.argChoices ?? choicesInWords(option.description);
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (option.long?.endsWith('-dir') === true) return { kind: 'directories' };
  return { kind: /<(file|path)>/.test(option.flags) ? 'files' : 'anything' };
}

/** `table, json or yaml`: a description that only lists choices. */
function choicesInWords(description: string): readonly string[] | undefined {
  return /^[a-z]+(, [a-z]+)* or [a-z]+$/.test(description) ? description.split(/, | or /) : undefined;
}

function argumentModel(argument: Argument | undefined, program: Command | null): Completable | undefined {
  if (argument === undefined) return undefined;
  if (argument.argChoices !== undefined) return { kind: 'words', words: argument.argChoices };
  if (argument.name() !== 'command') return { kind: 'files' };
  return { kind: 'words', words: program?.commands.map((command) => command.name()) ?? [] };
}
