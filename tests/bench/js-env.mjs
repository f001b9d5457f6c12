// SPDX-License-Identifier: MIT
// node tests/bench/js_env.mjs: how fast DQN trains on CartPole written in JavaScript (tests/node/js_envs.mjs), as a fraction of
// its speed on CartPole-v1 in C. The same options, in turns in one process; medians. Needs the module: npm run build.
//
//     node tests/bench/js_env.mjs                   5 turns of 30,000 steps
//     node tests/bench/js_env.mjs --turns 9 --steps 100000
//     node tests/bench/js-env.mjs --async           of the one in JavaScript, whose reset and step return Promises, by the same that returns at once
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';
import { CartPole } from '../node/js-envs.mjs';

const { values: args } = parseArgs({
  options: { turns: { type: 'string', default: '5' }, steps: { type: 'string', default: '30000' }, async: { type: 'boolean', default: false } },
});
const TURNS = Number(args.turns);
const STEPS = Number(args.steps);

class AsyncCartPole extends CartPole {
  /** @param {{ seed?: number }} options @returns {any} */
  async reset(options) {
    return super.reset(options);
  }

  /** @param {number} action @returns {any} */
  async step(action) {
    return super.step(action);
  }
}

const bh = await load();
const cartPole = bh.make('CartPole-v1');
const preset = new bh.DQN(cartPole).options;
const perSecond = { c: /** @type {number[]} */ ([]), js: /** @type {number[]} */ ([]) };

/** @param {any} env @param {Record<string, any>} options @param {number} seed */
async function stepsPerSecond(env, options, seed) {
  const model = new bh.DQN(env, { ...options, seed, totalTimesteps: STEPS, evalFreq: 0 });
  const since = performance.now();
  await model.learn({ sliceMilliseconds: 100 });
  const seconds = (performance.now() - since) / 1000;
  model.dispose();
  return STEPS / seconds;
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** What learns as much as the preset, and what hardly learns: there the environment counts most. */
const CASES = /** @type {const} */ ([
  ['the preset', preset],
  ['the preset, 8 environments', { ...preset, nEnvs: 8 }],
  ['no learning', { ...preset, learningStarts: STEPS + 1, bufferSize: Math.max(STEPS, 1000) }],
]);
for (const [name, options] of CASES) {
  perSecond.c = [];
  perSecond.js = [];
  for (let turn = -1; turn < TURNS; turn++) {
    const [one, other] = args.async ? [CartPole, AsyncCartPole] : [cartPole, CartPole];
    const [c, js] = [await stepsPerSecond(one, options, turn + 1), await stepsPerSecond(other, options, turn + 1)];
    if (turn < 0) continue; // the first warms up
    perSecond.c.push(c);
    perSecond.js.push(js);
  }
  const [c, js] = [median(perSecond.c), median(perSecond.js)];
  const thousands = (/** @type {number} */ n) => `${(n / 1000).toFixed(0).padStart(6)}k`;
  const [first, second] = args.async ? ['at once', 'later'] : ['C', 'JavaScript'];
  console.log(`${name.padEnd(28)} ${first} ${thousands(c)} steps/s   ${second} ${thousands(js)} steps/s   ratio ${(js / c).toFixed(2)}`);
}
