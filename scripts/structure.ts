import { execFileSync } from 'node:child_process'
import { readdir, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { inScratch } from '../src/runner/scratch.js'

// `npm run structure -- REVISION…`
//
// Figures that say how easy it is to find one's way in `src/`, of some revisions side by side. A room is a folder, or a file
// that lies directly in `src/`; an arrow is an import from one room to another, types included.

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where a run starts, and what the ways are measured to. Older revisions have some of them elsewhere. */
const ENTRY = { name: 'run', files: ['action/run.ts', 'run.ts'] }
const SOLVE = { name: 'runCondaLock', files: ['lock/run.ts'] }
const PULL_REQUEST = { name: 'publish', files: ['publish/publish.ts'] }
const STORY = ['sync/sync.ts', 'main.ts']

type Graph = ReadonlyMap<string, ReadonlySet<string>>

interface Source {
  readonly path: string
  readonly file: ts.SourceFile
}

/** All rows of the table for one revision. */
async function measure(root: string): Promise<Map<string, string>> {
  const src = join(root, 'src')
  const program = openProgram(root)
  const sources = program
    .getSourceFiles()
    .filter(file => file.fileName.startsWith(`${src}/`))
    .map(file => ({ path: relative(src, file.fileName), file }))
  const imports = importGraph(sources)
  const rooms = toRooms(imports)
  const calls = callGraph(program.getTypeChecker(), sources)
  const functions = sources.flatMap(functionLengths).sort((left, right) => right.lines - left.lines)
  const lengths = sources.map(({ path, file }) => ({ path, lines: lineCount(file) }))
  const longest = lengths.toSorted((left, right) => right.lines - left.lines)[0]
  const story = sources.find(({ path }) => STORY.includes(path))
  const bytes = await distBytes(join(root, 'dist'))
  return new Map([
    ['files directly in `src/`', String(sources.filter(({ path }) => !path.includes('/')).length)],
    ['folders', String(new Set(sources.map(({ path }) => dirname(path))).size - 1)],
    ['rooms', String(rooms.size)],
    ['floors', String(floorsOf(rooms))],
    ['arrows between rooms', String(edgeCount(rooms))],
    ['arrows in a circle of rooms', String(circling(rooms))],
    ['imports in a circle of files', String(circling(imports))],
    ['calls from the entry to the solve', wayOf(calls, ENTRY, SOLVE)],
    ['calls from the entry to the pull request', wayOf(calls, ENTRY, PULL_REQUEST)],
    ['`import` lines of the story', String(story?.file.statements.filter(ts.isImportDeclaration).length)],
    ['exported names with two meanings', twoMeanings(sources)],
    ['largest file', `${longest?.lines ?? 0} (${longest?.path ?? ''})`],
    ['largest function', `${functions[0]?.lines ?? 0} (${functions[0]?.name ?? ''})`],
    ['lines in `src/`', String(lengths.reduce((sum, { lines }) => sum + lines, 0))],
    ['bytes of `dist/` but WebAssembly', String(bytes)],
    ['start-up, ms of CPU', String(startUp(root))]
  ])
}

function openProgram(root: string): ts.Program {
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), path => ts.sys.readFile(path)).config,
    ts.sys,
    root
  )
  return ts.createProgram(
    config.fileNames.filter(file => file.startsWith(join(root, 'src'))),
    config.options
  )
}

function lineCount(file: ts.SourceFile): number {
  return file.text.split('\n').length - 1
}

function importGraph(sources: readonly Source[]): Graph {
  const known = new Set(sources.map(({ path }) => path))
  return new Map(
    sources.map(({ path, file }) => {
      const names = [...file.text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, name = '']) =>
        join(dirname(path), name).replace(/\.js$/, '.ts')
      )
      return [path, new Set(names.filter(name => known.has(name)))]
    })
  )
}

function toRooms(imports: Graph): Graph {
  const roomOf = (path: string) => path.split('/')[0] ?? path
  const rooms = new Map<string, Set<string>>()
  for (const [from, targets] of imports) {
    const room = rooms.get(roomOf(from)) ?? new Set<string>()
    rooms.set(roomOf(from), room)
    for (const to of targets) if (roomOf(to) !== roomOf(from)) room.add(roomOf(to))
  }
  return rooms
}

function edgeCount(graph: Graph): number {
  return [...graph.values()].reduce((sum, targets) => sum + targets.size, 0)
}

/** Edges between two nodes that can reach each other. */
function circling(graph: Graph): number {
  return [...graph].reduce(
    (sum, [from, targets]) => sum + [...targets].filter(to => wayBetween(graph, to, from) !== undefined).length,
    0
  )
}

/** The length of the longest way down, circles counted as one node. */
function floorsOf(graph: Graph): number {
  const nodes = [...graph.keys()]
  const reaches = new Map(nodes.map(node => [node, nodes.filter(to => wayBetween(graph, node, to) !== undefined)]))
  const isBelow = (low: string, high: string) =>
    reaches.get(high)?.includes(low) === true && reaches.get(low)?.includes(high) !== true
  const depths = new Map<string, number>()
  const depthOf = (node: string): number => {
    const known = depths.get(node)
    if (known !== undefined) return known
    const depth = 1 + Math.max(0, ...nodes.filter(other => isBelow(other, node)).map(depthOf))
    depths.set(node, depth)
    return depth
  }
  return Math.max(...nodes.map(depthOf))
}

