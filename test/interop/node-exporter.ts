import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findGoProgram, type StorageProgram } from '../adapters/storage/s3/storage-programs.js';

const version = 'v1.9.1';

/** node_exporter, built by the Go command: what collects metrics files on most hosts. */
export function findNodeExporter(): Promise<StorageProgram> {
  return findGoProgram('node_exporter', 'github.com/prometheus/node_exporter', version);
}

/** What node_exporter serves of the metrics files in `collected`: the samples by name and labels, as they stand there. */
export async function scrape(directory: string, collected: string): Promise<ReadonlyMap<string, string>> {
  const flags = ['--collector.disable-defaults', '--collector.textfile', `--collector.textfile.directory=${collected}`];
  const exporter = spawn(join(directory, 'node_exporter'), ['--web.listen-address=127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => exporter.once('close', resolve));
  try {
    const page = await (await fetch(`http://${await addressOf(exporter.stderr)}/metrics`)).text();
    const samples = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(samples.map((line) => [line.replace(/ \S+$/, ''), line.replace(/^.* /, '')]));
  } finally {
    exporter.kill();
    await ended;
  }
}

/** The address that it says it listens on. Its log is read to the end, or it could not go on. */
function addressOf(log: Readable): Promise<string> {
  let told = '';
  return new Promise((resolve, reject) => {
    log.on('data', (piece) => {
      told += piece;
      const address = /Listening on" address=(\S+)/.exec(told)?.[1];
      if (address !== undefined) resolve(address);
    });
    log.on('end', () => reject(new Error(`node_exporter has ended: ${told}`)));
  });
}
