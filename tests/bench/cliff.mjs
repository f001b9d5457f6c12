// SPDX-License-Identifier: MIT
// node tests/bench/cliff.mjs: Sutton and Barto's example 6.6, Q-learning against SARSA on the cliff, over many seeds.
// Prints the table of docs/algorithms/tabular.md. Needs the module: npm run build.
//
//     node tests/bench/cliff.mjs                    20 seeds
//     node tests/bench/cliff.mjs --seeds 100 --total-timesteps 50000
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';

const { values: args } = parseArgs({
  options: { 'seeds': { type: 'string', default: '20' }, 'total-timesteps': { type: 'string', default: '50000' } },
});
const SEEDS = Number(args.seeds);
const ALGOS = ['q-learning', 'sarsa', 'expected-sarsa', 'double-q-learning'];
const EDGE = (/** @type {number} */ s) => s > 24 && s < 35;

const bh = await load();
const env = bh.make('CliffWalking-v1');

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
/** @param {number[]} numbers */
const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** @param {string} algo @param {'constant' | 'linear'} learningRateSchedule */
async function row(algo, learningRateSchedule) {
  const greedy = [], online = [];
  let edge = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const model = new bh.models[algo](env, {
      seed, preset: false, learningRate: 0.5, learningRateSchedule, gamma: 1, explorationInitialEps: 0.1, explorationFinalEps: 0.1,
      totalTimesteps: Number(args['total-timesteps']), evalFreq: 0,
    });
    let metrics = /** @type {import('../../web/bellhop.js').MetricValues} */ ({});
    await model.learn({ onProgress: (now) => { metrics = now; }, sliceMilliseconds: 100 });
    online.push(Number(metrics['rollout/ep_rew_mean'])); // of the last 100
    greedy.push(model.evaluate({ episodes: 1 }).mean);
    edge += Number(walksAlongTheEdge(model));
    model.dispose();
  }
  const arrives = greedy.filter((x) => x > -100);
  const cells = [algo, learningRateSchedule, mean(online).toFixed(1), median(greedy), `${greedy.filter((x) => x === -13).length}/${SEEDS}`, `${edge}/${SEEDS}`, `${arrives.length}/${SEEDS}`];
  console.log(`| ${cells.join(' | ')} |`);
}

/** @param {import('../../web/bellhop.js').Model} model */
function walksAlongTheEdge(model) {
  let [obs] = env.reset();
  for (let n = 0; n < 50; n++) {
    const [next, , terminated] = env.step(model.predict(obs));
    if (terminated) return false;
    if (EDGE(Number(next))) return true;
    obs = next;
  }
  return false;
}

console.log('| algorithm | learning rate | online, last 100 episodes | greedy, median | greedy takes 13 steps | along the edge | greedy arrives |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const schedule of /** @type {const} */ (['constant', 'linear'])) {
  for (const algo of ALGOS) await row(algo, schedule);
}
env.dispose();
