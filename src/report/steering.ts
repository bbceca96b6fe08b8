import type { SolveSettings } from '../environment/inputs-hash.js'
import type { HeldBack, Move } from '../lock/solver-report.js'
import type { AskedUpgrade, NamedSpec, SteeringResult } from '../lock/steering.js'
import { byKey, packageKey, type LockedPackage } from '../lockfile/package.js'
import { packagesBefore, type PreviousLocks } from '../lockfile/previous.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { pypiName } from '../environment/pypi-name.js'
import { enumerate, plural } from '../common/sentences.js'
import { code, codes } from '../common/markdown.js'
import { packageCell } from './rows.js'

interface SteeringFacts {
  readonly solveSettings: SolveSettings
  readonly previous: Pick<PreviousLocks, 'unified' | 'explicit' | 'unreadable'>
  readonly unified: UnifiedLock
  readonly steered: SteeringResult
}

const TOO_NEW = '`exclude-newer` does not allow the old one'

/** Poetry does not say why. */
const PIP_REASON = 'its index does not offer the old one any more, or that does not go together with the rest'

/** What conda-lock 4.0.3 assumes (its default-virtual-packages.yaml). */
const DEFAULT_CUDA = '11.4'

/**
 * What the inputs that steer the solve have done, in sentences of Markdown.
 * @param most how many packages to name in each
 */
export function steeringNotes(facts: SteeringFacts, most = Infinity): string[] {
  return [
    ...upgradeNotes(facts),
    ...missedUpgrades(facts).values(),
    ...moveNotes(facts, most),
    ...cooldownNotes(facts, most),
    ...cudaNotes(facts, most)
  ]
}

/** One for each entry of `upgrade` that is about something locked; platforms where it came to the same share one. */
function upgradeNotes({ previous, unified, steered }: SteeringFacts): string[] {
  const [before, after] = [byKey(packagesBefore(previous) ?? []), byKey(unified.packages)]
  const told = steered.upgrades.flatMap(upgrade => {
    const key = upgradeKey(upgrade)
    if (!upgrade.isLocked && !before.has(key)) return []
    const tell = upgrade.isLocked ? tellUpgrade : tellPipUpgrade
    const late = tellLate(upgrade, steered.heldBack)
    return [`${code(`upgrade: ${upgrade.asked}`)}: ${tell(upgrade, before.get(key), after.get(key))}${late}`]
  })
  return [...new Set(told)]
}

/** One for each entry of `upgrade` that is about nothing that was locked, on whatever platform; by entry. */
function missedUpgrades({ previous, steered }: Pick<SteeringFacts, 'previous' | 'steered'>): Map<string, string> {
  const old = packagesBefore(previous)
  const before = byKey(old ?? [])
  const why = (name: string) => (old === undefined ? noLock(previous) : notLocked(name, old))
  const isThere = (upgrade: AskedUpgrade) => upgrade.isLocked || before.has(upgradeKey(upgrade))
  const there = new Set(steered.upgrades.filter(isThere).map(({ asked }) => asked))
  const missed = steered.upgrades.filter(({ asked }) => !there.has(asked))
  return new Map(missed.map(({ asked, name }) => [asked, `${code(`upgrade: ${asked}`)}: ${why(name)}.`]))
}

/** A name of PyPI's or a slip is often another spelling of a conda package. */
function notLocked(name: string, old: readonly LockedPackage[]): string {
  const near = old.find(pin => pypiName(pin.name) === pypiName(name))
  const rest = near === undefined ? 'so there is nothing to upgrade' : `but ${code(near.name)} was: name that`
  return `${code(name)} was not locked until now, ${rest}`
}

/** Without a lock to start from, all is taken as new as it may be. */
function noLock({ unreadable }: SteeringFacts['previous']): string {
  const cause = unreadable.length > 0 ? 'the old lock cannot be read' : 'there was no lock'
  return `${cause}, so everything is locked anew, and nothing is kept`
}

/** The same of a run for several images: what one of them has is not missed by the others. */
export function missedByAll(images: readonly Pick<SteeringFacts, 'previous' | 'steered'>[]): string[] {
  const [first = new Map<string, string>(), ...others] = images.map(missedUpgrades)
  return [...first].flatMap(([asked, note]) => (others.every(missed => missed.has(asked)) ? [note] : []))
}

