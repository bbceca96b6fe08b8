/**
 * What stands in front of the emulator: an HTTP server that knows tokens and permissions, and refuses what real GitHub
 * refuses, in GitHub's words where they are known. What it neither refuses nor corrects goes through unchanged.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isMapping } from '../../src/common/guards.js'
import { actorOf, type Call, type Emulated, type Fault } from './github.js'
import { listen, type Loopback } from './loopback.js'

/** A JSON object whose fields nobody has looked at yet. */
export type Json = Record<string, unknown>

/** An HTTP answer, from the emulator or from the front. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** What a token may do; without a list of repositories, it may do so everywhere. */
export interface Token {
  permissions: Readonly<Record<string, 'read' | 'write'>>
  repositories: readonly string[] | undefined
}

/** The parts of the fake that the front works on. */
export interface World {
  readonly repositories: Map<string, Emulated>
  readonly tokens: Map<string, Token>
  readonly calls: Call[]
  readonly faults: Fault[]
}

/** An answer that says no; thrown from wherever the reason is found. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: readonly Json[],
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(message)
  }
}

/** The value if it is an object, or an empty one. */
export const toMapping = (value: unknown): Json => (isMapping(value) ? value : {})

/** The value as a list of objects, or an empty one. */
export const records = (value: unknown): Json[] => (Array.isArray(value) ? value.map(toMapping) : [])

/** The value if it is a string, or an empty one. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** An object without some of its fields. */
export const without = (value: Json, ...names: string[]): Json =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

/** A JSON answer. */
export function json(status: number, value: unknown): Answer {
  const body = Buffer.from(JSON.stringify(value))
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body }
}

/** The body of an answer as JSON; undefined when it isn't. */
export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** GitHub's 422 for a field or a rule of a resource. */
export const invalid = (...errors: Json[]): Refusal => new Refusal(422, 'Validation Failed', errors)

const MAX_JSON_CONTENT = 1024 * 1024
const MAX_BODY = 65_536
const MAX_TITLE = 256
const ZERO = '0'.repeat(40)

interface Request {
  method: string
  /** Without `/api/v3`, with the query. */
  path: string
  headers: Record<string, string>
  body: Buffer
  token: string | undefined
}

interface Context {
  request: Request
  repo: Emulated
  /** What follows `/repos/OWNER/NAME`: with the query as sent, and decoded without it. */
  rest: string
  place: string
  json: Json
  forward: () => Promise<Answer>
}

type Rule = (context: Context, captured: string) => Promise<Answer | undefined>

/** Starts the front. */
export async function startFront(world: World): Promise<Loopback> {
  return listen((request, response) => serve(world, request, response))
}

async function serve(world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming)
  const call: Call = {
    method: request.method,
    path: request.path,
    status: 0,
    token: request.token,
    bytes: request.body.length
  }
  world.calls.push(call)
  const fault = takeFault(world.faults, request)
  await fault?.before?.()
  let answer = fault !== undefined && fails(fault) && fault.after !== true ? undefined : await route(world, request)
  if (fault !== undefined && fails(fault)) {
    if (fault.hang === true) return
    if (fault.cut === true) {
      incoming.socket.destroy()
      return
    }
    if (fault.half === true) {
      sendHalf(response, answer ?? json(200, {}))
      return
    }
    answer = faultAnswer(fault)
  }
  if (fault?.alter !== undefined && answer !== undefined && parse(answer.body) !== undefined) {
    answer = { ...answer, body: Buffer.from(fault.alter(answer.body.toString())) }
  }
  call.status = answer?.status ?? 0
  call.bytes += answer?.body.length ?? 0
  if (answer) send(response, answer)
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: incoming.method ?? 'GET',
    path: (incoming.url ?? '/').replace(/^\/api\/(?:v3(?=\/|$)|(?=graphql))/, '').replace(/^(?!\/)/, '/'),
    headers,
    body: Buffer.concat(chunks),
    token: headers.authorization?.replace(/^(?:bearer|token)\s+/i, '')
  }
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) })
  response.end(answer.body)
}

/** Says how long the answer is, and breaks off in the middle of it. */
function sendHalf(response: ServerResponse, { status, headers, body }: Answer): void {
  const whole = body.length > 1 ? body : Buffer.from('{}')
  response.writeHead(status === 204 ? 200 : status, { ...headers, 'content-length': String(whole.length) })
  response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => response.destroy())
}

