// A manual page (roff, man macros) of one command, from the same source as its --help.

/** @typedef {import('commander').Command} Command */

const environment = [
  ['JACO_TOKEN', 'operator token, used with --server'],
  ['JACO_CA_CERT', 'cluster CA certificate, PEM'],
  ['JACO_SOCKET', "the daemon's unix socket"],
  ['JACO_DATA_DIR', "the daemon's data directory"],
  ['JACO_CONFIG', "the daemon's configuration, instead of /etc/jaco/jacod.yaml"],
  ['JACO_DEBUG', '1 tells of a failure where in the program it happened'],
];

const exitStatus = [
  ['0', 'what was asked for has been done'],
  ['1', 'it has not, and standard error says why'],
  ['129, 130, 131, 143', 'SIGHUP, SIGINT, SIGQUIT or SIGTERM stopped it; everything unfinished was removed'],
];

/** The page's name without its section, for example jaco-cluster-status. @param {Command} command @returns {string} */
export function pageName(command) {
  return command.parent === null ? command.name() : `${pageName(command.parent)}-${command.name()}`;
}

/** @param {Command} command @param {string} version */
export function manPage(command, version) {
  const help = command.createHelp();
  const name = pageName(command);
  const words = name.replaceAll('-', ' ');
  const { commands } = command;
  const summary = command.summary() || 'back up and restore JACO clusters';
  const related = [...(command.parent === null ? [] : [command.parent]), ...commands].map(pageName);
  return [
    `.\\" Made by scripts/generate-shell-help.mjs from what makes --help. Do not edit.`,
    `.TH ${name.toUpperCase()} 1 "" "jaco ${version}" "JACO"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary)}`,
    '.SH SYNOPSIS',
    `.B ${roff(words)}`,
    roff(help.commandUsage(command).slice(words.length).trim()),
    '.SH DESCRIPTION',
    roff(command.description()),
    ...section(
      'ARGUMENTS',
      help.visibleArguments(command).map((each) => [each.name(), each.description]),
    ),
    ...section(
      'COMMANDS',
      commands.map((each) => [help.subcommandTerm(each), each.summary()]),
    ),
    ...section(
      'OPTIONS',
      help.visibleOptions(command).map((each) => [each.flags, help.optionDescription(each)]),
    ),
    ...section('EXIT STATUS', exitStatus),
    ...section('ENVIRONMENT', environment),
    '.SH EXAMPLES',
    '.EX',
    ...exampleLines(command).map(roff),
    '.EE',
    ...(related.length === 0 ? [] : ['.SH SEE ALSO', ...related.map((each) => `.BR ${roff(each)} (1)`)]),
    '',
  ].join('\n');
}

/** What `--help` shows as examples. @param {Command} command */
function exampleLines(command) {
  let text = '';
  const writeOut = (/** @type {string} */ part) => {
    text += part;
  };
  command.configureOutput({ writeOut }).outputHelp();
  const lines = text.split('\nExamples:\n')[1];
  if (lines === undefined) throw new Error(`jaco ${command.name()} has no examples`);
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(2));
}

/** @param {string} title @param {string[][]} entries */
function section(title, entries) {
  if (entries.length === 0) return [];
  return [`.SH ${title}`, ...entries.flatMap(([term = '', text = '']) => ['.TP', `.B ${roff(term)}`, roff(text)])];
}

/** Text without requests and escapes, with dashes that can be copied. @param {string} text */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '\\[u2026]')
    .replaceAll('"', '\\(dq')
    .replace(/^([.'])/gm, '\\&$1');
}
