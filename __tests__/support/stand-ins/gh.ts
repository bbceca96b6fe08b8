/**
 * Stands in for GitHub's own command line, of which it has only `gh api PATH` with `--jq`, `--raw-field` and `--silent`.
 * Where gh has gojq, this has jq itself.
 * @see https://cli.github.com/manual/gh_api
 */
import { parseArgs } from 'node:util'
import { raw } from 'jq-wasm'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jq: { type: 'string' },
    'raw-field': { type: 'string', multiple: true },
    silent: { type: 'boolean' }
  }
})
const [command, path, ...others] = positionals
const token = process.env.GH_TOKEN
if (command !== 'api' || path === undefined || others.length > 0) throw new Error('this gh knows `gh api PATH` only')
if (token === undefined) throw new Error('to use gh in a workflow, set GH_TOKEN')

const fields = values['raw-field']?.map(field => /^(.*?)=(.*)$/s.exec(field)?.slice(1) ?? [])
const response = await fetch(`${process.env.GITHUB_API_URL ?? ''}/${path}`, {
  headers: { authorization: `token ${token}`, accept: 'application/vnd.github+json' },
  ...(fields === undefined ? {} : { method: 'POST', body: JSON.stringify(Object.fromEntries(fields)) })
})
const answer = await response.text()
if (!response.ok) {
  console.log(answer)
  console.error(`gh: HTTP ${response.status}`)
  process.exitCode = 1
} else if (values.silent !== true) {
  console.log(values.jq === undefined ? answer : await raw(answer, values.jq, ['-r']))
}