/** The first fault that fits and isn't used up. */
function takeFault(faults: Fault[], request: Request): Fault | undefined {
  const index = faults.findIndex(
    fault =>
      (fault.method === undefined || fault.method === request.method) &&
      (fault.token === undefined || fault.token === request.token) &&
      fault.path.test(request.path)
  )
  const fault = faults[index]
  if (fault?.skip !== undefined && fault.skip-- > 0) return undefined
  if (fault?.times !== undefined && --fault.times <= 0) faults.splice(index, 1)
  return fault
}

/** Whether a fault spoils the answer, and isn't just something to happen before the call. */
const fails = (fault: Fault): boolean =>
  fault.hang === true ||
  fault.cut === true ||
  fault.half === true ||
  fault.status !== undefined ||
  fault.body !== undefined ||
  fault.raw !== undefined

function faultAnswer(fault: Fault): Answer {
  if (fault.raw !== undefined) {
    const headers = { 'content-type': 'text/html; charset=utf-8', ...fault.headers }
    return { status: fault.status ?? 200, headers, body: Buffer.from(fault.raw) }
  }
  const answer = json(fault.status ?? 500, fault.body ?? { message: 'Server Error' })
  return { ...answer, headers: { ...answer.headers, ...fault.headers } }
}

async function route(world: World, request: Request): Promise<Answer> {
  try {
    const token = request.token === undefined ? undefined : world.tokens.get(request.token)
    if (request.token !== undefined && !token) throw new Refusal(401, 'Bad credentials')
    if (/^\/graphql(?:$|\?)/.test(request.path)) return await graphql(world, request, token)
    const found = /^\/repos\/([^/?]+\/[^/?]+)(.*)$/.exec(request.path)
    const repo = world.repositories.get((found?.[1] ?? '').toLowerCase())
    if (!repo) throw new Refusal(404, 'Not Found')
    const rest = found?.[2] ?? ''
    const place = decodeURIComponent(rest.replace(/\?.*$/, ''))
    return await repo.exclusive(async () => {
      await checkAccess(repo, token, request.method, place)
      return answerRepository({
        request,
        repo,
        rest,
        place,
        json: toMapping(parse(request.body)),
        forward: forwarder(repo, request, rest)
      })
    })
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error)
    throw error
  }
}

function refusalAnswer({ status, message, errors, headers }: Refusal): Answer {
  const more = errors ? { errors } : {}
  const body = { message, ...more, documentation_url: 'https://docs.github.com/rest', status: String(status) }
  const answer = json(status, body)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function forwarder(repo: Emulated, request: Request, rest: string): () => Promise<Answer> {
  const kept = ['accept', 'content-type', 'authorization', 'if-none-match']
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => kept.includes(name)))
  return () => repo.send(request.method, rest, headers, request.body)
}

// Who may do what.

async function checkAccess(repo: Emulated, token: Token | undefined, method: string, place: string): Promise<void> {
  const write = method !== 'GET' && method !== 'HEAD'
  const covered = token !== undefined && covers(token, repo)
  if (repo.hidden && !covered) throw new Refusal(404, 'Not Found')
  if (write && !token) throw new Refusal(401, 'Requires authentication')
  if (!write && (!repo.hidden || place === '')) return
  const names = await permissionsFor(repo, method, place)
  if (!covered || !names.some(name => grants(token, name, write))) {
    const accepted = names.map(name => `${name.replaceAll('-', '_')}=${write ? 'write' : 'read'}`).join('; ')
    throw new Refusal(403, 'Resource not accessible by integration', undefined, {
      'x-accepted-github-permissions': accepted
    })
  }
  if (write && repo.archived) throw new Refusal(403, 'Repository was archived so is read-only.')
}

const covers = (token: Token, repo: Emulated): boolean =>
  token.repositories?.some(name => name.toLowerCase() === repo.fullName.toLowerCase()) ?? true

/** Every token may read the metadata of the repositories that it covers. */
const grants = (token: Token, name: string, write: boolean): boolean =>
  (name === 'metadata' && !write) ||
  token.permissions[name] === 'write' ||
  (!write && token.permissions[name] === 'read')

