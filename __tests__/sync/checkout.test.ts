/** What a run makes of a checkout whose environment files are not byte for byte those of the base branch. */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { RepositoryFile } from '../../src/common/files.js'
import { refuseOtherCheckout } from '../../src/sync/checkout.js'
import { readEarlierLocks } from '../../src/sync/earlier.js'
import { openGit } from '../../src/sync/git.js'
import { asStored, refuseLfs, refusePointers, refuseSparse } from '../../src/sync/stored-files.js'
import { readEnvironmentFiles } from '../../src/runner/workspace.js'
import { checkOut, type GitCheckout } from '../support/git-checkout.js'
import { startGitHub } from '../support/github.js'
import { ownFiles } from '../support/inputs.js'
import { lock, lockfileText } from '../support/locks.js'
import { ENVIRONMENT, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
const checkouts: GitCheckout[] = []
afterAll(() => Promise.all([fake.close(), ...checkouts.map(checkout => checkout.close())]))

type Files = Readonly<Record<string, string | { readonly link: string }>>

const linkTo = (link: string) => ({ link })

/** A repository with these files, and its checkout. */
async function repository(files: Files = {}, branch = 'main') {
  const all = { 'environment.yml': ENVIRONMENT, ...files }
  const stage = await setStage(fake)
  await stage.repository.commit(all)
  const checkout = await checkOut(all, branch)
  checkouts.push(checkout)
  return { stage, checkout }
}

/** Lets GitHub have the commit that is checked out. */
function push(stage: Stage, checkout: GitCheckout): void {
  const sha = checkout.git('rev-parse', 'HEAD').trim()
  const path = new RegExp(`${stage.repository.fullName}/git/commits/${sha}`)
  fake.inject({ path, body: { sha, message: '', tree: { sha }, parents: [], author: {} }, status: 200 })
}

/** What a run reads of the environment file, and how it takes it. */
async function lookAt(stage: Stage, folder: string, ref = 'refs/heads/main'): Promise<readonly RepositoryFile[]> {
  const { environments } = await asStored(ownFiles(await readEnvironmentFiles(folder, ['environment.yml'])), folder)
  const observation = { kind: 'pull-request', observed: await stage.observe() } as const
  await refuseOtherCheckout(environments, observation, { workspace: folder, ref })
  return environments
}

const publishAs = (stage: Stage, inputs: readonly RepositoryFile[]) =>
  stage.run({ ...propose('1'), inputFiles: inputs })

test.concurrent.each<[string, Files]>([
  ['line ends of its own', { '.gitattributes': '*.yml text eol=crlf\n' }],
  ['keywords that git fills in', { '.gitattributes': '*.yml ident\n', 'environment.yml': `# $Id$\n${ENVIRONMENT}` }],
  ['a link', { 'environment.yml': linkTo('base.yml'), 'base.yml': ENVIRONMENT }],
  [
    'a link to line ends of its own',
    { '.gitattributes': 'base.yml eol=crlf\n', 'environment.yml': linkTo('base.yml'), 'base.yml': ENVIRONMENT }
  ]
])('a checkout with %s is what the base branch has: created', async (_what, files) => {
  const { stage, checkout } = await repository(files)
  const read = await lookAt(stage, checkout.folder)
  expect(await publishAs(stage, read)).toMatchObject({ operation: 'created' })
})

test.concurrent('an earlier step has changed the content: an error that names the file', async () => {
  const { stage, checkout } = await repository()
  await checkout.write('environment.yml', `${ENVIRONMENT}# stamped\n`)
  await expect(lookAt(stage, checkout.folder)).rejects.toMatchObject({
    message:
      '`environment.yml` is not as it was checked out, so the base branch does not have what would be locked. Its content differs.',
    hint: 'Remove the earlier step that changes it, or commit what that step makes of it.',
    place: { file: 'environment.yml' }
  })
})

test.concurrent('an earlier step has changed the line ends: an error that says so', async () => {
  const { stage, checkout } = await repository()
  await checkout.write('environment.yml', ENVIRONMENT.replaceAll('\n', '\r\n'))
  await expect(lookAt(stage, checkout.folder)).rejects.toThrow('Only its line ends differ.')
})

test.concurrent('an earlier step has put a file in the place of a link: an error that says so', async () => {
  const { stage, checkout } = await repository({ 'environment.yml': linkTo('base.yml'), 'base.yml': ENVIRONMENT })
  await rm(join(checkout.folder, 'environment.yml'))
  await checkout.write('environment.yml', 'dependencies: [dask]\n')
  await expect(lookAt(stage, checkout.folder)).rejects.toThrow('It is a link in one of them, and a file in the other.')
})

test.concurrent('another branch than the base is checked out: an error that names both', async () => {
  const { stage, checkout } = await repository({}, 'dev')
  await stage.repository.commit({ 'environment.yml': 'dependencies: [dask]\n' })
  await expect(lookAt(stage, checkout.folder)).rejects.toMatchObject({
    message: 'The branch `dev` is checked out, whose `environment.yml` is not that of `main`, which is to be changed.',
    hint: 'Give actions/checkout `ref: main`, or correct `base` or `branch`.'
  })
})

test.concurrent('a tag is checked out whose file is not that of the base: an error that names the commit', async () => {
  const { stage, checkout } = await repository()
  await stage.repository.commit({ 'environment.yml': 'dependencies: [dask]\n' })
  checkout.git('checkout', '--quiet', '--detach')
  await expect(lookAt(stage, checkout.folder, 'refs/tags/v1')).rejects.toThrow(/^The commit [0-9a-f]{7} is checked out/)
})

test.concurrent('an earlier step has committed without a push: an error that names the commit', async () => {
  const { stage, checkout } = await repository()
  await checkout.write('environment.yml', 'dependencies: [dask]\n')
  checkout.git('commit', '--quiet', '--all', '--message', 'More')
  await expect(lookAt(stage, checkout.folder)).rejects.toThrow(/comes from the commit [0-9a-f]{7}, .* not on GitHub/)
})

test.concurrent.each([false, true])(
  'somebody has pushed since the checkout (of a commit: %s): superseded',
  async detached => {
    const { stage, checkout } = await repository()
    push(stage, checkout)
    if (detached) checkout.git('checkout', '--quiet', '--detach')
    await stage.repository.commit({ 'environment.yml': 'dependencies: [dask]\n' })
    const read = await lookAt(stage, checkout.folder)
    expect(await publishAs(stage, read)).toMatchObject({ operation: 'superseded', because: 'environment.yml' })
  }
)

test.concurrent('there is no git to ask: superseded, since nobody knows better', async () => {
  const { stage, checkout } = await repository()
  await rm(join(checkout.folder, '.git'), { recursive: true })
  await checkout.write('environment.yml', `${ENVIRONMENT}# stamped\n`)
  const read = await lookAt(stage, checkout.folder)
  expect(await publishAs(stage, read)).toMatchObject({ operation: 'superseded' })
})

test.concurrent('a file that only an earlier step makes is locked, and not asked for', async () => {
  const { stage, checkout } = await repository()
  await stage.repository.commit({ 'environment.yml': null })
  await checkout.write('environment.yml', 'dependencies: [dask]\n')
  expect(await publishAs(stage, await lookAt(stage, checkout.folder))).toMatchObject({ operation: 'created' })
})

test.concurrent('a checkout that could not be looked at is looked at again', async () => {
  const { checkout } = await repository()
  const elsewhere = `${checkout.folder}.late`
  await expect(openGit(elsewhere)).rejects.toMatchObject({ code: 'ENOENT' })
  await rename(checkout.folder, elsewhere)
  expect(await openGit(elsewhere)).toBeDefined()
  await rename(elsewhere, checkout.folder)
})

test.concurrent('names that look like options or patterns are names', async () => {
  const names = ['--help', '-x.yml', ':(top)a.yml', 'a*.yml', ' .yml']
  const files = Object.fromEntries(names.map(name => [name, ENVIRONMENT]))
  const { checkout } = await repository({ '.gitattributes': '* text eol=crlf\n', ...files })
  const read = await asStored(ownFiles(await readEnvironmentFiles(checkout.folder, names)), checkout.folder)
  expect(read.environments.map(({ content }) => Buffer.from(content).toString())).toEqual(names.map(() => ENVIRONMENT))
})

test.concurrent('a file in Git LFS is told before anything is solved, there already or not', async () => {
  const { checkout } = await repository({ '.gitattributes': '*.lock filter=lfs -text\n' })
  await refuseLfs(checkout.folder, ['environment.yml', 'conda-lock.yml'])
  await expect(refuseLfs(checkout.folder, ['environment.yml', 'conda-linux-64.lock'])).rejects.toMatchObject({
    message: '`conda-linux-64.lock` is in Git LFS, so what git has of it is only a pointer.',
    place: { file: 'conda-linux-64.lock' }
  })
})

test('a pointer of Git LFS is told by its content, and a text about it is not one', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'
  expect(() => {
    refusePointers(new Map([['conda-lock.yml', Buffer.from(pointer)]]))
  }).toThrow('`conda-lock.yml` is in Git LFS')
  refusePointers(new Map([['conda-lock.yml', Buffer.from(`# ${pointer}`)]]))
})

