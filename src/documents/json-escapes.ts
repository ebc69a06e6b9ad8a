/** What JSON leaves as it is, and a terminal may obey: control characters, and what steers the direction of writing. */
const unfit = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** JSON in which characters that could move the cursor or reorder what is read stand as escapes, which a parser undoes. */
export function withEscapes(json: string): string {
  return json.replace(unfit, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