function upgradeKey({ platform, name, isLocked }: AskedUpgrade): string {
  return isLocked
    ? packageKey({ platform, manager: 'conda', name })
    : packageKey({ platform, manager: 'pip', name: pypiName(name) })
}

/** What `exclude-newer` keeps out, and how a fix gets in. */
function tellLate({ platform, name }: AskedUpgrade, heldBack: readonly HeldBack[]): string {
  const late = heldBack.find(entry => entry.platform === platform && pypiName(entry.name) === pypiName(name))
  return late === undefined
    ? ''
    : ` ${code(`exclude-newer: ${late.by}`)} holds back ${code(late.version)}; ${code(`exclude-newer-exempt: ${name}=${late.version}`)} would let it in.`
}

function tellUpgrade(
  { name, asked, newest, holders }: AskedUpgrade,
  old: LockedPackage | undefined,
  next: LockedPackage | undefined
): string {
  if (old === undefined || next === undefined) return 'it is no longer needed.'
  const result =
    old.version === next.version && old.build === next.build
      ? `stays at ${code(old.version)}`
      : `moved ${fromTo(old, next)}`
  const allowed = asked === name ? '' : ' that this allows'
  if (newest === undefined) return `${result}: the channels have nothing newer${allowed}.`
  if (newest === next.version) return `${result}, the newest${allowed}.`
  const by = holders.length === 0 ? 'what other packages need' : holders.map(tellEntry).join(', ')
  return `${result}. ${code(newest)} is kept out by ${by}.`
}

/** Poetry tries the newest first, and does not say why it takes another. */
function tellPipUpgrade(
  { name, asked, holders }: AskedUpgrade,
  old: LockedPackage | undefined,
  next: LockedPackage | undefined
): string {
  if (old === undefined || next === undefined) return 'it is no longer needed.'
  const limits = enumerate([...(asked === name ? [] : ['this']), 'the other packages', ...holders.map(tellEntry)])
  return old.version === next.version
    ? `stays at ${code(old.version)}: its index has nothing newer that ${limits} allow.`
    : `moved ${fromTo(old, next)}, the newest that ${limits} allow.`
}

function tellEntry({ text, file, line }: NamedSpec): string {
  return `${code(text)} (${code(file)}, line ${line})`
}

function moveNotes({ solveSettings, previous, unified, steered }: SteeringFacts, most: number): string[] {
  const old = packagesBefore(previous)
  if (steered.update !== 'minimal') return []
  if (old === undefined) {
    const isTold = previous.unreadable.length === 0 || steered.upgrades.length > 0
    return isTold ? [] : [`\`update: minimal\`: ${noLock(previous)}.`]
  }
  const [before, after] = [byKey(old), byKey(unified.packages)]
  const reasons = steered.moves.flatMap(move => {
    const from = before.get(packageKey({ ...move, manager: 'conda' }))
    const { reason, named } = move
    return from === undefined || reason.kind === 'asked' ? [] : [{ from, text: because(reason, named, from) }]
  })
  const asked = new Set(
    steered.upgrades.map(({ platform, name }) => packageKey({ platform, manager: 'pip', name: pypiName(name) }))
  )
  const fromPypi = old.flatMap(from => {
    const to = after.get(packageKey(from))
    const hasMoved = from.manager === 'pip' && to !== undefined && to.version !== from.version
    return hasMoved && !asked.has(packageKey(from)) ? [{ from, text: pipReason(from, steered.heldBack) }] : []
  })
  const told = [...reasons, ...fromPypi].flatMap(({ from, text }) => {
    const to = after.get(packageKey(from))
    const where = solveSettings.platforms.length > 1 ? ` (${code(from.platform)})` : ''
    return to === undefined ? [] : [`${packageCell(from)}${where} ${fromTo(from, to)}, because ${text}`]
  })
  const others = steered.upgrades.length > 0 ? 'other package' : 'package'
  if (told.length === 0) return [`\`update: minimal\`: no ${others} of the old lockfile had to move.`]
  const { unfinished } = steered
  return [
    `\`update: minimal\`: ${plural(told.length, others)} of the old lockfile had to move: ${upTo(told, most, '; ')}.`,
    ...(unfinished.length === 0
      ? []
      : [
          `\`update: minimal\`: on ${codes(unfinished)} some of them could perhaps have stayed, as the search for these ended before it was through.`
        ])
  ]
}

