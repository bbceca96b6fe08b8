/**
 * Stands in for actions/checkout, which needs git: writes the files of a commit, as the REST API gives them, into the
 * workspace. For a pull request that commit is its head; GitHub has made a merge of it, which the fake does not.
 */
import { getInput } from '@actions/core'
import { Octokit } from '@octokit/rest'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const { GITHUB_API_URL: baseUrl = '', GITHUB_REPOSITORY = '', GITHUB_REF = '' } = process.env
const { rest } = new Octokit({ auth: getInput('token'), baseUrl })
const [owner = '', repo = ''] = GITHUB_REPOSITORY.split('/')
const event = JSON.parse(await readFile(process.env.GITHUB_EVENT_PATH ?? '', 'utf8')) as {
  readonly pull_request?: { readonly head: { readonly sha: string } }
}
const ref = getInput('ref') || (event.pull_request?.head.sha ?? GITHUB_REF.replace('refs/heads/', ''))
const workspace = process.env.GITHUB_WORKSPACE ?? ''

const { data } = await rest.git.getTree({ owner, repo, tree_sha: ref, recursive: '1' })
await mkdir(join(workspace, '.git'), { recursive: true })
for (const { type, path, sha } of data.tree) {
  if (type !== 'blob') continue
  const blob = await rest.git.getBlob({ owner, repo, file_sha: sha })
  await mkdir(dirname(join(workspace, path)), { recursive: true })
  await writeFile(join(workspace, path), Buffer.from(blob.data.content, 'base64'))
}
