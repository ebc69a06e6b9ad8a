import type { DocumentWords } from '../../documents/document-words.js';
import { remedyText } from './remedy-text.js';
import { addressSourceText, daemonVersionSourceText } from './source-text.js';
import { warningText } from './warning-text.js';

/** The words of the command line, for the documents of `-o json`. */
export const documentWords: DocumentWords = {
  nextStep: remedyText,
  warning: warningText,
  addressSource: addressSourceText,
  daemonVersionSource: (source) => daemonVersionSourceText[source],
};
