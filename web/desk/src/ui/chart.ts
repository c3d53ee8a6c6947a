/** The only room that knows the drawing library; loaded when the first chart is shown. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

export interface ChartSeries {
  name: string
  values: (number | null)[]
  kind: 'line' | 'bar'
  /** The one series that matters is drawn in the brand colour. */
  main?: boolean
  /** Belongs to the second axis. */
  second?: boolean
  write?: (value: number) => string
}
/** A line across the plot; with `to` a band from `value` up to it, with `under` its label below it. */
export interface ChartTarget { value: number; label: string; tone?: 'danger' | 'warning' | 'calm' | 'text-3'; to?: number; under?: boolean }
export interface Picture {
  label: string
  categories: string[]
  series: ChartSeries[]
  target?: ChartTarget | ChartTarget[]
  /** Ends of the first axis; left out, the data decide. */
  range?: [number, number]
  write: (value: number) => string
}
export interface Drawing { draw: (picture: Picture) => void; resize: () => void; end: () => void }

export function startDrawing(box: HTMLElement): Drawing {
  const chart = init(box, undefined, { renderer: 'svg' })
  return {
    draw: (picture) => chart.setOption(option(picture), { notMerge: true }),
    resize: () => chart.resize(),
    end: () => chart.dispose(),
  }
}

function option(picture: Picture) {
  const css = getComputedStyle(document.documentElement)
  const colour = (name: string) => css.getPropertyValue(name).trim()
  const text = { color: colour('--text-3'), fontSize: 12, fontFamily: css.fontFamily }
  const targets = picture.target ? [picture.target].flat() : []
  const band = targets.find((one) => one.to !== undefined)
  const axis = (write: (value: number) => string) => ({
    type: 'value' as const, axisLabel: { ...text, formatter: write }, splitLine: { lineStyle: { color: colour('--line') } },
  })
  const second = picture.series.find((one) => one.second)
  return {
    animation: false,
    grid: { left: 8, right: 8, top: 32, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis' as const, backgroundColor: colour('--surface'), borderColor: colour('--line'), textStyle: { color: colour('--text'), fontSize: 13 } },
    xAxis: { type: 'category' as const, data: picture.categories, axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: colour('--line') } }, axisTick: { show: false } },
    yAxis: [{ ...axis(picture.write), min: picture.range?.[0], max: picture.range?.[1] }, ...(second ? [{ ...axis(second.write ?? String), splitLine: { show: false }, minInterval: 1 }] : [])],
    series: picture.series.map((one) => ({
      name: one.name, type: one.kind, data: one.values, yAxisIndex: one.second ? 1 : 0, symbolSize: 5, showAllSymbol: true, barMaxWidth: 18, connectNulls: false,
      z: one.main ? 3 : 2,
      itemStyle: { color: colour(one.main ? '--brand' : one.kind === 'bar' ? '--line' : '--text-3') },
      lineStyle: { width: 2, color: colour(one.main ? '--brand' : '--text-3') },
      tooltip: { valueFormatter: (value: unknown) => (typeof value === 'number' ? (one.write ?? picture.write)(value) : '–') },
      // The labels lie on a ground of their own, above the line that would cross them.
      markLine: one.main && targets.length ? {
        silent: true, symbol: 'none', z: 5,
        data: targets.map((line) => ({
          yAxis: line.value, lineStyle: { color: colour(`--${line.tone ?? 'warning'}`), type: 'dashed' as const },
          label: { position: line.under ? 'insideStartBottom' as const : 'insideStartTop' as const, formatter: line.label, color: colour(`--${line.tone ?? 'warning'}`), fontSize: 12, backgroundColor: colour('--surface'), padding: [1, 4], borderRadius: 2 },
        })),
      } : undefined,
      markArea: one.main && band ? { silent: true, itemStyle: { color: colour(`--${band.tone ?? 'warning'}-weak`), opacity: 0.6 }, data: [[{ yAxis: band.value }, { yAxis: band.to }]] as never } : undefined,
    })),
  }
}
