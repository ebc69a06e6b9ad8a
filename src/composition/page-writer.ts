import { Container } from 'inversify';
import { writePage } from '../adapters/filesystem/page-file.js';
import { fileSystemModule } from './file-system-module.js';
import { Machine } from './identifiers.js';

/** What writes a page about backups: to a path, a text that begins in a way by which an earlier page is recognised. */
export function composePageWriter(): (path: string, page: string, beginning: string) => Promise<void> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule);
  const files = container.get(Machine.FileSystem);
  return (path, page, beginning) => writePage(files, path, page, beginning);
}
