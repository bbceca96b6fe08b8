import { inLineOrder, SyncError, type Place, type Problem } from '../common/errors.js'
import { code } from '../common/markdown.js'
import { channelName, isChannelName } from './channels.js'
import type { Environment } from './parse.js'
import type { BadSpec, Form, Spec, Specs } from './specs.js'

/**
 * What cannot be locked, as far as the environment files show it: lines that conda-lock cannot read, or reads as something
 * else than what is written, or would lock as something that no lockfile may hold.
 */
export function findFaults(
  environments: readonly Environment[],
  { specs, bad }: Specs,
  channelAlias: string
): SyncError[] {
  const faults = inLineOrder([
    ...environments.flatMap(localChannels),
    ...noChannel(environments),
    ...bad.map(unreadable),
    ...specs.flatMap(spec => specFaults(spec, channelAlias))
  ])
  // Each platform finds the same ones.
  return [...new Map(faults.map(fault => [JSON.stringify([fault.place, fault.message]), fault])).values()]
}

function fault({ message, hint }: Problem, { file, line }: Place): SyncError {
  return new SyncError('environment', message, { hint, place: { file, line } })
}

function noChannel(environments: readonly Environment[]): SyncError[] {
  const last = environments.at(-1)
  if (last === undefined || environments.some(({ channels }) => channels.length > 0)) return []
  const problem = {
    message: 'No environment file names a channel.',
    hint: `Add one to ${last.file}, such as \`channels: [conda-forge]\`.`
  }
  return [fault(problem, { file: last.file, line: last.channelLine() })]
}

function localChannels(environment: Environment): SyncError[] {
  const { file, channels } = environment
  return channels.filter(isLocal).map(channel =>
    fault(
      {
        message: `The channel ${code(channel)} is a folder of one machine, so that no other could install what is locked from it.`,
        hint: 'Serve it over HTTP and give its address, or remove it.'
      },
      { file, line: environment.channelLine(channel) }
    )
  )
}

function isLocal(channel: string): boolean {
  return /^(?:file:|[./~\\]|[A-Za-z]:)/.test(channel)
}

function specFaults(spec: Spec, channelAlias: string): SyncError[] {
  const problem =
    spec.form !== 'name'
      ? formProblem(spec)
      : spec.manager === 'conda'
        ? (nameProblem(spec) ?? channelProblem(spec, channelAlias))
        : undefined
  return problem === undefined ? [] : [fault(problem, spec)]
}

/** @see https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html */
function nameProblem({ name, text }: Spec): Problem | undefined {
  if (/^\w[\w.-]*$/.test(name)) return undefined
  return {
    message: `${code(text)} does not name one package: ${code(name)} is no name of a package.`,
    hint: 'List each package that you want by its whole name, as `name`, `name=1.2` or `name>=1.2,<2`.'
  }
}

function channelProblem({ text, name, channel, writtenChannel }: Spec, channelAlias: string): Problem | undefined {
  if (writtenChannel === '' || isChannelName(channelName(writtenChannel, channelAlias))) return undefined
  return {
    message: `conda-lock takes only a name before \`::\`, so that ${code(text)} asks for a channel called ${code(channel)}.`,
    hint: `Name the channel with its address under \`channels:\`, and ask here for ${code(name)} without it.`
  }
}

/** A lockfile holds files of channels and indexes, each with a hash. */
function formProblem({ text, form, manager }: Pick<Spec, 'text' | 'form' | 'manager'>): Problem | undefined {
  if (form === 'name') return undefined
  if (manager === 'conda') {
    return {
      message: `${code(text)} is the address of a file, which conda-lock does not read as such.`,
      hint: 'Ask for the package: `channel::name=version=build`.'
    }
  }
  if (form === 'option') return optionProblem(text)
  return { message: `${code(text)} cannot be locked: it is ${NO_PACKAGE[form]}.`, hint: INSTEAD }
}

const NO_PACKAGE: Readonly<Record<Exclude<Form, 'name' | 'option'>, string>> = {
  url: 'an address, for which conda-lock keeps no hash',
  path: 'a path, which no other machine has',
  vcs: 'a repository, whose content has no hash and is built by running its code'
}

const INSTEAD =
  'Ask for a released version by its name, such as `name==1.2` (another package index is named at the head of the file, under `pip-repositories:`), or install it after what is locked, with `pip install --no-deps`.'

function optionProblem(text: string): Problem {
  const option = /(?:^|\s)(--[\w-]*|-\w)/.exec(text)?.[1] ?? ''
  return {
    message: `${code(text)} has an option of pip, and conda-lock reads none.`,
    hint: OPTION_HINTS.find(([names]) => names.includes(option))?.[1] ?? 'Remove it: pip takes no part in locking.'
  }
}

const OPTION_HINTS: readonly (readonly [names: readonly string[], hint: string])[] = [
  [['-r', '--requirement'], 'List the packages of that file here, under `pip:`.'],
  [['-c', '--constraint'], 'Write the versions of that file at the packages themselves, as `name==1.2`.'],
  [['-e', '--editable'], 'Install it after what is locked, with `pip install --no-deps --editable`.'],
  [
    ['-i', '--index-url', '--extra-index-url', '-f', '--find-links'],
    'Name the package index at the head of the file, as `pip-repositories: [ADDRESS]`.'
  ]
]

/** The parsers are conda's and packaging's, whose words for it are kept. */
function unreadable(spec: BadSpec): SyncError {
  const { text, form, manager, reason } = spec
  const example = manager === 'pip' ? '`name`, `name==1.2` or `name>=1.2,<2`' : '`name`, `name=1.2` or `name>=1.2,<2`'
  const problem = formProblem({ text, form, manager }) ?? {
    message: `conda-lock cannot read ${code(text)}${firstSentence(reason)}.`,
    hint: `Write it as ${example} in ${spec.file}, line ${spec.line}.`
  }
  return fault(problem, spec)
}

/** packaging adds the text again, with a mark under it. */
function firstSentence(reason: string): string {
  return reason === '' ? '' : `: ${(reason.split('\n', 1)[0] ?? '').replace(/\.$/, '')}`
}
