/**
 * The two parsers of YAML, and why there are two.
 *
 * `yaml` is for what people write: it knows the line of every value, and reads YAML 1.1, as conda-lock does.
 * `js-yaml` is for lockfiles: it takes 0.13 s of CPU for Pangeo's of four platforms (3,000 packages), `yaml` 0.9 s.
 */
export {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parse,
  parseDocument,
  stringify,
  visit,
  type Document,
  type Node,
  type Tags
} from 'yaml'
export { FAILSAFE_SCHEMA, load } from 'js-yaml'
