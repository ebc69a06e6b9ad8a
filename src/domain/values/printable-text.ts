/** Control characters, lone surrogates, characters that control the writing direction, line separators. */
const unfit = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Makes text from outside (names in an archive, messages of a server) fit for one line on a terminal: control,
 * bidirectional and line-separator characters become \u{…} escapes, so that the content of an archive cannot move the
 * cursor, recolour or reorder what the operator reads. Text beyond `maximumLength` UTF-16 units is cut.
 */
export function printable(text: string, maximumLength = 200): string {
  const escaped = text.replace(unfit, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
  if (escaped.length <= maximumLength) return escaped;
  // A cut through a surrogate pair would leave half a character.
  return `${escaped.slice(0, maximumLength).replace(/\p{Cs}$/u, '')}…`;
}
