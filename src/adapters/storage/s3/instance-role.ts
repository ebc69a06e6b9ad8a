import { readFile } from 'node:fs/promises';
import type { Credentials, S3Settings } from './s3-settings.js';

/** The addresses for containers of ECS and for machines of EC2 (documentation of AWS). */
const containerHost = 'http://169.254.170.2';
const machineHost = 'http://169.254.169.254';

/** On a machine outside AWS nothing answers there, so the attempt must be short. */
const answerMs = 1_000;

/**
 * The temporary keys of the role of this container (AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI) or machine
 * (the instance metadata service, version 2); undefined if there is no such role.
 */
export async function askInstanceRole(
  environment: S3Settings['environment'],
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const relative = environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const container = relative ? `${containerHost}${relative}` : environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  try {
    if (container) return credentialsFrom(await ask(container, 'GET', await containerHeaders(environment), signal));
    if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
    return await askMachine(environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || machineHost, signal);
  } catch {
    return undefined;
  }
}

async function containerHeaders(environment: S3Settings['environment']): Promise<Record<string, string>> {
  const file = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file ? (await readFile(file, 'utf8')).trim() : environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  return token ? { authorization: token } : {};
}

async function askMachine(host: string, signal: AbortSignal): Promise<Credentials | undefined> {
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
  const token = await ask(`${host}/latest/api/token`, 'PUT', lifetime, signal);
  const headers = { 'x-aws-ec2-metadata-token': token };
  const roles = `${host}/latest/meta-data/iam/security-credentials/`;
  const [role = ''] = (await ask(roles, 'GET', headers, signal)).trim().split('\n');
  return credentialsFrom(await ask(`${roles}${role}`, 'GET', headers, signal));
}

async function ask(
  url: string,
  method: 'GET' | 'PUT',
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const response = await fetch(url, { method, headers, signal: deadline, redirect: 'error' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.text();
}

function credentialsFrom(text: string): Credentials | undefined {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(text) as Record<string, unknown>;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') return undefined;
  const expiresAtMs = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof Token === 'string' ? Token : undefined,
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
  };
}
