import { printable } from '../../domain/values/printable-text.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for the content of an element or an attribute in quotes; control characters and the like are shown, too. */
export function escapedHtml(text: string, maximumLength = 4096): string {
  return printable(text, maximumLength).replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}
