// SPDX-License-Identifier: MIT
// How runs of several seeds are drawn in the charts: the middle half as a band, and the interquartile mean as a line in it.
import { dashOf } from '../lab/panels/returns-chart.mjs';

/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */

/** The line of the mean, as charts draw that of a run. @param {import('../lab/seed-band.mjs').SeedBand} band @returns {import('../lab/history.mjs').History} */
export const bandHistory = ({ xs, middle }) => /** @type {any} */ ({ returns: [xs, [], middle, []], train: [[], [], [], [], []], meanReturn: NaN });

/** Has the bands of a list drawn. @param {import('../lab/run-list.mjs').RunList} runs */
export function drawBands(runs) {
  runs.more = ({ theme, experiment }) => runs.drawn(experiment.setup).flatMap((/** @type {KeptRun} */ each) => bandSeries(each, theme.low, experiment.kind === 'text'));
}

/** The edges of the band of a run that has one; with its middle line where a panel draws only these. @param {KeptRun} run @param {string} colour @param {boolean} hasLine @returns {import('../lab/charts/chart.mjs').Series[]} */
function bandSeries({ name = '', n, band }, colour, hasLine) {
  if (!band) return [];
  const { xs, low, middle, high } = band;
  const edges = [high, low].map((ys) => ({ name, xs, ys, kind: /** @type {const} */ ('band'), colour }));
  return hasLine ? [...edges, { name, label: name, xs, ys: middle, kind: 'faint', colour, dash: dashOf({ n }) }] : edges;
}
