import { INPUTS, type InputDescription } from '../src/inputs/table.js'

/** Where the schema of the latest release can be fetched. */
const ADDRESS = 'https://raw.githubusercontent.com/conda-lock-sync/conda-lock-sync/main/settings.schema.json'

/** `settings.schema.json`, made from the table that the code reads its inputs with: editors complete and check by it. */
export function settingsSchema(): string {
  const entries = Object.entries<InputDescription>(INPUTS)
  const common = entries.filter(([, { scope }]) => scope !== 'run')
  const image = common.filter(([, { scope }]) => scope !== 'repository')
  const images = {
    description: 'The images, by their folders, with what differs for each.',
    type: ['object', 'null'],
    additionalProperties: { type: ['object', 'null'], properties: propertiesOf(image), additionalProperties: false }
  }
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: ADDRESS,
    title: 'Settings of conda-lock-sync',
    description: 'What a repository locks. Made from src/inputs/table.ts by `npm run build`.',
    type: 'object',
    properties: { ...propertiesOf(common), images },
    additionalProperties: false
  }
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

function propertiesOf(entries: readonly [string, InputDescription][]): Record<string, object> {
  return Object.fromEntries(entries.map(([name, input]) => [name, propertyOf(input)]))
}

function propertyOf({ description, default: fallback, form, values }: InputDescription): object {
  const told = { description, ...(fallback === undefined ? {} : { default: fallback }) }
  const lines = { type: 'array', items: { type: 'string' } }
  if (form === undefined)
    return { ...told, ...(values === undefined ? { type: ['string', 'number'] } : { enum: values }) }
  switch (form) {
    case 'flag':
      return { ...told, type: 'boolean', ...(fallback === undefined ? {} : { default: fallback === 'true' }) }
    case 'lines':
      return { ...told, anyOf: [lines, { type: 'string' }] }
    case 'copies':
      return {
        ...told,
        anyOf: [COPIES, { type: 'array', items: { anyOf: [COPIES, { type: 'string' }] } }, { type: 'string' }]
      }
  }
}

const COPIES = { type: 'object', additionalProperties: { type: 'string' } }