test.concurrent(
  'what was locked earlier is read from the commit that is checked out, and from the one before',
  async () => {
    const [before, now] = ['2025.2', '2025.3'].map(dask => lockfileText(lock(`dask ${dask}`)))
    const checkout = await checkOut({ 'conda-lock.yml': before ?? '', 'broken.yml': '<<<<<<<' })
    checkouts.push(checkout)
    const versions = async (path: string) =>
      (await readEarlierLocks(checkout.folder, path)).flatMap(({ packages }) => packages.map(({ version }) => version))
    expect(await versions('conda-lock.yml')).toEqual(['2025.2'])
    await checkout.write('conda-lock.yml', now ?? '')
    checkout.git('commit', '--quiet', '--all', '--message', 'Lock')
    await checkout.write('conda-lock.yml', 'not committed')
    expect(await versions('conda-lock.yml')).toEqual(['2025.3', '2025.2'])
    expect(await versions('broken.yml')).toEqual([])
    expect(await versions('missing.yml')).toEqual([])
  }
)

/** As actions/checkout makes it of its inputs `sparse-checkout` and `sparse-checkout-cone-mode`. */
const SPARSE: readonly (readonly [string, readonly string[]])[] = [
  ['by folders', ['set', 'images']],
  ['by patterns', ['set', '--no-cone', '/images/']]
]

test.concurrent.each(SPARSE)(
  'a sparse checkout %s: files outside of it are not taken for missing',
  async (_how, set) => {
    const files = { 'images/environment.yml': ENVIRONMENT, 'locks/conda-lock.yml': '', 'locks/environment.yml': '' }
    const checkout = await checkOut(files)
    checkouts.push(checkout)
    const { folder } = checkout
    checkout.git('sparse-checkout', ...set)
    const outside = (path: string) => ({
      message: `\`${path}\` is in the repository, but not in this sparse checkout.`,
      place: { file: path }
    })
    await refuseSparse(folder, ['images/environment.yml', 'missing.yml', 'locks/missing.yml'])
    for (const path of ['locks/conda-lock.yml', 'locks/environment.yml']) {
      await expect(refuseSparse(folder, ['images/environment.yml', path])).rejects.toMatchObject(outside(path))
    }
    checkout.git('sparse-checkout', 'disable')
    await refuseSparse(folder, ['locks/conda-lock.yml'])
  }
)
