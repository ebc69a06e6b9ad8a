import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Container, ContainerModule } from 'inversify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Port } from '../../src/composition/identifiers.js';

/** Compiled tests lie in build/test/composition. */
const projectRoot = new URL('../../..', import.meta.url).pathname;

const test = suite('the composition root');

/** The names of the ports, by the files that hold them: "archive-reader.ts" is ArchiveReader. */
const ports = readdirSync(join(projectRoot, 'src/ports')).map((file) =>
  file.replace('.ts', '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
);

/** No choice of the composition: the schema of an archive decides it, and the plan of a restore carries it. */
const chosenByTheDomain = ['RaftStoreSeal'];

/** A second binding of StateKeyring: the ring that seals, where another one opens. */
const secondBindings = ['NextStateKeyring'];

/** A container with every module of the folder. */
async function wholeContainer(): Promise<Container> {
  const container = new Container();
  for (const file of readdirSync(join(projectRoot, 'src/composition')).filter((name) => name.endsWith('-module.ts'))) {
    const found = Object.values(await import(`../../src/composition/${file.replace('.ts', '.js')}`));
    container.load(...found.filter((value) => value instanceof ContainerModule));
  }
  return container;
}

test('binds every port that the domain does not choose itself', async () => {
  const container = await wholeContainer();
  const bound = Object.entries(Port).filter(([, identifier]) => container.isBound(identifier));
  assert.equal(new Set([...bound.map(([name]) => name), ...chosenByTheDomain]), new Set([...ports, ...secondBindings]));
});

test.run();
