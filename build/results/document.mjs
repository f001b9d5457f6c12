// SPDX-License-Identifier: MIT
// The tables of docs/results.md.
import { aggregate, iqmText } from '../../web/cli/runs.mjs';
import { mean, median } from '../../web/lib/statistics.mjs';

/** @import { Row } from './kept.mjs' */
/** @import { Experiment, Group } from './experiments.mjs' */
/** @typedef {{ experiment: Experiment, bar: number | null, threshold: number | null, rows: Row[] }} Result  rows: in the order of the seeds; some may be missing */
/** @typedef {{ name: string, own: Map<number, number>, common: number }} Reference  the best known policy: its mean on the starts of each seed, and on common ones */

const WHICH = /** @type {const} */ (['eval', 'final']);
const FINGERPRINT_DIGITS = 12;

/** @param {number | null | undefined} x */
export const show = (x) => (x === null || x === undefined || !Number.isFinite(x) ? '–' : String(Math.round(x * 1000) / 1000));
/** @param {number} x */
const one = (x) => x.toFixed(1).replace('-', '−');
/** @param {unknown[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;
/** @param {readonly string[]} head @param {unknown[][]} rows */
export const table = (head, rows) => [row([...head]), row(head.map(() => '---')), ...rows.map(row)].join('\n');
/** @param {number} n */
const steps = (n) => n.toLocaleString('en-US');

const HEAD = ['environment (bar)', 'algorithm', 'steps', 'best: mean', 'best: IQM (95 %)', 'best ≥ bar', 'final: mean', 'final: IQM (95 %)', 'final ≥ bar', 'solved at (median)', 'processor s', 'SHA-256, seed 0'];

/** How many of some scores reach a bar. @param {readonly number[]} scores @param {number | null} bar */
export const reached = (scores, bar) => (bar === null ? '–' : `${scores.filter((score) => score >= bar).length}/${scores.length}`);

/** @param {Result} result */
function cellsOf({ experiment, bar, threshold, rows }) {
  const runs = rows.map(({ summary }) => summary);
  const all = aggregate(runs, threshold);
  const halves = WHICH.flatMap((which) => {
    const key = /** @type {const} */ (`${which}/mean_reward`);
    return [show(all[key].mean), iqmText(all[key]), reached(runs.map((run) => run[key]), bar)];
  });
  const sha256 = runs.find(({ seed }) => seed === 0)?.params_sha256.slice(0, FINGERPRINT_DIGITS);
  const seconds = rows.flatMap(({ processor }) => processor === null ? [] : [processor]);
  return [
    experiment.name, steps(runs[0].total_timesteps), ...halves, all.median_solved_at_timestep === null ? '–' : steps(all.median_solved_at_timestep),
    seconds.length === 0 ? '–' : median(seconds).toFixed(1), sha256 === undefined ? '–' : `\`${sha256}\``,
  ];
}

/** One row for each; the environment and its bar stand where they change. @param {readonly Result[]} results  of which each has rows */
export function overview(results) {
  const place = (/** @type {Result} */ { experiment: { env }, bar }) => bar === null ? env : `${env} (${show(bar)})`;
  return table(HEAD, results.map((result, i) => [i > 0 && place(results[i - 1]) === place(result) ? '' : place(result), ...cellsOf(result)]));
}

/** @param {Result} result */
export function seedBySeed({ experiment, rows }) {
  const head = ['seed', 'solved at step', 'best parameters', 'final parameters', 'SHA-256 of the final parameters'];
  return `### ${experiment.env}, ${experiment.name}, seed by seed\n\n${table(head, rows.map(({ summary: s }) => [
    s.seed, show(s.solved_at_timestep), `${show(s['eval/mean_reward'])} ± ${show(s['eval/std_reward'])}`,
    `${show(s['final/mean_reward'])} ± ${show(s['final/std_reward'])}`, `\`${s.params_sha256.slice(0, 16)}…\``,
  ]))}\n`;
}

/**
 * A row per seed, the best and the final parameters of every algorithm beside each other.
 * @param {readonly Result[]} results @param {(row: Row) => { best: number, final: number }} scoresOf @param {[head: string, of: (seed: number) => number]} [first]  a column before
 */
export function besideEachOther(results, scoresOf, first) {
  const seeds = [...new Set(results.flatMap(({ rows }) => rows.map(({ summary }) => summary.seed)))].sort((a, b) => a - b);
  const head = ['seed', ...first ? [first[0]] : [], ...results.flatMap(({ experiment: { name } }) => [`${name}: best`, `${name}: final`])];
  return table(head, seeds.map((seed) => [seed, ...first ? [one(first[1](seed))] : [], ...results.flatMap(({ rows }) => {
    const found = rows.find(({ summary }) => summary.seed === seed);
    const scores = found && scoresOf(found);
    return scores ? [one(scores.best), one(scores.final)] : ['–', '–'];
  })]));
}

/** @param {Row} row */
export const ownScores = ({ summary }) => ({ best: summary['eval/mean_reward'], final: summary['final/mean_reward'] });
/** @param {Row} row */
export const commonScores = ({ common }) => common ?? { best: NaN, final: NaN };

/** How much of a miss is the starts. @param {readonly Result[]} results @param {Reference} reference */
export function startsTable(results, reference) {
  const head = ['algorithm', 'parameters', 'bar', 'own starts: mean (lowest)', 'own ≥ bar', 'below the best known policy there: mean (most)', 'common starts: mean (lowest)', 'common ≥ bar'];
  return table(head, results.flatMap(({ experiment: { name }, bar, rows }) => /** @type {const} */ (['best', 'final']).map((which) => {
    const own = rows.map((each) => ownScores(each)[which]), common = rows.map((each) => commonScores(each)[which]);
    const below = rows.map((each, i) => (reference.own.get(each.summary.seed) ?? NaN) - own[i]);
    const meanAndLowest = (/** @type {number[]} */ scores) => `${one(mean(scores))} (${one(Math.min(...scores))})`;
    return [name, which, show(bar), meanAndLowest(own), reached(own, bar), `${one(mean(below))} (${one(Math.max(...below))})`, meanAndLowest(common), reached(common, bar)];
  })));
}

/** What has fewer runs than there are seeds. @param {readonly Result[]} results @param {number} nSeeds */
export function unfinished(results, nSeeds) {
  return results.filter(({ rows }) => rows.length < nSeeds).map(({ experiment: { env, name }, rows }) => `${env} ${name} (${rows.length} of ${nSeeds})`);
}
