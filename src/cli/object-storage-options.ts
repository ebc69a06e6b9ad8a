import { type Command, Option } from 'commander';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import type { ArchiveLocation } from '../domain/values/archive-location.js';

/** The flags by which every command that takes s3:// finds the server with the buckets. */
export interface ObjectStorageOptions {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Addressing?: 'path' | 'virtual';
  readonly s3CaCert?: string;
}

/** Adds the flags to a command. */
export function withObjectStorage(command: Command): Command {
  return command
    .option('--s3-endpoint <url>', 'the server of s3:// (default: AWS_ENDPOINT_URL_S3, ~/.aws/config, then AWS)')
    .option('--s3-region <region>', 'the region of the bucket (default: AWS_REGION, ~/.aws/config, then us-east-1)')
    .addOption(
      new Option(
        '--s3-addressing <style>',
        'the bucket in the path or in the host name (default: path, with AWS virtual)',
      ).choices(['path', 'virtual']),
    )
    .option(
      '--s3-ca-cert <path>',
      'CA certificates of the server of s3://, PEM (default: AWS_CA_BUNDLE, then those of Node)',
    );
}

/**
 * Where the objects among `locations` are, as the flags and the environment say.
 * @throws request_invalid  flags are given, but no location is an object
 */
export function objectStorageFrom(options: ObjectStorageOptions, locations: readonly ArchiveLocation[]): S3Settings {
  const { s3Endpoint, s3Region, s3Addressing, s3CaCert } = options;
  const given = {
    '--s3-endpoint': s3Endpoint,
    '--s3-region': s3Region,
    '--s3-addressing': s3Addressing,
    '--s3-ca-cert': s3CaCert,
  };
  const useless = Object.entries(given).find(([, value]) => value !== undefined);
  if (useless !== undefined && !locations.some(({ kind }) => kind === 'object')) {
    throw new JacoError(
      'request_invalid',
      `${useless[0]} has no use without s3://: nothing here is kept in a bucket.`,
      {
        remedies: [advice(`Write the archive like s3://bucket/cluster.tar.gz, or leave ${useless[0]} out.`)],
      },
    );
  }
  return {
    endpoint: s3Endpoint,
    region: s3Region,
    addressing: s3Addressing,
    caCertificatePath: s3CaCert,
    environment: process.env,
  };
}
