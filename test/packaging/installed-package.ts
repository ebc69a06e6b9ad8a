import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The sources' root; compiled tests are in build/test/packaging. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The content of package.json. */
function packageManifest(): Manifest {
  return JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Packs the package and installs it into a project directory, as `npm install` of the tarball would, but without a
 * network: of this clone's packages it gets those that it declares as its own, and the compiler's types of Node.
 * @returns the paths of the files in the tarball, below the package
 */
export function installPackage(project: string): readonly string[] {
  for (const built of ['lib/domain/errors.js', 'dist/jaco.js']) {
    if (!existsSync(join(projectRoot, built))) throw new Error(`${built} is missing: run npm run build`);
  }
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = Object.values(JSON.parse(packed) as Record<string, Tarball>);
  if (tarball === undefined) throw new Error(`npm pack said: ${packed}`);
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'jaco'), { recursive: true });
  execFileSync('tar', ['-xzf', join(project, tarball.filename), '-C', join(modules, 'jaco'), '--strip-components=1']);
  for (const name of [...Object.keys(packageManifest().dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
  }
  return tarball.files.map(({ path }) => path);
}

interface Tarball {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Compiles a project strictly, as an embedding program would. @returns what the compiler complains about */
export function compileProject(project: string, files: readonly string[]): string {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const flags = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'ES2023'];
  const modules = ['--module', 'NodeNext', '--moduleResolution', 'NodeNext', '--types', 'node', '--skipLibCheck'];
  const { stdout } = spawnSync(process.execPath, [compiler, ...flags, ...modules, ...files], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout;
}
