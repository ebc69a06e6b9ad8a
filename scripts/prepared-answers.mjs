// What the program answers without loading its commands: version, help where stdout is no terminal, completion scripts.
import { importSources } from './import-sources.mjs';

/**
 * The answers as JSON: an object whose keys are the words of a call, joined by zero bytes, and whose values are what
 * the call prints.
 * @param {string} root where the sources lie
 */
export async function preparedAnswers(root) {
  const sources = await importSources(
    root,
    `
      export { createProgram } from './src/cli/program.js';
      export { commandModels } from './src/cli/completion/command-model.js';
      export { bashCompletion } from './src/cli/completion/bash-completion.js';
      export { zshCompletion } from './src/cli/completion/zsh-completion.js';
      export { fishCompletion } from './src/cli/completion/fish-completion.js';
      export { programVersion } from './src/version.js';
    `,
  );
  const { createProgram, commandModels, bashCompletion, zshCompletion, fishCompletion, programVersion } = sources;
  /** @type {Map<string, string>} */
  const answers = new Map();
  /** @param {readonly string[]} words @param {string} text */
  const add = (words, text) => void answers.set(words.join('\0'), text);

  for (const flag of ['-V', '--version']) add([flag], `${programVersion}\n`);
  /** @type {import('commander').Command} */
  const program = createProgram({});
  const models = commandModels(program);
  add(['completion', 'bash'], bashCompletion(models));
  add(['completion', 'zsh'], zshCompletion(models));
  add(['completion', 'fish'], fishCompletion(models));
  addHelp(program, [], add);
  return JSON.stringify(Object.fromEntries(answers));
}

/**
 * @param {import('commander').Command} command @param {readonly string[]} words
 * @param {(words: readonly string[], text: string) => void} add
 */
function addHelp(command, words, add) {
  let text = '';
  command.configureOutput({
    writeOut(part) {
      text += part;
    },
    getOutHelpWidth: () => /** @type {any} */ (undefined),
    getOutHasColors: () => false,
  });
  command.outputHelp();
  for (const flag of ['-h', '--help']) add([...words, flag], text);
  for (const each of command.commands) addHelp(each, [...words, each.name()], add);
}
