import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'

// `npm run architecture` draws the folders of `src/` and their imports into docs/architecture.md, by the same tool that checks
// the imports; with `--check`, as in `npm run lint`, it only says whether the picture is true.

const PAGE = fileURLToPath(new URL('../docs/architecture.md', import.meta.url))
const RULES = fileURLToPath(new URL('../.dependency-cruiser.js', import.meta.url))
const PICTURE = /(?<=^```mermaid\n)[^]*?(?=^```$)/m

const ENTRIES = 'index.ts, cli.ts, cache.ts'

type Graph = ReadonlyMap<string, ReadonlySet<string>>

function foldersOf({ modules }: ICruiseResult): Graph {
  const folderOf = (path: string) => /^src\/(\w+)\//.exec(path)?.[1] ?? ENTRIES
  const graph = new Map<string, Set<string>>()
  for (const { source, dependencies } of modules.filter(module => module.source.startsWith('src/'))) {
    const targets = graph.get(folderOf(source)) ?? new Set<string>()
    graph.set(folderOf(source), targets)
    for (const { resolved } of dependencies) {
      if (resolved.startsWith('src/') && folderOf(resolved) !== folderOf(source)) targets.add(folderOf(resolved))
    }
  }
  return graph
}

function reaches(graph: Graph, from: string, to: string): boolean {
  return [...(graph.get(from) ?? [])].some(next => next === to || reaches(graph, next, to))
}

/** An arrow that a longer way implies would only hide the others. */
function draw(graph: Graph): string {
  const id = (folder: string) => (folder === ENTRIES ? 'entries' : folder)
  const arrows = [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter(to => ![...targets].some(other => other !== to && reaches(graph, other, to)))
      .map(to => `  ${id(from)} --> ${id(to)}`)
  )
  return ['flowchart TD', `  entries["${ENTRIES}"]`, ...arrows.sort(), ''].join('\n')
}

const { options } = await extractDepcruiseConfig(RULES)
const { output } = await cruise(['src'], { ...options, validate: false })
if (typeof output === 'string') throw new Error('dependency-cruiser gave a text instead of a result')
const page = await readFile(PAGE, 'utf8')
const next = page.replace(PICTURE, draw(foldersOf(output)))
if (next === page) console.log('The picture in docs/architecture.md is what the imports are.')
else if (process.argv.includes('--check')) {
  console.error('The picture in docs/architecture.md is not what the imports are: run `npm run architecture`.')
  process.exitCode = 1
} else await writeFile(PAGE, next)
