import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Answer,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  typedDetails,
} from '../adapters/grpc/misbehaving-daemon.js';
import { runJaco } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { assertSays, cutOnceBothHave, failingBackup, goodArchive, overSocket } from './source-side-trial.js';

const test = suite('backup from a source that fails');
const scratch = scratchFor(test);
const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
const half = archive.subarray(0, archive.length / 2);
let daemon: MisbehavingDaemon | undefined;

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

async function failAgainst(answer: Answer, ...flags: readonly string[]): Promise<string> {
  daemon = await startMisbehavingDaemon({ socket: scratch.path('jaco.sock') }, { [backupPath]: answer });
  return failingBackup(scratch, overSocket(scratch.path('jaco.sock')), ...flags);
}

const broke = /^Error: the connection to \S+jaco\.sock broke before the call was complete\. Try again/;

test('names a daemon that is killed in the middle of the stream', async () => {
  const program = fileURLToPath(new URL('./daemon-that-dies.js', import.meta.url));
  const start = async (socket: string) => {
    const child = spawn(process.execPath, [program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
  };
  await start(scratch.path('jaco.sock'));
  const { code, stderr } = await runJaco(['backup', '--output', 'a.tar.gz', '--socket', scratch.path('jaco.sock')], {
    directory: scratch.directory('out'),
  });
  assert.is(code, 1);
  assertSays(stderr, broke);
  assert.equal(scratch.names('out'), []);
});

test('names a connection that is cut in the middle of the stream', async () => {
  const sentence = await failAgainst(async ({ sendChunk }) => {
    await sendChunk(half);
    cutOnceBothHave(daemon);
  });
  assertSays(sentence, broke);
});

for (const [name, code] of Object.entries({
  'an internal error': constants.NGHTTP2_INTERNAL_ERROR,
  'a cancellation': constants.NGHTTP2_CANCEL,
  'a refused stream': constants.NGHTTP2_REFUSED_STREAM,
})) {
  test(`names a stream that is reset with ${name}`, async () => {
    const sentence = await failAgainst(async ({ sendChunk, stream }) => {
      await sendChunk(half);
      stream.close(code);
    });
    assertSays(sentence, broke);
  });
}

test('names a daemon that goes away (GOAWAY) before the stream has ended', async () => {
  const sentence = await failAgainst(async ({ sendChunk, stream }) => {
    await sendChunk(half);
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
    setTimeout(() => stream.session?.destroy(), 100);
  });
  assertSays(sentence, broke);
});

test('takes the backup of a daemon that goes away (GOAWAY) and ends its streams first', async () => {
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('jaco.sock') },
    {
      async [backupPath]({ sendChunk, stream, end }) {
        await sendChunk(half);
        stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
        await sendChunk(archive.subarray(half.length));
        end({ status: 0 });
      },
    },
  );
  const end = await runJaco(['backup', '--output', 'a.tar.gz', '--socket', 'jaco.sock'], { directory: scratch.path() });
  assert.equal(end, { code: 0, stdout: `Wrote ${archive.length} bytes to a.tar.gz\n`, stderr: '' });
});

for (const [when, answer] of Object.entries<Answer>({
  'before its first byte': () => undefined,
  'half-way': ({ sendChunk }) => sendChunk(half),
  'after its last byte': ({ sendChunk }) => sendChunk(archive),
})) {
  test(`stops a stream that stalls ${when}`, async () => {
    const sentence = await failAgainst(answer, '--timeout', '400ms');
    assertSays(sentence, /^Error: the call to \S+jaco\.sock did not end within 0\.4 seconds\. Check .* --timeout\.$/);
  });
}

const notWhole = /^Error: the archive is not a complete backup: .+\. .*[Tt]ake the backup again\.$/;
const flipped = Buffer.from(archive);
flipped.writeUInt8(flipped.readUInt8(half.length) ^ 1, half.length);

for (const [what, chunks] of Object.entries({
  'an archive that is cut short, with success': [half],
  'an archive without its last byte, with success': [archive.subarray(0, -1)],
  'an archive with a flipped bit': [flipped],
  'bytes after the end of the archive': [archive, Buffer.from('more')],
  'the archive twice': [archive, archive],
  'nothing, with success': [],
  'something else than an archive': [Buffer.from('a text')],
})) {
  test(`refuses ${what}`, async () => {
    const sentence = await failAgainst(async ({ sendChunk, end }) => {
      for (const chunk of chunks) await sendChunk(chunk);
      end({ status: 0 });
    });
    assertSays(sentence, notWhole);
  });
}

test('believes the error that comes after the whole archive', async () => {
  const sentence = await failAgainst(async ({ sendChunk, end }) => {
    await sendChunk(archive);
    end({ status: 13, details: typedDetails('backup_failed', 'the snapshot could not be read') });
  });
  assert.is(sentence, "Error: backup_failed: the snapshot could not be read. Look at the daemon's log.");
});

const foreign = /^Error: what answers at \S+jaco\.sock does not speak the daemon's contract\. Check/;

for (const [what, answer] of Object.entries<Answer>({
  'a web server': ({ stream }) => {
    stream.respond({ ':status': 404, 'content-type': 'text/html' });
    stream.end('<html>not found</html>');
  },
  'a web server that finds a page for every path': ({ stream }) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html; charset=utf-8' });
    stream.end('<html>Welcome</html>');
  },
  'a page that never ends': ({ stream }) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.write('<html>'.repeat(100_000));
  },
  'an answer of no kind at all': ({ stream }) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  },
  'messages that are none': async ({ send, end }) => {
    await send(Buffer.from([0xff, 0xff]));
    end({ status: 0 });
  },
})) {
  test(`recognises ${what}`, async () => assertSays(await failAgainst(answer), foreign));
}

for (const [what, trailers, expected] of [
  ['no trailers', {}, broke],
  ['trailers without a status', { other: '1' }, foreign],
] as const) {
  test(`does not take a whole archive for a backup if behind it there are ${what}`, async () => {
    const sentence = await failAgainst(async ({ sendChunk, stream }) => {
      await sendChunk(archive);
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end();
    });
    assertSays(sentence, expected);
  });
}

test('names a stream that ends without a status', async () => {
  const sentence = await failAgainst(async ({ sendChunk, stream }) => {
    await sendChunk(half);
    stream.on('wantTrailers', () => stream.close(constants.NGHTTP2_NO_ERROR));
    stream.end();
  });
  assertSays(sentence, broke);
});

for (const [size, sizeBytes] of Object.entries({ '1 byte': 1, '8 MiB': 8 * 1024 * 1024 })) {
  test(`takes an archive in chunks of ${size}`, async () => {
    const whole = sizeBytes === 1 ? await goodArchive() : await goodArchive(randomBytes(20 * 1024 * 1024));
    daemon = await startMisbehavingDaemon(
      { socket: scratch.path('jaco.sock') },
      {
        async [backupPath]({ sendChunk, end }) {
          for (let start = 0; start < whole.length; start += sizeBytes) {
            await sendChunk(whole.subarray(start, start + sizeBytes));
          }
          end({ status: 0 });
        },
      },
    );
    // Longer than one of Node's timers can wait.
    const flags = ['--output', scratch.path('a.tar.gz'), '--socket', scratch.path('jaco.sock'), '--timeout', '30d'];
    assert.is((await runJaco(['backup', ...flags])).stderr, '');
    assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(whole));
    assert.is(statSync(scratch.path('a.tar.gz')).mode & 0o777, 0o600);
  });
}

test.run();
