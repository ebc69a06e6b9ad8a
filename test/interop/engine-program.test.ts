import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { engineSuite } from './engine.js';
import { engineSources } from './engine-program.js';

await engineSuite("the Go program of the engine's side", (test) => {
  test('is formatted as gofmt does it', () => {
    assert.equal(runGoTool(join(goRoot(), 'bin/gofmt'), ['-l', '.']), { status: 0, output: '' });
  });

  test('passes go vet', () => {
    assert.equal(runGoTool('go', ['vet', './...']), { status: 0, output: '' });
  });
});

function runGoTool(command: string, parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: engineSources, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function goRoot(): string {
  return spawnSync('go', ['env', 'GOROOT'], { cwd: engineSources, encoding: 'utf8' }).stdout.trim();
}
