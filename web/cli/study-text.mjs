// SPDX-License-Identifier: MIT
// A study on a terminal: the best trials, the importance of its parameters, the command that reproduces the best one.
import { number, print, printMarkdownTable, printTable } from './output.mjs';
import { scoreText, valueText } from './study-report.mjs';

/** @typedef {import('./study-view.mjs').View} View */

const ROWS = 10;

/** @param {View} view @param {{ path: string, rows?: number, markdown?: boolean }} how  path: of the study's folder */
export function printStudy(view, { path, rows = ROWS, markdown = false }) {
  const keys = view.dimensions.map(({ key }) => key);
  const rest = view.trials.filter((trial) => !view.ranked.includes(trial));
  const shownTrials = [...view.ranked, ...rest].slice(0, rows);
  const heading = ['trial', view.nSeeds > 1 ? `${view.metric}: IQM (95 % interval)` : view.metric, ...keys, 'steps', 'state'];
  const table = [heading, ...shownTrials.map((trial) => [String(trial.number), scoreText(trial), ...keys.map((key) => valueText(trial.params[key])), number(trial.timesteps), trial.state])];
  if (markdown) return printMarkdownTable(table);
  if (shownTrials.length > 0) printTable(table);
  if (view.trials.length > shownTrials.length) print(`... and ${number(view.trials.length - shownTrials.length)} more: bellhop study ${path} --top ${view.trials.length}`);
  print('');
  print(`${view.name} · ${view.about}`);
  print(`trials      ${countsText(view)}`);
  const importance = Object.entries(view.importance);
  if (importance.length > 0) print(`importance  ${importance.map(([key, share]) => `${key} ${Math.round(100 * share)} %`).join(', ')}`);
  if (view.best) print(`best        trial ${view.best.number}, ${scoreText(view.best)}`);
  if (view.command !== null) print(`reproduce   ${view.command}`);
}

/** @param {View} view */
function countsText({ counts, size, nJobs, timesteps }) {
  const parts = [[counts.complete, 'complete'], [counts.pruned, 'stopped early'], [counts.failed, 'failed'], [counts.incomplete, 'incomplete']].filter(([count], i) => i === 0 || Number(count) > 0);
  return `${parts.map(([count, word]) => `${number(Number(count))} ${word}`).join(', ')} of ${number(size)}; ${number(nJobs)} runs, ${number(timesteps)} steps`;
}

/** @param {View} view */
export function studyJson({ name, metric, goal, counts, size, nJobs, timesteps, finished, best, importance, command }) {
  return {
    type: 'study', name, metric, goal, trials: size, ...counts, runs: nJobs, total_timesteps: timesteps, finished,
    best: best && { trial: best.number, params: best.params, score: best.score, interval: best.interval }, importance, command,
  };
}
