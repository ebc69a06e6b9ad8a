import { JacoError } from '../../domain/errors.js';
import { advice, type Encoding, type Remedy } from '../../domain/remedy.js';

/** How many bytes of a file show its format: the magic of a tar is in the first block. */
const tellingBytes = 512;

/** A format that operators mistake for a backup, and what they should do. */
interface ForeignFormat {
  readonly matches: (head: Buffer) => boolean;
  /** Completes "it is …". */
  readonly name: string;
  readonly remedy: Remedy;
}

/** The files most often given instead of a backup, each recognised by its start. */
const foreignFormats: readonly ForeignFormat[] = [
  {
    matches: (head) => head.toString('latin1', 257, 262) === 'ustar',
    name: 'a tar archive that is not compressed',
    remedy: advice('If it was a backup that something has decompressed, compress it again with gzip.'),
  },
  compressed('28b52ffd', 'zstd'),
  compressed('fd377a585a00', 'xz'),
  compressed('425a68', 'bzip2'),
  compressed('04224d18', 'lz4'),
  compressed('504b0304', 'zip'),
  {
    matches: (head) => /^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml|Error)/i.test(head.toString('latin1')),
    name: 'a web page or XML',
    remedy: advice('What fetched it was probably answered with an error or a login page: fetch the backup again.'),
  },
  {
    matches: (head) => /^\s*[{[]\s*["{[\]}]/.test(head.toString('latin1')),
    name: 'JSON text',
    remedy: advice('Give the archive itself; where it was fetched, look at the text: it may be an error.'),
  },
  {
    // The first bytes of gzip, 1f 8b 08, in base64.
    matches: (head) => /^\s*H4sI[A-Za-z0-9+/]{8}/.test(head.toString('latin1')),
    name: 'a backup in base64',
    remedy: { kind: 'decode-archive', encoding: 'base64' },
  },
  {
    matches: (head) => head.toString('latin1').startsWith('-----BEGIN PGP MESSAGE-----'),
    name: 'encrypted with OpenPGP',
    remedy: { kind: 'decode-archive', encoding: 'openpgp' },
  },
  {
    matches: (head) => head.toString('latin1').startsWith('Salted__'),
    name: 'encrypted with openssl enc',
    remedy: { kind: 'decode-archive', encoding: 'openssl' },
  },
  {
    matches: (head) => head.toString('latin1').startsWith('JACOENC'),
    name: 'a sealed file of a daemon, not a backup',
    remedy: { kind: 'choose-another', parameter: 'archive' },
  },
  {
    // The magic number of the first page of a bbolt file, little-endian.
    matches: (head) => head.toString('hex', 16, 20) === 'edda0ced',
    name: 'a database such as log.db, not a backup',
    remedy: { kind: 'choose-another', parameter: 'archive' },
  },
  {
    matches: (head) => head.length === tellingBytes && head.every((byte) => byte === 0),
    name: 'nothing but zeros',
    remedy: advice('The file was never written, or lost: use another archive.'),
  },
];

/** The refusal of a file that is not gzip; `start` is what is known of its beginning. */
export function notGzip(start: Buffer): JacoError {
  const head = start.subarray(0, tellingBytes);
  const format = foreignFormats.find(({ matches }) => matches(head));
  const is = format === undefined ? 'not gzip data' : format.name;
  return new JacoError('archive_rejected', `the archive is not a complete backup: it is ${is}.`, {
    remedies: [format?.remedy ?? advice('Use another archive, or take the backup again.')],
  });
}

function compressed(start: string, program: Extract<Encoding, 'zstd' | 'xz' | 'bzip2' | 'lz4' | 'zip'>): ForeignFormat {
  return {
    matches: (head) => head.toString('hex').startsWith(start),
    name: `compressed with ${program}, not with gzip`,
    remedy: { kind: 'decode-archive', encoding: program },
  };
}
