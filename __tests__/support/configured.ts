/** Repositories whose settings file says what is locked, and the command in a terminal. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ROOT, TOOL_CACHE } from './action.js'
import type { World } from './world.js'

export const SETTINGS_FILE = '.github/conda-lock-sync.yml'

/** Takes away what a project's runs set unless told otherwise. */
export const UNSET = { 'upstream-repository': '', 'upstream-api-url': '', 'channel-alias': '' }

/** A settings file for a project of a world. */
export function settingsOf({ github, channel }: World, name: string, ...lines: readonly string[]): string {
  const upstream = [`upstream-repository: pangeo/${name}`, `upstream-api-url: ${github.apiUrl}`]
  return [...upstream, `channel-alias: ${channel.alias}`, ...lines, ''].join('\n')
}

export interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command in a folder. */
export function laptop(cwd: string, ...words: readonly string[]): Promise<Printed> {
  const env = { PATH: process.env.PATH, HOME: cwd, XDG_CACHE_HOME: TOOL_CACHE }
  return new Promise(resolve => {
    execFile(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...words], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
