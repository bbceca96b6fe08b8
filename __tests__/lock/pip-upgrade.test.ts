import { expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { pipUpgrade } from '../../src/lock/pip-upgrade.js'

test.each([
  ['rich', 'rich', ''],
  ['ruamel.yaml>=0.18,<0.19', 'ruamel-yaml', '>=0.18,<0.19'],
  ['rich=13', 'rich', '==13.*'],
  ['rich=13.9.*', 'rich', '==13.9.*'],
  ['rich==13.9.*', 'rich', '==13.9.*'],
  ['rich!=13.9.4', 'rich', '!=13.9.4'],
  ['rich~=13.9', 'rich', '~=13.9'],
  ['rich>=14.0rc1', 'rich', '>=14.0rc1']
])('%s is about %s from PyPI, %j', (text, name, specifiers) => {
  const upgrade = pipUpgrade(text)
  expect([upgrade.name, upgrade.specifiers()]).toEqual([name, specifiers])
})

test.each(['rich>=13|<12', 'rich>=13.*', 'rich~=13', 'rich=py312', 'rich<', 'rich==13=0'])(
  '%s means nothing for a package from PyPI',
  text => {
    expect(() => pipUpgrade(text).specifiers()).toThrow(SyncError)
  }
)
