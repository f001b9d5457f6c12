// SPDX-License-Identifier: MIT
// node tests/bench/units.mjs: what the units of observations do to DQN, and what `normalizeObservation` does about it: CartPole in JavaScript
// (tests/node/js-envs.mjs) in metres and radians and in millimetres and degrees, with the options of CartPole-v1's preset. The score of a seed is the
// mean return of the best parameters over 100 greedy episodes of their own seeds. Prints the table of docs/environments.md. Needs the module: npm run build.
//
//     node tests/bench/units.mjs                    10 seeds of 50,000 steps
//     node tests/bench/units.mjs --only 'degrees, normalizeObservation'
//     node tests/bench/units.mjs --seeds 3 --algo ppo --total-timesteps 51200
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';
import { CartPole } from '../node/js-envs.mjs';

const { values: args } = parseArgs({
  options: { 'seeds': { type: 'string', default: '10' }, 'algo': { type: 'string', default: 'dqn' }, 'total-timesteps': { type: 'string', default: '50000' }, 'defaults': { type: 'boolean', default: false }, 'only': { type: 'string', default: '' } },
});
const SOLVED = 475;
const UNITS = [1000, 1000, 180 / Math.PI, 180 / Math.PI];

class InMillimetresAndDegrees extends CartPole {
  static id = 'CartPoleInMillimetres-v0';
  static observationSpace = { type: 'Box', shape: [4], low: -Infinity, high: Infinity };

  /** @param {{ seed?: number }} options */
  reset(options) {
    const [observation, info] = super.reset(options);
    return [observation.map((/** @type {number} */ x, /** @type {number} */ i) => x * UNITS[i]), info];
  }

  /** @param {number} action */
  step(action) {
    const [observation, ...rest] = super.step(action);
    return [observation.map((/** @type {number} */ x, /** @type {number} */ i) => x * UNITS[i]), ...rest];
  }
}

const bh = await load();
const Algo = bh.models[args.algo ?? 'dqn'];
const preset = args.defaults ? {} : new Algo('CartPole-v1').options;

/** @param {any} env @param {object} options @param {number} seed */
async function score(env, options, seed) {
  const model = new Algo(env, { ...preset, totalTimesteps: Number(args['total-timesteps']), ...options, seed });
  await model.learn({ sliceMilliseconds: 100 });
  const [best, last] = (/** @type {const} */ (['best', 'current'])).map((which) => model.evaluate({ which, episodes: 100, seed: 1_000_000 + seed }).mean);
  model.dispose();
  return { best, last };
}

const CASES = /** @type {const} */ ([
  ['metres, radians', CartPole, {}],
  ['metres, radians, normalizeObservation', CartPole, { normalizeObservation: true }],
  ['millimetres, degrees', InMillimetresAndDegrees, {}],
  ['millimetres, degrees, normalizeObservation', InMillimetresAndDegrees, { normalizeObservation: true }],
]);
for (const [name, env, options] of CASES.filter(([each]) => each.endsWith(args.only ?? ''))) {
  const scores = [];
  for (let seed = 0; seed < Number(args.seeds); seed++) scores.push(await score(env, options, seed));
  for (const which of /** @type {const} */ (['best', 'last'])) {
    const solved = scores.filter((each) => each[which] >= SOLVED).length;
    console.log(`${name.padEnd(42)} ${which} >= ${SOLVED} on ${String(solved).padStart(2)} of ${scores.length}: ${scores.map((each) => each[which].toFixed(0)).join(' ')}`);
  }
}
