// The build bundles the CommonJS form of this package, whose names a dynamic import would find only under `default`;
// here they are imported by name, and this module is what gets loaded dynamically.
export { Version, VersionSpec } from '@conda-org/rattler'
