// SPDX-License-Identifier: MIT
// Who plays an environment when episodes are recorded: a saved model, a scripted teacher, or chance.
import { Recorder } from '../node.mjs';
import { UsageError } from './args.mjs';
import { openModel } from './files.mjs';
import { TEACHERS } from './teachers.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Env} Env */
/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ name: string, act: (obs: any) => number, values?: (obs: any) => Float64Array, dispose: () => void }} Player */

const STEPS_MAX = 1000; // of an episode in an environment without time limit, as evaluations have it

/** Numbers in [0, 1), the same everywhere (mulberry32). @param {number} seed */
export function randomFrom(seed) {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A model's greedy policy, with its values. @param {Model} model @param {string} name @returns {Player} */
export function modelPlayer(model, name) {
  return {
    name, act: (obs) => model.predict(obs), values: (obs) => model.qValues(obs), dispose: () => model.dispose(),
  };
}

/** @param {Bellhop} bh @param {Env} env @param {string} policy  'random', 'teacher' or a file @param {() => number} random @returns {Player} */
export function makePlayer(bh, env, policy, random) {
  const { id } = env.spec;
  if (policy === 'random') return { name: 'random', act: () => Math.floor(random() * env.actionSpace.n), dispose() {} };
  if (policy === 'teacher') {
    const teacher = TEACHERS[id];
    if (teacher) return { name: `teacher: ${teacher.source}`, act: teacher.act, dispose() {} };
    throw new UsageError(`there is no teacher for ${id}, only for ${Object.keys(TEACHERS).join(', ')}; give --policy a saved model`);
  }
  const model = openModel(bh, policy);
  if (model.env.id === id) return modelPlayer(model, `${model.algo} ${model.sha256().slice(0, 12)}`);
  model.dispose();
  throw new Error(`${policy} was trained in '${model.env.id}', but the environment here is '${id}'`);
}

/**
 * Records episodes. Of every action, with probability epsilon a random one is taken instead; the values recorded stay
 * the player's.
 * @param {Env} env @param {Player} player
 * @param {{ episodes: number, seed: number, epsilon?: number, random: () => number }} how
 */
export function record(env, player, { episodes, seed, epsilon = 0, random }) {
  const recorder = new Recorder({ env: env.spec.id, envOptions: env.options, policy: player.name });
  const { n } = env.actionSpace;
  for (let i = 0; i < episodes; i++) {
    let [obs] = i === 0 ? env.reset({ seed }) : env.reset();
    recorder.reset(obs);
    for (let t = 1, ended = false; !ended; t++) {
      const values = player.values?.(obs);
      const action = random() < epsilon ? Math.floor(random() * n) : player.act(obs);
      const [next, reward, terminated, timeIsUp] = env.step(action);
      const truncated = timeIsUp || (!terminated && env.spec.maxEpisodeSteps === null && t >= STEPS_MAX);
      recorder.step(action, next, reward, terminated, truncated, values);
      obs = next;
      ended = terminated || truncated;
    }
  }
  return recorder.demonstrations();
}
