// SPDX-License-Identifier: MIT
// npm run results: trains on many seeds, as the command line does, and writes docs/results.md: every preset, the ablation
// of Rainbow, the explorations side by side.
//
//     npm run results                       10 seeds each (about an hour on 2 cores)
//     npm run results -- --quick            3 seeds each, without what takes long; prints, writes nothing
//     npm run results -- --only CartPole-v1 one environment or section (presets, ablation, exploration); prints only
//     npm run results -- --seeds 0-49       other seeds
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePlan } from '../web/cli/plan.mjs';
import { runJobs } from '../web/cli/pool.mjs';
import { aggregate, iqmText, parseSeeds } from '../web/cli/runs.mjs';
import { load } from '../web/node/node.mjs';

/** @import { Summary } from '../web/cli/training.mjs' */
/** @import { Aggregate } from '../web/cli/runs.mjs' */

/**
 * @typedef {object} Experiment
 * @property {string} env
 * @property {string} algo
 * @property {string} [name]      what its row is called; by default the algorithm
 * @property {Record<string, string>} [flags]  of bellhop train, without dashes in front
 * @property {number} [bar]       what a mean return has to reach, where that is not the environment's threshold
 * @property {boolean} [slow]     left out of --quick
 * @property {boolean} [perSeed]  a table of its own with a row per seed
 */
/** @typedef {{ title: string, about: string, experiments: Experiment[] }} Section */
/** @typedef {{ experiment: Experiment, runs: Summary[], all: Aggregate, bar: number | null }} Result */

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Rainbow on a task, and what each of its parts is without. @param {string} env @param {Record<string, string>} flags @returns {Experiment[]} */
function ablation(env, flags) {
  const without = {
    'double': { 'double-q': 'false' }, 'dueling': { dueling: 'false' }, 'prioritized': { prioritized: 'false' },
    'n-step': { 'n-steps': '1' }, 'noisy': { 'noisy': 'false', 'exploration': 'epsilon-greedy' }, 'distribution': { distribution: 'expected' },
  };
  const rainbow = { preset: 'rainbow', ...flags };
  return [
    { env, algo: 'dqn', name: 'Rainbow', flags: rainbow, slow: true },
    ...Object.entries(without).map(([part, off]) => ({ env, algo: 'dqn', name: `without ${part}`, flags: { ...rainbow, ...off }, slow: true })),
    { env, algo: 'dqn', name: 'DQN (none of them)', flags: { ...flags, 'n-steps': '1', 'double-q': 'false' }, slow: true },
  ];
}

/** The strategies on one environment. @param {string} env @param {string} algo @param {Record<string, string>} [flags] @param {Record<string, Record<string, string>>} [own] @returns {Experiment[]} */
function explorations(env, algo, flags = {}, own = {}) {
  const strategies = {
    'epsilon-greedy': {}, 'boltzmann': {}, 'gaussian': {}, 'ucb': {}, 'ucb, bonus in the target': { 'exploration': 'ucb', 'exploration-bonus-in-target': 'true' },
    ...algo === 'dqn' ? { noisy: { exploration: 'greedy', noisy: 'true' } } : {},
  };
  return Object.entries(strategies).map(([name, set]) => ({
    env, algo, name: `${algo}, ${name}`, flags: { exploration: name, ...set, ...flags, ...own[name] }, slow: env === 'CartPole-v1',
  }));
}

