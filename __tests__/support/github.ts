/**
 * A GitHub on loopback for tests and the demo: the real emulator, one for each repository, behind a strict front (see
 * `strict-front.ts`). The methods of `Repository` are the hands of people and other programs: they go past the front,
 * so that they need no token, are not refused, and are not among the recorded calls.
 */
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmulator, type Emulator } from 'emulate'
import {
  json,
  parse,
  records,
  startFront,
  text,
  toMapping,
  without,
  type Answer,
  type Json,
  type Token
} from './strict-front.js'

/** A call that reached the front; `path` has the query but not `/api/v3`, `status` is 0 without an answer. */
export interface Call {
  method: string
  path: string
  status: number
  token: string | undefined
  /** Of the bodies of request and answer. */
  bytes: number
}

/**
 * Something that goes wrong with matching calls; without `times`, with all of them. With `status` or `body` that is the
 * answer, and nothing is forwarded, except with `after`: forwarded, but the true answer is lost. `hang` never answers,
 * `cut` breaks the connection, `half` does so in the middle of the true answer, `raw` is an answer that is no JSON,
 * `alter` makes another text of a true answer in JSON. `before` runs
 * first; alone, it changes nothing else.
 */
export interface Fault {
  method?: string
  path: RegExp
  /** Only calls with this token. */
  token?: string
  /** So many matching calls go well before. */
  skip?: number
  times?: number
  status?: number
  body?: unknown
  headers?: Record<string, string>
  hang?: boolean
  cut?: boolean
  half?: boolean
  raw?: string
  alter?: (text: string) => string
  before?: () => Promise<void>
  after?: boolean
}

/** A pull request as people see it. Requested teams are among the reviewers, as `owner/team`. */
export interface Pull {
  number: number
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
  title: string
  body: string
  head: { ref: string; sha: string }
  base: { ref: string }
  labels: string[]
  assignees: string[]
  reviewers: string[]
  /** The method of an enabled auto-merge. */
  autoMerge: string | undefined
}

/** An issue that isn't a pull request. */
export interface Issue {
  number: number
  state: 'open' | 'closed'
  title: string
  body: string
  labels: string[]
}

/** What a commit has at a path; `null` is nothing. */
export type Content =
  | string
  | Uint8Array
  | null
  | { readonly executable: string }
  | { readonly link: string }
  | { readonly submodule: string }

export interface CommitOptions {
  readonly branch?: string
  readonly message?: string
  /** Whom GitHub names as the author, such as `pre-commit-ci[bot]`. */
  readonly author?: string
}

/** What a person may do in a repository. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read'

const PERMISSIONS = { admin: 'admin', maintain: 'write', write: 'write', triage: 'read', read: 'read' } as const

/** One repository, past the front. */
export interface Repository {
  readonly fullName: string
  readonly dispatches: { workflow: string; ref: string }[]
  /** Commits on a branch (made from the default branch when missing); `null` deletes a file. Returns the commit. */
  commit(files: Readonly<Record<string, Content>>, options?: CommitOptions): Promise<string>
  head(branch: string): Promise<string | undefined>
  read(path: string, ref?: string): Promise<string | undefined>
  /** A file, a link or a submodule as git has it. */
  entry(path: string, ref?: string): Promise<{ mode: string; sha: string } | undefined>
  files(ref: string): Promise<string[]>
  branches(): Promise<string[]>
  parents(sha: string): Promise<string[]>
  message(sha: string): Promise<string>
  /** In all states, oldest first. */
  pulls(): Promise<Pull[]>
  merge(number: number): Promise<void>
  /** By a person, unless it is said who. */
  closePull(number: number, login?: string): Promise<void>
  /** What the button "Update branch" does: merges the base into the branch of an open pull request, or rebases it. */
  updateBranch(number: number, how?: 'merge' | 'rebase'): Promise<string>
  editPull(number: number, changes: { title?: string; body?: string }): Promise<void>
  deleteBranch(name: string): Promise<void>
  /** Opens a pull request for the default branch. */
  propose(branch: string): Promise<Pull>
  /** Lets a pull request come from another repository, or from one that is gone. */
  moveHead(number: number, fullName: string | undefined): void
  /** Gives a person a role, of which GitHub tells the permission. */
  setRole(login: string, role: Role): void
  /** As in GitHub's settings: open pull requests and the default branch go along. */
  renameBranch(name: string, to: string): Promise<void>
  tag(name: string, sha: string): Promise<void>
  release(tag: string): Promise<void>
  setArchived(on: boolean): void
  protect(branch: string): void
  forbidPullRequests(on: boolean): void
  forbidAutoMerge(on: boolean): void
  /** What the button does; a method chosen before is replaced. */
  enableAutoMerge(number: number, method: 'merge' | 'squash' | 'rebase'): void
  /** Puts a pull request into the merge queue. */
  enqueue(number: number): Promise<void>
  /** In all states, oldest first. */
  issues(): Promise<Issue[]>
  /** The comments on an issue or pull request, oldest first. */
  comments(number: number): Promise<string[]>
}

