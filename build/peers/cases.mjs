// SPDX-License-Identifier: MIT
// What the JavaScript peers of `npm run bench:peers` are timed on: `update` and `loop`, the cases of those names in
// tests/bench/bench.c, around any learner. Replay buffer, environment and exploration are the same code for all of them.

/** @typedef {{ x_tm1: Float32Array, a_tm1: Int32Array, r_t: Float32Array, discount_t: Float32Array, x_t: Float32Array }} Batch */
/** @typedef {{ sizes: number[], batch: number, learningRate: number, maxNorm: number }} LearnerOptions */
/**
 * A network, its target and their optimizer. Parameters come in PyTorch's order: weight (outputs, inputs), bias, layer by layer.
 * @typedef {object} Learner
 * @property {(batch: Batch) => void} update
 * @property {(obs: Float32Array) => number} act  the greedy action
 * @property {() => void} syncTarget
 * @property {() => unknown} finish  returns, or resolves, when everything asked for has been done
 * @property {(online: ArrayLike<number>, target: ArrayLike<number>) => void} setParameters
 * @property {(states: Float32Array) => number[]} qValues  (batch, actions)
 */
/** @typedef {(n: number) => void} Run  n updates, or n steps */

const OBSERVATION = 4;
const ACTIONS = 2;
const REPLAY_SIZE = 50_000;
const GAMMA = 0.99;
const MAX_NORM = 10;
const TARGET_INTERVAL = 500;
const LEARNING_STARTS = 100;
/** Steps over which exploration falls from 1 to its end. */
const EXPLORATION_STEPS = 2000;
const EXPLORATION_END = 0.05;

/** The options of a case. @param {string} kind @param {number} hidden @param {number} batch @returns {LearnerOptions} */
export function optionsOf(kind, hidden, batch) {
  return { sizes: [OBSERVATION, hidden, hidden, ACTIONS], batch, learningRate: kind === 'loop' ? 7e-4 : 1e-4, maxNorm: MAX_NORM };
}

/** PyTorch's initial values. @param {number[]} sizes */
export function randomParameters(sizes) {
  return sizes.slice(1).flatMap((O, l) => {
    const bound = 1 / Math.sqrt(sizes[l]);
    return Array.from({ length: (sizes[l] + 1) * O }, () => bound * (2 * Math.random() - 1));
  });
}

class Replay {
  /** @param {number} batch */
  constructor(batch) {
    this.x_tm1 = new Float32Array(REPLAY_SIZE * OBSERVATION);
    this.x_t = new Float32Array(REPLAY_SIZE * OBSERVATION);
    this.a_tm1 = new Int32Array(REPLAY_SIZE);
    this.r_t = new Float32Array(REPLAY_SIZE);
    this.discount_t = new Float32Array(REPLAY_SIZE);
    this.size = this.next = 0;
    /** @type {Batch} */
    this.batch = {
      x_tm1: new Float32Array(batch * OBSERVATION), a_tm1: new Int32Array(batch), r_t: new Float32Array(batch),
      discount_t: new Float32Array(batch), x_t: new Float32Array(batch * OBSERVATION),
    };
  }

  /** @param {Float32Array} x_tm1 @param {number} a @param {number} r @param {boolean} terminated @param {Float32Array} x_t */
  add(x_tm1, a, r, terminated, x_t) {
    const at = this.next;
    for (let i = 0; i < OBSERVATION; i++) {
      this.x_tm1[at * OBSERVATION + i] = x_tm1[i];
      this.x_t[at * OBSERVATION + i] = x_t[i];
    }
    this.a_tm1[at] = a;
    this.r_t[at] = r;
    this.discount_t[at] = terminated ? 0 : GAMMA;
    this.next = (at + 1) % REPLAY_SIZE;
    this.size = Math.max(this.size, at + 1);
  }

