// SPDX-License-Identifier: MIT
// What the chart of returns shows: episodes, their moving mean and evaluations of the run, and grey beneath them the runs that were left.

/** @typedef {import('../charts/chart.mjs').Content} Content */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../run-list.mjs').KeptRun} KeptRun */
/** @typedef {Pick<import('./chart-panel.mjs').ChartHost, 'experiment' | 'theme' | 'words'>} Host */

/** Of runs that were left, in the order of their numbers. */
const DASHES = Object.freeze([[], [6, 3], [2, 3], [8, 3, 2, 3]]);

/** @param {{ n: number }} run */
export const dashOf = ({ n }) => DASHES[(n - 1) % DASHES.length];

/** @param {Host['words']} words @param {Pick<KeptRun, 'name' | 'n'>} run */
export const runName = (words, { name, n }) => name ?? words.t('chart.earlier', { n });

/** @param {Host} host @param {RunExperiment} experiment @returns {Content} */
export function returnsOf(host, { history, runs, session, agentFrame, setup, hand }) {
  const { words, theme: { run, muted, agent } } = host;
  const [xs, returns, means, evaluations] = history.returns;
  const threshold = session?.info.rewardThreshold ?? null;
  const solvedAt = setup.algo === 'policy-evaluation' ? null : agentFrame?.solvedAt ?? null;
  return {
    series: [
      ...earlier(host, 'returns', 2), ...runs.more(host),
      { name: words.t('chart.returns'), xs, ys: returns, kind: 'dots', colour: muted },
      { name: words.t('mean', { n: history.window }), xs, ys: means, kind: 'line', colour: run, width: 2.5 },
      { name: words.t('table.eval'), xs, ys: evaluations, kind: 'rings', colour: agent },
    ],
    levels: threshold === null ? [] : [{ name: words.t('mark.threshold', { value: words.figure(threshold) }), value: threshold, where: 'below' }],
    marks: [...solvedAt === null ? [] : [{ x: solvedAt, text: '★' }], ...hand ? [{ x: hand.at, text: '⇄' }] : []],
    include: xs.length === 0 && threshold !== null && threshold < 0 ? [2 * threshold, 0] : [], // nothing yet: room around the threshold
    zero: 'near', margin: 0.15, // room for a name above a line at the top
  };
}

/** A column of the runs that were left. @param {Host} host @param {'returns' | 'train'} table @param {number} column @returns {import('../charts/chart.mjs').Series[]} */
export function earlier({ experiment: { runs, setup }, theme, words }, table, column) {
  return runs.drawn(setup).flatMap((/** @type {KeptRun} */ run) => {
    const { [table]: columns } = run.history ?? {}, name = runName(words, run);
    return columns ? [{ name, label: table === 'returns' ? name : '', xs: columns[0], ys: columns[column], kind: 'faint', colour: theme[run.colour ?? 'muted'], dash: dashOf(run) }] : [];
  });
}
