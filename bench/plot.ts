/** One point of the plot. */
export interface Point {
  readonly form: string
  readonly state: 'cold' | 'warm'
  readonly records: number
  readonly seconds: number
}

const COLORS = ['#0072b2', '#d55e00', '#009e73']
const DASHES = { cold: 'none', warm: '6 4' }
const WIDTH = 720
const HEIGHT = 400
const EDGE = { left: 60, right: 170, top: 20, bottom: 50 }

function text(x: number, y: number, what: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${what}</text>`
}

/** Seconds against records, the records on a logarithmic scale, as an SVG picture. */
export function plot(points: readonly Point[]): string {
  const sizes = [...new Set(points.map(point => point.records))].sort((a, b) => a - b)
  const most = Math.ceil(Math.max(...points.map(point => point.seconds)))
  const [low, high] = [Math.log(sizes[0] ?? 1), Math.log(sizes.at(-1) ?? 10)]
  const x = (records: number) =>
    EDGE.left + ((Math.log(records) - low) / (high - low || 1)) * (WIDTH - EDGE.left - EDGE.right)
  const y = (seconds: number) => HEIGHT - EDGE.bottom - (seconds / most) * (HEIGHT - EDGE.top - EDGE.bottom)
  const grid = Array.from({ length: most + 1 }, (_, seconds) => {
    const rule = `<path d="M${EDGE.left} ${y(seconds).toFixed(1)}H${WIDTH - EDGE.right}" stroke="#ddd"/>`
    return rule + text(EDGE.left - 8, y(seconds) + 4, `${seconds} s`, 'end')
  })
  const below = sizes.map(size => text(x(size), HEIGHT - EDGE.bottom + 20, size.toLocaleString('en'), 'middle'))
  const title = text((EDGE.left + WIDTH - EDGE.right) / 2, HEIGHT - 8, 'records in the channel (logarithmic)', 'middle')
  const forms = [...new Set(points.map(point => point.form))]
  const lines = forms.flatMap((form, index) =>
    (['cold', 'warm'] as const).map((state, place) => {
      const own = points.filter(point => point.form === form && point.state === state)
      const at = own.map(({ records, seconds }) => [x(records).toFixed(1), y(seconds).toFixed(1)] as const)
      const color = COLORS[index % COLORS.length] ?? 'black'
      const stroke = `fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${DASHES[state]}"`
      const dots = at.map(([left, top]) => `<circle cx="${left}" cy="${top}" r="3.5" fill="${color}"/>`)
      const row = EDGE.top + 20 + (2 * index + place) * 20
      const sample = `<path d="M${WIDTH - EDGE.right + 12} ${row - 4}h30" ${stroke}/>`
      const legend = text(WIDTH - EDGE.right + 50, row, `${form}, ${state}`)
      return [`<path d="M${at.map(pair => pair.join(' ')).join('L')}" ${stroke}/>`, ...dots, sample, legend].join('\n')
    })
  )
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`
  const paper = `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`
  return [head, paper, ...grid, ...below, ...lines, title, '</svg>', ''].join('\n')
}
