/** The names of the two entries of an archive. */
export const metadataEntry = 'meta.json';
export const snapshotEntry = 'snapshot.bin';
