// SPDX-License-Identifier: MIT
// What a run is asked for: values and actions of observations as users give them, and evaluation. Apart from run.mjs: a page that
// trains asks for none of this at first.
import { BellhopError } from './bellhop-error.mjs';
import { boxValues, greedyBox, rowsOf } from './box.mjs';
import { SIGNAL } from './learn-options.mjs';
import { breathe, unlessAborted } from './loop.mjs';
import { ANY, FLAG, copied, readOptions } from './given.mjs';
import { shown } from './messages.mjs';
import { checked as check, whole } from './rules.mjs';
import { problemOfMask } from './action-mask.mjs';
import { WHICH, probable, whichParameters } from './run.mjs';
import { floatsOf } from './space.mjs';
import { isList } from './space-definition.mjs';
import { LABELS } from './setup.mjs';

/** @typedef {import('./run.mjs').Run} Run */

const EPISODES_MAX = 1_000_000;
const EVALUATION_APART = 2 ** 40, PREDICTION_APART = 2 ** 41;
const RNG_BYTES = 16;
const SEED = whole(0, Number.MAX_SAFE_INTEGER);
const PREDICT = Object.freeze({ deterministic: FLAG, seed: SEED, actionMask: ANY });
const EVALUATE = Object.freeze({ episodes: whole(1, EPISODES_MAX), seed: SEED, ...WHICH });
const EVALUATE_ASYNC = Object.freeze({ ...EVALUATE, signal: SIGNAL });

/** The random streams of sampled predictions, where there were some. @type {WeakMap<Run, Uint8Array>} */
const streams = new WeakMap();

/**
 * The seed of a finished run's evaluation: the run's own plus 2^40 (modulo 2^53), so that no seed a person picks for
 * a run is the one it is scored with. @param {number} seed
 */
export function evaluationSeed(seed) {
  return seedApart(check('seed', seed, SEED), EVALUATION_APART);
}

/** The sum modulo 2^53. @param {number} seed @param {number} distance */
function seedApart(seed, distance) {
  return seed + distance > Number.MAX_SAFE_INTEGER ? seed - (Number.MAX_SAFE_INTEGER - distance + 1) : seed + distance;
}

/**
 * Observations as users give them, checked and laid out flat, each with its mask behind it.
 * @param {Run} run @param {unknown} given @param {unknown} [masks]  without them all actions are legal
 * @returns {{ flat: ArrayLike<number>, single: boolean }}
 */
export function flattenObs(run, given, masks) {
  const read = flattenUnmasked(run, copied('the observation', given));
  return run.nMask === 0 && masks === undefined ? read : { ...read, flat: withMasks(run, read.flat, masks) };
}

/**
 * Rows of observations and, behind each, its action mask, as the module has them. Without masks all actions are legal.
 * @param {{ nObs: number, nMask: number }} sizes @param {ArrayLike<number>} flat  the observations
 * @param {any} masks  1 or true where an action is legal, one after the other or an array of them
 */
function withMasks({ nObs, nMask }, flat, masks) {
  const n = flat.length / nObs, all = masks === undefined ? new Uint8Array(n * nMask).fill(1) : readMasks(masks, n, nMask);
  const rows = new Float32Array(n * (nObs + nMask));
  for (let i = 0; i < n; i++) {
    rows.set(Array.prototype.slice.call(flat, i * nObs, (i + 1) * nObs), i * (nObs + nMask));
    rows.set(all.subarray(i * nMask, (i + 1) * nMask), i * (nObs + nMask) + nObs);
  }
  return rows;
}

/** @param {any} value  copied @returns {any[]} */
const listOf = (value) => (isList(value) ? Array.from(value) : [value]);

/** @param {any} given @param {number} n @param {number} nMask @returns {Uint8Array} */
function readMasks(given, n, nMask) {
  const masks = copied('actionMask', given);
  if (nMask === 0) throw new BellhopError('BH_ERR_ARGUMENT', 'actionMask was given, but the environment has no action masks: all its actions always are legal');
  const flat = listOf(masks).flatMap(listOf);
  if (flat.length !== n * nMask) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask has ${flat.length} entries, but must have ${nMask} for each of ${n} observation${n === 1 ? '' : 's'}`);
  const problem = problemOfMask(flat);
  if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask ${problem}`);
  for (let i = 0; i < n; i++) {
    if (!flat.slice(i * nMask, (i + 1) * nMask).some(Boolean)) throw new BellhopError('BH_ERR_ARGUMENT', `actionMask${n > 1 ? `[${i}]` : ''} has no legal action`);
  }
  return Uint8Array.from(flat, Number);
}

