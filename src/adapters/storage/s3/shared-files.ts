import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { S3Settings } from './s3-settings.js';

/** The settings in the files of the AWS tools for the profile in use: their own names, in lower case. */
export type Profile = Readonly<Record<string, string>>;

/**
 * Reads the two files that the AWS tools share, `~/.aws/credentials` and `~/.aws/config`, for the profile that
 * AWS_PROFILE names. A missing file counts as empty. Source: the SDKs and Tools Reference Guide of AWS, "Shared config
 * and credentials files".
 */
export async function readProfile(environment: S3Settings['environment']): Promise<Profile> {
  const name = environment['AWS_PROFILE'] || 'default';
  const paths = sharedFilePaths(environment);
  const config = sectionsOf(await textOf(paths.config));
  const credentials = sectionsOf(await textOf(paths.credentials));
  return {
    ...config.get(name === 'default' ? 'default' : `profile ${name}`),
    ...credentials.get(name),
  };
}

/** Where the two files are. */
export function sharedFilePaths(environment: S3Settings['environment']) {
  const home = environment['HOME'] || homedir();
  const path = (variable: string, file: string) => environment[variable] || join(home, '.aws', file);
  return {
    config: path('AWS_CONFIG_FILE', 'config'),
    credentials: path('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
  };
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return '';
    throw error;
  });
}

function sectionsOf(text: string): Map<string, Record<string, string>> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.*?)\s*\]/.exec(line);
    // Indented lines are nested settings, which are not needed here.
    const setting = /^([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (section !== null) {
      const name = (section[1] as string).replace(/^profile\s+/, 'profile ');
      current = sections.get(name) ?? {};
      sections.set(name, current);
    } else if (setting !== null) current[(setting[1] as string).toLowerCase()] = setting[2] as string;
  }
  return sections;
}
