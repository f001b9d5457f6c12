// SPDX-License-Identifier: MIT
// Language models and their pre-training, over src/lm: what bellhop-text.wasm has beyond bellhop.wasm.
import { BellhopError } from './bellhop-error.mjs';
import { asBytes, metadataOf } from './checkpoint.mjs';
import { DISPOSE, Handle } from './wasm.mjs';
import { ANY, FLAG, bytesOf, copied, isA, plainOptions, readOptions } from './given.mjs';
import { isEnv, recipeOfEnv } from './env.mjs';
import { readLearnOptions } from './learn-options.mjs';
import { Slice, breathe, unlessAborted } from './loop.mjs';
import { shown } from './messages.mjs';
import { whole } from './rules.mjs';
import { camelCase, decode, encodeOptions, inKeys, inUsersWords, withHelp } from './options.mjs';
import { CALL_MS, probable } from './run.mjs';
import { wholeNumber, withSetup } from './setup.mjs';
import { isList } from './space-definition.mjs';
import { readText } from './text.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('../bellhop.js').Sampling} Sampling */

const DRAIN_ROWS = 512;
const TOKENS_MAX = 1_000_000;
const STEPS_MAX = 10_000_000;
const TEXTS = 20_000;
const TEXTS_MAX = 1_000_000;
/** @param {number} low @param {number} high @returns {import('./rules.mjs').Rule} */
const within = (low, high) => [(value) => typeof value === 'number' && value >= low && value <= high, `a number between ${low} and ${high}`];
const SAMPLING = Object.freeze({ temperature: within(0, 100), topK: whole(0, TOKENS_MAX), topP: within(Number.MIN_VALUE, 1) });
const TALK = Object.freeze({ seed: whole(0, Number.MAX_SAFE_INTEGER) });
const SAMPLE = Object.freeze({ ...SAMPLING, prompt: ANY, length: whole(1, TOKENS_MAX), seed: whole(0, Number.MAX_SAFE_INTEGER) });

/** Whether the module has language models; throws when it has none. @param {Wasm} wasm */
export function needText(wasm) {
  if (wasm.call.bhx_lm_load) return;
  throw new BellhopError('BH_ERR_LOAD', 'this module has no language models; load the one that has: load({ text: true })');
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param {Sampling} options  read @returns {[temperature: number, topK: number, topP: number]} */
const samplingOf = ({ temperature = 1, topK = 0, topP = 1 }) => [temperature, topK, topP];

/** The module's memory never gets smaller: what is too long is refused before it is copied there. @param {Wasm} wasm @param {string} name @param {number} length */
function checkLength(wasm, name, length) {
  const most = wasm.call.bhx_text_bytes_max();
  if (length <= most) return;
  throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${(length / 2 ** 20).toFixed(1)} MB long, but at most ${most / 2 ** 20} can be read`);
}

/**
 * A text as it is learned from or written on, in UTF-8, and what readText changed.
 * @param {Wasm} wasm @param {string} name @param {unknown} given @param {string} [what]  it may be
 */
function textBytes(wasm, name, given, what = 'a string or UTF-8 bytes') {
  const source = typeof given === 'string' ? given : bytesOf(name, given);
  if (source === undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(given)}, but must be ${what}`);
  checkLength(wasm, name, source.length); // the bytes of a string are as many, or more
  const { text, changes } = readText(source);
  const bytes = encoder.encode(text);
  checkLength(wasm, name, bytes.length); // a few characters are longer when they are composed
  return { bytes, changes };
}

