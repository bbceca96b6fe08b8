import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writingTo } from '../runner/disk.js'

/**
 * Writes the executable file that conda-lock calls as conda. It only imports a module, because Python caches the bytecode of
 * modules alone.
 * @param solverFolder the folder `solver/` of this action
 * @returns its path
 */
export async function writeFrontEnd(solverFolder: string, folder: string): Promise<string> {
  const executable = join(folder, 'rattler-conda')
  const path = JSON.stringify(solverFolder)
  const lines = ['#!/usr/bin/env python3', 'import sys', `sys.path.insert(0, ${path})`]
  const program = [...lines, 'import front_end', 'front_end.main()', ''].join('\n')
  await writingTo(executable, () => writeFile(executable, program, { mode: 0o755 }))
  return executable
}
