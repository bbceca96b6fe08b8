import { lockOnce, type LockRequest, type LockResult } from '../__tests__/support/lock-once.js'

/** Locks without what conda-lock prints, which the action puts into its log. */
export async function lockQuietly(request: LockRequest): Promise<LockResult> {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = () => true
  try {
    return await lockOnce(request)
  } finally {
    process.stdout.write = write
  }
}
