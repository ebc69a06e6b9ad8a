/**
 * Makes text from outside (names in an archive, messages of a server) fit for one line on a terminal:
 * control, bidirectional-override and line-separator characters become \u{…} escapes, so that nothing that an
 * archive holds can move the cursor, recolour or reorder what the operator reads.
 */
export function printable(text: string, maximumLength = 200): string {
  const escaped = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
  return escaped.length > maximumLength ? `${escaped.slice(0, maximumLength)}…` : escaped;
}
