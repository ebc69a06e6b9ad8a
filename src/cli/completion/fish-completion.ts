import type { CommandModel, Completable, FlagModel } from './command-model.js';

/** A completion script for fish. */
export function fishCompletion(models: readonly CommandModel[]): string {
  return `# fish completion for jaco, as "jaco completion fish" prints it.

# Whether the words before the cursor call just this command: its flags and their values may be among them.
function __jaco_calls
    set -l called
    for word in (commandline -opc)[2..-1]
        contains -- "$called $word" ${models
          .filter(({ path }) => path !== '')
          .map(descent)
          .join(' ')}
        and set called (string trim "$called $word")
    end
    test "$called" = "$argv"
end

complete -c jaco -f
complete -c jaco-dr -w jaco
${models.flatMap(completions).join('\n')}
`;
}

/** The words that lead from a command to its subcommand, as the loop above joins them. */
function descent({ path }: CommandModel): string {
  return quoted(path.includes(' ') ? path : ` ${path}`);
}

function completions({ path, flags, subcommands, argument }: CommandModel): string[] {
  const start = `complete -c jaco -n ${quoted(`__jaco_calls ${path}`.trim())}`;
  const lines = [
    ...subcommands.map(({ name, summary }) => `${start} -a ${name} -d ${quoted(summary)}`),
    ...flags.map((flag) => `${start} ${flagLine(flag)}`),
  ];
  return argument === undefined ? lines : [...lines, `${start} ${argumentLine(argument)}`];
}

function flagLine({ names, summary, value }: FlagModel): string {
  const forms = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `${forms.join(' ')}${value === undefined ? '' : ` ${valueLine(value)}`} -d ${quoted(summary)}`;
}

function valueLine(value: Completable): string {
  switch (value.kind) {
    case 'words':
      return `-x -a ${quoted(value.words.join(' '))}`;
    case 'files':
      return '-r -F';
    case 'directories':
      return "-x -a '(__fish_complete_directories)'";
    case 'anything':
      return '-x';
  }
}

function argumentLine(value: Completable): string {
  return value.kind === 'words' ? `-a ${quoted(value.words.join(' '))}` : '-F';
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
