/**
 * Characters that JSON does not escape but a terminal may obey: control characters, and those that control the writing
 * direction.
 */
const unfit = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** JSON with escapes for characters that could move the cursor or reorder text. A parser decodes them. */
export function withEscapes(json: string): string {
  return json.replace(unfit, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
