// SPDX-License-Identifier: MIT
// npm run results: trains every preset on many seeds, as the command line does, and writes docs/results.md.
//
//     npm run results                       20 seeds each (minutes)
//     npm run results -- --quick            5 seeds each; prints, writes nothing
//     npm run results -- --only CartPole-v1 one environment; prints, writes nothing
//     npm run results -- --seeds 0-49       other seeds
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makePlan } from '../web/cli/plan.mjs';
import { runJobs } from '../web/cli/pool.mjs';
import { parseSeeds } from '../web/cli/runs.mjs';
import { load } from '../web/node.mjs';
import { median } from '../web/statistics.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What is run, and what counts as success for one seed's summary. @type {Experiment[]} */
const EXPERIMENTS = [
  { env: 'CartPole-v1', algo: 'dqn', perSeed: true },
  { env: 'TextGen-v0', algo: 'dqn', perSeed: true },
  { env: 'GridWorld-v0', algo: 'dqn' },
  { env: 'GridWorld-v0', algo: 'q-learning' },
  { env: 'GridWorld-v0', algo: 'value-iteration' },
  { env: 'FrozenLake-v1', algo: 'q-learning' },
  { env: 'FrozenLake-v1', algo: 'sarsa' },
  { env: 'FrozenLake-v1', algo: 'expected-sarsa' },
  { env: 'FrozenLake-v1', algo: 'double-q-learning' },
  { env: 'FrozenLake-v1', algo: 'value-iteration' },
  { env: 'FrozenLake-v1', algo: 'policy-iteration' },
  { env: 'FrozenLake-v1', algo: 'dqn', flags: { 'env-is-slippery': 'false' }, note: 'not slippery' },
  { env: 'FrozenLake8x8-v1', algo: 'value-iteration' },
  { env: 'CliffWalking-v1', algo: 'q-learning' },
  { env: 'CliffWalking-v1', algo: 'sarsa' },
  { env: 'CliffWalking-v1', algo: 'expected-sarsa' },
  { env: 'CliffWalking-v1', algo: 'double-q-learning' },
  { env: 'CliffWalking-v1', algo: 'value-iteration' },
  { env: 'CliffWalking-v1', algo: 'policy-iteration' },
];

const { values: args } = parseArgs({
  options: {
    seeds: { type: 'string', default: '0-19' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(os.availableParallelism()) },
  },
});

/** @typedef {{ env: string, algo: string, perSeed?: boolean, flags?: Record<string, string>, note?: string }} Experiment */
/** @typedef {{ experiment: Experiment, threshold: number | null, summaries: import('../web/cli/training.mjs').Summary[] }} Result */

/** @param {number | null} x */
const show = (x) => (x === null || !Number.isFinite(x) ? '–' : String(Math.round(x * 1000) / 1000));
/** @param {unknown[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;
/** @param {string[]} head @param {unknown[][]} rows */
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** One line of the overview. @param {Result} result */
function overview({ experiment, threshold, summaries }) {
  const best = summaries.map((s) => s['eval/mean_reward']);
  const final = summaries.map((s) => s['final/mean_reward']);
  const solvedAt = summaries.map((s) => s.solved_at_timestep ?? Infinity);
  /** @param {number[]} scores */
  const reached = (scores) => (threshold === null ? '–' : `${scores.filter((x) => x >= threshold).length}/${scores.length}`);
  return [
    `${experiment.env}${experiment.note ? ` (${experiment.note})` : ''}`,
    experiment.algo, show(threshold), String(summaries[0].total_timesteps),
    reached(best), show(median(best)), show(Math.min(...best)),
    reached(final), show(median(final)), show(Math.min(...final)),
    show(median(solvedAt)), show(median(summaries.map((s) => s['time/seconds']))),
  ];
}

/** @param {Result} result */
function perSeed({ experiment, summaries }) {
  const head = ['seed', 'solved at step', 'best parameters', 'final parameters', 'SHA-256 of the final parameters'];
  const rows = summaries.map((s) => [
    s.seed, show(s.solved_at_timestep), `${show(s['eval/mean_reward'])} ± ${show(s['eval/std_reward'])}`,
    `${show(s['final/mean_reward'])} ± ${show(s['final/std_reward'])}`, `\`${s.params_sha256.slice(0, 16)}…\``,
  ]);
  return `## ${experiment.env}, ${experiment.algo}\n\n\`npx bellhop train ${experiment.env} --seed S\`\n\n${table(head, rows)}\n`;
}

async function main() {
  const seeds = args.quick ? [0, 1, 2, 3, 4] : parseSeeds(args.seeds);
  const chosen = EXPERIMENTS.filter((e) => !args.only || e.env === args.only);
  const bh = await load();
  /** @type {Result[]} */
  const results = [];
  for (const experiment of chosen) {
    const started = Date.now();
    const plan = makePlan(bh, experiment.env, new Map(Object.entries({ algo: experiment.algo, ...experiment.flags })), []);
    const jobs = seeds.map((seed) => ({ plan: { ...plan, options: { ...plan.options, seed } } }));
    const summaries = (await runJobs(jobs, { threads: Number(args.jobs) })).filter((summary) => summary !== null);
    const threshold = bh.catalog.envs.find(({ id }) => id === experiment.env)?.reward_threshold ?? null;
    results.push({ experiment, threshold, summaries });
    console.error(`${experiment.env} ${experiment.algo}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  }
  const head = ['environment', 'algorithm', 'threshold', 'steps', 'best ≥ threshold', 'median', 'lowest',
    'final ≥ threshold', 'median', 'lowest', 'solved at step (median)', 'seconds'];
  const text = `# Results

Made by \`npm run results\` on ${os.cpus()[0].model.trim()}, ${os.availableParallelism()} cores, Node ${process.version}; seeds ${seeds[0]} to ${seeds.at(-1)}, each environment's
preset unchanged. Every row is the mean return of greedy episodes on seeds that chose nothing: of the *best* parameters (those
of the highest evaluation during training) and of the *final* ones. "Solved" is the first evaluation during training at or
above the threshold. Same seed, same bits: the fingerprints below should be yours too; seconds are this machine's.

${table(head, results.map(overview))}

${results.filter((r) => r.experiment.perSeed).map(perSeed).join('\n')}`;
  console.log(text);
  if (!args.quick && !args.only) await writeFile(path.join(ROOT, 'docs', 'results.md'), text);
}

await main();
