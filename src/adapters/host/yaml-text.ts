/**
 * YAML, loaded only where there is some. Named here one by one: the bundle of the built program gives whoever imports
 * the package itself at run time an object without these names.
 */
export { parseAllDocuments, stringify as stringifyYaml } from 'yaml';
