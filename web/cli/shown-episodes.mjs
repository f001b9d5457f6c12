// SPDX-License-Identifier: MIT
// Greedy episodes of a model in words, for `bellhop eval --show`: each state as env.describe() says it, a text once it is there, a
// talk (envs/dialogue.h) with the words behind it.
import { number, print, printJson } from './output.mjs';
import { talkText } from './talk-text.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Model<any>} Model */
/** @typedef {{ return: number, length: number, states: string[], talk?: import('../bellhop.js').Turn[] }} Played */
/** @typedef {{ episodes: number, seed: number, language: import('./talk-text.mjs').Language, json: boolean }} How */

const STEPS_MAX = 1000; // of an episode without time limit, as evaluations have it

/** Plays and prints episodes, from env.reset({ seed }) on. @param {Bellhop} bh @param {Model} model @param {How} how */
export function showEpisodes(bh, model, { episodes, seed, language, json }) {
  const { maxEpisodeSteps } = model.options;
  const env = bh.make(/** @type {any} */ (model.env.id), /** @type {any} */ ({ ...model.env.options, ...Number(maxEpisodeSteps) > 0 && { maxEpisodeSteps } }));
  try {
    for (let i = 0; i < episodes; i++) {
      const played = play(env, model, i === 0 ? { seed } : {});
      if (json) printJson({ type: 'episode', episode: i + 1, ...played });
      else printEpisode(i + 1, played, language);
    }
  } finally {
    env.dispose();
  }
}

/** @param {import('../bellhop.js').Env<any>} env @param {Model} model @param {{ seed?: number }} start @returns {Played} */
function play(env, model, start) {
  const isText = Array.isArray(env.layout.tokens);
  let [obs, info] = env.reset(start);
  const states = [env.describe()];
  let total = 0, length = 0;
  for (let isOver = false; !isOver;) {
    const [next, reward, terminated, truncated, after] = env.step(model.predict(obs, { actionMask: info.action_mask }));
    [obs, info] = [next, after];
    total += reward;
    length++;
    if (isText) states.pop(); // the text so far begins the next one
    states.push(env.describe());
    isOver = terminated || truncated || (env.spec.maxEpisodeSteps === null && length >= STEPS_MAX);
  }
  return { return: total, length, states, ...info.talk && { talk: info.talk } };
}

/** @param {number} n @param {Played} played @param {import('./talk-text.mjs').Language} language */
function printEpisode(n, played, language) {
  print(`episode ${number(n)} · return ${number(played.return)} · ${number(played.length)} ${played.length === 1 ? 'step' : 'steps'}`);
  print(`${played.talk ? talkText(played.talk, language) : played.states.join('\n')}\n`);
}
