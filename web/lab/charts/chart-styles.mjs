// SPDX-License-Identifier: MIT
// The looks of charts, their readouts and tables, before there is anything to draw.
import { css } from 'lit';

export const chartStyles = css`
.progress, .comparison, .learning { container: charts / inline-size; min-width: 0; }
.progress > header .caption { line-height: 18px; text-align: end; text-wrap: balance; }
.charts { border-radius: 4px; }
.chart + .chart { margin-top: 8px; }
.chart .head, .comparison .head { display: flex; align-items: baseline; justify-content: space-between; gap: 8px; line-height: 20px; }
.chart .head h3 { white-space: nowrap; }
.chart .readout { margin-inline-end: auto; }
.readout { font-size: 13px; color: var(--bellhop-muted); text-align: end; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.plot { position: relative; height: 88px; border-radius: 4px; }
.chart.tall .plot { height: 184px; }
.plot:focus-visible { outline-offset: 0; }
/* Before the first drawing: the lines of a chart without a curve. */
.plot:empty {
  background: linear-gradient(var(--bellhop-line) 1px, transparent 1px) 60px 8px / 100% 20% no-repeat,
    linear-gradient(to right, var(--bellhop-line) 1px, transparent 1px) 60px 8px / 20% 100%,
    linear-gradient(var(--bellhop-line) 1px, transparent 1px) 60px 8px / 100% 33%;
  background-clip: content-box; padding: 8px 20px 24px 60px;
}
.values { margin-top: 8px; font-size: 13px; }
.values summary { display: inline-block; line-height: 32px; color: var(--bellhop-muted); cursor: pointer; }
.values summary::before { content: '▸ '; }
.values[open] summary::before { content: '▾ '; }
.values summary:hover { color: var(--bellhop-ink); }
.values-box { display: flex; flex-direction: column; align-items: end; gap: 8px; }
.values-scroll { width: 100%; overflow-x: auto; }
.numbers-box { margin-top: 8px; }
.numbers { width: 100%; border-collapse: collapse; font-size: 13px; }
.numbers th, .numbers td { padding: 4px 0; border-top: 1px solid var(--bellhop-line); text-align: end; font-weight: 400; line-height: 20px; }
.numbers th:first-child { text-align: start; }
.numbers td, .numbers th + th { padding-inline-start: 12px; }
.numbers thead th { border-top: 0; color: var(--bellhop-muted); vertical-align: bottom; line-height: 16px; }

/* Readouts in a line of their own, which is there without them: charts stay where they are. */
@container charts (max-width: 360px) {
  .panels section.progress > header, .panels section.learning > header { display: block; }
  .progress > header .caption { text-align: start; }
  #chart-returns .head, .comparison .head { display: block; }
  #chart-returns .readout, .comparison .readout, .learning .readout { display: block; min-height: 20px; line-height: 20px; text-align: start; }
}
`;