/** The newest release that a cooldown hides may not be the one that was locked. */
function pipReason({ platform, name, version }: LockedPackage, heldBack: readonly HeldBack[]): string {
  const late = heldBack.find(entry => entry.platform === platform && pypiName(entry.name) === pypiName(name))
  if (late === undefined) return PIP_REASON
  return late.version === version ? TOO_NEW : `${TOO_NEW}, or ${PIP_REASON}`
}

function fromTo(old: LockedPackage, next: LockedPackage): string {
  const show = (pin: LockedPackage) => code(old.version === next.version ? `${pin.version} ${pin.build}` : pin.version)
  return `from ${show(old)} to ${show(next)}`
}

function because(
  reason: Exclude<Move['reason'], { kind: 'asked' }>,
  named: NamedSpec | undefined,
  old: LockedPackage
): string {
  switch (reason.kind) {
    case 'gone':
      return 'the channels no longer have the old file'
    case 'held-back':
      return TOO_NEW
    case 'spec':
      return named === undefined
        ? 'an environment file asks for another'
        : `of ${code(named.text)} in ${code(named.file)}, line ${named.line}`
    case 'required':
      return `${code(reason.by)} needs ${code(reason.spec)}`
    case 'requires':
      return `${code(old.version)} needs ${code(reason.spec)}`
    case 'together':
      return 'the old one does not go together with the rest'
  }
}

/** One for each line of `exclude-newer`, and one for the entries that are about nothing. */
function cooldownNotes({ solveSettings: { exempt = [] }, unified, steered }: SteeringFacts, most: number): string[] {
  const { cooldowns, heldBack, update } = steered
  const none = `nothing newer of what ${update === 'minimal' ? 'was chosen anew' : 'is locked'}`
  const [first] = cooldowns
  const except = exempt.length === 0 ? '' : `, except of ${upTo(exempt.map(code), most)}`
  const notes = cooldowns.map(cooldown => {
    const written = code(`exclude-newer: ${cooldown.text}`)
    if (cooldown.at === undefined) return `${written} lets every upload in.`
    const told = heldBack
      .filter(({ by }) => by === cooldown.text)
      .map(({ name, version, uploaded }) => `${code(`${name} ${version}`)} (${uploaded.slice(0, 10)})`)
    const what = told.length === 0 ? none : upTo([...new Set(told)], most)
    const exceptions = cooldown === first ? except : ''
    return `${written} lets no upload after ${minute(cooldown.at)} UTC in${exceptions}. It holds back ${what}.`
  })
  // An entry is `package NAME=TIME`, or `NAME`, `NAME=VERSION`.
  const namesOf = (entry: string) => entry.split('=', 1)
  const packages = cooldowns.flatMap(({ text }) => (text.startsWith('package ') ? namesOf(text.slice(8)) : []))
  const locked = new Set(unified.packages.map(({ name }) => pypiName(name)))
  const idle = [...new Set([...packages, ...exempt.flatMap(namesOf)])]
    .filter(name => !locked.has(pypiName(name)))
    .map(code)
  return idle.length === 0
    ? notes
    : [...notes, `\`exclude-newer\` names ${upTo(idle, most)}, which nothing locked is called.`]
}

function minute(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ')
}

function cudaNotes({ solveSettings, unified }: SteeringFacts, most: number): string[] {
  if (solveSettings.cuda !== undefined || solveSettings.virtualPackages !== undefined) return []
  const pins = unified.packages.filter(pin => pin.manager === 'conda' && '__cuda' in pin.dependencies)
  if (pins.length === 0) return []
  const names = [...new Set(pins.map(pin => code(pin.name)))]
  return [
    `Locked for CUDA ${DEFAULT_CUDA}, which conda-lock assumes, and ${upTo(names, most)} ${names.length === 1 ? 'depends' : 'depend'} on it: set \`cuda\` to the version that your machines have, or to \`none\`.`
  ]
}

function upTo(items: readonly string[], most: number, separator = ', '): string {
  const rest = items.length - most
  return [...items.slice(0, most), ...(rest > 0 ? [`and ${rest} more, which are in the log`] : [])].join(separator)
}
