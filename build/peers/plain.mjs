// SPDX-License-Identifier: MIT
// A peer of `npm run bench:peers`: DQN in plain JavaScript. Typed arrays made once, no allocation afterwards, the loops of
// loops.mjs. Same work as Bellhop's update, without exception.
/** @import { Batch, Learner, LearnerOptions } from './cases.mjs' */

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** One set of parameters, in one block: w (I,O), then b, layer by layer. @param {number[]} sizes */
function parameters(sizes) {
  const counts = sizes.slice(1).map((O, i) => (sizes[i] + 1) * O);
  const all = new Float32Array(counts.reduce((a, b) => a + b, 0));
  let at = 0;
  const layers = counts.map((n, i) => {
    const split = at + sizes[i] * sizes[i + 1];
    const layer = { w: all.subarray(at, split), b: all.subarray(split, at + n) };
    at += n;
    return layer;
  });
  return { all, layers };
}

/** Reads PyTorch's order: (outputs, inputs). @param {ReturnType<typeof parameters>} into @param {number[]} sizes @param {ArrayLike<number>} flat */
function readParameters({ layers }, sizes, flat) {
  let at = 0;
  for (const [l, { w, b }] of layers.entries()) {
    const I = sizes[l], O = sizes[l + 1];
    for (let o = 0; o < O; o++) for (let i = 0; i < I; i++) w[i * O + o] = flat[at++];
    for (let o = 0; o < O; o++) b[o] = flat[at++];
  }
}

/** @param {Float32Array} y */
function relu(y) {
  for (let i = 0; i < y.length; i++) if (y[i] < 0) y[i] = 0;
}

/** @implements {Learner} */
export class PlainLearner {
  /** @param {LearnerOptions} options @param {import('./loops.mjs').Loops} loops */
  constructor({ sizes, batch, learningRate, maxNorm }, loops) {
    this.sizes = sizes;
    this.batch = batch;
    this.learningRate = learningRate;
    this.maxNorm = maxNorm;
    this.loops = loops;
    this.online = parameters(sizes);
    this.target = parameters(sizes);
    this.grads = parameters(sizes);
    this.m = new Float32Array(this.online.all.length);
    this.v = new Float32Array(this.online.all.length);
    const rows = () => sizes.slice(1).map((n) => new Float32Array(batch * n));
    this.acts = rows();
    this.actsTarget = rows();
    this.dacts = rows();
    this.actsOne = sizes.slice(1).map((n) => new Float32Array(n));
    this.power1 = this.power2 = 1;
  }

  /** @param {ArrayLike<number>} online @param {ArrayLike<number>} target in PyTorch's order */
  setParameters(online, target) {
    readParameters(this.online, this.sizes, online);
    readParameters(this.target, this.sizes, target);
  }

  syncTarget() {
    this.target.all.set(this.online.all);
  }

  /** @param {ReturnType<typeof parameters>} params @param {Float32Array[]} acts @param {Float32Array} x @param {number} B */
  forward({ layers }, acts, x, B) {
    let input = x;
    for (let l = 0; l < layers.length; l++) {
      this.loops.forward(acts[l], input, layers[l].w, layers[l].b, B, this.sizes[l], this.sizes[l + 1]);
      if (l + 1 < layers.length) relu(acts[l]);
      input = acts[l];
    }
    return input;
  }

  /** @param {Float32Array} obs */
  act(obs) {
    const q = this.forward(this.online, this.actsOne, obs, 1);
    let best = 0;
    for (let a = 1; a < q.length; a++) if (q[a] > q[best]) best = a;
    return best;
  }

  /** @param {Float32Array} states as many as a batch has */
  qValues(states) {
    return Array.from(this.forward(this.online, this.acts, states, this.batch));
  }

  /** @param {Batch} batch */
  update(batch) {
    this.gradient(batch);
    this.adam(this.clipScale());
  }

  /** The mean Huber loss's gradient, into `grads`. @param {Batch} batch */
  gradient({ x_tm1, a_tm1, r_t, discount_t, x_t }) {
    const B = this.batch, A = this.sizes[this.sizes.length - 1];
    const qNext = this.forward(this.target, this.actsTarget, x_t, B);
    const q = this.forward(this.online, this.acts, x_tm1, B);
    const dq = this.dacts[this.dacts.length - 1].fill(0);
    for (let row = 0; row < B; row++) {
      let best = qNext[row * A];
      for (let a = 1; a < A; a++) if (qNext[row * A + a] > best) best = qNext[row * A + a];
      const at = row * A + a_tm1[row];
      const error = q[at] - (r_t[row] + discount_t[row] * best);
      dq[at] = Math.max(-1, Math.min(1, error)) / B;
    }
    this.backward(x_tm1);
  }

  /** From `dacts`, the last layer's filled. @param {Float32Array} x */
  backward(x) {
    const B = this.batch;
    this.grads.all.fill(0);
    for (let l = this.online.layers.length - 1; l >= 0; l--) {
      const I = this.sizes[l], O = this.sizes[l + 1], dy = this.dacts[l], { w, b } = this.grads.layers[l];
      const input = l > 0 ? this.acts[l - 1] : x;
      this.loops.weights(w, input, dy, B, I, O);
      for (let row = 0; row < B; row++) for (let o = 0; o < O; o++) b[o] += dy[row * O + o];
      if (l > 0) this.loops.inputs(this.dacts[l - 1], dy, this.online.layers[l].w, input, B, I, O);
    }
  }

  clipScale() {
    const g = this.grads.all;
    let sum = 0;
    for (let i = 0; i < g.length; i++) sum += g[i] * g[i];
    return Math.min(1, this.maxNorm / (Math.sqrt(sum) + 1e-6));
  }

  /** @param {number} scale of the gradient */
  adam(scale) {
    this.power1 *= BETA1;
    this.power2 *= BETA2;
    const { m, v } = this, p = this.online.all, grads = this.grads.all;
    const rate = this.learningRate / (1 - this.power1), rootInverse = 1 / Math.sqrt(1 - this.power2);
    for (let i = 0; i < p.length; i++) {
      const g = grads[i] * scale;
      const first = m[i] = BETA1 * m[i] + (1 - BETA1) * g;
      const second = v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
      p[i] -= rate * first / (Math.sqrt(second) * rootInverse + EPSILON);
    }
  }

  finish() {}
}
