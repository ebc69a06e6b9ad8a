/** A cluster that can be asked for a backup. */
export interface SnapshotSource {
  /**
   * Streams a fresh archive as the cluster sends it; nothing is asked before the first pull, and no more is taken from
   * the network than the consumer pulls. Ending the iteration early cancels the call.
   * @throws daemon_refused      the daemon answered with an error; `details.daemonCode` holds its code
   * @throws connection_failed   nobody answers
   * @throws tls_untrusted       the server's certificate does not verify
   * @throws deadline_exceeded   the stream did not end in time
   * @throws stream_broken       the connection ended before the stream did
   * @throws interrupted         `signal` fired
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}
