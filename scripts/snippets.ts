/**
 * Writes the workflows and parts of workflows that the documents show into a folder, each as a whole workflow, for `.ci/scan`:
 * `tsx scripts/snippets.ts FOLDER FILE…`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { isMapping } from '../src/common/guards.js'
import { ACTION } from '../__tests__/support/stand-ins.js'

/** The zeros of the documents, until there is a release. */
const USES = `${ACTION}@${'0'.repeat(40)}`

/** A snippet as a whole workflow; undefined if it is of something else, such as an environment file. */
function asWorkflow(snippet: unknown): object | undefined {
  const usual = { name: 'snippet', on: 'workflow_dispatch', permissions: {} }
  if (isMapping(snippet) && 'jobs' in snippet) return { ...usual, ...snippet }
  const steps = isMapping(snippet) && 'with' in snippet ? [{ uses: USES, ...snippet }] : snippet
  const isSteps = Array.isArray(steps) && steps.some(step => isMapping(step) && ('uses' in step || 'run' in step))
  return isSteps ? { ...usual, jobs: { snippet: { 'runs-on': 'ubuntu-latest', steps } } } : undefined
}

const [folder = '', ...documents] = process.argv.slice(2)
for (const document of documents) {
  const text = await readFile(document, 'utf8')
  for (const { index, 1: snippet = '' } of text.matchAll(/^```ya?ml\n(.*?)^```$/gms)) {
    const line = text.slice(0, index).split('\n').length
    const workflow = asWorkflow(parse(snippet))
    const name = `${document.replaceAll('/', '-')}-${line}.yml`
    if (workflow !== undefined) await writeFile(join(folder, name), stringify(workflow))
  }
}
