import type { CommandModel, Completable } from './command-model.js';

/** A completion script for bash, which needs no other package. */
export function bashCompletion(models: readonly CommandModel[]): string {
  return `# bash completion for jaco, as "jaco completion bash" prints it.

_jaco() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' i
  # bash takes --flag=value apart at the sign.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
${models
  .filter(({ path }) => path !== '')
  .map(descent)
  .join('\n')}
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
${valueCases(models).join('\n')}
  esac
  case "$command" in
${models.map(commandCase).join('\n')}
  esac
}

_jaco_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_jaco_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

complete -F _jaco jaco jaco-dr
`;
}

/** Words on the line lead from a command to its subcommand. */
function descent({ path }: CommandModel): string {
  const words = path.split(' ');
  return `      '${words.slice(0, -1).join(' ')} ${words.at(-1)}') command='${path}' ;;`;
}

/** After a flag that takes a value, only its values are offered: one case for all flags that offer the same. */
function valueCases(models: readonly CommandModel[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const { path, flags } of models) {
    for (const { names, value } of flags) {
      if (value === undefined) continue;
      const same = patterns.get(offer(value)) ?? [];
      patterns.set(offer(value), [...same, ...names.map((name) => `'${path} ${name}'`)]);
    }
  }
  return [...patterns].map(
    ([offered, same]) => `    ${same.join(' | \\\n      ')})\n      ${offered}\n      return\n      ;;`,
  );
}

function commandCase({ path, flags, subcommands, argument }: CommandModel): string {
  const flagWords = flags.flatMap(({ names }) => names).join(' ');
  const plain = subcommands.length > 0 ? words(subcommands.map(({ name }) => name)) : argument;
  const otherwise = plain === undefined ? '' : `\n      else\n        ${offer(plain)}`;
  return `    '${path}')
      if [[ $current == -* ]]; then
        _jaco_words '${flagWords}' "$current"${otherwise}
      fi
      ;;`;
}

const words = (list: readonly string[]): Completable => ({ kind: 'words', words: list });

function offer(value: Completable): string {
  switch (value.kind) {
    case 'words':
      return `_jaco_words '${value.words.join(' ')}' "$current"`;
    case 'files':
      return '_jaco_files -f "$current"';
    case 'directories':
      return '_jaco_files -d "$current"';
    case 'anything':
      return ':';
  }
}