/** The permissions of which one is enough for a call. */
async function permissionsFor(repo: Emulated, method: string, place: string): Promise<string[]> {
  if (/^\/pulls\/\d+\/merge$/.test(place)) return ['contents']
  if (place.startsWith('/pulls')) return ['pull-requests']
  if (/^\/(?:labels|issues\/comments|milestones)(?:\/|$)/.test(place)) return ['issues', 'pull-requests']
  if (place.startsWith('/actions')) return ['actions']
  if (place.startsWith('/collaborators')) return ['metadata']
  if (!place.startsWith('/issues')) return ['contents']
  const number = Number(/^\/issues\/(\d+)/.exec(place)?.[1] ?? 0)
  const isPull = number > 0 && (await repo.findPull(number)) !== undefined
  return isPull || method === 'GET' ? ['issues', 'pull-requests'] : ['issues']
}

// What each call does differently from the emulator.

const RULES: readonly (readonly [string, RegExp, Rule])[] = [
  ['POST', /^\/pulls()$/, openPull],
  ['PATCH', /^\/pulls\/(\d+)$/, changePull],
  ['GET', /^\/pulls\/(\d+)\/files$/, async ({ repo }, number) => json(200, await repo.pullFiles(Number(number)))],
  ['GET', /^\/pulls\/(\d+)\/commits$/, async ({ repo }, number) => json(200, await repo.pullCommits(Number(number)))],
  ['PUT', /^\/pulls\/(\d+)\/merge$/, mergePull],
  ['POST', /^\/pulls\/(\d+)\/requested_reviewers$/, requestReviewers],
  ['POST', /^\/issues\/(\d+)\/assignees$/, assignPull],
  ['GET', /^\/issues()$/, listIssues],
  ['GET', /^\/issues\/(\d+)\/events$/, async ({ repo }, number) => eventsOf(repo, Number(number))],
  ['POST', /^\/labels()$/, createLabel],
  ['*', /^\/issues\/(\d+)$/, pullAsIssue],
  ['*', /^\/issues(.*)$/, limitBody],
  ['PATCH', /^\/git\/refs\/(.+)$/, moveRef],
  ['DELETE', /^\/git\/refs\/(.+)$/, deleteRef],
  ['GET', /^\/collaborators\/([^/]+)\/permission$/, permissionOf],
  ['GET', /^\/contents\/(.+)$/, contents],
  ['GET', /^\/git\/blobs\/(.+)$/, rawBlob],
  ['GET', /^\/git\/trees\/(.+)$/, treeByName],
  ['GET', /^\/compare\/(.+)$/, compare],
  ['GET', /^\/commits\/(.+)$/, resolveCommit],
  ['POST', /^\/actions\/workflows\/([^/]+)\/dispatches$/, dispatchWorkflow],
  ['GET', /^\/actions\/workflows\/([^/]+)\/runs$/, listRuns]
]

async function answerRepository(context: Context): Promise<Answer> {
  const { request, repo, place } = context
  for (const [method, pattern, rule] of RULES) {
    const found = method === '*' || method === request.method ? pattern.exec(place) : null
    const answer = found ? await rule(context, found[1] ?? '') : undefined
    if (answer) return repo.correct(place, answer)
  }
  return repo.correct(place, inGithubsWords(await context.forward()))
}

