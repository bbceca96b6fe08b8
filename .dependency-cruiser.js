/**
 * The folders of `src/`, from the entries down: a folder imports only from lines below its own. `npm run lint` checks it, and
 * the picture in docs/architecture.md is made of the same imports.
 */
const FLOORS = [
  ['action', 'terminal'],
  ['sync'],
  ['publish', 'report', 'diagnosis'],
  ['bundle'],
  ['lock'],
  ['toolchain'],
  ['upstream'],
  ['environment'],
  ['inputs', 'github'],
  ['lockfile', 'runner'],
  ['common']
]

const folders = FLOORS.flat()

/** What each folder may not import: itself aside, all that is not on a floor below. */
const upward = FLOORS.flatMap((floor, index) =>
  floor.map(folder => {
    const forbidden = FLOORS.slice(0, index + 1)
      .flat()
      .filter(other => other !== folder)
    return {
      name: `${folder}-imports-downward`,
      comment: `src/${folder}/ may not know of what stands above or beside it in the list of floors.`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(?:(?:${forbidden.join('|')})/|[^/]+\\.ts$)` }
    }
  })
)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycle', comment: 'Types count.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-folder-has-a-floor',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(?:${folders.join('|')})/` }
    },
    {
      name: 'yaml-from-two-modules',
      comment: 'They hold the limits, and say which of the two parsers is for what.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/common/(?:plain-)?yaml\\.ts$' },
      to: { path: '^node_modules/(?:js-)?yaml/' }
    },
    ...upward
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default']
    }
  }
}