/** @type {Record<string, Section>} */
const SECTIONS = {
  presets: {
    title: 'Every preset',
    about: 'Each environment\'s preset unchanged: `npx bellhop train ENV --algo ALGO --seed S`, and for Rainbow `--preset rainbow`.',
    experiments: [
      { env: 'CartPole-v1', algo: 'dqn', perSeed: true },
      { env: 'CartPole-v1', algo: 'dqn', name: 'dqn, Rainbow', flags: { preset: 'rainbow' }, slow: true },
      { env: 'CartPole-v1', algo: 'ppo' },
      { env: 'CartPole-v1', algo: 'reinforce' },
      { env: 'CartPole-v1', algo: 'pqn' },
      { env: 'Acrobot-v1', algo: 'dqn', slow: true },
      { env: 'Acrobot-v1', algo: 'ppo' },
      { env: 'MountainCar-v0', algo: 'dqn', slow: true },
      { env: 'Pendulum-v1', algo: 'ddpg', bar: -155, slow: true },
      { env: 'Pendulum-v1', algo: 'td3', bar: -155, slow: true },
      { env: 'Pendulum-v1', algo: 'sac', bar: -155, slow: true },
      { env: 'Pendulum-v1', algo: 'ppo', bar: -172, slow: true },
      { env: 'MountainCarContinuous-v0', algo: 'ddpg', slow: true },
      { env: 'MountainCarContinuous-v0', algo: 'td3', slow: true },
      { env: 'MountainCarContinuous-v0', algo: 'sac', slow: true },
      { env: 'FrozenLake-v1', algo: 'q-learning' },
      { env: 'FrozenLake-v1', algo: 'sarsa' },
      { env: 'FrozenLake-v1', algo: 'expected-sarsa' },
      { env: 'FrozenLake-v1', algo: 'double-q-learning' },
      { env: 'FrozenLake-v1', algo: 'value-iteration' },
      { env: 'FrozenLake-v1', algo: 'policy-iteration' },
      { env: 'FrozenLake-v1', algo: 'dqn', name: 'dqn, not slippery', flags: { 'env-is-slippery': 'false' } },
      { env: 'FrozenLake8x8-v1', algo: 'value-iteration' },
      { env: 'CliffWalking-v1', algo: 'q-learning' },
      { env: 'CliffWalking-v1', algo: 'sarsa' },
      { env: 'CliffWalking-v1', algo: 'expected-sarsa' },
      { env: 'CliffWalking-v1', algo: 'double-q-learning' },
      { env: 'CliffWalking-v1', algo: 'value-iteration' },
      { env: 'CliffWalking-v1', algo: 'policy-iteration' },
      { env: 'GridWorld-v0', algo: 'dqn' },
      { env: 'GridWorld-v0', algo: 'q-learning' },
      { env: 'GridWorld-v0', algo: 'value-iteration' },
      { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, ε-greedy', flags: { 'env-size': '20', 'exploration': 'epsilon-greedy' } },
      { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, UCB in action and target', flags: { 'env-size': '20', 'exploration': 'ucb', 'exploration-bonus': '0.1', 'exploration-bonus-in-target': 'true' } },
      { env: 'DeepSea-v0', algo: 'dqn', name: 'dqn, N = 20, noisy', flags: { 'env-size': '20', 'exploration': 'greedy', 'noisy': 'true' } },
      { env: 'Bandit-v0', algo: 'q-learning' },
      { env: 'Catch-v0', algo: 'dqn' },
      { env: 'Catch-v0', algo: 'ppo' },
      { env: 'Breakout-MinAtar', algo: 'dqn', slow: true },
      { env: 'Breakout-MinAtar', algo: 'pqn', slow: true },
      { env: 'TextGen-v0', algo: 'dqn', perSeed: true, slow: true },
    ],
  },
  ablation: {
    title: 'Rainbow, one part removed at a time',
    about: 'The preset `rainbow` on two environments, as long as they are not yet easy: 20,000 and 3,000 steps. `npm run results -- --only ablation`.',
    experiments: [
      ...ablation('CartPole-v1', { 'total-timesteps': '20000', 'batch-size': '32' }),
      ...ablation('Catch-v0', { 'total-timesteps': '3000', 'eval-freq': '250' }),
    ],
  },
  exploration: {
    title: 'Explorations side by side',
    about: 'The same seeds, and each environment\'s preset but for the strategy, whose options have their defaults; only UCB\'s bonus on FrozenLake is 10 (with 1 the best mean is 0.48). DeepSea is of size 10. `npm run results -- --only exploration`.',
    experiments: [
      ...explorations('FrozenLake8x8-v1', 'q-learning', {}, { ucb: { 'exploration-bonus': '10' } }),
      ...explorations('DeepSea-v0', 'dqn', { 'total-timesteps': '20000' }),
      ...explorations('CartPole-v1', 'dqn', { 'total-timesteps': '20000' }),
    ],
  },
};

const { values: args } = parseArgs({
  options: {
    seeds: { type: 'string', default: '0-9' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(os.availableParallelism()) },
  },
});

/** @param {number | null} x */
const show = (x) => (x === null || !Number.isFinite(x) ? '–' : String(Math.round(x * 1000) / 1000));
/** @param {unknown[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;
/** @param {string[]} head @param {unknown[][]} rows */
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const HEAD = ['environment', 'algorithm', 'steps', 'bar', 'best: mean', 'best: IQM (95 %)', 'best ≥ bar', 'final: mean', 'final: IQM (95 %)',
  'final ≥ bar', 'solved at step (median)', 'seconds'];

/** @param {Result} result */
function overview({ experiment, runs, all, bar }) {
  const half = (/** @type {'eval' | 'final'} */ which) => {
    const key = /** @type {const} */ (`${which}/mean_reward`);
    const reached = bar === null ? '–' : `${runs.filter((run) => run[key] >= bar).length}/${runs.length}`;
    return [show(all[key].mean), iqmText(all[key]), reached];
  };
  return [
    experiment.env, experiment.name ?? experiment.algo, runs[0].total_timesteps, show(bar), ...half('eval'), ...half('final'),
    show(all.median_solved_at_timestep), show(all['time/median_seconds']),
  ];
}

/** @param {Result} result */
function perSeed({ experiment, runs }) {
  const head = ['seed', 'solved at step', 'best parameters', 'final parameters', 'SHA-256 of the final parameters'];
  const rows = runs.map((s) => [
    s.seed, show(s.solved_at_timestep), `${show(s['eval/mean_reward'])} ± ${show(s['eval/std_reward'])}`,
    `${show(s['final/mean_reward'])} ± ${show(s['final/std_reward'])}`, `\`${s.params_sha256.slice(0, 16)}…\``,
  ]);
  return `### ${experiment.env}, ${experiment.algo}, seed by seed\n\n${table(head, rows)}\n`;
}

/** @param {import('../web/bellhop.js').Bellhop} bh @param {Experiment} experiment @param {number[]} seeds @returns {Promise<Result>} */
async function runExperiment(bh, experiment, seeds) {
  const { preset, ...flags } = experiment.flags ?? {};
  const plan = makePlan(bh, experiment.env, new Map(Object.entries({ algo: experiment.algo, ...flags })), []);
  const jobs = seeds.map((seed) => ({ plan: { ...plan, options: { ...preset ? { preset } : {}, ...plan.options, seed } } }));
  const runs = (await runJobs(jobs, { threads: Number(args.jobs) })).filter((summary) => summary !== null);
  const threshold = bh.catalog.envs.find(({ id }) => id === experiment.env)?.reward_threshold ?? null;
  return { experiment, runs, all: aggregate(runs, threshold), bar: experiment.bar ?? threshold };
}

async function main() {
  const seeds = args.quick ? [0, 1, 2] : parseSeeds(args.seeds);
  const bh = await load();
  const parts = [];
  for (const [name, { title, about, experiments }] of Object.entries(SECTIONS)) {
    const chosen = experiments.filter((e) => (!args.only || args.only === name || e.env === args.only) && !(args.quick && e.slow));
    /** @type {Result[]} */
    const results = [];
    for (const experiment of chosen) {
      const started = Date.now();
      results.push(await runExperiment(bh, experiment, seeds));
      console.error(`${row(overview(/** @type {Result} */ (results.at(-1))))} ${((Date.now() - started) / 1000).toFixed(0)} s`);
    }
    if (results.length === 0) continue;
    parts.push(`## ${title}\n\n${about}\n\n${table(HEAD, results.map(overview))}\n`, ...results.filter((r) => r.experiment.perSeed).map(perSeed));
  }
  const text = `# Results

Made by \`npm run results\` on ${os.cpus()[0].model.trim()}, ${os.availableParallelism()} cores, Node ${process.version}; seeds ${seeds[0]} to ${seeds.at(-1)}. A score is the mean return of 100 greedy
episodes on seeds that chose nothing: of the *best* parameters (those of the highest evaluation during training) and of the
*final* ones. IQM is the interquartile mean over the seeds with its 95 % stratified bootstrap interval (Agarwal et al. 2021). The bar is the
environment's threshold; "solved" is the first evaluation during training at or above the threshold. Same seed, same bits: the
fingerprints below should be yours too; seconds are this machine's, other runs beside it.

${parts.join('\n')}`;
  console.log(text);
  if (args.quick || args.only) return;
  // What build/results_text.mjs wrote at the end stays.
  const file = path.join(ROOT, 'docs', 'results.md');
  const [, ...texts] = (await readFile(file, 'utf8')).split(/^(?=<!-- npm run results:text -->)/m);
  await writeFile(file, [text.trimEnd(), ...texts].join('\n\n'));
}

await main();
