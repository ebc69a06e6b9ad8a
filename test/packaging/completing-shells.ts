import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Types into an interactive zsh on its own terminal: the line, Tab, and a key that reports the resulting line. */
const zshScript = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "fpath=($1 \\$fpath); autoload -U compinit; compinit -D -u; tell() { print -r -- \\$BUFFER > $2; exit }"
zpty -w shell "zle -N tell; bindkey '^I' complete-word '^X' tell"
zpty -w -n shell "$3"$'\\t\\x18'
while zpty -r shell line; do :; done
`;

/** The line after Tab at its end in zsh, with the completions of the directory `completions`. */
export function completedByZsh(completions: string, line: string, directory: string): string {
  const told = join(directory, '.told');
  const parameters = ['-f', '-c', zshScript, 'zsh', completions, told, line];
  const { error, stderr } = spawnSync('zsh', parameters, { cwd: directory, encoding: 'utf8', timeout: 30_000 });
  if (error !== undefined) throw new Error(`zsh did not end: ${stderr}`, { cause: error });
  const text = readFileSync(told, 'utf8');
  rmSync(told);
  return text.trimEnd();
}

/** What fish offers at the end of a line, without the descriptions. */
export function offeredByFish(completions: string, line: string, directory: string): readonly string[] {
  const script = `source ${join(completions, 'jaco.fish')}; complete -C $argv`;
  const { stdout } = spawnSync('fish', ['--no-config', '-c', script, line], { cwd: directory, encoding: 'utf8' });
  const offers = stdout.split('\n').filter((offer) => offer !== '');
  return offers.map((offer) => offer.replace(/\t.*/, ''));
}
