import { stringify } from 'yaml'
import { INPUTS, OUTPUTS, type InputDescription } from '../src/inputs/table.js'

/** `action.yml`, made from the table that the code reads its inputs with. */
export function actionYml(): string {
  const inputs = Object.entries<InputDescription>(INPUTS).map(([name, input]) => [name, inputOf(input)] as const)
  const outputs = Object.entries(OUTPUTS).map(([name, description]) => [name, { description }] as const)
  const action = {
    name: 'conda-lock-sync',
    description:
      'Keep conda lockfiles in step with an upstream environment.yml, by a pull request that a person can review.',
    branding: { icon: 'lock', color: 'green' },
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runs: { using: 'node24', main: 'dist/index.js' }
  }
  return `# Made from src/inputs/table.ts by \`npm run build\`.\n${stringify(action, { lineWidth: 120 })}`
}

/**
 * Only what the runner has to fill in is a default here: it would fill in all, and then nobody could tell what a workflow has
 * set from what the settings file may say.
 */
function inputOf({ description, default: fallback }: InputDescription) {
  if (fallback === undefined) return { required: false, description }
  if (fallback.startsWith('${{')) return { required: false, description, default: fallback }
  return { required: false, description: `${description} Default: ${describeDefault(fallback)}.` }
}

function describeDefault(text: string): string {
  return text
    .split('\n')
    .map(line => `\`${line}\``)
    .join(', ')
}