/** The whole fake. */
export interface FakeGitHub {
  readonly url: string
  readonly apiUrl: string
  readonly calls: Call[]
  addToken(
    token: string,
    permissions: Readonly<Record<string, 'read' | 'write'>>,
    repositories?: readonly string[]
  ): void
  addRepository(
    fullName: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    options?: { defaultBranch?: string; private?: boolean }
  ): Promise<Repository>
  /** @returns what takes the fault away again */
  inject(fault: Fault): () => void
  close(): Promise<void>
}

/** Who can be assigned and asked for a review; whoever calls through the front is the last of them. */
const PEOPLE = ['octocat', 'alice', 'bob', 'github-actions[bot]'] as const

/** The team that exists in every owner. */
export const TEAM = 'maintainers'

const BOT = 'github-actions[bot]'
/** The emulator allows 5,000 calls an hour and token, and a long test may need more. */
const HELPER_TOKENS = Array.from({ length: 40 }, (_, index) => `helper-${index}`)
const CALLS_PER_TOKEN = 4000

/** Starts an empty GitHub on a free port. */
export async function startGitHub(): Promise<FakeGitHub> {
  const repositories = new Map<string, Emulated>()
  const tokens = new Map<string, Token>()
  const calls: Call[] = []
  const faults: Fault[] = []
  const front = await startFront({ repositories, tokens, calls, faults })
  return {
    url: front.url,
    apiUrl: `${front.url}/api/v3`,
    calls,
    addToken: (token, permissions, only) => {
      tokens.set(token, { permissions, repositories: only })
    },
    addRepository: async (fullName, files, options = {}) => {
      const branch = options.defaultBranch ?? 'main'
      const emulator = await startEmulator(front.url, fullName, branch, options.private ?? false)
      const repository = new Emulated(fullName, options.private ?? false, branch, emulator)
      repositories.set(fullName.toLowerCase(), repository)
      await repository.team()
      await repository.commit(files, { message: 'Initial commit' })
      return repository
    },
    inject: fault => {
      const injected = { ...fault }
      faults.push(injected)
      return () => {
        if (faults.includes(injected)) faults.splice(faults.indexOf(injected), 1)
      }
    },
    close: async () => {
      await front.close()
      await Promise.all([...repositories.values()].map(repository => repository.close()))
    }
  }
}

/** The fields of a pull request that only the answer about a single one has. */
const COMPUTED = [
  ...['merged', 'merged_by', 'mergeable', 'mergeable_state', 'rebaseable', 'maintainer_can_modify', 'comments'],
  ...['review_comments', 'commits', 'additions', 'deletions', 'changed_files']
]

interface Running {
  emulator: Emulator
  origin: string
}

/** An emulator for one repository: only a seed can make an owner, and owners are not known at the start. */
async function startEmulator(url: string, fullName: string, branch: string, hidden: boolean): Promise<Running> {
  const [owner = '', name = ''] = fullName.split('/')
  // The first user is the one whom the emulator takes unknown tokens for.
  const users = [BOT, ...PEOPLE.filter(login => login !== BOT && login !== owner)].map(login => ({
    login,
    ...(login === BOT ? { email: `41898282+${BOT}@users.noreply.github.com` } : {})
  }))
  const members = users.map(({ login }) => ({ login, role: 'admin' }))
  const repos = [{ owner, name, default_branch: branch, private: hidden, auto_init: false }]
  const seed = {
    tokens: Object.fromEntries(HELPER_TOKENS.map(token => [token, { login: users[1]?.login ?? BOT }])),
    github: { users, orgs: [{ login: owner, members }], repos }
  }
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      const emulator = await createEmulator({ service: 'github', port, baseUrl: url, seed })
      return { emulator, origin: `http://127.0.0.1:${port}` }
    } catch (error) {
      // Somebody else may take the port in between; the emulator doesn't tell which one it got for port 0.
      if (attempt === 5) throw error
    }
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A file in a tree. */
interface Entry {
  mode: string
  sha: string
}

