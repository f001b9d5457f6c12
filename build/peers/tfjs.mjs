// SPDX-License-Identifier: MIT
// A peer of `npm run bench:peers`: DQN on TensorFlow.js, its core operations and its Adam, on the backend `cpu` or `wasm`.
// Where its work differs from Bellhop's:
// - core operations instead of a tf.sequential() model, which computes the same by more layers of JavaScript;
// - gradients by its tape (tf.variableGrads); its optimizers do not clip, so the global norm is computed by operations;
// - its Adam runs as operations on each of the six tensors, and it does not need the loss's value, which is not fetched;
// - production mode (tf.enableProdMode()), as its documentation advises: no checks in operations.
// Both backends compute when an operation is called; `finish` reads a parameter all the same.
import { dirname } from 'node:path';
/** @import { Batch, Learner, LearnerOptions } from './cases.mjs' */

/**
 * @param {NodeJS.Require} load from the folder the packages are in @param {'cpu' | 'wasm'} backend
 * @returns {Promise<{ version: string, note: string, create: (options: LearnerOptions) => Learner }>}
 */
export async function openTfjs(load, backend) {
  const tf = load('@tensorflow/tfjs');
  if (backend === 'wasm') load('@tensorflow/tfjs-backend-wasm').setWasmPaths(`${dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  tf.enableProdMode();
  if (!await tf.setBackend(backend)) throw new Error(`TensorFlow.js could not start its backend ${backend}`);
  await tf.ready();
  return { version: tf.version.tfjs, note: await about(tf, backend), create: (options) => new TfjsLearner(tf, options) };
}

/** @param {any} tf @param {string} backend */
async function about(tf, backend) {
  if (backend === 'cpu') return 'its backend in JavaScript';
  const [simd, threads] = await Promise.all(['SIMD_SUPPORT', 'MULTITHREAD_SUPPORT'].map((flag) => tf.env().getAsync(`WASM_HAS_${flag}`)));
  return `${simd ? 'SIMD' : 'no SIMD'}, ${threads ? 'threads' : 'one thread: it starts no others in Node'}`;
}

/** @implements {Learner} */
class TfjsLearner {
  /** @param {any} tf @param {LearnerOptions} options */
  constructor(tf, { sizes, batch, learningRate, maxNorm }) {
    this.tf = tf;
    this.sizes = sizes;
    this.batch = batch;
    this.maxNorm = maxNorm;
    const layers = () => sizes.slice(1).map((O, l) => ({ w: tf.variable(tf.zeros([sizes[l], O])), b: tf.variable(tf.zeros([O])) }));
    this.online = layers();
    this.target = layers();
    this.variables = this.online.flatMap(({ w, b }) => [w, b]);
    this.optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  }

  /** @param {{ w: any, b: any }[]} layers @param {any} x */
  forward(layers, x) {
    const { fused } = this.tf;
    return layers.reduce((a, { w, b }, l) => fused.matMul({ a, b: w, bias: b, activation: l + 1 < layers.length ? 'relu' : 'linear' }), x);
  }

  /** @param {Float32Array} data */
  rows(data) {
    return this.tf.tensor2d(data, [data.length / this.sizes[0], this.sizes[0]]);
  }

  /** @param {Batch} batch */
  update({ x_tm1, a_tm1, r_t, discount_t, x_t }) {
    const { tf } = this;
    tf.tidy(() => {
      const bootstrap = tf.max(this.forward(this.target, this.rows(x_t)), 1);
      const wanted = tf.add(tf.tensor1d(r_t), tf.mul(tf.tensor1d(discount_t), bootstrap));
      const chosen = tf.oneHot(tf.tensor1d(a_tm1, 'int32'), this.sizes[this.sizes.length - 1]), states = this.rows(x_tm1);
      const { grads } = tf.variableGrads(() => {
        const q = tf.sum(tf.mul(this.forward(this.online, states), chosen), 1);
        return tf.losses.huberLoss(wanted, q);
      }, this.variables);
      this.optimizer.applyGradients(this.clip(grads));
    });
  }

  /** By their global norm. @param {Record<string, any>} grads */
  clip(grads) {
    const { tf } = this;
    const norm = tf.sqrt(tf.addN(Object.values(grads).map((g) => tf.sum(tf.square(g)))));
    const scale = tf.minimum(1, tf.div(this.maxNorm, tf.add(norm, 1e-6)));
    return Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, tf.mul(g, scale)]));
  }

  /** @param {Float32Array} obs */
  act(obs) {
    return this.tf.tidy(() => this.tf.argMax(this.forward(this.online, this.rows(obs)), 1).dataSync()[0]);
  }

  /** @param {Float32Array} states */
  qValues(states) {
    return this.tf.tidy(() => Array.from(this.forward(this.online, this.rows(states)).dataSync()));
  }

  syncTarget() {
    for (const [l, { w, b }] of this.target.entries()) {
      w.assign(this.online[l].w);
      b.assign(this.online[l].b);
    }
  }

  finish() {
    return this.variables[0].data();
  }

  /** @param {ArrayLike<number>} online @param {ArrayLike<number>} target */
  setParameters(online, target) {
    this.read(this.online, online);
    this.read(this.target, target);
  }

  /** @param {{ w: any, b: any }[]} layers @param {ArrayLike<number>} flat */
  read(layers, flat) {
    const { tf } = this, all = Float32Array.from(flat);
    let at = 0;
    tf.tidy(() => {
      for (const [l, { w, b }] of layers.entries()) {
        const I = this.sizes[l], O = this.sizes[l + 1];
        w.assign(tf.transpose(tf.tensor2d(all.slice(at, at + I * O), [O, I])));
        b.assign(tf.tensor1d(all.slice(at + I * O, at + (I + 1) * O)));
        at += (I + 1) * O;
      }
    });
  }
}