/** The emulator's sentences that differ from GitHub's. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^Invalid base_tree$/, 'base_tree is not a valid tree oid'],
  [/^Invalid tree$/, 'Tree SHA does not exist'],
  [/^Invalid parent /, 'Parent SHA does not exist or is not a commit object'],
  [/^Invalid sha$/, 'Object does not exist'],
  [/^Invalid blob sha$/, 'tree.sha is not a valid blob'],
  [/^Update is not a fast-forward$/, 'Update is not a fast forward']
]

function inGithubsWords(answer: Answer): Answer {
  if (answer.status !== 422) return answer
  const body = toMapping(parse(answer.body))
  const sentence = SENTENCES.find(([pattern]) => pattern.test(text(body.message)))?.[1]
  return sentence === undefined ? answer : { ...answer, ...json(422, { ...body, message: sentence }), status: 422 }
}

function checkLengths(resource: string, { title, body }: Json): void {
  const problem = (field: string, limit: number): Json => ({
    resource,
    code: 'custom',
    field,
    message: `${field} is too long (maximum is ${limit} characters)`
  })
  if (Array.from(text(title)).length > MAX_TITLE) throw invalid(problem('title', MAX_TITLE))
  if (Array.from(text(body)).length > MAX_BODY) throw invalid(problem('body', MAX_BODY))
}

function limitBody({ json: body, place }: Context): Promise<undefined> {
  checkLengths(place.includes('/comments') ? 'IssueComment' : 'Issue', body)
  return Promise.resolve(undefined)
}

async function openPull({ repo, json: body, forward }: Context): Promise<Answer> {
  if (repo.pullsForbidden) {
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.')
  }
  checkLengths('PullRequest', body)
  const base = text(body.base)
  const branch = text(body.head).replace(`${repo.owner}:`, '')
  const about = (fields: Json): Refusal => invalid({ resource: 'PullRequest', ...fields })
  const head = await repo.head(branch)
  if (head === undefined) throw about({ field: 'head', code: 'invalid' })
  const target = await repo.head(base)
  if (target === undefined) throw about({ field: 'base', code: 'invalid' })
  if (await repo.openPull(branch, base)) {
    throw about({ code: 'custom', message: `A pull request already exists for ${repo.owner}:${branch}.` })
  }
  if ((await repo.ahead(target, head)).length === 0) {
    throw about({ code: 'custom', message: `No commits between ${base} and ${branch}` })
  }
  return forward()
}

async function changePull(context: Context, captured: string): Promise<Answer | undefined> {
  const { repo, json: body } = context
  checkLengths('PullRequest', body)
  const number = Number(captured)
  const pull = await repo.findPull(number)
  if (!pull) return undefined
  if (body.state === 'closed' && pull.state === 'open') await repo.freeze(number)
  if (body.state === 'open' && pull.state === 'closed') await reopen(repo, number)
  // REST can't change a draft: only GraphQL can.
  const changes = without(body, 'draft')
  const headers = { 'content-type': 'application/json', authorization: context.request.headers.authorization ?? '' }
  return repo.send('PATCH', context.rest, headers, Buffer.from(JSON.stringify(changes)))
}

async function reopen(repo: Emulated, number: number): Promise<void> {
  const pull = await repo.pull(number)
  const refuse = (why: string): Refusal =>
    invalid({ resource: 'PullRequest', code: 'invalid', field: 'state', message: `state cannot be changed. ${why}` })
  if (pull.merged) throw refuse('The pull request has been merged.')
  const now = await repo.head(pull.head.ref)
  if (now === undefined) throw refuse(`The ${pull.head.ref} branch has been deleted.`)
  if (now !== pull.head.sha) throw refuse(`The ${pull.head.ref} branch was force-pushed or recreated.`)
  if (await repo.openPull(pull.head.ref, pull.base.ref)) {
    throw refuse(
      `There is already an open pull request from ${repo.owner}:${pull.head.ref} to ${repo.owner}:${pull.base.ref}.`
    )
  }
  repo.thaw(number)
}

async function mergePull({ repo, json: body }: Context, captured: string): Promise<Answer> {
  const pull = await repo.pull(Number(captured))
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft')
  if (pull.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable')
  if (text(body.sha) !== '' && body.sha !== pull.head.sha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  }
  if (text(body.merge_method) !== '' && body.merge_method !== 'merge') {
    throw new Refusal(501, 'this fake only makes merge commits')
  }
  return json(200, { sha: await repo.mergeNow(pull.number), merged: true, message: 'Pull Request successfully merged' })
}

async function requestReviewers({ repo, forward }: Context): Promise<Answer> {
  const answer = await forward()
  if (answer.status !== 422) return answer.status === 200 ? { ...answer, status: 201 } : answer
  const who = 'One or more of the users or teams you specified is not a collaborator of the'
  throw new Refusal(422, `Reviews may only be requested from collaborators. ${who} ${repo.fullName} repository.`)
}

/** The emulator has no assignees for pull requests; GitHub leaves out, without a word, who can't be assigned. */
async function assignPull({ repo, json: body }: Context, captured: string): Promise<Answer | undefined> {
  const number = Number(captured)
  if (!(await repo.findPull(number))) return undefined
  const names = Array.isArray(body.assignees) ? body.assignees.map(text) : []
  repo.assign(number, names)
  return json(201, await repo.pullIssue(number))
}

