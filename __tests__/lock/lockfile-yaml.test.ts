/** Lockfiles are read and written in a shorter way than PyYAML's, with the same outcome. */
import { expect, test } from '@jest/globals'
import { SOLVER } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'

const START = `
import io, json, sys, yaml
request = json.load(sys.stdin)
sys.path.insert(0, request["solver"])
import lockfile_yaml
`

const ask = (program: string, input: object) => askToolchain(START + program, { solver: SOLVER, ...input })

const TEXTS = [
  'a: b\n',
  'version: 1\nnumbers: [1, 1.5, 0x1f, 010, 1_0, 1e3, 1:30]\nothers: [yes, No, ~, null, true, "true", 2025-01-01, .inf]\n',
  'quoted: \'1.0\'\ndouble: "a\\tb\\\n  c"\nfolded: >-\n  one\n  two\nliteral: |\n  one\n\n',
  'empty: {}\nlist: []\nnothing:\ndeep: {a: [{b: c}, [d]]}\n',
  'a: 1\nb: 2\na: 3\n',
  '1: one\ntrue: two\n~: three\n',
  'base: &base {a: 1}\nmore:\n  <<: *base\n  b: 2\n',
  'a: &self [*self]\n',
  'a: !!str 1\n',
  'a: !own 1\n',
  '%YAML 1.1\n---\na: b\n...\n',
  'a: =\n=: b\n',
  '? [a, b]\n: c\n',
  '? {a: b}\n: c\n',
  '',
  '# nothing\n',
  'plain\n',
  '- a\n-\n',
  'a: b\n--- \nc: d\n',
  'a: [\n',
  'a: b: c\n',
  'a: "\u0007\n',
  'a: é\nb: "\u2028"\nc: \u0085 d\n',
  'a: *missing\n',
  '\ufeffa: b\n',
  'a:\n\tb: c\n'
]

test('YAML is read as PyYAML reads it, errors included', async () => {
  const program = `
def told(load, text):
    try:
        return repr(load(io.StringIO(text)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def usual(stream):
    return yaml.load(stream, Loader=yaml.CSafeLoader)

print(json.dumps([[told(load, text) for text in request["texts"]] for load in (usual, lockfile_yaml.load)]))`
  const [usual, ours] = (await ask(program, { texts: TEXTS })) as readonly string[][]
  expect(ours).toEqual(usual)
  expect(usual?.filter(text => text.includes('Error: ')).length).toBeGreaterThan(5)
})

const ODD = ['', ' ', 'a b', '1.0', '1e3', '010', 'yes', 'null', '~', '=', '<<', '-', '--- a', '- a', '? a', ': a', 'a: b', 'a:b', 'a #b', '#a', '&a', '*a', '!a', '|', '>=1', '%a', '@a', '`a', "'a", '"a', '[a', ']', '{a', '}', ',', 'é', '\u0085', '\u2028', '\ufeff', '\t', 'a\nb', '\n', 'a'.repeat(128), 'a'.repeat(129), `'${'a'.repeat(200)}`, `a ${'b '.repeat(100)}`, '2025-01-01', '1:30', '0x1f', '.inf', '1_0', '+1', 'a\\b'] // prettier-ignore

test('YAML is written as PyYAML writes it', async () => {
  const program = `
def package(values, more):
    return {"name": values[0], "dependencies": dict(zip(values, reversed(values))), "hash": {"sha256": values[-1]}, "optional": True, **more}

odd = request["odd"]
whole = [package([value, *odd[:index]], {}) for index, value in enumerate(odd)]
single = [package(["a", value], {}) for value in odd] + [package([value, "a"], {}) for value in odd]
mores = [{"a": {}}, {"a": None}, {"a": 1}, {"a": 1.5}, {"a": ["b"]}, {"a": []}, {"a": {"b": {"c": "d"}}}, {"optional": False}]
others = [package(["a", "b"], more) for more in mores]
contents = [{"version": 1, "metadata": {"platforms": ["a"]}, "package": packages}
            for packages in [whole, single, others, [], *[[each] for each in single + others]]]
contents += [{"package": single, "version": 1}, {"package": single}, {"version": 1}, {"version": 1, "package": None}]

def written(dump, content, **options):
    stream = io.StringIO()
    dump(content, stream=stream, **options)
    return stream.getvalue()

def usual(content, stream, **options):
    yaml.dump(content, stream, Dumper=yaml.CDumper, **options)

cases = [(content, options) for content in contents for options in ({"sort_keys": False}, {})]
print(json.dumps([repr(case) for case in cases
                  if written(usual, case[0], **case[1]) != written(lockfile_yaml.dump, case[0], **case[1])]))`
  expect(await ask(program, { odd: ODD })).toEqual([])
})
