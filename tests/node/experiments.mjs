// SPDX-License-Identifier: MIT
// For tests of experiments: a trainer in a thread of Node, as a lease, and waiting for what events tell.
import { Worker } from 'node:worker_threads';
import { connect } from '../../web/node/node.mjs';

// A page that draws nothing: a frame is shown as soon as it is there, and a hundred steps one by one do not take four seconds.
globalThis.requestAnimationFrame = (callback) => Number(setImmediate(callback, performance.now()));

/** A trainer, and how it ends. @param {{ text?: boolean }} [options]  with language models or without */
export async function startTrainer({ text = true } = {}) {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
  const trainer = /** @type {import('../../web/worker/trainer.mjs').Trainer} */ (/** @type {unknown} */ (await connect({ port: port1, text })));
  /** A lease of it. */
  const lease = () => ({ trainer, release: () => {} });
  const end = async () => {
    trainer.terminate();
    await thread.terminate();
  };
  return { trainer, lease, end };
}

/**
 * Resolves when something is so, which is asked with every event of an experiment.
 * @param {EventTarget} experiment @param {() => unknown} isSo
 * @returns {Promise<void>}
 */
export function when(experiment, isSo) {
  return new Promise((done) => {
    const names = ['run', 'frame', 'phase', 'setup', 'score'];
    const ask = () => {
      if (!isSo()) return;
      names.forEach((name) => experiment.removeEventListener(name, ask));
      done();
    };
    names.forEach((name) => experiment.addEventListener(name, ask));
    ask();
  });
}

/** The phases of an experiment from now on. @param {EventTarget & { phase: string }} experiment */
export function phasesOf(experiment) {
  /** @type {string[]} */
  const phases = [];
  experiment.addEventListener('phase', () => phases.push(experiment.phase));
  return phases;
}
