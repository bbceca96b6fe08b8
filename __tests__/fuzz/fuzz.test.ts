/** A sample of `npm run test:fuzz`, always the same. */
import { expect, test } from '@jest/globals'
import { loadProperties, tryProperty } from './play.js'

const properties = await loadProperties()

test.each(Object.keys(properties))('any %s is read, or refused for a reason', async name => {
  const property = properties[name]
  if (property === undefined) throw new Error(`no property ${name}`)
  expect(await tryProperty(property, 16, 60)).toBeUndefined()
})