/** @param {Run} run @param {unknown} given @returns {{ flat: ArrayLike<number>, single: boolean }} */
function flattenUnmasked(run, given) {
  if (run.coding?.observes && run.nObs === floatsOf(run.coding.core.observationSpace)) return run.coding.flatten(given); // a stack of them is numbers
  const { observationSpace: space, nObs } = run;
  if (space.type === 'Discrete' && typeof given === 'number') return { flat: checked(run, [given]), single: true };
  if (!isList(given)) throw badObservation(run, given);
  const list = /** @type {ArrayLike<any>} */ (given);
  const nested = list.length > 0 && typeof list[0] === 'object' && list[0] !== null;
  if (!nested) return { flat: checked(run, list), single: space.type === 'Box' && list.length === nObs };
  const rows = Array.from(list);
  for (const row of rows) {
    if (!isList(row) || row.length !== nObs) throw badObservation(run, row);
  }
  return { flat: checked(run, rows.flatMap((row) => Array.from(row))), single: false };
}

/** @param {Run} run @param {ArrayLike<any>} numbers */
function checked(run, numbers) {
  if (numbers.length === 0 || numbers.length % run.nObs !== 0) throw badObservation(run, numbers);
  for (let i = 0; i < numbers.length; i++) {
    if (typeof numbers[i] === 'number' && Number.isFinite(numbers[i])) continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `observation[${i % run.nObs}] is ${shown(numbers[i])}, but must be a finite number`);
  }
  return numbers;
}

/** @param {Run} run @param {any} given */
function badObservation({ observationSpace: space, nObs }, given) {
  const wanted = space.type === 'Box' ? `${nObs} numbers` : `a whole number between 0 and ${space.n - 1}`;
  const length = typeof given === 'object' && given !== null ? given.length : undefined;
  const got = length === undefined ? `is ${shown(given)}` : `has ${length} numbers`;
  return new BellhopError('BH_ERR_ARGUMENT', `the observation ${got}, but must ${length === undefined ? 'be' : 'have'} ${wanted}`);
}

/**
 * The value of each state: of a policy its value network's, else that of the best action.
 * @param {Run} run @param {ArrayLike<number>} observations
 */
export function stateValues(run, observations) {
  const n = run.count(observations);
  if (run.nActions === 0 && !run.algo.gives_log_probs) return /** @type {Float64Array} */ (boxValues(run, observations, greedyBox(run, observations)));
  if (!run.algo.gives_log_probs) return Float64Array.from(rowsOfValues(run, observations), (row) => Math.max(...row));
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const out = scratch.block(n * 8);
    const known = wasm.call.bhx_run_state_values(address, out, scratch.floats(observations), n);
    wasm.check(Math.min(known, 0));
    if (known === 0 || run.setup.options.baseline === false) throw without(run, 'has no value network');
    return wasm.doubles(out, n);
  }));
}

/** The log-probabilities a policy gives the actions; -Infinity for those that are not allowed. @param {Run} run @param {ArrayLike<number>} observations */
export function logProbs(run, observations) {
  if (!run.algo.gives_log_probs) throw without(run, 'has no policy with probabilities; qValues() are the values it chooses by');
  if (run.nActions === 0) throw without(run, 'gives no probabilities where actions are a Box; predict() gives the means');
  return run.qValues(observations).map(probable);
}

/** The values of each observation's actions. @param {Run} run @param {ArrayLike<number>} observations */
function rowsOfValues(run, observations) {
  const values = run.qValues(observations), n = run.nActions;
  return Array.from({ length: values.length / n }, (_, i) => values.subarray(i * n, (i + 1) * n));
}

/** @param {Run} run @param {string} what */
const without = ({ algo: { name } }, what) => new BellhopError('BH_ERR_CONFIG', `${LABELS[name] ?? name} ${what}`);

/**
 * Actions for observations as users give them.
 * @param {Run} run @param {unknown} given @param {import('../bellhop.js').PredictOptions} [options]
 * @returns {any} an action, or actions for several
 */
export function predict(run, given, options = {}) {
  const { deterministic = true, seed, actionMask } = readOptions('predict', options, PREDICT);
  if (seed !== undefined && deterministic) throw new BellhopError('BH_ERR_ARGUMENT', 'seed is for sampled actions: predict(obs, { deterministic: false, seed })');
  const { flat, single } = flattenObs(run, given, actionMask);
  const { coding } = run;
  const chosen = deterministic ? greedy(run, flat) : sampled(run, flat, seed);
  const actions = coding?.acts ? chosen.map((action) => coding.decodeAction(action)) : chosen;
  return single ? actions[0] : actions;
}