/** A copy of whole numbers of some sort, whose entries are yet to be checked. @param {string} name @param {unknown} given @param {string} what  it may be @returns {ArrayLike<number>} */
function idsIn(name, given, what) {
  const ids = copied(name, given);
  if (isList(ids)) return ids;
  throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(ids)}, but must be ${what}`);
}

// What destroys them; must not refer to their owners, and closures in a constructor do.

/** @param {Wasm} wasm @param {number} model */
const releaseModel = (wasm, model) => () => {
  wasm.call.bhx_lm_destroy(model);
};

/** @param {Wasm} wasm @param {number} training */
const releaseTraining = (wasm, training) => () => {
  wasm.call.bhx_pretraining_destroy(training);
};

/** A model in the module's memory: one of its own, or that of a training. */
export class LanguageModel {
  #wasm;
  #model;
  #handle;
  /** Whoever holds the model of a training holds the training: it must not be collected. @type {object | undefined} */
  #training;
  /** @type {readonly string[] | undefined} */
  #tokens;

  /**
   * @param {Wasm} wasm @param {number} model
   * @param {(() => void) | { training: object, handle: Handle }} owner  what destroys it; or the training it is the model of
   */
  constructor(wasm, model, owner) {
    this.#wasm = wasm;
    this.#model = model;
    this.#training = typeof owner === 'object' ? owner.training : undefined;
    this.#handle = typeof owner === 'object' ? owner.handle : new Handle(wasm, this, 'this language model', owner);
    const { d_model: dModel, n_heads: nHeads, n_layers: nLayers, ...rest } = wasm.json(wasm.call.bhx_lm_describe(model));
    /** @type {import('../bellhop.js').LanguageModelInfo} */
    this.info = Object.freeze({ ...rest, dModel, nHeads, nLayers });
  }

  /** @param {Wasm} wasm @param {unknown} bytes */
  static open(wasm, bytes) {
    needText(wasm);
    const data = asBytes(bytes);
    const model = wasm.scratch((scratch) => wasm.handle(wasm.call.bhx_lm_load(scratch.bytes(data), data.length)));
    return new LanguageModel(wasm, model, releaseModel(wasm, model));
  }

  get #address() {
    this.#handle.check();
    return this.#model;
  }

  /** For runs that start from it. @param {Wasm} wasm  theirs */
  addressIn(wasm) {
    if (wasm !== this.#wasm) throw new BellhopError('BH_ERR_ARGUMENT', 'the language model belongs to another instance of the module; save it there and load it here');
    return this.#address;
  }

  get tokens() {
    const model = this.#address;
    this.#tokens ??= Object.freeze(this.#wasm.scratch((scratch) => {
      const length = scratch.block(4);
      return Array.from({ length: this.info.vocabulary }, (_, id) => {
        const at = this.#wasm.call.bhx_lm_token(model, id, length) >>> 0;
        return decoder.decode(this.#wasm.bytes(at, new DataView(this.#wasm.buffer, length, 4).getInt32(0, true)));
      });
    }));
    return this.#tokens;
  }

  /** @param {string | Uint8Array} text */
  encode(text) {
    const { bytes } = textBytes(this.#wasm, 'text', text), model = this.#address;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.bytes(bytes);
      const n = this.#wasm.call.bhx_lm_encode(model, 0, 0, at, bytes.length);
      const ids = scratch.block(n * 2);
      this.#wasm.call.bhx_lm_encode(model, ids, n, at, bytes.length);
      return new Uint16Array(this.#wasm.buffer, ids, n).slice();
    });
  }

  /** @param {ArrayLike<number>} ids */
  decode(ids) {
    const { tokens } = this;
    return Array.from(idsIn('ids', ids, 'an array of token ids'), (id) => tokens[wholeNumber('token id', id, 0, tokens.length - 1)]).join(this.info.tokenizer === 'words' ? ' ' : '');
  }

  /** @param {string} name @param {string | ArrayLike<number>} text  or its token ids */
  #idsOf(name, text) {
    if (typeof text === 'string') return this.encode(text);
    return Uint16Array.from(idsIn(name, text, 'a string or an array of token ids'), (id) => wholeNumber('token id', id, 0, this.info.vocabulary - 1));
  }

  /** @param {string | ArrayLike<number>} prompt */
  #read(prompt) {
    const ids = this.#idsOf('prompt', prompt), model = this.#address;
    this.#wasm.scratch((scratch) => this.#wasm.call.bhx_lm_read(model, scratch.bytes(new Uint8Array(ids.buffer)), ids.length));
  }

  /** @param {import('../bellhop.js').SampleOptions} [options] */
  sample(options = {}) {
    const { prompt = '', length = 100, seed = 0, ...rest } = readOptions('sample', options, SAMPLE);
    const sampling = samplingOf(rest);
    this.#read(prompt);
    const model = this.#address;
    const ids = this.#wasm.scratch((scratch) => {
      const rng = scratch.block(16);
      const at = scratch.block(length * 2);
      this.#wasm.call.bhx_rng_seed(rng, seed);
      this.#wasm.call.bhx_lm_write(model, at, length, ...sampling, rng);
      return new Uint16Array(this.#wasm.buffer, at, length).slice();
    });
    return { ids, text: this.decode(ids) };
  }

  /** @param {string | ArrayLike<number>} text @param {{ seed?: number }} [options] @returns {import('../bellhop.js').Turn[] | null} */
  talk(text, options = {}) {
    const { seed = 0 } = readOptions('talk', options, TALK), ids = this.#idsOf('text', text), key = seed >>> 0;
    const model = this.#address;
    return this.#wasm.scratch((scratch) => this.#wasm.json(this.#wasm.call.bhx_lm_talk(model, scratch.bytes(new Uint8Array(ids.buffer)), ids.length, key)));
  }

  /** @param {string | ArrayLike<number>} [prompt] @param {Sampling} [options] */
  next(prompt = '', options = {}) {
    const sampling = samplingOf(readOptions('next', options, SAMPLING));
    this.#read(prompt);
    const model = this.#address;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(this.info.vocabulary * 8);
      this.#wasm.call.bhx_lm_next(model, at, ...sampling);
      return this.#wasm.doubles(at, this.info.vocabulary);
    });
  }

  /** @param {string | ArrayLike<number>} text */
  perplexity(text) {
    const ids = this.#idsOf('text', text), model = this.#address;
    if (ids.length < 2) throw new BellhopError('BH_ERR_ARGUMENT', `a perplexity needs 2 tokens or more, but the text has ${ids.length}`);
    return Math.exp(this.#wasm.scratch((scratch) => this.#wasm.call.bhx_lm_loss(model, scratch.bytes(new Uint8Array(ids.buffer)), ids.length)));
  }

  save() {
    const model = this.#address;
    const size = this.#wasm.call.bhx_lm_save(model, 0, 0) >>> 0;
    if (size === 0) throw new BellhopError('BH_ERR_MEMORY', 'out of memory for a checkpoint');
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(size);
      this.#wasm.call.bhx_lm_save(model, at, size);
      return this.#wasm.bytes(at, size);
    });
  }

  sha256() {
    return this.#wasm.text(this.#wasm.call.bhx_lm_fingerprint(this.#address));
  }

  /** That of a training goes with the training. */
  dispose() {
    if (!this.#training) this.#handle.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }
}

/** The fields of pre-training, as the catalogue has those of algorithms. @param {Wasm} wasm @param {Record<string, string>} [help] @returns {import('../bellhop.js').Field[]} */
export function pretrainingFields(wasm, help = {}) {
  needText(wasm);
  const fields = wasm.json(wasm.call.bhx_pretraining_fields()).map((/** @type {any} */ field) => ({ ...field, key: camelCase(field.name) }));
  return withHelp('pretraining', fields, help);
}

/** @param {Wasm} wasm @param {number} config @param {import('../bellhop.js').Field[]} fields */
function describe(wasm, config, fields) {
  const texts = wasm.json(wasm.call.bhx_pretraining_config_describe(config));
  return Object.fromEntries(fields.map((field) => [field.key, decode(field, texts[field.name])]));
}

/**
 * A config of the module's with the options that are given, for `use`.
 * @param {Wasm} wasm @param {readonly import('./options.mjs').Table[]} tables @param {number} config  with those that are not given @param {object} options
 * @param {(config: number) => Made} use
 */
function withConfig(wasm, tables, config, options, use) {
  try {
    wasm.need();
    for (const option of encodeOptions(tables, options, 'pretraining')) {
      wasm.scratch((scratch) => inUsersWords(option, () =>
        wasm.check(wasm.call.bhx_pretraining_config_set(config, scratch.string(option.name), scratch.string(option.text)))));
    }
    return use(config);
  } finally {
    wasm.call.bhx_pretraining_config_destroy(config);
  }
}

/** @param {Wasm} wasm */
const tablesOf = (wasm) => [{ name: 'pretraining', fields: pretrainingFields(wasm), prefix: '' }];

/** What is given of a training, checked as far as the module does not. @param {unknown} source @param {unknown} given @returns {{ nTexts?: number, options: object }} */
function checkGiven(source, given) {
  const read = plainOptions('pretraining', given);
  if (typeof read !== 'object' || read === null) throw new BellhopError('BH_ERR_CONFIG', `pretraining: options are ${shown(read)}, but must be an object`);
  const { nTexts, ...options } = read;
  if (nTexts !== undefined && !isEnv(source)) throw new BellhopError('BH_ERR_CONFIG', 'pretraining: nTexts is for environments of text; a text is learned from as it is');
  if (nTexts !== undefined) wholeNumber('nTexts', nTexts, 2, TEXTS_MAX);
  return { nTexts, options };
}

/** A training in the module's memory, and what was changed of its text. @typedef {{ training: number, textChanges: import('../bellhop.js').TextChanges | null }} Made */

/** @param {Library} library @param {unknown} source @param {unknown} given @returns {Made} */
function begun(library, source, given) {
  const { wasm } = library;
  const { nTexts = TEXTS, options } = checkGiven(source, given);
  const tables = tablesOf(wasm);
  return inKeys(tables, () => withConfig(wasm, tables, wasm.handle(wasm.call.bhx_pretraining_config_create()), options, (config) => isEnv(source)
    ? ofTask(library, source, (setup) => wasm.call.bhx_pretraining_create_task(config, setup, nTexts))
    : ofText(wasm, source, (at, length) => wasm.call.bhx_pretraining_create(config, at, length))));
}

/** The training of a full checkpoint, on the text it learned from. */
class Resumed {
  /** @type {Made} */
  made;

  /** @param {Library} library @param {unknown} bytes @param {unknown} source @param {unknown} given  options that may be others */
  constructor(library, bytes, source, given = {}) {
    const { wasm } = library;
    needText(wasm);
    const data = asBytes(bytes);
    const { nTexts = textsIn(data), options } = checkGiven(source, given);
    const tables = tablesOf(wasm);
    this.made = inKeys(tables, () => wasm.scratch((scratch) => {
      const from = scratch.bytes(data);
      const saved = wasm.handle(wasm.call.bhx_pretraining_config_from_checkpoint(from, data.length));
      return withConfig(wasm, tables, saved, options, (config) => isEnv(source)
        ? ofTask(library, source, (setup) => wasm.call.bhx_pretraining_resume_task(config, setup, nTexts, from, data.length))
        : ofText(wasm, source, (at, length) => wasm.call.bhx_pretraining_resume(config, at, length, from, data.length)));
    }));
  }
}

/** How many examples a full checkpoint is of; where it is of a text, the module will say so. @param {Uint8Array} data */
function textsIn(data) {
  const rows = Number(metadataOf(data)?.corpus_rows);
  return rows >= 2 && rows <= TEXTS_MAX ? Math.floor(rows) : TEXTS;
}

/** Whether a step, or the evaluation after it, has not ended. @type {(training: Pretraining) => boolean} */
export let isUnderWay;
/** Takes up to n steps, and returns how many; in the middle of one, where that takes long. @type {(training: Pretraining, n: number) => number} */
export let advance;

export class Pretraining {
  #wasm;
  #training;
  #handle;
  #tables;
  #records;
  #learning = false;
  /** A step, or the evaluation after it, has not ended. */
  #isUnderWay = false;

  static {
    isUnderWay = (training) => training.#isUnderWay;
    advance = (training, n) => {
      const address = training.#address, before = training.steps, wasm = training.#wasm;
      training.#isUnderWay = wasm.within(CALL_MS, () => wasm.call.bhx_pretraining_steps(address, training.#isUnderWay ? 0 : n)) > 0;
      return training.steps - before;
    };
  }

  /** @param {Library} library @param {unknown} source  a text, an environment of text from make(), or what a checkpoint gave @param {unknown} [given] */
  constructor(library, source, given = {}) {
    const { wasm } = library;
    this.#wasm = wasm;
    this.#tables = tablesOf(wasm);
    /** @type {{ width: number, train: number, eval: number }} */
    this.#records = wasm.json(wasm.call.bhx_pretraining_records());
    const { training, textChanges } = isA(Resumed, source) ? source.made : begun(library, source, given);
    this.#training = training;
    /** What was changed of the text before it was learned from; null: nothing. */
    this.textChanges = textChanges;
    this.#handle = new Handle(wasm, this, 'this pretraining', releaseTraining(wasm, training));
    /** The model as it is now; disposed with the training. */
    this.model = new LanguageModel(wasm, wasm.call.bhx_pretraining_model(training), { training: this, handle: this.#handle });
  }

  /** The training of a full checkpoint. @param {Library} library @param {unknown} bytes @param {unknown} source @param {unknown} [options]  live ones that are to be others */
  static resume(library, bytes, source, options) {
    return new Pretraining(library, new Resumed(library, bytes, source, options));
  }

  get #address() {
    this.#handle.check();
    return this.#training;
  }

  get options() {
    return describe(this.#wasm, this.#wasm.call.bhx_pretraining_config(this.#address), this.#tables[0].fields);
  }

  get steps() {
    return this.#wasm.call.bhx_pretraining_done(this.#address);
  }

  get tokensSeen() {
    return this.#wasm.call.bhx_pretraining_tokens(this.#address);
  }

  /** An aborted signal ends it: it resolves, to where it stopped. @param {import('../bellhop.js').PretrainOptions} [options] */
  async learn(options = {}) {
    const given = readLearnOptions(options, { steps: whole(0, STEPS_MAX) });
    this.#handle.check();
    const { steps = Math.max(0, Number(this.options.maxSteps) - this.steps), onProgress, signal, sliceMilliseconds = 12 } = given;
    if (this.#learning) throw new BellhopError('BH_ERR_STATE', 'learn was called while this training is learning');
    const slice = new Slice(sliceMilliseconds);
    this.#learning = true;
    try {
      for (const end = this.steps + steps; (this.steps < end || isUnderWay(this)) && !signal?.aborted;) {
        slice.run(Math.max(1, end - this.steps), (n) => advance(this, n), () => this.steps >= end && !isUnderWay(this));
        if (await unlessAborted(onProgress?.({ steps: this.steps, maxSteps: end, records: this.drain() }), signal) === false) break;
        await breathe();
        this.#handle.check();
      }
    } finally {
      this.#learning = false;
    }
    return this;
  }

  /** Takes n steps at once. @param {number} n */
  step(n = 1) {
    const training = this.#address;
    wholeNumber('n', n, 1, STEPS_MAX);
    this.#wasm.within(Infinity, () => this.#wasm.call.bhx_pretraining_steps(training, n));
    this.#isUnderWay = false;
  }

  /** The records since the last call. @returns {import('../bellhop.js').PretrainingRecord[]} */
  drain() {
    const training = this.#address;
    const { width, train } = this.#records;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(DRAIN_ROWS * width * 8);
      /** @type {import('../bellhop.js').PretrainingRecord[]} */
      const records = [];
      for (let n = DRAIN_ROWS; n === DRAIN_ROWS;) {
        n = this.#wasm.call.bhx_pretraining_drain(training, at, DRAIN_ROWS);
        const rows = this.#wasm.doubles(at, n * width);
        for (let i = 0; i < n; i++) records.push(recordOf(rows.subarray(i * width), train));
      }
      return records;
    });
  }

  /** @param {{ windows?: number }} [options] */
  validate(options = {}) {
    const { windows = 0 } = readOptions('validate', options, { windows: whole(0, STEPS_MAX) });
    const loss = this.#wasm.call.bhx_pretraining_validate(this.#address, windows);
    return { loss, perplexity: Math.exp(loss) };
  }

  ngrams() {
    const training = this.#address;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(5 * 8);
      this.#wasm.check(this.#wasm.call.bhx_pretraining_ngrams(training, at));
      const [tokens, trainTokens, unigram, trigram, k] = this.#wasm.doubles(at, 5);
      return { tokens, trainTokens, unigram, trigram, k };
    });
  }

  /** When one is refused, all keep the values they had. @param {import('../bellhop.js').LivePretrainingOptions} given */
  set(given) {
    const options = plainOptions('pretraining', given), training = this.#address;
    const before = this.options;
    const changes = encodeOptions(this.#tables, options, 'pretraining');
    const undo = encodeOptions(this.#tables, Object.fromEntries(changes.map(({ key }) => [key, before[key]])), 'pretraining');
    try {
      changes.forEach((change) => this.#setOne(training, change));
    } catch (error) {
      undo.filter(({ field }) => field.live).forEach((change) => this.#setOne(training, change));
      throw error;
    }
  }

  /** @param {number} training @param {ReturnType<typeof encodeOptions>[number]} option */
  #setOne(training, option) {
    this.#wasm.scratch((scratch) => inUsersWords(option, () =>
      this.#wasm.check(this.#wasm.call.bhx_pretraining_set(training, scratch.string(option.name), scratch.string(option.text)))));
  }

  /** A checkpoint of the model, or of all that the training is. @param {{ full?: boolean }} [options] */
  save(options = {}) {
    const { full = false } = readOptions('save', options, { full: FLAG }), training = this.#address;
    return full ? this.#saveFull(training) : this.model.save();
  }

  /** @param {number} training */
  #saveFull(training) {
    const wasm = this.#wasm;
    const write = (/** @type {number} */ at, /** @type {number} */ room) => {
      const size = wasm.call.bhx_pretraining_save_full(training, at, room);
      if (size < 0) throw wasm.error();
      return size;
    };
    const size = write(0, 0);
    return wasm.scratch((scratch) => {
      const at = scratch.block(size);
      write(at, size);
      return wasm.bytes(at, size);
    });
  }

  dispose() {
    this.#handle.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }
}

/** @param {Float64Array} row @param {number} train  the kind of training records @returns {import('../bellhop.js').PretrainingRecord} */
function recordOf([kind, step, loss, a, b], train) {
  return kind === train ? { type: 'train', step, loss, learningRate: a, gradNorm: b } : { type: 'eval', step, loss, perplexity: Math.exp(loss), isBest: a === 1 };
}

/** @param {Wasm} wasm @param {unknown} text @param {(at: number, length: number) => number} make @returns {Made} */
function ofText(wasm, text, make) {
  const { bytes, changes } = textBytes(wasm, 'the corpus', text, 'a text (a string or UTF-8 bytes) or an environment of text, from make()');
  return { training: wasm.scratch((scratch) => wasm.handle(make(scratch.bytes(bytes), bytes.length))), textChanges: changes };
}

/** @param {Library} library @param {import('./env.mjs').Env} env @param {(setup: number) => number} make @returns {Made} */
function ofTask(library, env, make) {
  const { env: source, options } = recipeOfEnv(env);
  return { training: withSetup(library, { env: source, envOptions: options }, (setup) => library.wasm.handle(make(setup))), textChanges: null };
}

/** Starts a run from a language model. @param {import('./run.mjs').Run} run @param {unknown} model */
export function startFrom(run, model) {
  if (!isA(LanguageModel, model)) throw new BellhopError('BH_ERR_ARGUMENT', `the language model is ${shown(model)}, but must be a LanguageModel`);
  run.use((wasm, address) => {
    needText(wasm);
    const tables = [{ name: run.algo.name, fields: run.algo.options, prefix: '' }];
    const theirs = model.addressIn(wasm);
    try {
      inKeys(tables, () => wasm.check(wasm.call.bhx_run_language_model(address, theirs)));
    } catch (error) {
      const { tokenizer } = model.info;
      if (/** @type {any} */ (error).status !== 'BH_ERR_SHAPE' || tokenizer === 'words') throw error;
      throw new BellhopError('BH_ERR_SHAPE', `the language model was made from text (tokenizer ${tokenizer}), but ${run.env.id} needs one of its own vocabulary, `
        + `pre-trained on the environment`, { cause: error });
    }
  });
}

/**
 * Log-probabilities that the frozen model gives the actions, -Infinity where the module has a very large number for it;
 * null when the run keeps none.
 * @param {import('./run.mjs').Run} run @param {ArrayLike<number>} observations
 */
export function logPrior(run, observations) {
  return run.use((wasm, address) => {
    needText(wasm);
    const n = run.count(observations);
    return wasm.scratch((scratch) => {
      const at = scratch.block(n * run.nActions * 8);
      const known = wasm.call.bhx_run_log_prior(address, at, scratch.floats(observations), n);
      return known ? wasm.doubles(at, n * run.nActions).map(probable) : null;
    });
  });
}

/** What the library gets of language models. @param {Library} library */
export function languageClasses(library) {
  return {
    LanguageModel: Object.freeze({ load: (/** @type {unknown} */ bytes) => LanguageModel.open(library.wasm, bytes) }),
    Pretraining: class extends Pretraining {
      /** @param {unknown} source @param {import('../bellhop.js').PretrainingOptions} [options] */
      constructor(source, options) {
        super(library, source, options);
      }

      /** @param {unknown} bytes @param {unknown} source @param {import('../bellhop.js').PretrainingOptions} [options] */
      static load(bytes, source, options) {
        return new this(new Resumed(library, bytes, source, options));
      }
    },
    get pretrainingOptions() {
      return pretrainingFields(library.wasm, library.help);
    },
  };
}
