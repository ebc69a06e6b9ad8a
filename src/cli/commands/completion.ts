import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash-completion.js';
import { commandModels } from '../completion/command-model.js';
import { fishCompletion } from '../completion/fish-completion.js';
import { zshCompletion } from '../completion/zsh-completion.js';
import type { Terminal } from '../terminal.js';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `jaco completion`: the script with which a shell completes the words of `program`. */
export function completion(shell: keyof typeof scripts, program: Command, terminal: Terminal): void {
  terminal.print(scripts[shell](commandModels(program)).trimEnd());
}