/**
 * Draws actions from a stream that only this does: it begins at the run's seed, or again at the one given.
 * @param {Run} run @param {ArrayLike<number>} observations @param {number} [seed]
 */
function sampled(run, observations, seed) {
  run.needStill(); // drawing would forget what the action under way was drawn from
  const n = run.count(observations), stream = streams.get(run);
  const from = seed ?? Number(run.setup.options.seed);
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const rng = scratch.bytes(stream ?? new Uint8Array(RNG_BYTES));
    if (seed !== undefined || !stream) wasm.call.bhx_rng_seed(rng, seedApart(from, PREDICTION_APART));
    const out = scratch.block(n * run.nAction * 4);
    wasm.check(wasm.call.bhx_run_sample_actions(address, out, scratch.floats(observations), n, rng));
    streams.set(run, wasm.bytes(rng, RNG_BYTES));
    return run.nActions === 0 ? rowsOf(wasm.floats(out, n * run.nAction), run.nAction) : Array.from(wasm.ints(out, n));
  }));
}

/** The best action of each observation. @param {Run} run @param {ArrayLike<number>} observations @returns {any[]} */
export function greedy(run, observations) {
  if (run.nActions === 0) return rowsOf(greedyBox(run, observations), run.nAction);
  return rowsOfValues(run, observations).map((row) => row.reduce((best, value, action) => value > row[best] ? action : best, 0));
}

/**
 * What an evaluation is asked for: `play` makes the call, which may have to be made again, and gives its status and the score.
 * @param {Run} run @param {import('../bellhop.js').EvaluateOptions} given  read once
 */
function evaluation(run, given) {
  const { finalEvalEpisodes, seed: runSeed } = run.setup.options;
  const { episodes = Number(finalEvalEpisodes), seed = evaluationSeed(Number(runSeed)), which } = given;
  const parameters = whichParameters(which);
  return (/** @type {(call: (wasm: import('./wasm.mjs').Wasm, run: number) => number) => number} */ make) => run.use((wasm) => wasm.scratch((scratch) => {
    const at = scratch.block(6 * 8), status = make((_, address) => wasm.call.bhx_run_evaluate(address, parameters, episodes, seed, at));
    const [mean, std, min, max, meanLength] = wasm.doubles(at, 6);
    return { status, score: { mean, std, min, max, meanLength, episodes } };
  }));
}

/** Gives up the one that is under way. @param {Run} run */
const giveUp = (run) => run.use((wasm, address) => wasm.call.bhx_run_evaluate(address, 0, 0, 0, 0));

/** @param {Run} run @param {import('../bellhop.js').EvaluateOptions} [options] @returns {import('../bellhop.js').Score} */
export function evaluate(run, options = {}) {
  const play = evaluation(run, readOptions('evaluate', options, EVALUATE));
  run.needStill();
  if (run.evaluation) throw new BellhopError('BH_ERR_STATE', 'evaluate was called while evaluateAsync is under way: await that first');
  return play((call) => run.during((wasm, address) => wasm.within(Infinity, () => wasm.check(call(wasm, address))))).score;
}

/**
 * The same, of environments that answer later too, and others have their turn meanwhile; an aborted signal ends it, with the signal's reason.
 * @param {Run} run @param {import('../bellhop.js').EvaluateAsyncOptions} [options] @returns {Promise<import('../bellhop.js').Score>}
 */
export async function evaluateAsync(run, options = {}) {
  const { signal, ...given } = readOptions('evaluateAsync', options, EVALUATE_ASYNC), play = evaluation(run, given);
  if (run.owed || run.isDriven) await run.between(() => {});
  for (; run.isUnderWay && run.timesteps === 0 && !run.owed; run.steps(0)) { // updates on demonstrations
    signal?.throwIfAborted();
    await breathe();
  }
  while (run.evaluation) await run.evaluation;
  const score = goOn(run, play, signal), end = () => {
    run.evaluation = null;
    run.settle();
  };
  run.evaluation = score.then(end, end);
  return score;
}

/** @param {Run} run @param {ReturnType<typeof evaluation>} play @param {AbortSignal} [signal] */
async function goOn(run, play, signal) {
  for (;;) {
    signal?.throwIfAborted();
    const { status, score } = play((call) => run.attempt(call));
    if (status === 0) return score;
    await unlessAborted(run.owed ?? breathe(), signal);
    if (signal?.aborted) giveUp(run);
  }
}
