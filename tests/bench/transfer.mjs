// SPDX-License-Identifier: MIT
// What transfer saves: FrozenLake without slipping, after a hole has moved into the way that was learned. Steps until the
// first evaluation (1 episode, every 20 steps) that reaches the goal, from nothing and from the old map's values.
//
//     node tests/bench/transfer.mjs [--seeds 20]
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';
import { median } from '../../web/lib/statistics.mjs';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' } } });
const OLD = ['SFFFH', 'FHHFF', 'FFFFF', 'HHHHF', 'FFFFG']; // the short way goes down the left side
const NEW = ['SFFFH', 'HHHFF', 'FFFFF', 'HHHHF', 'FFFFG']; // which is closed: over the top
const OPTIONS = {
  evalFreq: 20, nEvalEpisodes: 1, stopAtThreshold: true, totalTimesteps: 50_000, explorationInitialEps: 1, explorationFinalEps: 0.1,
  explorationFraction: 0.1,
};

const bh = await load();
const from = bh.make('FrozenLake-v1', { desc: OLD, isSlippery: false });
const to = bh.make('FrozenLake-v1', { desc: NEW, isSlippery: false });

/** @type {Record<'without' | 'with', number[]>} */
const steps = { without: [], with: [] };
for (let seed = 0; seed < Number(values.seeds); seed++) {
  const teacher = new bh.DQN(from, { ...OPTIONS, seed });
  await teacher.learn({ sliceMilliseconds: 100 });
  for (const way of /** @type {const} */ (['without', 'with'])) {
    const model = new bh.DQN(to, { ...OPTIONS, seed });
    if (way === 'with') model.loadParameters(teacher.save());
    await model.learn({ sliceMilliseconds: 100 });
    steps[way].push(model.solvedAt ?? Infinity);
    model.dispose();
  }
  teacher.dispose();
}
for (const way of /** @type {const} */ (['without', 'with'])) {
  console.log(`dqn ${way} the old map's parameters: median ${median(steps[way])} steps, ${steps[way].filter(Number.isFinite).length} of ${steps[way].length} reach the goal`);
}
[from, to].forEach((env) => env.dispose());
