/**
 * YAML, loaded only when needed. The names are exported one by one: in the bundled program, a dynamic import of the
 * package itself returns an object without these names.
 */
export { parseAllDocuments, stringify as stringifyYaml } from 'yaml';
