/** A cluster that can send a backup. */
export interface SnapshotSource {
  /**
   * Streams a fresh archive as the cluster sends it. The call starts at the first pull, and takes no more from the
   * network than the consumer pulls. Ending the iteration early cancels the call.
   * @throws daemon_refused      the daemon answered with an error; `details.daemonCode` holds its code
   * @throws connection_failed   no answer
   * @throws tls_untrusted       the server's certificate does not verify
   * @throws deadline_exceeded   the stream did not end in time
   * @throws stream_broken       the connection ended before the stream did
   * @throws interrupted         `signal` fired
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}
