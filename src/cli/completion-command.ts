import { Argument, type Command } from 'commander';
import { examples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `jaco completion`: its argument, help and examples. */
export function addCompletion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .summary('print the completion script of a shell')
    .description(
      'Prints the script by which a shell completes the commands, flags and file names of jaco. The Debian package ' +
        'installs it; elsewhere put it where the shell looks, or load it from its start-up file.',
    )
    .addHelpText(
      'after',
      examples(
        'source <(jaco completion bash)',
        'jaco completion bash | sudo tee /usr/share/bash-completion/completions/jaco >/dev/null',
        'jaco completion zsh > "$fpath[1]/_jaco"',
        'jaco completion fish > ~/.config/fish/completions/jaco.fish',
      ),
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') =>
      (await import('./commands/completion.js')).completion(shell, program, terminal),
    );
}
