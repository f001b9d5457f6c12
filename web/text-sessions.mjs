// SPDX-License-Identifier: MIT
// What the worker of the tab Text makes beyond plain runs:
//
//     { corpus | env or model, options }         a language model: trained on a text, trained on an environment's examples,
//                                                or opened, see pretraining-session.mjs
//     { env, algo, …, startFrom?, tellFrom? }    a run; it starts from the model of session startFrom, and its frames have
//                                                what that of session tellFrom says of the actions: π(· | s), before any learning.
//                                                While it runs some frames also have `written`: a whole text by the policy of now
import { Env } from './env.mjs';
import { Run } from './run.mjs';
import { Session } from './session.mjs';
import { LanguageModel, logPrior, pretrainingFields, startFrom } from './language.mjs';
import { PretrainingSession } from './pretraining-session.mjs';
import { BellhopError } from './wasm.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {Map<number, any>} Sessions */

const AUTHOR_MS = 400, AUTHOR_TOKENS = 64, AUTHOR_SEED = 7;

/** @type {import('./service.mjs').More} */
export const textSessions = {
  methods: ['sample', 'next'],
  open: ({ wasm }) => ({ pretraining: pretrainingFields(wasm) }),
  async make(library, recipe, post, sessions) {
    if (recipe.languageModel) return new PretrainingSession(library, recipe.languageModel, post);
    return makeRun(library, recipe, post, sessions);
  },
};

/** The model of a session. @param {Sessions} sessions @param {number} key @returns {LanguageModel} */
function modelOf(sessions, key) {
  const model = sessions.get(key)?.model;
  if (model instanceof LanguageModel) return model;
  throw new BellhopError('BH_ERR_STATE', 'the language model was disposed and cannot be used any more');
}

/** @param {Library} library @param {any} recipe @param {import('./service.mjs').Post} post @param {Sessions} sessions */
function makeRun(library, { startFrom: first, tellFrom: other, ...recipe }, post, sessions) {
  const run = Run.create(library, recipe);
  /** @type {Run | null} */
  let teller = null;
  try {
    if (first !== undefined) startFrom(run, modelOf(sessions, first));
    if (other !== undefined) teller = frozen(library, recipe, modelOf(sessions, other));
  } catch (error) {
    run.dispose();
    throw error;
  }
  const author = new Author(library, recipe, run);
  const session = new TextSession(run, (frame, plays, transfer) => {
    const prior = teller ? logPrior(teller, frame.last.action < 0 ? frame.obs : frame.obsTm1) : null;
    post(Object.assign(frame, { prior: prior && prior.map(Math.exp), written: frame.running ? author.write() : null }), plays, transfer);
  });
  session.helpers = teller ? [author, teller] : [author];
  session.author = author;
  return session;
}

/** A policy that never learns: what the model alone does, over the allowed actions. @param {Library} library @param {any} recipe @param {LanguageModel} model */
function frozen(library, { env, envOptions }, model) {
  const { dModel, nHeads, nLayers } = model.info;
  const run = Run.create(library, { env, algo: 'ppo', envOptions, options: { preset: false, featuresExtractor: 'transformer', dModel, nHeads, nLayers, netArch: [], nSteps: 1, batchSize: 1, evalFreq: 0 } });
  try {
    startFrom(run, model);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

class TextSession extends Session {
  /** Go with it. @type {{ dispose(): void }[]} */
  helpers = [];
  /** @type {Author | null} */
  author = null;

  /** @param {object} options */
  set(options) {
    const all = super.set(options);
    this.author?.set(options);
    return all;
  }

  dispose() {
    super.dispose();
    this.helpers.forEach((helper) => helper.dispose());
  }
}

/** Writes whole texts with the policy of a run as it is now, always its best action, as evaluations do; in a world of its own. */
class Author {
  #library;
  #run;
  #env;
  #at = -Infinity;

  /** @param {Library} library @param {{ env: string, envOptions?: object }} recipe @param {Run} run */
  constructor(library, { env, envOptions = {} }, run) {
    this.#library = library;
    this.#run = run;
    this.#env = new Env(library, env, envOptions);
    this.#env.reset({ seed: AUTHOR_SEED });
  }

  /** A text, now and then. */
  write() {
    const now = performance.now();
    if (now - this.#at < AUTHOR_MS) return null;
    this.#at = now;
    const env = this.#env;
    let [obs, envInfo] = env.reset();
    for (let isOver = false, n = 0; !isOver && n < AUTHOR_TOKENS; n++) {
      const [next, , terminated, truncated, info] = env.step(this.#run.greedy(obs)[0]);
      [obs, envInfo, isOver] = [next, info, terminated || truncated];
    }
    return { view: env.view(), text: env.describe(), envInfo };
  }

  /** @param {object} options  of the environment; others are not its concern */
  set(options) {
    const own = this.#env.options;
    const env = new Env(this.#library, this.#env.spec.id, { ...own, ...Object.fromEntries(Object.entries(options).filter(([key]) => key in own)) });
    this.#env.dispose();
    this.#env = env;
    env.reset({ seed: AUTHOR_SEED });
  }

  dispose() {
    this.#env.dispose();
  }
}