  sample() {
    const { x_tm1, a_tm1, r_t, discount_t, x_t } = this.batch;
    for (let row = 0; row < a_tm1.length; row++) {
      const at = Math.floor(Math.random() * this.size);
      for (let i = 0; i < OBSERVATION; i++) {
        x_tm1[row * OBSERVATION + i] = this.x_tm1[at * OBSERVATION + i];
        x_t[row * OBSERVATION + i] = this.x_t[at * OBSERVATION + i];
      }
      a_tm1[row] = this.a_tm1[at];
      r_t[row] = this.r_t[at];
      discount_t[row] = this.discount_t[at];
    }
    return this.batch;
  }
}

/** @param {Learner} learner @param {number} batch @returns {Run} */
function updateCase(learner, batch) {
  const replay = new Replay(batch);
  const obs_tm1 = new Float32Array(OBSERVATION), obs_t = new Float32Array(OBSERVATION);
  for (let k = 0; k < REPLAY_SIZE; k++) {
    for (let i = 0; i < OBSERVATION; i++) {
      obs_tm1[i] = 2 * Math.random() - 1;
      obs_t[i] = 2 * Math.random() - 1;
    }
    replay.add(obs_tm1, Math.floor(ACTIONS * Math.random()), 1, Math.random() < 0.05, obs_t);
  }
  return (n) => {
    while (n-- > 0) learner.update(replay.sample());
  };
}

/** CartPole-v1 as envs/cartpole.c and Gymnasium have it. */
export class CartPole {
  obs = new Float32Array(OBSERVATION);
  x = 0;
  xDot = 0;
  theta = 0;
  thetaDot = 0;
  steps = 0;

  reset() {
    const small = () => -0.05 + 0.1 * Math.random();
    [this.x, this.xDot, this.theta, this.thetaDot] = [small(), small(), small(), small()];
    this.steps = 0;
    this.observe();
  }

  observe() {
    const { obs } = this;
    obs[0] = this.x;
    obs[1] = this.xDot;
    obs[2] = this.theta;
    obs[3] = this.thetaDot;
  }

  /** @param {number} action @returns {boolean} whether it fell */
  step(action) {
    const force = action === 1 ? 10 : -10;
    const cos = Math.cos(this.theta), sin = Math.sin(this.theta);
    const temp = (force + 0.05 * this.thetaDot * this.thetaDot * sin) / 1.1;
    const thetaAcc = (9.8 * sin - cos * temp) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1));
    const xAcc = temp - 0.05 * thetaAcc * cos / 1.1;
    this.x += 0.02 * this.xDot;
    this.xDot += 0.02 * xAcc;
    this.theta += 0.02 * this.thetaDot;
    this.thetaDot += 0.02 * thetaAcc;
    this.steps++;
    this.observe();
    return Math.abs(this.x) > 2.4 || Math.abs(this.theta) > 12 * Math.PI / 180;
  }
}

/** @param {Learner} learner @param {number} batch @returns {Run} */
function loopCase(learner, batch) {
  const replay = new Replay(batch), env = new CartPole(), before = new Float32Array(OBSERVATION);
  let steps = 0;
  const step = () => {
    const epsilon = Math.max(EXPLORATION_END, 1 - (1 - EXPLORATION_END) * steps / EXPLORATION_STEPS);
    const action = Math.random() < epsilon ? Math.floor(ACTIONS * Math.random()) : learner.act(env.obs);
    before.set(env.obs);
    const fell = env.step(action);
    replay.add(before, action, 1, fell, env.obs);
    if (fell || env.steps === 500) env.reset();
    if (++steps > LEARNING_STARTS) learner.update(replay.sample());
    if (steps % TARGET_INTERVAL === 0) learner.syncTarget();
  };
  env.reset();
  for (let k = 0; k < 2 * LEARNING_STARTS; k++) step();
  return (n) => {
    while (n-- > 0) step();
  };
}

/** @param {string} kind @param {Learner} learner @param {number} batch @returns {Run} */
export function openCase(kind, learner, batch) {
  return kind === 'loop' ? loopCase(learner, batch) : updateCase(learner, batch);
}
