import type { CommandModel, Completable, FlagModel } from './command-model.js';

/** A completion function for zsh, to be named `_jaco` in a directory of `fpath`. */
export function zshCompletion(models: readonly CommandModel[]): string {
  return `#compdef jaco jaco-dr
# zsh completion for jaco, as "jaco completion zsh" prints it.

${models.map(completionFunction).join('\n\n')}

# Called as a completion function, or sourced once compinit has run.
if [[ $funcstack[1] == _jaco ]]; then
  _jaco "$@"
else
  compdef _jaco jaco jaco-dr
fi
`;
}

const functionName = (path: string) => `_jaco${path === '' ? '' : `_${path.replaceAll(' ', '_')}`}`;

function completionFunction(model: CommandModel): string {
  const lines = model.flags.map(flagLine);
  if (model.subcommands.length > 0) return grouping(model, lines);
  const { argument } = model;
  if (argument !== undefined)
    lines.push(quoted(`*:${argument.kind === 'words' ? 'word' : 'archive'}:${action(argument)}`));
  return `${functionName(model.path)}() {
  _arguments \\
    ${lines.join(' \\\n    ')}
}`;
}

function grouping({ path, subcommands }: CommandModel, lines: readonly string[]): string {
  return `${functionName(path)}() {
  local state line
  local -a commands=(
    ${subcommands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join('\n    ')}
  )
  _arguments -C \\
    ${lines.join(' \\\n    ')} \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${subcommands.map(({ name }) => `        ${name}) ${functionName(`${path} ${name}`.trim())} ;;`).join('\n')}
      esac
      ;;
  esac
}`;
}

function flagLine({ names, summary, value }: FlagModel): string {
  const text = summary.replace(/[[\]:\\]/g, (character) => `\\${character}`);
  const takes = value === undefined ? '' : `:value:${action(value)}`;
  const [long = '', short] = names;
  // A flag that takes a value is also understood as --flag=value.
  const name = value === undefined || !long.startsWith('--') ? long : `${long}=`;
  if (short === undefined) return quoted(`*${name}[${text}]${takes}`);
  return `'(${names.join(' ')})'{${short},${name}}${quoted(`[${text}]${takes}`)}`;
}

function action(value: Completable): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'anything':
      return ' ';
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
