import { expect, test } from '@jest/globals'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { askToolchain } from '../support/toolchain-python.js'

const VERSIONS = [
  ...['0.4', '0.4.0', '0.4.1.rc', '0.4.1', '0.5a1', '0.5b3', '0.5C1', '0.5', '0.960923', '1.0', '1.0.0', '1.9', '1.10'],
  ...['1.1dev1', '1.1a1', '1.1.0dev1', '1.1.0rc1', '1.1.0rc10', '1.1', '1.1.post1', '1.1post1', '1.1.1w', '1996.07.12'],
  ...['1!0.4.1', '2!0.4.1', '2025b', '2025.1', '1.0+cu118', '1.0+cu121', '1.0_1', '9e', 'main', '2.0.0.dev20250101']
]

test("orders every two versions as conda's own code does", async () => {
  const order = await loadVersionOrder()
  const ours = VERSIONS.map(left => VERSIONS.map(right => Math.sign(order(left, right))))
  const program = `
import json, sys
from conda_lock._vendor.conda.models.version import VersionOrder
versions = [VersionOrder(text) for text in json.load(sys.stdin)]
print(json.dumps([[(a > b) - (a < b) for b in versions] for a in versions]))`
  expect(ours).toEqual(await askToolchain(program, VERSIONS))
})

test('a version that cannot be read orders as if it went down', async () => {
  const order = await loadVersionOrder()
  expect([order('1.0', 'not a version'), order('not a version', '1.0')]).toEqual([1, 1])
})
