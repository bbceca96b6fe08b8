/**
 * The example workflows, run by `act` with a real artifact service. Every job has a token with the permissions that it
 * declares, and the repositories are private, so that reading takes a permission, too. Stand-ins: see `stand-ins.ts`.
 * Of a step that fails act may lose the last lines, so that no test here looks for annotations of such a step.
 */
import { afterAll, expect, test } from '@jest/globals'
import type { Pull } from '../support/github.js'
import { SETTINGS_FILE } from '../support/configured.js'
import { settingsExample, startWorkplace } from '../support/workflows.js'
import { environment } from '../support/world.js'

const place = await startWorkplace()
afterAll(() => place.close())

function addRepository(name: string, files: Readonly<Record<string, string>>) {
  return place.github.addRepository(`example-org/${name}`, files, { private: true })
}

/** Lets upstream have a new commit between the next two times that it is asked with this token. */
function moveUpstreamWhenAskedAgain(token: string): void {
  const commits = '/repos/pangeo-data/pangeo-docker-images/commits/'
  const asked = () => place.github.calls.filter(call => call.token === token && call.path.startsWith(commits)).length
  let left = asked() + 2
  place.github.inject({
    path: new RegExp(`^${commits}`),
    before: async () => {
      if (asked() !== left) return
      left = NaN
      await place.upstream.commit({ 'README.md': 'Other images.\n' })
    }
  })
}

test.concurrent(
  'nightly opens a pull request at night, updates it after a push, and leaves it alone when started by hand',
  async () => {
    const repository = await addRepository('helio', {
      'environment.yml': environment('sunpy'),
      [SETTINGS_FILE]: await settingsExample()
    })
    const start = async (event: 'schedule' | 'push' | 'workflow_dispatch') =>
      (await place.run({ example: 'nightly', repository, event })).printed

    expect(await start('schedule')).toContain('Opened pull request #1: 7 added')
    await repository.commit({ 'environment.yml': environment('sunpy', 'aiapy') })
    expect(await start('push')).toContain('Updated pull request #1: 8 added')
    expect(await start('workflow_dispatch')).toContain('Nothing new for pull request #1')

    const [pull, ...others] = await repository.pulls()
    expect(others).toEqual([])
    expect(pull?.base.ref).toBe('main')
    const proposed = await repository.files('conda-lock-sync')
    expect(proposed.filter(path => path !== SETTINGS_FILE)).toEqual(
      ['BNenvironment.yml', 'NBenvironment.yml', 'conda-linux-64.lock', 'conda-lock.yml', 'environment.yml'].sort()
    )
    expect(await repository.read('NBenvironment.yml', 'conda-lock-sync')).toBe(
      await place.upstream.read('pangeo-notebook/environment.yml')
    )
  }
)

test.concurrent(
  'images locks each image in a job of its own, and proposes them together, though one fails or upstream moves',
  async () => {
    const repository = await addRepository('images', {
      [SETTINGS_FILE]: 'images:\n  images/notebook:\n  images/worker:\n',
      'images/notebook/environment.yml': environment('sunpy'),
      'images/worker/environment.yml': environment('no-such-package')
    })
    const first = await place.run({ example: 'images', repository, event: 'schedule' })
    expect(first.printed).toContain('Opened pull request #1 of 2 images, 1 of which failed')
    expect((await repository.pulls())[0]?.body).toContain('`images/worker` could not be locked')
    expect(await repository.read('images/notebook/conda-lock.yml', 'conda-lock-sync')).toContain('sunpy')
    expect(await repository.read('images/worker/conda-lock.yml', 'conda-lock-sync')).toBeUndefined()

    await repository.commit({ 'images/worker/environment.yml': environment('aiapy') })
    moveUpstreamWhenAskedAgain('images-of-images-lock')
    const second = await place.run({ example: 'images', repository, event: 'schedule' })
    expect(second.succeeded).toBe(true)
    expect(second.printed).toContain('Updated pull request #1 of 2 images')
    const [pull, ...others] = await repository.pulls()
    expect(others).toEqual([])
    expect(pull?.body).toContain('has moved while the images were locked')
    expect(await repository.read('images/worker/conda-lock.yml', 'conda-lock-sync')).toContain('aiapy')
  }
)

test.concurrent(
  'dispatch opens a pull request when upstream calls; check accepts it, and refuses one that changes environment.yml alone',
  async () => {
    const repository = await addRepository('called', {
      'environment.yml': environment('sunpy', 'dask'),
      [SETTINGS_FILE]: await settingsExample()
    })
    const check = ({ number, head }: Pull) =>
      place.run({
        example: 'check',
        repository,
        event: 'pull_request',
        payload: { number, pull_request: { number, head, base: { ref: 'main' } } }
      })

    const call = { action: 'upstream-changed', client_payload: {} }
    const called = await place.run({ example: 'dispatch', repository, event: 'repository_dispatch', payload: call })
    expect(called.printed).toContain('Opened pull request #1')
    const [locked] = await repository.pulls()
    if (locked === undefined) throw new Error('there is no pull request')
    const good = await check(locked)
    expect(good.printed).toContain('Checked the lockfiles: they are as they must be')
    expect(good.succeeded).toBe(true)

    await repository.merge(locked.number)
    await repository.commit({ 'environment.yml': environment('sunpy', 'dask<2025') }, { branch: 'topic' })
    const bad = await check(await repository.propose('topic'))
    expect(bad.succeeded).toBe(false)
    expect(bad.printed).toContain('summary=Checked the lockfiles: 1 problem; locking again: 1 downgraded')
    expect(bad.printed).toContain('| `dask` | `2025.2` | `2024.12` |')
    const writes = place.github.calls.filter(({ method, token }) => method !== 'GET' && token?.startsWith('check-of'))
    expect(writes).toEqual([])
  }
)
