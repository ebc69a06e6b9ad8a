/** What is at the place of a metrics file. */
export type MetricsFileContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** Larger than any such file is. */
  | { readonly kind: 'too-large' };

/** A file by which a monitoring system is told how things went. */
export interface MetricsFile {
  /**
   * What it holds; `none` where no file is.
   * @throws permission_denied, storage_failed
   */
  read(path: string): Promise<MetricsFileContent>;
  /**
   * Puts `text` in its place, durable and readable by everyone (mode 0644). Whoever reads it meanwhile sees the old text or
   * the new one, whole.
   * @throws permission_denied, storage_failed  the old one is still there
   */
  replace(path: string, text: string): Promise<void>;
}
