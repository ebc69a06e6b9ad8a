/** What is at the path of a metrics file. */
export type MetricsFileContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** Larger than any metrics file. */
  | { readonly kind: 'too-large' };

/** A file that reports results to a monitoring system. */
export interface MetricsFile {
  /**
   * The file's content; `none` if there is no file.
   * @throws permission_denied, storage_failed
   */
  read(path: string): Promise<MetricsFileContent>;
  /**
   * Replaces the file with `text`, durably and readable by everyone (mode 0644). A reader sees the whole old text or
   * the whole new one.
   * @throws permission_denied, storage_failed  the old one is still there
   */
  replace(path: string, text: string): Promise<void>;
}
