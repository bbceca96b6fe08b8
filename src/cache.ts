/** A process of its own for the runner's cache service, so that it can be ended whatever it waits for: `restore|save BASE FOLDER KEY`. */
import { restoreCache, saveCache } from '@actions/cache'

const [verb, base = '', name = '', key = ''] = process.argv.slice(2)
// The library stores paths relative to the workspace, and knows an archive by the paths that it is asked for.
process.chdir(base)
process.env.GITHUB_WORKSPACE = process.cwd()
const folders = [name]
if (verb === 'save') {
  // It answers before anything is packed, which takes a busy machine seconds; and another run may have saved it meanwhile.
  if ((await restoreCache(folders, key, [], { lookupOnly: true })) === undefined) {
    process.stdout.write('\nabsent=\n')
    await saveCache(folders, key)
  }
} else process.stdout.write(`\nrestored=${(await restoreCache(folders, key)) ?? ''}\n`)
process.exit(0)