/** For GitHub every pull request is an issue too; for the emulator it isn't. */
async function pullAsIssue(context: Context, captured: string): Promise<Answer | undefined> {
  const { repo, request, json: body } = context
  const number = Number(captured)
  const pull = await repo.findPull(number)
  if (!pull || (request.method !== 'GET' && request.method !== 'PATCH')) return undefined
  if (request.method === 'PATCH') {
    checkLengths('Issue', body)
    if (body.state === 'closed' && pull.state === 'open') await repo.freeze(number)
    if (body.state === 'open' && pull.state === 'closed') await reopen(repo, number)
    await repo.api('PATCH', `/pulls/${captured}`, { title: body.title, body: body.body, state: body.state })
    if (Array.isArray(body.labels)) await repo.api('PUT', `/issues/${captured}/labels`, { labels: body.labels })
    if (Array.isArray(body.assignees)) repo.assign(number, body.assignees.map(text), true)
  }
  return json(200, await repo.pullIssue(number))
}

/** GitHub's list of issues has the pull requests too; here they come first, on the first page. */
async function listIssues({ repo, rest, forward }: Context): Promise<Answer> {
  const answer = await forward()
  const query = new URLSearchParams(rest.replace(/^[^?]*/, ''))
  if (answer.status !== 200 || (query.get('page') ?? '1') !== '1') return answer
  const { headers, body } = json(200, [...(await repo.pullIssues(query)), ...records(parse(answer.body))])
  return { status: 200, headers: { ...answer.headers, ...headers }, body }
}

async function eventsOf(repo: Emulated, number: number): Promise<Answer | undefined> {
  return (await repo.findPull(number)) ? json(200, repo.pullEvents(number)) : undefined
}

async function createLabel({ forward }: Context): Promise<Answer> {
  const answer = await forward()
  if (answer.status === 422) throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' })
  return answer
}

function permissionOf({ repo, request }: Context, login: string): Promise<Answer> {
  if (request.token === undefined) throw new Refusal(401, 'Requires authentication')
  const permission = repo.permission(login)
  if (permission === undefined) throw new Refusal(404, `${login} is not a user`)
  return Promise.resolve(json(200, { ...permission, user: { login } }))
}

// References.

