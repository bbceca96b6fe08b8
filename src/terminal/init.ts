import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { errorCode, SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { INPUTS } from '../inputs/table.js'
import { lockfileAttributes, settingsFor, upstreamOf, workflowFor } from './first-files.js'
import { survey, type Survey, type SurveyedImage } from './survey.js'

const ATTRIBUTES = '.gitattributes'
const WORKFLOW = '.github/workflows/conda-lock-sync.yml'

/**
 * Writes the settings file and the workflow of a repository that has neither, and says in `.gitattributes` what lockfiles are; what is
 * there stays as it is.
 * @param examples the folder of the example workflows
 * @returns what was found and written, and what is left to do
 * @throws SyncError of kind `input` if there is no environment file
 */
export async function init(root: string, examples: string): Promise<string> {
  const found = await survey(root)
  if (found.images.length === 0) {
    throw new SyncError('input', `There is no environment file in ${root}.`, {
      hint: 'Write an environment.yml with `channels:` and `dependencies:` first (a lockfile alone does not say what was asked for), or go to the repository that has one.'
    })
  }
  const example = await readFile(join(examples, found.images.length > 1 ? 'images.yml' : 'nightly.yml'), 'utf8')
  const files = [
    [INPUTS.settings.default, settingsFor(found)],
    [WORKFLOW, workflowFor(example, await defaultBranch(root), found)]
  ] as const
  // Settings that are there already may well follow one.
  const upstream = (await exists(join(root, INPUTS.settings.default))) ? [] : describeUpstream(found)
  const lines = []
  for (const [path, text] of files) lines.push(await writeNew(join(root, path), path, text))
  lines.push(await appendAttributes(join(root, ATTRIBUTES), lockfileAttributes(found)))
  return [
    ...describe(found),
    ...describeProjects(found),
    ...upstream,
    '',
    ...lines,
    '',
    'Next:',
    ...numbered(nextSteps(example)),
    ''
  ].join('\n')
}

const numbered = (steps: readonly string[]) => steps.map((step, index) => `${index + 1}. ${step}`)

const nextSteps = (example: string) => [
  `Read ${INPUTS.settings.default}, and correct what could not be seen in the files.`,
  '`npx conda-lock-sync --dry-run` locks, and prints what would change.',
  'On GitHub: Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests".',
  // A released package names the commit of its release.
  ...(example.includes('@000000')
    ? [`In ${WORKFLOW} put the SHA of the commit of conda-lock-sync that you have looked at in place of the zeros.`]
    : []),
  'Commit what was written. The push to the default branch starts the first run.'
]

/** @returns what was done, as a sentence */
async function writeNew(file: string, path: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(file, text, { flag: 'wx' })
    return `Wrote ${path}.`
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return `${path} is there already, and stays as it is.`
  }
}

/**
 * Adds lines at the end of `.gitattributes`, but for the patterns that it has already, whatever it says of them.
 * @returns what was done, as a sentence
 */
async function appendAttributes(file: string, lines: ReadonlyMap<string, string>): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error
    return ''
  })
  const known = text.split(/\r?\n/)
  const missing = [...lines].filter(([pattern]) => !known.some(line => line.trimStart().startsWith(`${pattern} `)))
  if (missing.length === 0) return `${ATTRIBUTES} knows the lockfiles already, and stays as it is.`
  const end = text === '' || text.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${end}${missing.map(([, line]) => `${line}\n`).join('')}`)
  return `${text === '' ? 'Wrote' : 'Added the lockfiles to'} ${ATTRIBUTES}.`
}

/** The branch that the clone calls the default one, or the usual name. */
async function defaultBranch(root: string): Promise<string> {
  const read = (path: string) => readFile(join(root, '.git', path), 'utf8').catch(() => '')
  const [, remote] = /^ref: refs\/remotes\/origin\/(\S+)/.exec(await read('refs/remotes/origin/HEAD')) ?? []
  const [, current] = /^ref: refs\/heads\/(main|master)\s*$/.exec(await read('HEAD')) ?? []
  return remote ?? current ?? 'main'
}

function describe({ images, shared }: Survey): string[] {
  return [
    ...images.map(image => `Found ${describeImage(image)}.`),
    ...shared.map(image => `Found ${describeImage(image)}, which the images share.`)
  ]
}

/** What was locked until now and is not any more has to be moved by hand. */
function describeProjects({ images }: Survey): string[] {
  return images.flatMap(({ folder, lockfile, projects }) =>
    projects.map(
      name =>
        `${posix.join(folder, lockfile ?? '')} was made from ${posix.join(folder, name)} as well, of which only conda-lock reads what it needs: write that in an environment file.`
    )
  )
}

/** Whoever follows nobody has to know it, since nothing else would tell. */
function describeUpstream({ images }: Survey): string[] {
  const alone = images.filter(image => upstreamOf(image) === 'none').map(({ folder }) => folder)
  if (alone.length === 0) return []
  const where = alone.length === images.length ? '' : ` for ${alone.join(' and ')}`
  return [
    `Found no upstream to follow${where}, so your own files are locked alone. If that is wrong, correct \`upstream-files\`.`
  ]
}

function namesOf(template: string, platforms: readonly string[]): string {
  const [only, another] = platforms
  return only === undefined || another !== undefined ? template : template.replace('{platform}', only)
}

function describeImage(image: SurveyedImage): string {
  const { folder, environmentFiles, others, lockfile, explicitLockfile, platforms, baseImage } = image
  const parts = [
    environmentFiles.join(' and '),
    ...(lockfile === undefined ? [] : [`the lockfile ${lockfile}`]),
    ...(explicitLockfile === undefined ? [] : [`the explicit lockfile ${namesOf(explicitLockfile, platforms)}`]),
    ...(baseImage === undefined ? [] : [`a Dockerfile on ${baseImage}`]),
    ...(others.length === 0 ? [] : [`and, not to be locked, ${others.join(' and ')}`])
  ]
  return `${folder === '.' ? 'here' : `in ${folder}`}: ${parts.join(', ')}`
}
