/** Enterprise Servers that lack the mutation by which a branch moves only from where it is expected. */
import { afterAll, describe, expect, test } from '@jest/globals'
import { commitToBranch, observeBranch, type ObservedBranch } from '../../src/publish/commit.js'
import { startGitHub, type FakeGitHub, type Fault } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const started: FakeGitHub[] = []
afterAll(() => Promise.all(started.map(one => one.close())))

/** What a server of before 3.13 says. */
const MISSING = {
  errors: [
    { message: "UpdateRefsInput isn't a defined input type (on $input)" },
    {
      path: ['mutation', 'updateRefs'],
      extensions: { code: 'undefinedField', typeName: 'Mutation', fieldName: 'updateRefs' },
      message: "Field 'updateRefs' doesn't exist on type 'Mutation'"
    }
  ]
}

/** @param before what happens before each answer of GraphQL */
async function oldServer(
  before: () => Promise<void> = () => Promise.resolve()
): Promise<{ readonly github: FakeGitHub; readonly stage: Stage }> {
  const github = await startGitHub()
  started.push(github)
  github.inject({ method: 'POST', path: /^\/graphql/, status: 200, body: MISSING, before })
  return { github, stage: await setStage(github) }
}

function inject(github: FakeGitHub, stage: Stage, method: string, fault: Partial<Fault>): void {
  github.inject({ method, path: new RegExp(`${stage.repository.fullName}/git/refs/heads`), times: 1, ...fault })
}

test.concurrent('the branch moves by REST', async () => {
  const { stage } = await oldServer()
  await stage.run(propose('1'))
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
  expect(await openLocks(stage.repository)).toEqual(['2'])
})

test.concurrent('a pull request with nothing left to propose is closed, and its branch deleted', async () => {
  const { stage } = await oldServer()
  await stage.run(propose('1'))
  await stage.repository.commit(
    Object.fromEntries(propose('1').files.map(({ path, content }) => [path, Buffer.from(content ?? '')]))
  )
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'closed' })
  expect(await stage.repository.head(HEAD)).toBeUndefined()
})

test.concurrent('somebody commits before the look: their commit stays', async () => {
  const theirs: string[] = []
  const { stage } = await oldServer(async () => {
    theirs.push(await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD }))
  })
  await stage.run(propose('1'))
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
  expect(await stage.repository.head(HEAD)).toBe(theirs.at(-1))
})

test.concurrent('somebody commits right after the move: the run makes way', async () => {
  const { github, stage } = await oldServer()
  await stage.run(propose('1'))
  const path = new RegExp(`${stage.repository.fullName}/git/ref/heads`)
  const commit = async () => {
    await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
  }
  // The first look is before the move.
  github.inject({ method: 'GET', path, times: 1, before: () => Promise.resolve() })
  github.inject({ method: 'GET', path, times: 1, before: commit })
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
})

test.concurrent.each([{ status: 502 }, { cut: true }])('the answer to the move is lost (%j)', async loss => {
  const { github, stage } = await oldServer()
  await stage.run(propose('1'))
  inject(github, stage, 'PATCH', { after: true, ...loss })
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
  expect(await openLocks(stage.repository)).toEqual(['2'])
})

test.concurrent('a protected branch is told as one', async () => {
  const { stage } = await oldServer()
  await stage.run(propose('1'))
  stage.repository.protect(HEAD)
  await expect(stage.run(propose('2'))).rejects.toThrow('GitHub did not move the branch `conda-lock-sync`')
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

describe('mode: commit', () => {
  const files = propose('1').files
  const message = 'Lock anew'

  async function observed(stage: Stage): Promise<ObservedBranch> {
    const [owner = '', repo = ''] = stage.repository.fullName.split('/')
    const paths = ['environment.yml', ...files.map(({ path }) => path)]
    return observeBranch(stage.connect(), { repository: { owner, repo }, branch: 'main' }, paths)
  }

  test.concurrent('the commit comes on top of what is there', async () => {
    const { stage } = await oldServer()
    const before = await stage.repository.head('main')
    const found = await observed(stage)
    expect(await commitToBranch(found, propose('1'), message)).toMatchObject({ operation: 'committed', branch: 'main' })
    expect(await stage.repository.parents((await stage.repository.head('main')) ?? '')).toEqual([before])
    expect(await stage.repository.read('conda-lock.yml', 'main')).toBe('lock: 1\n')
  })

  test.concurrent('somebody commits before the look: their commit stays, and nothing is lost', async () => {
    const theirs: string[] = []
    const { stage } = await oldServer(async () => {
      theirs.push(await stage.repository.commit({ notes: 'theirs' }))
    })
    const found = await observed(stage)
    expect(await commitToBranch(found, propose('1'), message)).toMatchObject({ operation: 'superseded' })
    expect(await stage.repository.head('main')).toBe(theirs.at(-1))
  })

  test.concurrent(
    'somebody commits between the look and the move: GitHub refuses the move, which forces nothing',
    async () => {
      const { github, stage } = await oldServer()
      const found = await observed(stage)
      let theirs = ''
      inject(github, stage, 'PATCH', {
        before: async () => {
          theirs = await stage.repository.commit({ notes: 'theirs' })
        }
      })
      expect(await commitToBranch(found, propose('1'), message)).toMatchObject({ operation: 'superseded' })
      expect(await stage.repository.head('main')).toBe(theirs)
      expect(await stage.repository.read('conda-lock.yml', 'main')).toBeUndefined()
    }
  )

  test.concurrent.each([{ status: 502 }, { cut: true }])('the answer to the move is lost (%j)', async loss => {
    const { github, stage } = await oldServer()
    const found = await observed(stage)
    inject(github, stage, 'PATCH', { after: true, ...loss })
    expect(await commitToBranch(found, propose('1'), message)).toMatchObject({ operation: 'committed' })
  })

  test.concurrent('a protected branch is told as one', async () => {
    const { stage } = await oldServer()
    const found = await observed(stage)
    stage.repository.protect('main')
    await expect(commitToBranch(found, propose('1'), message)).rejects.toThrow('GitHub did not move the branch `main`')
  })
})
