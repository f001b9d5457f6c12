// SPDX-License-Identifier: MIT
// Who plays an environment when episodes are recorded: a saved model, a scripted teacher, or chance.
import { breathe } from '../lib/loop.mjs';
import { Recorder } from '../node/node.mjs';
import { UsageError } from './args.mjs';
import { errorOf } from './ending.mjs';
import { metadataOf } from '../lib/checkpoint.mjs';
import { modelFile, openModel, readBytes } from './files.mjs';
import { guarded } from './stray.mjs';
import { TEACHERS } from './teachers.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Env} Env */
/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ name: string, act: (obs: any, mask?: ArrayLike<number>) => number, values?: (obs: any, mask?: ArrayLike<number>) => Float64Array, dispose: () => void }} Player */

const SLICE_MS = 50;
const STEPS_MAX = 1000; // of an episode in an environment without time limit, as evaluations have it

/** A model's greedy policy, with its values. @param {Model} model @param {string} name @returns {Player} */
export function modelPlayer(model, name) {
  return {
    name, act: (obs, actionMask) => model.predict(obs, { actionMask }), dispose: () => model.dispose(),
    .../** @type {import('../bellhop.js').Space} */ (model.actionSpace).type !== 'Box' && { values: (/** @type {any} */ obs, /** @type {any} */ actionMask) => model.qValues(obs, { actionMask }) },
  };
}

/** @param {Bellhop} bh @param {Env} env @param {string} policy  'random', 'teacher' or a file @param {() => number} random @returns {Player} */
export function makePlayer(bh, env, policy, random) {
  const { id } = env.spec;
  if (policy === 'random') return { name: 'random', act: (_, mask) => env.actionSpace.sample(random, mask), dispose() {} };
  if (policy === 'teacher') {
    const teacher = TEACHERS[id];
    if (teacher) return { name: `teacher: ${teacher.source}`, act: teacher.act, dispose() {} };
    throw new UsageError(`there is no teacher for ${id}, only for ${Object.keys(TEACHERS).join(', ')}; give --policy a saved model`);
  }
  checkTrainedIn(bh, policy, id);
  const model = openModel(bh, policy);
  return modelPlayer(model, `${model.algo} ${model.sha256().slice(0, 12)}`);
}

/** @param {Bellhop} bh @param {string} policy @param {string} id */
function checkTrainedIn({ catalog }, policy, id) {
  const file = modelFile(policy);
  const trained = metadataOf(readBytes(file))?.env;
  if (trained === undefined || trained === id) return;
  const advice = catalog.envs.some((env) => env.id === trained) ? '' : '; if that is your own environment, ENV must be its FILE.mjs';
  throw new Error(`${file} was trained in ${trained}, but ENV is ${id}${advice}`);
}

/** @typedef {{ episodes: number, seed: number, epsilon?: number, random: () => number }} Recorded */

/**
 * Records episodes. Of every action, with probability epsilon a random one is taken instead; the values recorded stay
 * the player's.
 * @param {Env} env @param {Player} player @param {Recorded} how
 */
export function record(env, player, how) {
  const recorder = recorderOf(env, player);
  const steps = play(env, player, recorder, how);
  while (!steps.next().done);
  return recorder.demonstrations();
}

/**
 * The same, letting others run in between; when `signal` aborts or an error ends it, the episodes that are complete by then.
 * @param {Env} env @param {Player} player @param {Recorded} how @param {AbortSignal} signal
 */
export async function recordUntil(env, player, how, signal) {
  const recorder = recorderOf(env, player);
  const steps = play(env, player, recorder, how);
  const error = await errorOf(() => guarded(env.spec.id, signal, async (stop) => {
    for (let ended = false; !ended && !stop.aborted;) {
      const pause = performance.now() + SLICE_MS;
      while (!ended && performance.now() < pause) ended = steps.next().done === true;
      await breathe();
    }
  }));
  return { demonstrations: recorder.demonstrations(), error };
}

/** @param {Env} env @param {Player} player */
function recorderOf(env, player) {
  return new Recorder({ env: env.spec.id, envOptions: env.options, policy: player.name });
}

/** Plays episodes, one step at a time. @param {Env} env @param {Player} player @param {Recorder} recorder @param {Recorded} how */
function* play(env, player, recorder, { episodes, seed, epsilon = 0, random }) {
  for (let i = 0; i < episodes; i++) {
    let [obs, info] = i === 0 ? env.reset({ seed }) : env.reset();
    recorder.reset(obs, info.action_mask);
    for (let t = 1, ended = false; !ended; t++) {
      const values = player.values?.(obs, info.action_mask);
      const action = random() < epsilon ? env.actionSpace.sample(random, info.action_mask) : player.act(obs, info.action_mask);
      const [next, reward, terminated, timeIsUp, after] = env.step(action);
      const truncated = timeIsUp || (!terminated && env.spec.maxEpisodeSteps === null && t >= STEPS_MAX);
      recorder.step(action, next, reward, terminated, truncated, values, after.action_mask);
      [obs, info] = [next, after];
      ended = terminated || truncated;
      yield;
    }
  }
}
