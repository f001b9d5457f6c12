// SPDX-License-Identifier: MIT
// What demonstrations save: MountainCar's DQN with and without 20 episodes of the scripted teacher, equal otherwise.
// Steps until the first evaluation (50 episodes, every 2,000 steps) at -110 or more.
//
//     node tests/bench/demonstrations.mjs [--seeds 0-9] [--jobs 2]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makePlayer, record } from '../../web/cli/play.mjs';
import { createRng } from '../../web/lib/random.mjs';
import { runJobs } from '../../web/cli/pool.mjs';
import { parseSeeds } from '../../web/cli/runs.mjs';
import { returnsOf } from '../../web/lib/demonstrations.mjs';
import { formatDemonstrations, load } from '../../web/node/node.mjs';
import { mean, median } from '../../web/lib/statistics.mjs';

const ENV = 'MountainCar-v0';
const EPISODES = 20;
const OPTIONS = { evalFreq: 2000, nEvalEpisodes: 50, finalEvalEpisodes: 1, stopAtThreshold: true };
/** @type {[string, object | null][]} options beside those; null: no demonstrations */
const WAYS = [
  ['without', null],
  ['with, no updates before the first step', { demoUpdates: 0 }],
  ['with, 5,000 updates before the first step', { demoUpdates: 5000 }],
];

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '0-9' }, jobs: { type: 'string', default: '2' } } });
const seeds = parseSeeds(values.seeds);
const folder = mkdtempSync(join(tmpdir(), 'bellhop-demonstrations-'));

/** The file of a seed's demonstrations. @param {import('../../web/bellhop.js').Bellhop} bh @param {number} seed */
function writeDemonstrations(bh, seed) {
  const env = bh.make(ENV);
  const random = createRng(seed);
  const demonstrations = record(env, makePlayer(bh, env, 'teacher', random), { episodes: EPISODES, seed, random });
  env.dispose();
  const file = join(folder, `${seed}.jsonl`);
  writeFileSync(file, formatDemonstrations(demonstrations));
  return { file, returns: returnsOf(demonstrations.episodes) };
}

try {
  const bh = await load();
  const files = seeds.map((seed) => writeDemonstrations(bh, seed));
  console.log(`the teacher's mean return: ${mean(files.flatMap(({ returns }) => returns)).toFixed(1)} over ${EPISODES * seeds.length} episodes`);
  const preset = bh.catalog.envs.find(({ id }) => id === ENV)?.presets.filter(({ algo }) => algo === 'dqn') ?? [];
  console.log(`dqn with ${preset.map(({ name, value }) => `${name} ${value}`).join(', ')}`);
  /** @type {number[]} */
  const medians = [];
  for (const [name, own] of WAYS) {
    const jobs = seeds.map((seed, i) => ({
      plan: {
        env: ENV, algo: 'dqn', envOptions: {}, options: { ...OPTIONS, ...own, seed },
        ...own !== null && { demonstrations: files[i].file },
      },
    }));
    const results = await runJobs(jobs, { threads: Number(values.jobs) });
    const steps = results.map((result) => result?.solved_at_timestep ?? Infinity);
    medians.push(median(steps));
    console.log(`${name}: median ${median(steps)} steps, ${steps.filter(Number.isFinite).length} of ${steps.length} solved (${steps.join(', ')})`);
  }
  // A run that never solved it took more than the steps it had: what is printed is then an upper bound.
  const most = Number(preset.find(({ name }) => name === 'total_timesteps')?.value);
  for (let i = 1; i < WAYS.length; i++) {
    console.log(`${WAYS[i][0]}: ${medians[0] > most ? 'less than ' : ''}${(medians[i] / Math.min(medians[0], most)).toFixed(3)} of the steps without`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
