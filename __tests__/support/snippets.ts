/** The workflows and parts of workflows that the documents show, each as a whole workflow. */
import { isMapping } from '../../src/common/guards.js'
import { ACTION } from './stand-ins.js'

/** The zeros of the documents, until there is a release. */
const USES = `${ACTION}@${'0'.repeat(40)}`

/**
 * @param snippet the content of a block of YAML
 * @returns undefined if it is of something else, such as an environment file
 */
export function asWorkflow(snippet: unknown): object | undefined {
  const usual = { name: 'snippet', on: 'workflow_dispatch', permissions: {} }
  if (isMapping(snippet) && 'jobs' in snippet) return { ...usual, ...snippet }
  const steps = isMapping(snippet) && 'with' in snippet ? [{ uses: USES, ...snippet }] : snippet
  const isSteps = Array.isArray(steps) && steps.some(step => isMapping(step) && ('uses' in step || 'run' in step))
  return isSteps ? { ...usual, jobs: { snippet: { 'runs-on': 'ubuntu-latest', steps } } } : undefined
}
