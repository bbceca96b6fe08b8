/**
 * Writes the workflows and parts of workflows that the documents show into a folder, each as a whole workflow, for `.ci/scan`:
 * `tsx scripts/snippets.ts FOLDER`.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { readPages } from '../__tests__/support/documents.js'
import { asWorkflow } from '../__tests__/support/snippets.js'

const [folder = ''] = process.argv.slice(2)
for (const { page, line, language, text } of (await readPages()).flatMap(({ blocks }) => blocks)) {
  const workflow = /^ya?ml$/.test(language) ? asWorkflow(parse(text)) : undefined
  if (workflow !== undefined)
    await writeFile(join(folder, `${page.replaceAll('/', '-')}-${line}.yml`), stringify(workflow))
}
