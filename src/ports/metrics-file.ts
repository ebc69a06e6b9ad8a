/** A file by which a monitoring system is told how things went. */
export interface MetricsFile {
  /**
   * What it holds; undefined where there is none, or something larger than such a file is.
   * @throws permission_denied, storage_failed
   */
  read(path: string): Promise<string | undefined>;
  /**
   * Puts `text` in its place, durable and readable by everyone (mode 0644). Whoever reads it meanwhile sees the old text or
   * the new one, whole.
   * @throws permission_denied, storage_failed  the old one is still there
   */
  replace(path: string, text: string): Promise<void>;
}