/** The shortest way, both ends included. */
function wayBetween(graph: Graph, from: string, to: string): string[] | undefined {
  const ways: string[][] = [[from]]
  const seen = new Set([from])
  for (const way of ways) {
    const last = way.at(-1) ?? from
    if (last === to) return way
    for (const next of graph.get(last) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}

interface Landmark {
  readonly name: string
  readonly files: readonly string[]
}

function wayOf(calls: Graph, from: Landmark, to: Landmark): string {
  const find = ({ name, files }: Landmark) => files.map(file => `${file}#${name}`).find(key => calls.has(key))
  const [start, end] = [find(from), find(to)]
  const way = start === undefined || end === undefined ? undefined : wayBetween(calls, start, end)
  const names = way?.map(step => step.split('#')[1]) ?? []
  return `${names.length - 1} (${names.join(' → ')})`
}

/**
 * Which function uses which, by call or by handing it on. The members of an interface stand for what implements them in an
 * object literal.
 */
function callGraph(checker: ts.TypeChecker, sources: readonly Source[]): Graph {
  const paths = new Map(sources.map(({ path, file }) => [file, path]))
  const graph = new Map<string, Set<string>>()
  const keyOf = (symbol: ts.Symbol | undefined): string | undefined => {
    const real = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const declaration = real?.declarations?.[0]
    const path = declaration && paths.get(declaration.getSourceFile())
    const isCallable =
      declaration !== undefined &&
      (ts.isFunctionDeclaration(declaration) ||
        ts.isMethodSignature(declaration) ||
        (ts.isPropertySignature(declaration) &&
          declaration.type !== undefined &&
          ts.isFunctionTypeNode(declaration.type)))
    return path !== undefined && isCallable && real !== undefined ? `${path}#${real.name}` : undefined
  }
  const targetsOf = (key: string) => {
    const targets = graph.get(key) ?? new Set<string>()
    graph.set(key, targets)
    return targets
  }
  const visit = (node: ts.Node, owner: string | undefined): void => {
    const own = ownerOf(node) ?? owner
    if (ts.isIdentifier(node) && owner !== undefined) {
      const target = keyOf(checker.getSymbolAtLocation(node))
      if (target !== undefined && target !== owner) targetsOf(owner).add(target)
    }
    ts.forEachChild(node, child => {
      visit(child, own)
    })
  }
  const ownerOf = (node: ts.Node): string | undefined => {
    if (ts.isFunctionDeclaration(node) && node.name) return keyOf(checker.getSymbolAtLocation(node.name))
    const isMember = ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)
    if (!isMember || !ts.isObjectLiteralExpression(node.parent)) return undefined
    return keyOf(checker.getContextualType(node.parent)?.getProperty(node.name.getText()))
  }
  for (const { file } of sources) {
    visit(file, undefined)
    file.forEachChild(node => {
      if (ts.isInterfaceDeclaration(node))
        for (const member of node.members)
          targetsOf(keyOf(member.name && checker.getSymbolAtLocation(member.name)) ?? '')
    })
  }
  return graph
}

function functionLengths({ path, file }: Source): { name: string; lines: number }[] {
  const found: { name: string; lines: number }[] = []
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line
  file.forEachChild(node => {
    if (!ts.isFunctionDeclaration(node)) return
    found.push({ name: `${path} ${node.name?.text ?? ''}`, lines: lineOf(node.end) - lineOf(node.getStart()) + 1 })
  })
  return found
}

/** Exported names that several files declare. */
function twoMeanings(sources: readonly Source[]): string {
  const names = sources.flatMap(({ file }) =>
    [...file.text.matchAll(/^export (?:async )?(?:interface|type|class|function|const) (\w+)/gm)].map(
      ([, name]) => name ?? ''
    )
  )
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].sort()
  return twice.length === 0 ? '0' : `${twice.length} (${twice.join(', ')})`
}

async function distBytes(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.js'))
  const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The median of nine starts of the action that end at once, because no input is there. */
function startUp(root: string): number {
  const times = Array.from({ length: 9 }, () => cpuOf([join(root, 'dist', 'index.js')])).sort(
    (left, right) => left - right
  )
  return Math.round(times[4] ?? 0)
}

/** Milliseconds of CPU of a child, as the kernel counts them. */
function cpuOf(args: readonly string[]): number {
  const script = `import os, subprocess, sys
before = os.times()
subprocess.run(sys.argv[1:], env={}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
after = os.times()
print(1000 * (after.children_user + after.children_system - before.children_user - before.children_system))`
  return Number(execFileSync('python3', ['-c', script, process.execPath, ...args], { encoding: 'utf8' }))
}

async function measureRevision(revision: string): Promise<Map<string, string>> {
  return inScratch(async folder => {
    const archive = execFileSync('git', ['archive', '--format=tar', revision], { cwd: ROOT, maxBuffer: 1 << 28 })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    return measure(folder)
  })
}

const columns = []
for (const name of process.argv.slice(2)) columns.push({ name, rows: await measureRevision(name) })
const here = await measure(ROOT.replace(/\/$/, ''))
columns.push({ name: 'here', rows: here })
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
console.log(row(['', ...columns.map(({ name }) => name)]))
console.log(row(['---', ...columns.map(() => '---')]))
for (const [title] of here) console.log(row([title, ...columns.map(({ rows }) => rows.get(title) ?? '')]))
