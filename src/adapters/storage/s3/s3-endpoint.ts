import { readFile } from 'node:fs/promises';
import type { Agent, ClientRequest, RequestOptions } from 'node:http';
import { JacoError } from '../../../domain/errors.js';
import { advice, giveParameter } from '../../../domain/remedy.js';
import { isIpAddress, isLoopbackHost } from '../../../domain/values/network-address.js';
import { printable } from '../../../domain/values/printable-text.js';
import { createCredentialSource } from './credentials.js';
import type { Credentials, S3Settings } from './s3-settings.js';
import { type Profile, readProfile, sharedFilePaths } from './shared-files.js';

/** How requests are sent. */
export interface Transport {
  request(url: URL, options: RequestOptions): ClientRequest;
  readonly agent: Agent;
}

/** One server, with the facts that requests need. */
export interface S3Endpoint {
  /** host or host:port, for sentences. */
  readonly host: string;
  readonly region: string;
  /** Whether nobody can change bytes on their way: TLS protects them, or they do not leave this host. */
  readonly isTamperProof: boolean;
  urlOf(bucket: string, key: string, query?: Readonly<Record<string, string>>): string;
  credentials(signal: AbortSignal): Promise<Credentials>;
  transport(): Promise<Transport>;
}

/** Requests that run at a time: two parts, and one that asks. */
const connections = 4;

/**
 * Finds the server. The operator's input comes before the environment, and that before the shared files.
 * @throws request_invalid  the endpoint is no URL of a server, or has no name that a bucket can stand before
 */
export async function findEndpoint(settings: S3Settings): Promise<S3Endpoint> {
  const { environment } = settings;
  const profile = await readProfile(environment);
  const region = requireRegion(
    firstOf(settings.region, environment, ['AWS_REGION', 'AWS_DEFAULT_REGION'], profile, 'region'),
  );
  const given = firstOf(
    settings.endpoint,
    environment,
    ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
    profile,
    'endpoint_url',
  );
  const base = serverUrl(given ?? { value: amazonUrl(region), source: undefined });
  const addressing = settings.addressing ?? (given === undefined ? 'virtual' : 'path');
  if (addressing === 'virtual' && isIpAddress(base.hostname.replace(/^\[|\]$/g, ''))) throw needsName(base);
  const caCertificatePath = settings.caCertificatePath ?? (environment['AWS_CA_BUNDLE'] || undefined);
  let transport: Promise<Transport> | undefined;
  return {
    host: base.host,
    region,
    isTamperProof: base.protocol === 'https:' || isLoopbackAddress(base.hostname),
    urlOf: (bucket, key, query = {}) => urlOf(base, addressing, bucket, key, query),
    credentials: createCredentialSource(environment, profile),
    transport() {
      transport ??= makeTransport(base, caCertificatePath);
      return transport;
    },
  };
}

function amazonUrl(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** A setting, and what it is called where it comes from; undefined where the operator's input is meant. */
interface Sourced {
  readonly value: string;
  readonly source: string | undefined;
}

/** The operator's input, else the first of the variables that is set, else what the profile says. */
function firstOf(
  input: string | undefined,
  environment: S3Settings['environment'],
  variables: readonly string[],
  profile: Profile,
  name: string,
): Sourced | undefined {
  if (input !== undefined) return { value: input, source: undefined };
  const source = variables.find((variable) => environment[variable]);
  if (source !== undefined) return { value: environment[source] as string, source };
  const value = profile[name];
  return value ? { value, source: `${name} in ${sharedFilePaths(environment).config}` } : undefined;
}

/** A region stands in the name of a host and in a header. */
function requireRegion(given: Sourced | undefined): string {
  const { value, source } = given ?? { value: 'us-east-1', source: undefined };
  if (/^[A-Za-z0-9._-]{1,64}$/.test(value)) return value;
  throw new JacoError(
    'request_invalid',
    `"${printable(value, 60)}"${source === undefined ? '' : `, from ${printable(source, 4096)},`} is not a region: one has letters, digits, ".", "-" and "_".`,
    { remedies: [giveParameter('s3Region', 'us-east-1')] },
  );
}

function serverUrl({ value: text, source }: Sourced): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isServer = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.username === '';
  if (isServer && isDecodable(url.pathname)) return url;
  // Does not show it: it may contain a password.
  throw new JacoError(
    'request_invalid',
    `the address of the object storage${source === undefined ? '' : `, from ${printable(source, 4096)},`} is not a URL like https://s3.example.com.`,
    {
      remedies: [...(source === undefined ? [] : [advice('Correct it there.')]), giveParameter('s3Endpoint')],
    },
  );
}

function needsName({ host }: URL): JacoError {
  return new JacoError(
    'request_invalid',
    `the bucket cannot stand in the name of the host, as ${host} is an address and not a name.`,
    { remedies: [advice('Give the name of the server, or let the bucket stand in the path.')] },
  );
}

/** Whether a path can be signed: what signs requests decodes it first. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function urlOf(
  base: URL,
  addressing: 'path' | 'virtual',
  bucket: string,
  key: string,
  query: Readonly<Record<string, string>>,
): string {
  // A dot in the bucket's name would become part of the host's name, which no certificate covers.
  const inPath = addressing === 'path' || (bucket.includes('.') && base.protocol === 'https:');
  const host = inPath ? base.host : `${bucket}.${base.host}`;
  const path = [
    base.pathname.replace(/\/+$/, ''),
    ...(inPath ? [encoded(bucket)] : []),
    ...key.split('/').map(encoded),
  ];
  const search = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return `${base.protocol}//${host}${path.join('/')}${search.length === 0 ? '' : `?${search.join('&')}`}`;
}

/** Encoded for signatures: all except the unreserved characters of RFC 3986. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Not for names: a name service decides where they lead. */
function isLoopbackAddress(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIpAddress(host) && isLoopbackHost(host);
}

async function makeTransport({ protocol }: URL, caCertificatePath: string | undefined): Promise<Transport> {
  const options = { keepAlive: true, maxSockets: connections };
  if (protocol === 'http:') {
    const http = await import('node:http');
    return { request: http.request, agent: new http.Agent(options) };
  }
  const https = await import('node:https');
  const trust = caCertificatePath === undefined ? {} : { ca: await authorities(caCertificatePath) };
  return { request: https.request, agent: new https.Agent({ ...options, ...trust }) };
}

async function authorities(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unusable(path, `it cannot be read (${error.code})`);
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw unusable(path, 'it is not PEM');
  return text;
}

function unusable(path: string, reason: string): JacoError {
  return new JacoError('ca_unreadable', `cannot use the CA certificate ${printable(path, 4096)}: ${reason}.`, {
    remedies: [giveParameter('s3CaCertificate')],
  });
}
