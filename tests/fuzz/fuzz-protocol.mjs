// SPDX-License-Identifier: MIT
// Bytes as messages to the worker's service, in any order, with values that are anything: each call is answered, by a result or by an error with a status and a
// sentence; when all sessions are gone, so is their memory, and the service still makes a run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadWasm } from '../../web/lib/instance.mjs';
import { serve } from '../../web/worker/service.mjs';
import * as later from '../../web/worker/session-calls.mjs';
import { textSessions } from '../../web/worker/text-sessions.mjs';

const MODULE = new WebAssembly.Module(readFileSync(new URL('../../build/out/wasm-simd/bellhop-text.wasm', import.meta.url)));
/** Counts of work are small: how long a call may take is another matter (see the tests of what can be interrupted). */
const COUNTS = [1, 2, 7, 20, 0, -1, NaN, 0.5, '3', null];
const HOSTILE = [undefined, null, NaN, -1, 0, 1, 2 ** 31, 2 ** 53, -0, Infinity, '', 'x', 'GridWorld-v0', '__proto__', true, [], [[]], {}, { length: -1 }, new Uint8Array(9), new Float32Array([NaN, 1, 2]), [0, 1, 2], 5n, new Date(0), new Map()];
const METHODS = ['play', 'pause', 'step', 'requestFrame', 'set', 'watch', 'sha256', 'proceed', 'save', 'sample', 'next', 'place', 'evaluate', 'load', 'qValues', 'predictValues', 'logProbs', 'predict', 'learn', 'dispose', 'constructor', '__proto__'];
const ENVS = ['GridWorld-v0', 'CartPole-v1', 'Bandit-v0', 'Pendulum-v1', 'TextGen-v0', 'None-v0'];
const ALGOS = ['dqn', 'q-learning', 'ppo', 'reinforce', 'sac', 'value-iteration', 'none'];

/** Choices that bytes make. */
class Choices {
  #bytes;
  #at = 0;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isOver() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** @template T @param {readonly T[]} of @returns {T} */
  pick(of) {
    return of[this.byte() % of.length];
  }

  value() {
    return this.pick(HOSTILE);
  }
}

/** @param {Choices} c @returns {any} */
function recipe(c) {
  if (c.byte() % 8 === 0) return c.value();
  const options = { seed: 1, maxEpisodeSteps: 20, finalEvalEpisodes: 2, nEvalEpisodes: 1, totalTimesteps: 100, ...c.byte() % 2 && { [c.pick(['gamma', 'learningRate', 'netArch', 'batchSize', 'bufferSize', 'nSteps', 'seed', 'preset', 'toString'])]: c.value() } };
  return {
    env: c.byte() % 6 ? c.pick(ENVS) : c.value(), algo: c.byte() % 6 ? c.pick(ALGOS) : c.value(), options: c.byte() % 6 ? options : c.value(),
    ...c.byte() % 4 === 0 && { [c.pick(['envOptions', 'changes', 'demonstrations', 'checkpoint', 'startFrom', 'prior', 'samples', 'languageModel', 'strange'])]: c.value() },
  };
}

/** Values of a call; those that are counts of work are small. @param {string} method @param {Choices} c @returns {any[]} */
function valuesOf(method, c) {
  if (method === 'create') return [recipe(c)];
  if (method === 'open') return [{ text: true }];
  if (method === 'learn') return [{ id: c.pick(COUNTS), steps: c.pick(COUNTS), ...c.byte() % 3 === 0 && { [c.pick(['isAborted', 'resetNumTimesteps', 'strange'])]: c.value() } }];
  if (method === 'evaluate') return [c.byte() % 2 ? { episodes: c.pick(COUNTS), seed: c.value() } : c.pick([undefined, null, 'x', 7])];
  if (['step', 'play', 'next', 'sample'].includes(method)) return [c.pick(COUNTS), c.pick(COUNTS)];
  return Array.from({ length: c.byte() % 3 }, () => c.value());
}

/** @returns {Promise<(input: Uint8Array) => Promise<void>>} */
export async function open() {
  const wasm = await loadWasm({ wasmBinary: MODULE }, /** @type {any} */ ({}));
  let id = 0;
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  const port = {
    onmessage: /** @type {any} */ (null),
    /** Frames are taken at once, as a page does that draws. @param {any} message */
    postMessage(message) {
      if (message.frame) queueMicrotask(() => port.onmessage?.({ data: { session: message.session, taken: true } }));
      else if (!message.progress) waiting.get(message.id)?.(message);
    },
  };
  /** @param {string} method @param {any} session @param {any[]} values @returns {Promise<any>} */
  const call = (method, session, values) => new Promise((resolve) => {
    waiting.set(++id, resolve);
    port.onmessage({ data: { id, method, session, values } });
  });

  return async (input) => {
    const c = new Choices(input);
    const end = serve(port, async () => wasm, { later, text: textSessions });
    assert.ok((await call('open', undefined, [{}])).result);
    /** @type {any[]} */
    const sessions = [];
    for (let calls = 0; calls < 12 && !c.isOver; calls++) {
      const isOfSession = sessions.length > 0 && c.byte() % 4 > 0;
      const method = isOfSession ? c.pick(METHODS) : c.pick(['create', 'create', 'create', 'liveBytes', 'prepare', 'toString', 'open']);
      const session = isOfSession ? c.byte() % 8 ? c.pick(sessions) : c.value() : undefined;
      if (c.byte() % 16 === 0) port.onmessage({ data: c.pick([undefined, null, {}, { taken: true }, { taken: true, session: c.value() }, { method: '' }, 7]) });
      const { result, error } = await call(method, session, valuesOf(method, c));
      if (error) assert.ok(/^BH_ERR_/.test(error.status) && error.message.length > 5, `${method}: ${error.status} ${error.message}`);
      if (method === 'create' && result) sessions.push(result.session);
    }
    end();
    assert.equal(wasm.liveBytes(), 0);
  };
}
