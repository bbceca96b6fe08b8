import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A real checkout by git, with one commit on `main`. */
export interface GitCheckout {
  readonly folder: string
  git(...args: readonly string[]): string
  /** Writes into the working tree, as an earlier step of a workflow does. */
  write(path: string, content: string): Promise<void>
  /** Another checkout of `main`, fetched with these options as actions/checkout does; it can fetch nothing any more. */
  fetch(...options: readonly string[]): Promise<string>
  close(): Promise<void>
}

/** What git must not take from whoever runs the tests. */
const OWN = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
const AUTHOR = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org']

/** Commits the files and checks them out anew, so that they are what `.gitattributes` makes of them. */
export async function checkOut(
  files: Readonly<Record<string, string | { readonly link: string }>>,
  branch = 'main'
): Promise<GitCheckout> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-'))
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...AUTHOR, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...OWN },
      stdio: ['ignore', 'pipe', 'ignore']
    })
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  git('init', '--quiet', '--initial-branch', branch)
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'string') await write(path, content)
    else await symlink(content.link, join(folder, path))
  }
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Initial commit')
  for (const path of Object.keys(files)) if (path !== '.gitattributes') await rm(join(folder, path))
  git('checkout', '--quiet', '--', '.')
  const others: string[] = []
  const fetch = async (...options: readonly string[]) => {
    const other = await mkdtemp(join(tmpdir(), 'fetched-'))
    others.push(other)
    git('config', 'uploadpack.allowFilter', 'true')
    git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    const there = (...args: readonly string[]) => git('-C', other, ...args)
    there('init', '--quiet')
    there('remote', 'add', 'origin', `file://${folder}`)
    there('fetch', '--quiet', '--no-tags', ...options, 'origin', '+refs/heads/main:refs/remotes/origin/main')
    there('checkout', '--quiet', '-B', 'main', 'refs/remotes/origin/main')
    there('remote', 'set-url', 'origin', 'file:///gone')
    return other
  }
  const close = async () => {
    for (const each of [folder, ...others]) await rm(each, { recursive: true, force: true })
  }
  return { folder, git, write, fetch, close }
}
