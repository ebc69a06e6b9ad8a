// Draws terminal output as one SVG: several screens, which follow each other with CSS only. Without animation, by
// preference or for lack of support, the first screen is shown. It has its own background, for dark and light pages.

const columns = 104;
const fontSize = 14;
const columnWidth = 8.4;
const lineHeight = 18;
const margin = 20;
const titleHeight = 34;
/**
 * How long a screen is shown, when its commands appear one after the other, and how long each is shown without its
 * output, in seconds.
 */
const screenSeconds = 8;
const commandSeconds = 1.8;
const typingSeconds = 0.9;

/**
 * @param {string} title what the picture shows, for readers who cannot see it
 * @param {readonly (readonly string[])[]} screens the lines of each; those that begin with "$ " are typed, the rest is
 * output
 */
export function terminalPicture(title, screens) {
  const wrapped = screens.map((lines) => lines.flatMap(wrap));
  const rows = Math.max(...wrapped.map(({ length }) => length));
  const width = Math.ceil(columns * columnWidth) + 2 * margin;
  const height = titleHeight + rows * lineHeight + margin;
  const total = screens.length * screenSeconds;
  const commands = Math.max(...screens.map((lines) => lines.filter(isTyped).length));
  // At even moments a command appears, at odd ones its output.
  const moments = Array.from({ length: commands }, (_, index) => index * commandSeconds).flatMap((at) => [
    at,
    at + typingSeconds,
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text { font: ${fontSize}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d5dae3; white-space: pre; }
.typed { fill: #ffffff; font-weight: bold; }
.prompt { fill: #7fd48b; font-weight: bold; }
.screen { visibility: hidden; }
.screen:first-of-type { visibility: visible; }
@media (prefers-reduced-motion: no-preference) {
  .screen, .screen:first-of-type { visibility: hidden; animation: screen ${total}s step-end infinite; }
${moments.map((_, moment) => `  .m${moment} { animation: m${moment} ${total}s step-end infinite; }`).join('\n')}
${wrapped.map((_, index) => `  .screen.s${index}, .s${index} text { animation-delay: ${index * screenSeconds - total}s; }`).join('\n')}
  @keyframes screen { 0% { visibility: visible; } ${percent(screenSeconds / total)} { visibility: hidden; } }
${moments.map((seconds, moment) => `  @keyframes m${moment} { 0% { opacity: 0; } ${percent(seconds / total)} { opacity: 1; } }`).join('\n')}
}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#161b22" stroke="#30363d"/>
<circle cx="22" cy="18" r="5" fill="#ff5f57"/><circle cx="40" cy="18" r="5" fill="#febc2e"/><circle cx="58" cy="18" r="5" fill="#28c840"/>
${wrapped.map((lines, index) => `<g class="screen s${index}">\n${drawn(lines)}</g>`).join('\n')}
</svg>
`;
}

/** Wraps like a terminal: exactly at the last column. @param {string} line @returns {string[]} */
function wrap(line) {
  const characters = [...line];
  if (characters.length <= columns) return [line];
  return [characters.slice(0, columns).join(''), ...wrap(characters.slice(columns).join(''))];
}

/** @param {string} line */
function isTyped(line) {
  return line.startsWith('$ ');
}

/** The lines of one screen, each with the moment at which it appears. @param {readonly string[]} lines */
function drawn(lines) {
  let command = -1;
  const texts = lines.map((line, row) => {
    if (isTyped(line)) command += 1;
    if (line === '') return '';
    const y = titleHeight + (row + 1) * lineHeight - 4;
    // The fixed length keeps columns aligned in any font.
    const length = ([...line].length * columnWidth).toFixed(1);
    const moment = 2 * command + (isTyped(line) ? 0 : 1);
    const place = `class="m${moment}" x="${margin}" y="${y}" textLength="${length}" xml:space="preserve"`;
    const text = isTyped(line)
      ? `<tspan class="prompt">$</tspan><tspan class="typed">${escaped(line.slice(1))}</tspan>`
      : escaped(line);
    return `<text ${place}>${text}</text>\n`;
  });
  return texts.join('');
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(2)}%`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
