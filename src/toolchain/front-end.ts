import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

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
  await writeFile(executable, [...lines, 'import front_end', 'front_end.main()', ''].join('\n'), { mode: 0o755 })
  return executable
}