async function moveRef({ repo, json: body, forward }: Context, ref: string): Promise<Answer> {
  const branch = ref.replace(/^heads\//, '')
  const before = await repo.ref(ref)
  if (before === undefined) throw new Refusal(422, 'Reference does not exist')
  if (ref.startsWith('heads/')) refuseProtected(repo, branch, 'update')
  const answer = inGithubsWords(await forward())
  if (answer.status === 200 && ref.startsWith('heads/')) await repo.moved(branch, before, text(body.sha))
  return answer
}

async function deleteRef({ repo, forward }: Context, ref: string): Promise<Answer> {
  const branch = ref.replace(/^heads\//, '')
  const before = await repo.ref(ref)
  if (before === undefined) throw new Refusal(422, 'Reference does not exist')
  if (ref.startsWith('heads/')) refuseProtected(repo, branch, 'delete')
  const answer = await forward()
  if (answer.status === 204 && ref.startsWith('heads/')) await repo.moved(branch, before, undefined)
  return answer
}

/** GitHub's words for a branch under a ruleset. */
function refuseProtected(repo: Emulated, branch: string, verb: 'update' | 'delete'): void {
  if (!repo.protectedBranches.has(branch)) return
  throw new Refusal(422, `Repository rule violations found\n\nCannot ${verb} this protected ref.\n\n`)
}

// Reading.

const wants = ({ request }: Context, format: string): boolean =>
  new RegExp(`application/vnd\\.github\\.(?:v3\\.)?${format}\\b`).test(request.headers.accept ?? '')

/** As GitHub does, raw text says that it is UTF-8, so that Octokit hands it over as a string (without its BOM). */
function raw(answer: Answer): Answer {
  const charset = Buffer.from(answer.body.toString()).equals(answer.body) ? '; charset=utf-8' : ''
  return { ...answer, headers: { ...answer.headers, 'content-type': `application/vnd.github.raw+json${charset}` } }
}

async function contents(context: Context): Promise<Answer> {
  const answer = await context.forward()
  if (answer.status !== 200) return answer
  if (answer.headers['content-type']?.startsWith('application/octet-stream') === true) return raw(answer)
  const file = toMapping(parse(answer.body))
  if (file.type !== 'file') return answer
  if (Number(file.size) > MAX_JSON_CONTENT) return json(200, { ...file, content: '', encoding: 'none' })
  return json(200, { ...file, content: text(file.content).replace(/.{1,60}/g, '$&\n') })
}

/**
 * A short name is a tag before it is a branch.
 * @see https://git-scm.com/docs/gitrevisions (refs/tags comes before refs/heads)
 */
async function treeByName({ repo }: Context, name: string): Promise<Answer | undefined> {
  const tagged = /^[0-9a-f]{40}$/.test(name) ? undefined : await repo.ref(`tags/${name}`)
  return tagged === undefined ? undefined : json(200, await repo.api('GET', `/git/trees/${tagged}`))
}

/** Who GitHub takes for the author of a commit; the emulator knows only the users that it was started with. */
async function compare({ forward }: Context): Promise<Answer> {
  const answer = await forward()
  if (answer.status !== 200) return answer
  const found = toMapping(parse(answer.body))
  const commits = records(found.commits).map(commit => {
    const name = text(toMapping(toMapping(commit.commit).author).name)
    return { ...commit, author: actorOf(name) }
  })
  return { ...answer, ...json(200, { ...found, commits }) }
}

async function rawBlob(context: Context): Promise<Answer> {
  const answer = await context.forward()
  if (answer.status !== 200 || !wants(context, 'raw')) return answer
  return raw({ ...answer, body: Buffer.from(text(toMapping(parse(answer.body)).content), 'base64') })
}

async function resolveCommit(context: Context, ref: string): Promise<Answer | undefined> {
  if (/\/(?:comments|status|statuses|check-runs|check-suites|pulls)$/.test(ref)) return undefined
  const answer = await context.forward()
  if (answer.status === 404) throw new Refusal(422, `No commit found for SHA: ${ref}`)
  if (answer.status !== 200 || !wants(context, 'sha')) return answer
  const headers = { ...answer.headers, 'content-type': 'application/vnd.github.sha; charset=utf-8' }
  return { status: 200, headers, body: Buffer.from(text(toMapping(parse(answer.body)).sha)) }
}

// Actions and GraphQL, which the emulator has only partly or not at all.

async function dispatchWorkflow({ repo, json: body }: Context, workflow: string): Promise<Answer> {
  const ref = text(body.ref).replace(/^refs\/heads\//, '')
  const path = `.github/workflows/${workflow}`
  if ((await repo.read(path)) === undefined) throw new Refusal(404, 'Not Found')
  const head = /\S/.test(ref) ? await repo.head(ref) : undefined
  if (head === undefined) throw new Refusal(422, `No ref found for: ${ref}`)
  if ((await repo.read(path, ref))?.includes('workflow_dispatch') !== true) {
    throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
  }
  repo.dispatches.push({ workflow, ref })
  repo.runs.push({ workflow, event: 'workflow_dispatch', head_branch: ref, head_sha: head })
  return { status: 204, headers: {}, body: Buffer.alloc(0) }
}

function listRuns({ repo, rest }: Context, workflow: string): Promise<Answer> {
  const query = new URLSearchParams(rest.replace(/^[^?]*/, ''))
  const fits = (name: string, value: string): boolean => (query.get(name) ?? value) === value
  const found = repo.runs.filter(
    run =>
      run.workflow === workflow &&
      fits('event', run.event) &&
      fits('branch', run.head_branch) &&
      fits('head_sha', run.head_sha)
  )
  return Promise.resolve(json(200, { total_count: found.length, workflow_runs: found }))
}

class GraphqlError extends Error {
  constructor(
    readonly type: string,
    message: string
  ) {
    super(message)
  }
}

/**
 * Two mutations, `updateRefs` and `enablePullRequestAutoMerge`, recognised by their name in the query. There is no
 * GraphQL parser: the input has to come in the variables, as `{ input: {…} }` or as the fields of the input themselves,
 * and the answer has all fields that the fake knows, whatever was selected.
 */
async function graphql(world: World, request: Request, token: Token | undefined): Promise<Answer> {
  if (!token) throw new Refusal(401, 'This endpoint requires you to be authenticated.')
  const body = toMapping(parse(request.body))
  const variables = toMapping(body.variables)
  const input = 'input' in variables ? toMapping(variables.input) : variables
  if (text(body.query).includes('isInMergeQueue'))
    return json(200, { data: { node: queueState(world, text(variables.id)) } })
  const name = /\b(updateRefs|enablePullRequestAutoMerge)\s*\(/.exec(text(body.query))?.[1]
  try {
    if (name === 'updateRefs') return json(200, { data: { [name]: await updateRefs(world, token, input) } })
    if (name !== undefined) return json(200, { data: { [name]: await enableAutoMerge(world, token, input) } })
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error
    const { type, message } = error
    return json(200, { data: { [name ?? '']: null }, errors: [{ type, path: [name], message }] })
  }
  return json(200, { errors: [{ message: 'this fake knows updateRefs and enablePullRequestAutoMerge only' }] })
}

/** @see https://docs.github.com/graphql/reference/objects#pullrequest */
function queueState(world: World, id: string): Json | null {
  for (const repo of world.repositories.values()) {
    const number = repo.pullNumber(id)
    if (number !== undefined) return { isInMergeQueue: repo.queued.has(number) }
  }
  return null
}

function allow(repo: Emulated | undefined, token: Token, id: string, permission: string): Emulated {
  if (!repo || (repo.hidden && !covers(token, repo))) {
    throw new GraphqlError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
  }
  if (!covers(token, repo) || !grants(token, permission, true)) {
    throw new GraphqlError('FORBIDDEN', 'Resource not accessible by integration')
  }
  if (repo.archived) throw new GraphqlError('UNPROCESSABLE', 'Repository was archived so is read-only.')
  return repo
}

interface RefUpdate {
  branch: string
  before: string | undefined
  after: string | undefined
  force: boolean
}

/** All updates or none, each a compare-and-swap when it has a `beforeOid`. */
async function updateRefs(world: World, token: Token, input: Json): Promise<Json> {
  const id = text(input.repositoryId)
  const repo = allow(
    [...world.repositories.values()].find(one => one.nodeId === id),
    token,
    id,
    'contents'
  )
  return repo.exclusive(async () => {
    const updates: RefUpdate[] = []
    for (const update of records(input.refUpdates)) updates.push(await checkUpdate(repo, update))
    for (const { branch, before, after } of updates) await repo.setBranch(branch, before, after)
    return { clientMutationId: input.clientMutationId ?? null }
  })
}

async function checkUpdate(repo: Emulated, update: Json): Promise<RefUpdate> {
  const name = text(update.name)
  const refuse = (message: string): GraphqlError => new GraphqlError('UNPROCESSABLE', message)
  if (!name.startsWith('refs/heads/')) throw refuse(`${name} is not a fully qualified branch name`)
  const branch = name.slice('refs/heads/'.length)
  const before = await repo.head(branch)
  const expected = text(update.beforeOid)
  if (expected !== '' && expected !== (before ?? ZERO)) {
    throw new GraphqlError(
      'STALE_DATA',
      `${name}: beforeOid does not match: expected ${expected}, is ${before ?? ZERO}`
    )
  }
  const after = update.afterOid === ZERO ? undefined : text(update.afterOid)
  if (before !== undefined && repo.protectedBranches.has(branch)) throw refuse('Cannot update this protected ref.')
  if (after !== undefined && !(await repo.hasCommit(after))) throw refuse(`${after} is not a commit of this repository`)
  const force = update.force === true
  if (!force && before !== undefined && after !== undefined && (await repo.ahead(after, before)).length > 0) {
    throw refuse('Update is not a fast forward')
  }
  return { branch, before, after, force: true }
}

async function enableAutoMerge(world: World, token: Token, input: Json): Promise<Json> {
  const id = text(input.pullRequestId)
  for (const repo of world.repositories.values()) {
    const number = repo.pullNumber(id)
    if (number === undefined || !(await repo.findPull(number))) continue
    allow(repo, token, id, 'pull-requests')
    if (repo.autoMergeForbidden) {
      throw new GraphqlError('UNPROCESSABLE', 'Auto merge is not allowed for this repository')
    }
    const mergeMethod = text(input.mergeMethod) || 'MERGE'
    repo.autoMerge.set(number, mergeMethod.toLowerCase())
    return { clientMutationId: null, pullRequest: { id, number, autoMergeRequest: { mergeMethod } } }
  }
  throw new GraphqlError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}
