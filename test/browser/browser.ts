import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Names of the same browser, the one without windows first. */
const programs = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** A real browser without windows. */
export interface Browser {
  /** The page in a file after it was laid out, as HTML, and what the browser has to say of it. */
  render(path: string): { readonly html: string; readonly complaints: readonly string[] };
}

/** Undefined if none is installed. */
export function findBrowser(profile: string): Browser | undefined {
  const program = programs.find((name) => spawnSync(name, ['--version']).status === 0);
  if (program === undefined) return undefined;
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${profile}`,
  ];
  const run = (...more: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(program, [...flags, ...more], { encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
    return { stdout, stderr };
  };
  return {
    render(path) {
      const { stdout, stderr } = run('--enable-logging=stderr', '--dump-dom', pathToFileURL(path).href);
      return { html: stdout, complaints: stderr.split('\n').filter((line) => line.includes(':CONSOLE')) };
    },
  };
}
