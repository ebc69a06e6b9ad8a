// Makes packaging/completions and packaging/man from the commands of src/cli/program.ts, and the table of errors in
// docs/operator-guide.md from the domain's closed set. With --check it changes nothing and fails if they differ.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorRemedies } from './error-remedies.mjs';
import { importSources } from './import-sources.mjs';
import { manPage, pageName } from './man-page.mjs';

const root = new URL('..', import.meta.url).pathname;
const checking = process.argv.includes('--check');

const { createProgram, bashCompletion, zshCompletion, fishCompletion, commandModels, errorCatalogue, programVersion } =
  await importSources(
    root,
    `
    export { createProgram } from './src/cli/program.js';
    export { commandModels } from './src/cli/completion/command-model.js';
    export { bashCompletion } from './src/cli/completion/bash-completion.js';
    export { zshCompletion } from './src/cli/completion/zsh-completion.js';
    export { fishCompletion } from './src/cli/completion/fish-completion.js';
    export { errorCatalogue } from './src/domain/errors.js';
    export { programVersion } from './src/version.js';
  `,
  );

/** @type {import('commander').Command} */
const program = createProgram({});
const models = commandModels(program);

/** @type {Record<string, string>} */
const completions = {
  'jaco.bash': bashCompletion(models),
  _jaco: zshCompletion(models),
  'jaco.fish': fishCompletion(models),
};

makeDirectory('packaging/completions', completions);
makeDirectory('packaging/man', Object.fromEntries(withSubcommands(program).map(page)));

const guide = readFileSync(join(root, 'docs/operator-guide.md'), 'utf8');
make(
  'docs/operator-guide.md',
  guide.replace(/(<!-- errors: made[^\n]*\n)[\s\S]*(<!-- errors: end)/, `$1${errorTable()}$2`),
);

/** Every kind of failure, in the order of the domain. */
function errorTable() {
  const forgotten = Object.keys(errorRemedies).find((code) => !(code in errorCatalogue));
  if (forgotten !== undefined) throw new Error(`scripts/error-remedies.mjs: there is no error ${forgotten} any more`);
  const rows = Object.entries(errorCatalogue).map(([code, meaning]) => {
    const remedy = errorRemedies[code] ?? 'Do what the message says.';
    return `| \`${code}\` | ${meaning} | ${remedy} |\n`;
  });
  return `\n| code | what it means | what to do |\n|---|---|---|\n${rows.join('')}\n`;
}

/** @param {import('commander').Command} command @returns {[string, string]} */
function page(command) {
  return [`${pageName(command)}.1`, manPage(command, programVersion)];
}

/** @param {import('commander').Command} command @returns {import('commander').Command[]} */
function withSubcommands(command) {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Makes a directory hold exactly these files. @param {string} directory @param {Record<string, string>} files */
function makeDirectory(directory, files) {
  mkdirSync(join(root, directory), { recursive: true });
  for (const name of readdirSync(join(root, directory))) {
    if (name in files) continue;
    if (checking) complain(join(directory, name));
    else rmSync(join(root, directory, name));
  }
  for (const [name, text] of Object.entries(files)) make(join(directory, name), text);
}

/** @param {string} path @param {string} text */
function make(path, text) {
  const target = join(root, path);
  if (!checking) writeFileSync(target, text);
  else if (contentOf(target) !== text) complain(path);
}

/** @param {string} path */
function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function complain(path) {
  console.error(`${path} is not what the sources say. Run npm run generate.`);
  process.exitCode = 1;
}
