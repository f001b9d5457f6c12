// SPDX-License-Identifier: MIT
// Sessions of text, for the worker's scripts that go with the larger module; recipes (make-session.mjs):
//
//     { languageModel: { corpus | env | model, options } }   a language model: trained on a text, trained on the examples of an
//                                                            environment, or opened from a file, see pretraining-session.mjs
//     { …, startFrom?, prior?, samples? }                    a run of text: it starts from the language model of session startFrom;
//                                                            its frames have the probabilities that the language model of session
//                                                            `prior` gives the actions, and with `samples`, while it runs, now and
//                                                            then `written`: a whole text by the present policy
import { Env } from '../lib/env.mjs';
import { LanguageModel, logPrior, pretrainingFields, startFrom } from '../lib/language.mjs';
import { Run } from '../lib/run.mjs';
import { greedy } from '../lib/run-values.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { PretrainingSession } from './pretraining-session.mjs';
import { Session } from './session.mjs';

/** @typedef {import('../lib/setup.mjs').Library} Library */

const WRITER_MS = 400, WRITER_TOKENS = 64, WRITER_SEED = 7;

/** @type {import('./make-session.mjs').TextSessions} */
export const textSessions = {
  fields: ({ wasm }) => (wasm.hasText ? pretrainingFields(wasm) : []),
  ofModel: (library, recipe, post) => new PretrainingSession(library, recipe, post),
  ofRun,
};

/** The model of a session. @param {import('./make-session.mjs').Sessions} sessions @param {number} key @returns {LanguageModel} */
function modelOf(sessions, key) {
  const model = sessions.get(key)?.model;
  if (model instanceof LanguageModel) return model;
  throw new BellhopError('BH_ERR_STATE', 'the language model was disposed and cannot be used any more');
}

/** @param {Run} run @param {import('./make-session.mjs').TextParts} parts */
function ofRun(run, { library, recipe, changes, post, sessions }) {
  const { startFrom: first, prior: other, samples } = recipe;
  /** @type {Run | null} */
  let reference = null;
  /** @type {Writer | null} */
  let writer = null;
  try {
    if (first !== undefined) startFrom(run, modelOf(sessions, first));
    if (other !== undefined) reference = frozen(library, run.setup, modelOf(sessions, other));
    if (samples) writer = new Writer(library, run);
  } catch (error) {
    reference?.dispose();
    throw error;
  }
  const session = new TextSession(run, (frame, plays, transfer) => {
    const prior = reference ? logPrior(reference, frame.last.action < 0 ? frame.obs : frame.obsTm1) : null;
    post(Object.assign(frame, { prior: prior && prior.map(Math.exp), written: frame.running ? writer?.write() ?? null : null }), plays, transfer);
  }, changes);
  session.helpers = [writer, reference].filter((helper) => helper !== null);
  session.writer = writer;
  return session;
}

/** A policy that never learns: the language model alone, over the allowed actions. @param {Library} library @param {{ env: string, envOptions: object }} setup @param {LanguageModel} model */
function frozen(library, { env, envOptions }, model) {
  const { architecture, dModel, nHeads, nLayers } = model.info;
  const featuresExtractor = architecture === 'encoder-decoder' ? architecture : 'transformer';
  const run = Run.create(library, { env, algo: 'ppo', envOptions, options: { preset: false, featuresExtractor, dModel, nHeads, nLayers, netArch: [], nSteps: 1, batchSize: 1, evalFreq: 0 } });
  try {
    startFrom(run, model);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

class TextSession extends Session {
  /** Disposed with the session. @type {{ dispose(): void }[]} */
  helpers = [];
  /** @type {Writer | null} */
  writer = null;

  /** @param {object} options */
  apply(options) {
    super.apply(options);
    this.writer?.set(options);
  }

  dispose() {
    super.dispose();
    this.helpers.forEach((helper) => helper.dispose());
  }
}

/** Writes whole texts by the greedy policy of a run, in an environment of its own. */
class Writer {
  #library;
  #run;
  #env;
  #at = -Infinity;

  /** @param {Library} library @param {Run} run */
  constructor(library, run) {
    const { env, envOptions } = run.setup;
    this.#library = library;
    this.#run = run;
    this.#env = new Env(library, env, envOptions);
    this.#env.reset({ seed: WRITER_SEED });
  }

  /** A text, now and then. */
  write() {
    const now = performance.now();
    if (now - this.#at < WRITER_MS) return null;
    this.#at = now;
    const env = this.#env;
    let [obs, envInfo] = env.reset();
    for (let isOver = false, n = 0; !isOver && n < WRITER_TOKENS; n++) {
      const [next, , terminated, truncated, info] = env.step(greedy(this.#run, obs)[0]);
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
    env.reset({ seed: WRITER_SEED });
  }

  dispose() {
    this.#env.dispose();
  }
}
