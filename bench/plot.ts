/** One point of the plot. */
export interface Point {
  readonly form: string
  readonly records: number
  readonly seconds: number
}

const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']
const WIDTH = 720
const HEIGHT = 400
const EDGE = { left: 60, right: 170, top: 20, bottom: 50 }

/** Seconds against records, the records on a logarithmic scale, as an SVG picture. */
export function plot(points: readonly Point[]): string {
  const sizes = [...new Set(points.map(point => point.records))].sort((a, b) => a - b)
  const most = Math.ceil(Math.max(...points.map(point => point.seconds)))
  const [low, high] = [Math.log(sizes[0] ?? 1), Math.log(sizes.at(-1) ?? 10)]
  const x = (records: number) =>
    EDGE.left + ((Math.log(records) - low) / (high - low || 1)) * (WIDTH - EDGE.left - EDGE.right)
  const y = (seconds: number) => HEIGHT - EDGE.bottom - (seconds / most) * (HEIGHT - EDGE.top - EDGE.bottom)
  const text = (left: number, top: number, what: string, more = '') =>
    `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" ${more}>${what}</text>`
  const ticks = Array.from({ length: 5 }, (_, index) => (index * most) / 4)
  const grid = ticks.map(
    value =>
      `<path d="M${EDGE.left} ${y(value).toFixed(1)}H${WIDTH - EDGE.right}" stroke="#ddd"/>${text(EDGE.left - 8, y(value) + 4, `${Number(value.toFixed(1))} s`, 'text-anchor="end"')}`
  )
  const below = sizes.map(size =>
    text(x(size), HEIGHT - EDGE.bottom + 20, size.toLocaleString('en'), 'text-anchor="middle"')
  )
  const lines = [...new Set(points.map(point => point.form))].map((form, index) => {
    const own = points.filter(point => point.form === form)
    const path = own.map(point => `${x(point.records).toFixed(1)} ${y(point.seconds).toFixed(1)}`).join('L')
    const color = COLORS[index % COLORS.length] ?? 'black'
    const legend = text(WIDTH - EDGE.right + 40, EDGE.top + 20 + index * 20, form)
    const sample = `<path d="M${WIDTH - EDGE.right + 12} ${EDGE.top + 16 + index * 20}h20" stroke="${color}" stroke-width="2"/>`
    return `<path d="M${path}" fill="none" stroke="${color}" stroke-width="2"/>${sample}${legend}`
  })
  const title = text(WIDTH / 2 - 60, HEIGHT - 8, 'records in the channel', 'text-anchor="middle"')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13"><rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>${[...grid, ...below, ...lines, title].join('\n')}</svg>\n`
}
