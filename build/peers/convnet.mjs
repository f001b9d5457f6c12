// SPDX-License-Identifier: MIT
// A peer of `npm run bench:peers`: DQN on ConvNetJS, its Net and its Trainer, used as in its own deepqlearn.js.
// Where its work differs from Bellhop's:
// - one example at a time: its trainer adds up 64 gradients, then takes a step; it computes in doubles;
// - squared error on the chosen action ({ dim, val }) instead of Huber's, and no clipping: it has neither;
// - gradient descent with momentum 0.9, which deepqlearn.js uses, instead of Adam, which it has not: less work than Adam;
// - a target network, which deepqlearn.js has not.
/** @import { Batch, Learner, LearnerOptions } from './cases.mjs' */

/** @param {NodeJS.Require} load from the folder the packages are in @returns {{ version: string, note: string, create: (options: LearnerOptions) => Learner }} */
export function openConvnet(load) {
  const convnetjs = load('convnetjs');
  const { version } = load('convnetjs/package.json');
  return { version, note: 'squared error, momentum, no clipping', create: (options) => new ConvnetLearner(convnetjs, options) };
}

/** @implements {Learner} */
class ConvnetLearner {
  /** @param {any} convnetjs @param {LearnerOptions} options */
  constructor(convnetjs, { sizes, batch, learningRate }) {
    const inputs = sizes[0], outputs = sizes[sizes.length - 1];
    const make = () => {
      const net = new convnetjs.Net();
      net.makeLayers([
        { type: 'input', out_sx: 1, out_sy: 1, out_depth: inputs },
        ...sizes.slice(1, -1).map((n) => ({ type: 'fc', num_neurons: n, activation: 'relu' })),
        { type: 'regression', num_neurons: outputs },
      ]);
      return net;
    };
    this.online = make();
    this.target = make();
    this.trainer = new convnetjs.Trainer(this.online, { method: 'sgd', momentum: 0.9, learning_rate: learningRate, batch_size: batch, l2_decay: 0 });
    this.inputs = inputs;
    this.vol = new convnetjs.Vol(1, 1, inputs, 0);
    this.wanted = { dim: 0, val: 0 };
  }

  /** @param {Float32Array} states @param {number} row */
  load(states, row) {
    for (let i = 0; i < this.inputs; i++) this.vol.w[i] = states[row * this.inputs + i];
    return this.vol;
  }

  /** @param {Batch} batch */
  update({ x_tm1, a_tm1, r_t, discount_t, x_t }) {
    for (let row = 0; row < a_tm1.length; row++) {
      const next = this.target.forward(this.load(x_t, row)).w;
      let best = next[0];
      for (let a = 1; a < next.length; a++) if (next[a] > best) best = next[a];
      this.wanted.dim = a_tm1[row];
      this.wanted.val = r_t[row] + discount_t[row] * best;
      this.trainer.train(this.load(x_tm1, row), this.wanted);
    }
  }

  /** @param {Float32Array} obs */
  act(obs) {
    const q = this.online.forward(this.load(obs, 0)).w;
    let best = 0;
    for (let a = 1; a < q.length; a++) if (q[a] > q[best]) best = a;
    return best;
  }

  /** @param {Float32Array} states @returns {number[]} */
  qValues(states) {
    return Array.from({ length: states.length / this.inputs }, (_, row) => [...this.online.forward(this.load(states, row)).w]).flat();
  }

  syncTarget() {
    const from = this.online.getParamsAndGrads();
    for (const [i, { params }] of this.target.getParamsAndGrads().entries()) params.set(from[i].params);
  }

  finish() {}

  /** @param {ArrayLike<number>} online @param {ArrayLike<number>} target its own order is PyTorch's */
  setParameters(online, target) {
    for (const [net, flat] of /** @type {const} */ ([[this.online, online], [this.target, target]])) {
      let at = 0;
      for (const { params } of net.getParamsAndGrads()) for (let i = 0; i < params.length; i++) params[i] = flat[at++];
    }
  }
}