/** How things stood when a pull request ceased to be open; the emulator only knows how they were when it was opened. */
interface Frozen {
  head: string
  base: string
  merge?: string
}

/** One repository: what the emulator does for it, and what the emulator doesn't know. */
export class Emulated implements Repository {
  readonly dispatches: { workflow: string; ref: string }[] = []
  readonly runs: { workflow: string; event: string; head_branch: string; head_sha: string }[] = []
  readonly protectedBranches = new Set<string>()
  readonly autoMerge = new Map<number, string>()
  readonly queued = new Set<number>()
  private readonly roles = new Map<string, Role>()
  readonly nodeId: string
  readonly owner: string
  archived = false
  pullsForbidden = false
  autoMergeForbidden = false
  private readonly assignees = new Map<number, string[]>()
  private readonly frozen = new Map<number, Frozen>()
  private readonly otherHeads = new Map<number, string | undefined>()
  private readonly events = new Map<number, Json[]>()
  /** Passes with every call, so that what one call does happens at one time, and all else at others. */
  private seconds = 0
  private helperCalls = 0
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly fullName: string,
    readonly hidden: boolean,
    private defaultBranch: string,
    private readonly running: Running
  ) {
    this.owner = fullName.split('/')[0] ?? ''
    // The emulators all number from 1; only these ids tell their repositories apart.
    this.nodeId = `R_${Buffer.from(fullName).toString('base64url')}`
  }

  close(): Promise<void> {
    return this.running.emulator.close()
  }

  /** One call at a time, so that a check still holds when what it allowed is done. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      this.seconds++
      return work()
    })
    this.queue = result.catch(() => undefined)
    return result
  }

  /** A call to the emulator; `path` follows `/repos/OWNER/NAME`. */
  async send(method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<Answer> {
    return this.fetch(method, `/repos/${this.fullName}${path}`, headers, body)
  }

  private authorization(): string {
    const index = Math.floor(this.helperCalls++ / CALLS_PER_TOKEN) % HELPER_TOKENS.length
    return `token ${HELPER_TOKENS[index] ?? ''}`
  }

  private async fetch(method: string, path: string, headers: Json, body?: Buffer): Promise<Answer> {
    const response = await fetchAgain(`${this.running.origin}${path}`, {
      method,
      headers: headers as Record<string, string>,
      redirect: 'manual',
      ...(body && body.length > 0 && method !== 'GET' && method !== 'HEAD' ? { body } : {})
    })
    const kept = [...response.headers].filter(
      ([name]) => !/^(?:content-length|connection|keep-alive|date|transfer-encoding)$/.test(name)
    )
    return {
      status: response.status,
      headers: Object.fromEntries(kept),
      body: Buffer.from(await response.arrayBuffer())
    }
  }

  /** The emulator's JSON answer to a person who may do everything; undefined for 404, an error for other refusals. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.as(method, `/repos/${this.fullName}${path}`, body)
  }

  private async as(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { authorization: this.authorization(), 'content-type': 'application/json' }
    const answer = await this.fetch(
      method,
      path,
      headers,
      body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    )
    if (answer.status === 404 && method === 'GET') return undefined
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`)
    return parse(answer.body)
  }

  private async pages(path: string): Promise<Json[]> {
    const all: Json[] = []
    for (let page = 1; ; page++) {
      const some = records(await this.api('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`))
      all.push(...some)
      if (some.length < 100) return all
    }
  }

  async team(): Promise<void> {
    await this.as('POST', `/orgs/${this.owner}/teams`, { name: TEAM })
  }

  // Commits and references.

  async ref(ref: string): Promise<string | undefined> {
    const found = await this.api('GET', `/git/ref/${ref.split('/').map(encodeURIComponent).join('/')}`)
    return found === undefined ? undefined : text(toMapping(toMapping(found).object).sha)
  }

  head(branch: string): Promise<string | undefined> {
    return this.ref(`heads/${branch}`)
  }

  async hasCommit(sha: string): Promise<boolean> {
    return (await this.api('GET', `/git/commits/${sha}`)) !== undefined
  }

  private async gitCommit(sha: string): Promise<Json> {
    const found = await this.api('GET', `/git/commits/${sha}`)
    if (found === undefined) throw new Error(`${this.fullName} has no commit ${sha}`)
    return toMapping(found)
  }

  async parents(sha: string): Promise<string[]> {
    return records((await this.gitCommit(sha)).parents).map(parent => text(parent.sha))
  }

  async message(sha: string): Promise<string> {
    return text((await this.gitCommit(sha)).message)
  }

  private async ancestors(sha: string): Promise<Json[]> {
    return this.pages(`/commits?sha=${sha}`)
  }

  /** The commits that `head` has and `base` hasn't, newest first. */
  async ahead(base: string, head: string): Promise<Json[]> {
    if (base === head) return []
    const known = new Set((await this.ancestors(base)).map(commit => text(commit.sha)))
    return (await this.ancestors(head)).filter(commit => !known.has(text(commit.sha)))
  }

  private async mergeBase(base: string, head: string): Promise<string | undefined> {
    const known = new Set((await this.ancestors(base)).map(commit => text(commit.sha)))
    return (await this.ancestors(head)).map(commit => text(commit.sha)).find(sha => known.has(sha))
  }

  private async tree(ref: string): Promise<Map<string, Entry>> {
    const found = await this.api('GET', `/git/trees/${encodeURIComponent(ref)}?recursive=1`)
    if (found === undefined) throw new Error(`${this.fullName} has no ${ref}`)
    const files = records(toMapping(found).tree).filter(entry => entry.type !== 'tree')
    return new Map(files.map(entry => [text(entry.path), { mode: text(entry.mode), sha: text(entry.sha) }]))
  }

  async files(ref: string): Promise<string[]> {
    return [...(await this.tree(ref)).keys()].sort()
  }

  async branches(): Promise<string[]> {
    return (await this.pages('/branches')).map(branch => text(branch.name))
  }

  async read(path: string, ref = this.defaultBranch): Promise<string | undefined> {
    const place = path.split('/').map(encodeURIComponent).join('/')
    const headers = { authorization: this.authorization(), accept: 'application/vnd.github.raw' }
    const answer = await this.send('GET', `/contents/${place}?ref=${encodeURIComponent(ref)}`, headers)
    return answer.status === 200 ? answer.body.toString() : undefined
  }

  commit(
    files: Readonly<Record<string, Content>>,
    { branch = this.defaultBranch, message = 'Change files', author }: CommitOptions = {}
  ): Promise<string> {
    return this.exclusive(async () => {
      const before = await this.head(branch)
      const parent = before ?? (await this.head(this.defaultBranch))
      const tree = []
      for (const [path, content] of Object.entries(files)) {
        tree.push({ path, ...(await this.treeEntry(content)) })
      }
      const after = await this.makeCommit(message, tree, parent === undefined ? [] : [parent], author)
      await this.setBranch(branch, before, after)
      return after
    })
  }

  private async treeEntry(content: Content): Promise<Json> {
    const plain = { mode: '100644', type: 'blob' }
    if (content === null) return { ...plain, sha: null }
    if (typeof content === 'string' || content instanceof Uint8Array) return { ...plain, sha: await this.blob(content) }
    if ('submodule' in content) return { mode: '160000', type: 'commit', sha: content.submodule }
    if ('link' in content) return { ...plain, mode: '120000', sha: await this.blob(content.link) }
    return { ...plain, mode: '100755', sha: await this.blob(content.executable) }
  }

  async entry(path: string, ref = this.defaultBranch): Promise<{ mode: string; sha: string } | undefined> {
    return (await this.tree(ref)).get(path)
  }

  private async blob(content: string | Uint8Array): Promise<string> {
    const blob = { content: Buffer.from(content).toString('base64'), encoding: 'base64' }
    return text(toMapping(await this.api('POST', '/git/blobs', blob)).sha)
  }

  /** A commit whose tree is the first parent's with some entries changed. */
  private async makeCommit(message: string, tree: Json[], parents: string[], author?: string): Promise<string> {
    const [first] = parents
    const base = first === undefined ? {} : { base_tree: text(toMapping((await this.gitCommit(first)).tree).sha) }
    const made = toMapping(await this.api('POST', '/git/trees', { ...base, tree }))
    const by = author === undefined ? {} : { author: { name: author, email: `${author}@users.noreply.github.com` } }
    return text(toMapping(await this.api('POST', '/git/commits', { message, tree: made.sha, parents, ...by })).sha)
  }

  /** Creates, moves or deletes a branch, whatever it was. */
  async setBranch(branch: string, before: string | undefined, after: string | undefined): Promise<void> {
    if (before === after) return
    const place = `/git/refs/heads/${branch.split('/').map(encodeURIComponent).join('/')}`
    if (after === undefined) await this.api('DELETE', place)
    else if (before === undefined) await this.api('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: after })
    else await this.api('PATCH', place, { sha: after, force: true })
    if (before !== undefined) await this.moved(branch, before, after)
  }

  deleteBranch(name: string): Promise<void> {
    return this.exclusive(async () => {
      await this.setBranch(name, await this.head(name), undefined)
    })
  }

  renameBranch(name: string, to: string): Promise<void> {
    return this.exclusive(async () => {
      const sha = await this.head(name)
      await this.setBranch(to, undefined, sha)
      for (const pull of await this.pulls()) {
        if (pull.state === 'open' && pull.base.ref === name)
          await this.api('PATCH', `/pulls/${pull.number}`, { base: to })
      }
      if (name === this.defaultBranch) await this.api('PATCH', '', { default_branch: to })
      if (name === this.defaultBranch) this.defaultBranch = to
      await this.setBranch(name, sha, undefined)
    })
  }

  async tag(name: string, sha: string): Promise<void> {
    if ((await this.ref(`tags/${name}`)) === undefined) {
      await this.api('POST', '/git/refs', { ref: `refs/tags/${name}`, sha })
    } else {
      await this.api('PATCH', `/git/refs/tags/${encodeURIComponent(name)}`, { sha, force: true })
    }
  }

  async release(tag: string): Promise<void> {
    // The emulator orders releases by the millisecond.
    await sleep(2)
    await this.api('POST', '/releases', { tag_name: tag, name: tag })
  }

  setArchived(on: boolean): void {
    this.archived = on
  }

  protect(branch: string): void {
    this.protectedBranches.add(branch)
  }

  forbidPullRequests(on: boolean): void {
    this.pullsForbidden = on
  }

  /** @see https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue */
  async enqueue(number: number): Promise<void> {
    const { base, head } = await this.pull(number)
    this.queued.add(number)
    await this.setBranch(`gh-readonly-queue/${base.ref}/pr-${number}-${head.sha}`, undefined, head.sha)
  }

  forbidAutoMerge(on: boolean): void {
    this.autoMergeForbidden = on
  }

  enableAutoMerge(number: number, method: 'merge' | 'squash' | 'rebase'): void {
    this.autoMerge.set(number, method)
  }

  // Pull requests.

  /** The emulator's own record of a pull request. */
  async findPull(number: number): Promise<Json | undefined> {
    const found = await this.api('GET', `/pulls/${number}`)
    return found === undefined ? undefined : toMapping(found)
  }

  private async requirePull(number: number): Promise<Json> {
    const found = await this.findPull(number)
    if (!found) throw new Error(`${this.fullName} has no pull request ${number}`)
    return this.correctPull(found)
  }

  async pull(number: number): Promise<Pull> {
    return this.describe(await this.requirePull(number))
  }

  async pulls(): Promise<Pull[]> {
    const found = await this.pages('/pulls?state=all')
    const pulls = []
    for (const pull of found) pulls.push(this.describe(await this.correctPull(pull)))
    return pulls.sort((a, b) => a.number - b.number)
  }

  async propose(branch: string): Promise<Pull> {
    const made = await this.api('POST', '/pulls', { title: 'Change files', head: branch, base: this.defaultBranch })
    return this.pull(Number(toMapping(made).number))
  }

  moveHead(number: number, fullName: string | undefined): void {
    this.otherHeads.set(number, fullName)
  }

  setRole(login: string, role: Role): void {
    this.roles.set(login, role)
  }

  /**
   * GitHub has four permissions for more roles; undefined for who is nobody.
   * @see https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
   */
  permission(login: string): Json | undefined {
    const role = this.roles.get(login)
    if (role !== undefined) return { permission: PERMISSIONS[role], role_name: role }
    const everybody = this.hidden ? 'none' : 'read'
    return PEOPLE.some(one => one === login) ? { permission: everybody, role_name: everybody } : undefined
  }

  private describe(pull: Json): Pull {
    const names = (list: unknown, field: string): string[] => records(list).map(item => text(item[field]))
    const number = Number(pull.number)
    const teams = names(pull.requested_teams, 'slug').map(slug => `${this.owner}/${slug}`)
    return {
      number,
      state: pull.state === 'open' ? 'open' : 'closed',
      merged: pull.merged === true,
      draft: pull.draft === true,
      title: text(pull.title),
      body: text(pull.body),
      head: { ref: text(toMapping(pull.head).ref), sha: text(toMapping(pull.head).sha) },
      base: { ref: text(toMapping(pull.base).ref) },
      labels: names(pull.labels, 'name'),
      assignees: names(pull.assignees, 'login'),
      reviewers: [...names(pull.requested_reviewers, 'login'), ...teams],
      autoMerge: this.autoMerge.get(number)
    }
  }

  async openPull(branch: string, base: string): Promise<Pull | undefined> {
    return (await this.pulls()).find(
      pull => pull.state === 'open' && pull.head.ref === branch && pull.base.ref === base
    )
  }

  /** Keeps how an open pull request stands, because it is about to be closed. */
  async freeze(number: number, known: Partial<Frozen> = {}, login: string = BOT): Promise<void> {
    const pull = await this.requirePull(number)
    this.note(number, 'closed', login)
    this.frozen.set(number, { head: text(toMapping(pull.head).sha), base: text(toMapping(pull.base).sha), ...known })
  }

  private note(number: number, event: string, login = 'octocat'): void {
    const created_at = new Date(Date.UTC(2026, 0, 1) + this.seconds * 1000).toISOString().replace('.000', '')
    this.events.set(number, [...this.pullEvents(number), { event, created_at, actor: actorOf(login) }])
  }

  /** What happened to a pull request, oldest first; only its being closed and its branch's deletion are kept. */
  pullEvents(number: number): Json[] {
    return this.events.get(number) ?? []
  }

  thaw(number: number): void {
    this.frozen.delete(number)
  }

  private async shut(number: number, known: Partial<Frozen>, login = 'octocat'): Promise<void> {
    await this.freeze(number, known, login)
    await this.api('PATCH', `/pulls/${number}`, { state: 'closed' })
  }

  async closePull(number: number, login = 'octocat'): Promise<void> {
    await this.exclusive(() => this.shut(number, {}, login))
  }

  /** @see https://docs.github.com/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/keeping-your-pull-request-in-sync-with-the-base-branch */
  updateBranch(number: number, how: 'merge' | 'rebase' = 'merge'): Promise<string> {
    return this.exclusive(async () => {
      const { head, base } = await this.pull(number)
      const target = (await this.head(base.ref)) ?? ''
      const changes = await this.mergeChanges(target, head.sha)
      const made = await this.makeCommit('', changes, [target])
      const tree = text(toMapping((await this.gitCommit(made)).tree).sha)
      const commit =
        how === 'rebase'
          ? { message: await this.message(head.sha), tree, parents: [target] }
          : { message: `Merge branch '${base.ref}' into ${head.ref}`, tree, parents: [head.sha, target] }
      const after = text(toMapping(await this.api('POST', '/git/commits', commit)).sha)
      await this.setBranch(head.ref, head.sha, after)
      return after
    })
  }

  async editPull(number: number, changes: { title?: string; body?: string }): Promise<void> {
    await this.api('PATCH', `/pulls/${number}`, changes)
  }

  /** Merges what head and base are now, with a merge commit. */
  merge(number: number): Promise<void> {
    return this.exclusive(async () => {
      await this.mergeNow(number)
    })
  }

  /** The same for who is already alone. */
  async mergeNow(number: number): Promise<string> {
    const pull = await this.pull(number)
    if (pull.state !== 'open') throw new Error(`pull request ${number} is closed`)
    const base = await this.head(pull.base.ref)
    if (base === undefined) throw new Error(`pull request ${number} has no base`)
    const changes = await this.mergeChanges(base, pull.head.sha)
    const message = `Merge pull request #${number} from ${this.owner}/${pull.head.ref}\n\n${pull.title}`
    const merged = await this.makeCommit(message, changes, [base, pull.head.sha])
    await this.freeze(number)
    await this.markMerged(number, pull.base.ref, merged)
    await this.moved(pull.base.ref, base, merged)
    return merged
  }

  private async mergeChanges(base: string, head: string): Promise<Json[]> {
    const before = await this.mergeBase(base, head)
    if (before === undefined) throw new Error(`${base} and ${head} have nothing in common`)
    const [old, ours] = [await this.tree(before), await this.tree(base)]
    return (await this.changes(before, head))
      .map(({ path, entry }) => {
        const [mine, then] = [ours.get(path)?.sha, old.get(path)?.sha]
        if (mine !== then && mine !== entry?.sha) throw new Error(`merge conflict in ${path}`)
        return { path, mode: entry?.mode ?? '100644', type: 'blob', sha: entry?.sha ?? null }
      })
      .filter(change => change.sha !== null || ours.has(change.path))
  }

  private async changes(
    before: string,
    after: string
  ): Promise<{ path: string; entry: Entry | undefined; was: Entry | undefined }[]> {
    const [old, now] = [await this.tree(before), await this.tree(after)]
    const same = (a: Entry | undefined, b: Entry | undefined): boolean => a?.sha === b?.sha && a?.mode === b?.mode
    return [...new Set([...old.keys(), ...now.keys()])]
      .sort()
      .map(path => ({ path, entry: now.get(path), was: old.get(path) }))
      .filter(({ entry, was }) => !same(entry, was))
  }

  /** The emulator marks as merged only what it merges itself, and what it merges is stale; so its commit is replaced. */
  private async markMerged(number: number, branch: string, merged: string): Promise<void> {
    await this.api('PATCH', `/pulls/${number}`, { draft: false })
    await this.api('PUT', `/pulls/${number}/merge`, {})
    await this.api('PATCH', `/git/refs/heads/${branch}`, { sha: merged, force: true })
    const frozen = this.frozen.get(number)
    if (frozen) frozen.merge = merged
  }

  /** What GitHub does to open pull requests when a branch has moved (or, without `after`, is gone). */
  async moved(branch: string, before: string, after: string | undefined): Promise<void> {
    const pulls = await this.pulls()
    if (after === undefined) {
      for (const { number, head } of pulls) if (head.ref === branch) this.note(number, 'head_ref_deleted')
    }
    for (const { number, head, base } of pulls.filter(pull => pull.state === 'open')) {
      if (head.ref !== branch && base.ref !== branch) continue
      if (after === undefined) await this.shut(number, head.ref === branch ? { head: before } : { base: before })
      else if (head.ref === branch) await this.closeEmpty(number, base.ref, after)
      else await this.mergedByPush(number, head.sha, base.ref, before, after)
    }
  }

  private async closeEmpty(number: number, base: string, head: string): Promise<void> {
    const target = await this.head(base)
    if (target !== undefined && (await this.ahead(target, head)).length === 0) await this.shut(number, { head })
  }

  private async mergedByPush(
    number: number,
    head: string,
    branch: string,
    before: string,
    after: string
  ): Promise<void> {
    if ((await this.ahead(after, head)).length > 0) return
    await this.freeze(number, { base: before })
    await this.markMerged(number, branch, after)
  }

  assign(number: number, logins: readonly string[], replace = false): void {
    const known = logins.filter(login => PEOPLE.some(one => one === login))
    const before = replace ? [] : (this.assignees.get(number) ?? [])
    this.assignees.set(number, [...new Set([...before, ...known])])
  }

  /** A pull request in the shape of an issue. */
  async pullIssue(number: number): Promise<Json> {
    const pull = await this.requirePull(number)
    const { url, html_url, issue_url, merged_at } = pull
    return { ...without(pull, 'head', 'base'), url: issue_url, pull_request: { url, html_url, merged_at } }
  }

  /** The pull requests that GitHub has in a list of issues with this query. */
  async pullIssues(query: URLSearchParams): Promise<Json[]> {
    const state = query.get('state') ?? 'open'
    const labels = query.get('labels')?.split(',') ?? []
    const creator = query.get('creator')
    const fits = (issue: Json): boolean =>
      (state === 'all' || issue.state === state) &&
      (creator === null || toMapping(issue.user).login === creator) &&
      labels.every(label => records(issue.labels).some(one => one.name === label))
    const all = (await this.pulls()).map(pull => this.pullIssue(pull.number))
    return (await Promise.all(all)).filter(fits)
  }

  /** The changed files, without line counts and patches. */
  async pullFiles(number: number): Promise<Json[]> {
    const [base, head] = await this.ends(number)
    const before = (await this.mergeBase(base, head)) ?? base
    return (await this.changes(before, head)).map(({ path, entry, was }) => ({
      sha: (entry ?? was)?.sha,
      filename: path,
      status: was === undefined ? 'added' : entry === undefined ? 'removed' : 'modified'
    }))
  }

  async pullCommits(number: number): Promise<Json[]> {
    return (await this.ahead(...(await this.ends(number)))).reverse()
  }

  private async ends(number: number): Promise<[string, string]> {
    const pull = await this.requirePull(number)
    return [text(toMapping(pull.base).sha), text(toMapping(pull.head).sha)]
  }

  // Issues.

  async issues(): Promise<Issue[]> {
    const found = await this.pages('/issues?state=all&sort=created&direction=asc')
    return found
      .map(issue => ({
        number: Number(issue.number),
        state: issue.state === 'open' ? ('open' as const) : ('closed' as const),
        title: text(issue.title),
        body: text(issue.body),
        labels: records(issue.labels).map(label => text(label.name))
      }))
      .sort((a, b) => a.number - b.number)
  }

  async comments(number: number): Promise<string[]> {
    const found = await this.pages(`/issues/${number}/comments`)
    return found.sort((a, b) => Number(a.id) - Number(b.id)).map(comment => text(comment.body))
  }

  // Corrections to what the emulator answers.

  /** An answer as GitHub would give it. */
  async correct(place: string, answer: Answer): Promise<Answer> {
    if (answer.status >= 300 || !/^(?:\/pulls(?:\/\d+(?:\/requested_reviewers)?)?)?$/.test(place)) return answer
    const body = parse(answer.body)
    let value: unknown
    if (place === '')
      value = {
        ...toMapping(body),
        node_id: this.nodeId,
        archived: this.archived,
        allow_auto_merge: !this.autoMergeForbidden
      }
    else if (Array.isArray(body)) value = await Promise.all(records(body).map(pull => this.listedPull(pull)))
    else value = await this.singlePull(toMapping(body))
    const { headers, body: bytes } = json(answer.status, value)
    return { status: answer.status, headers: { ...answer.headers, ...headers }, body: bytes }
  }

  private correctRepository(repo: Json): Json {
    return { ...repo, node_id: this.nodeId, archived: this.archived, allow_auto_merge: !this.autoMergeForbidden }
  }

  /** In lists GitHub leaves out what it would have to compute. */
  private async listedPull(pull: Json): Promise<Json> {
    return without(await this.correctPull(pull), ...COMPUTED)
  }

  private async singlePull(found: Json): Promise<Json> {
    const pull = await this.correctPull(found)
    const number = Number(pull.number)
    const [commits, files] = [await this.pullCommits(number), await this.pullFiles(number)]
    return { ...pull, commits: commits.length, changed_files: files.length, mergeable: await this.isMergeable(pull) }
  }

  /**
   * The emulator merges everything. GitHub finds out in the background, and says null until then.
   * @see https://docs.github.com/rest/pulls/pulls#get-a-pull-request
   */
  private async isMergeable({ state, base, head }: Json): Promise<boolean | null> {
    if (state !== 'open') return null
    try {
      await this.mergeChanges(text(toMapping(base).sha), text(toMapping(head).sha))
      return true
    } catch {
      return false
    }
  }

  private async correctPull(pull: Json): Promise<Json> {
    const number = Number(pull.number)
    const [head, base] = [toMapping(pull.head), toMapping(pull.base)]
    const frozen = pull.state === 'open' ? undefined : this.frozen.get(number)
    const live = async (end: Json): Promise<unknown> =>
      pull.state === 'open' ? ((await this.head(text(end.ref))) ?? end.sha) : end.sha
    const repo = this.correctRepository(toMapping(head.repo))
    const method = this.autoMerge.get(number)
    const assignees = (this.assignees.get(number) ?? []).map(login => ({ login, type: 'User' }))
    return {
      ...pull,
      node_id: this.pullNodeId(number),
      head: { ...head, sha: frozen?.head ?? (await live(head)), repo: this.headRepository(number, repo) },
      base: { ...base, sha: frozen?.base ?? (await live(base)), repo },
      merge_commit_sha: frozen?.merge ?? pull.merge_commit_sha,
      assignee: assignees[0] ?? null,
      assignees,
      auto_merge: method === undefined ? null : { merge_method: method }
    }
  }

  private headRepository(number: number, own: Json): Json | null {
    if (!this.otherHeads.has(number)) return own
    const other = this.otherHeads.get(number)
    return other === undefined ? null : { ...own, full_name: other, fork: true }
  }

  private pullNodeId(number: number): string {
    return `PR_${Buffer.from(`${this.fullName}#${number}`).toString('base64url')}`
  }

  /** The number of the pull request with a node id, if it is one of this repository. */
  pullNumber(nodeId: string): number | undefined {
    const found = /^(.*)#(\d+)$/.exec(Buffer.from(nodeId.replace(/^PR_/, ''), 'base64url').toString())
    return found?.[1] === this.fullName ? Number(found[2]) : undefined
  }
}

/** Who did something; GitHub says of apps that they are bots. */
export function actorOf(login: string): Json {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}

/**
 * The emulator closes idle connections; a request that is just then sent on one is lost, and has to be sent again. On a busy
 * machine the next one may be closing, too.
 */
async function fetchAgain(url: string, init: RequestInit, tries = 5): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : undefined
    const isLost = cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET'
    if (!isLost || tries <= 1) throw error
    return fetchAgain(url, init, tries - 1)
  }
}
