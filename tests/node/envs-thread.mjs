// SPDX-License-Identifier: MIT
// A worker's script of one's own: serves environments of one's own.
import { workerData } from 'node:worker_threads';
import { serve } from '../../web/node/node.mjs';
import { CartPole, GridWorld } from './js-envs.mjs';

/** Two states, of which the second is reached by the 30th step; then it fails. */
class Failing {
  static id = 'Failing-v0';
  static observationSpace = { type: 'Discrete', n: 2 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static steps = 0;

  reset() {
    return [0, { made: 'reset', use() {} }];
  }

  step() {
    if (++Failing.steps % 30 === 0) throw new RangeError('the 30th');
    return [1, 1, Failing.steps % 5 === 0, false, { steps: Failing.steps }];
  }
}

if (workerData === 'broken') throw new Error('this script is broken');
serve({ envs: workerData === 'wrong' ? [CartPole, /** @type {any} */ ({ id: 'Wrong-v0', reset() {}, step() {} })] : [CartPole, GridWorld, Failing] });
