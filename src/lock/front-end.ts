import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the front end imports from beside itself. */
const MODULES = ['diagnosis.py', 'outcome.py', 'request.py', 'steering.py']

/**
 * Puts the built-in solver into a folder, as the one executable file that conda-lock wants for a conda.
 * @param solverFolder where `rattler_conda.py` and its modules are
 * @returns the path of the executable file
 */
export async function installFrontEnd(solverFolder: string, folder: string): Promise<string> {
  const executable = join(folder, 'rattler-conda')
  await copyFile(join(solverFolder, 'rattler_conda.py'), executable)
  await Promise.all(MODULES.map(name => copyFile(join(solverFolder, name), join(folder, name))))
  await chmod(executable, 0o755)
  return executable
}
