// SPDX-License-Identifier: MIT
// Training in a worker, so that a page stays smooth: connect() starts one, sessions in it play, pause and show frames.
//
//     const trainer = await connect();
//     const session = await trainer.create({ env: 'CartPole-v1' });
//     session.onFrame = (frame) => draw(frame);
//     session.play({ stepsPerSecond: Infinity });
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {import('./service.mjs').Port} Port */
/** @typedef {import('../bellhop.js').Frame} Frame */
/** @typedef {import('../bellhop.js').SessionInfo} SessionInfo */
/** @typedef {(method: 'learn' | 'requestFrame', options: any) => any} Read */
/** @typedef {{ resolve: (value: any) => void, reject: (error: unknown) => void, onProgress?: (values: any) => unknown }} Pending */

// A hidden page has no animation frames; this goes on there, and so does training. Where there are none at all, it is
// about as fast as they would be.
const HIDDEN_MS = typeof requestAnimationFrame === 'function' ? 250 : 16;

/** Calls back with the next animation frame, or a while later where there is none. @param {() => void} use */
function nextFrame(use) {
  let waiting = true;
  const once = () => {
    if (!waiting) return;
    waiting = false; // first: it may throw
    clearTimeout(timer);
    use();
  };
  const timer = setTimeout(once, HIDDEN_MS);
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(once);
}

/** Calls over a port, and what comes back. */
export class Line {
  #port;
  #end;
  #count = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** Who gets the frames. @type {Map<number, (frame: Frame, plays: number) => void>} */
  listeners = new Map();
  /** Sessions whose frame was shown since the last animation frame: another one waits for the next. @type {Set<number>} */
  #shown = new Set();
  /** @type {BellhopError | null} */
  #broken = null;
  /** @type {(error: BellhopError) => void} */
  #tellGone = () => {};
  /** Resolves when it ended, to the error that every call gets from then on. @type {Promise<BellhopError>} */
  gone = new Promise((tell) => (this.#tellGone = tell));

  /** @param {Port} port @param {() => void} end  ends what answers at the other end */
  constructor(port, end) {
    this.#port = port;
    this.#end = end;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /**
   * @param {string} method @param {number | undefined} session @param {any[]} values
   * @param {Pending['onProgress']} [onProgress]
   * @param {() => void} [sent]  called when it is on its way
   * @returns {Promise<any>}
   */
  call(method, session, values, onProgress, sent) {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const id = ++this.#count;
      this.#pending.set(id, { resolve, reject, onProgress });
      try {
        this.#port.postMessage({ id, method, session, values });
        sent?.();
      } catch (cause) {
        this.#pending.delete(id);
        reject(new BellhopError('BH_ERR_ARGUMENT', `${method} got what cannot be sent to a worker: ${/** @type {Error} */ (cause).message}`, { cause }));
      }
    });
  }

  /** The number of the call that has waited longest for its answer; null where none waits. @returns {number | null} */
  get oldest() {
    return this.#pending.keys().next().value ?? null;
  }

  /** Whether it ended. */
  get isBroken() {
    return this.#broken !== null;
  }

  /** @param {number} session */
  taken(session) {
    this.#port.postMessage({ session, taken: true });
  }

  /** Ends it and the other end: what is pending, and every later call, is rejected. @param {BellhopError} error */
  break(error) {
    if (this.#broken) return;
    this.#broken = error;
    this.#end();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.listeners.clear();
    this.#tellGone(error);
  }

  /** @param {any} data  a worker of somebody else's may post anything */
  #receive(data) {
    const { id, session, frame, plays, progress, result, error } = Object(data);
    if (frame) {
      const show = () => {
        this.#shown.add(session);
        nextFrame(() => this.#shown.delete(session)); // first: what shows it may throw
        this.listeners.get(session)?.(frame, plays);
      };
      if (this.#shown.has(session)) nextFrame(show);
      else show();
      return;
    }
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (progress) {
      pending.onProgress?.(progress);
      return;
    }
    this.#pending.delete(id);
    if (error) pending.reject(new BellhopError(error.status, error.message));
    else pending.resolve(result);
  }
}

/** A run in the worker. */
export class Session {
  #line;
  #key;
  #plays = 0;
  #learns = 0;
  #read;
  /** Called with each frame, at most once per animation frame. What it throws is an uncaught error; the run goes on. @type {(frame: Frame) => void} */
  onFrame = () => {};

  /** @param {Line} line @param {{ session: number, info: SessionInfo }} made @param {Read} [read] */
  constructor(line, { session, info }, read = (_, options) => options) {
    this.#line = line;
    this.#key = session;
    this.#read = read;
    this.info = info;
    line.listeners.set(session, (frame, plays) => {
      // It was on its way when play was called: it must not look as if the run had been paused again.
      if (plays < this.#plays) Object.assign(frame, { running: true, finished: false });
      // First, so that the worker makes the next one while this one is drawn.
      line.taken(session);
      this.onFrame(frame);
    });
  }

  /** Runs; called again, it changes the speed. With `until` it pauses when so many steps have been taken. @param {{ stepsPerSecond?: number, until?: number }} [options] */
  play(options = {}) {
    return this.#line.call('play', this.#key, [options], undefined, () => this.#plays++);
  }

  pause() {
    return this.#call('pause');
  }

  /** Takes n environment steps, or fewer until the next update or the end of an episode, then shows a frame. @param {number} [n] @param {'update' | 'episode'} [until] */
  step(n = 1, until) {
    return this.#call('step', n, until);
  }

  /** @param {import('../bellhop.js').Look} [look]  frames have a picture from now on, of an environment that draws itself */
  async requestFrame(look) {
    return this.#call('requestFrame', this.#read('requestFrame', look));
  }

  /**
   * As a model's; pause() ends it too, and so does `signal`: it resolves then, to where it stopped. The worker waits for the callback; what that throws rejects, when the run stands still.
   * @param {import('../bellhop.js').LearnOptions} [options] @returns {Promise<import('../bellhop.js').LearnResult>}
   */
  async learn(options = {}) {
    const { onProgress, signal, ...rest } = this.#read('learn', options);
    /** @type {{ error: unknown } | undefined} */
    let failure;
    /** The call of onProgress under way. @type {Promise<void> | null} */
    let telling = null;
    const id = ++this.#learns;
    const proceed = (/** @type {boolean} */ goesOn) => {
      this.#call('proceed', goesOn, id).catch(() => {}); // of a worker that is gone learn tells
    };
    const tell = async (/** @type {any} */ progress) => {
      let goesOn = false;
      try {
        goesOn = await onProgress?.(progress) !== false;
      } catch (error) {
        failure = { error };
      }
      telling = null;
      proceed(goesOn && !signal?.aborted);
    };
    const stop = () => proceed(false); // also while the callback is waited for, which may never resolve
    signal?.addEventListener('abort', stop);
    try {
      const how = { ...rest, id, isFollowed: onProgress !== undefined, isAborted: signal?.aborted };
      const result = await this.#line.call('learn', this.#key, [how], (progress) => {
        telling = tell(progress);
      });
      if (!signal?.aborted) await telling;
      if (failure) throw failure.error;
      return result;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Changes live options; resolves to the step since which they hold. @param {import('../bellhop.js').LiveOptions} options @returns {Promise<number>} */
  async set(options) {
    const { at, ...all } = await this.#call('set', options);
    this.info = { ...this.info, ...all };
    return at;
  }

  /** @param {boolean} [isWatched] */
  watch(isWatched = true) {
    return this.#call('watch', isWatched);
  }

  /** Starts an episode in the state of an observation. @param {ArrayLike<number> | number} observation @returns {Promise<number | null>} the step; null where it cannot be there */
  place(observation) {
    return this.#call('place', observation);
  }

  /** @param {ArrayLike<number> | number} observation @returns {Promise<import('../bellhop.js').Inspection>} */
  inspect(observation) {
    return this.#call('inspect', observation);
  }

  /** @param {import('../bellhop.js').EvaluateOptions} [options] */
  evaluate(options = {}) {
    return this.#call('evaluate', options);
  }

  /** @param {import('../bellhop.js').SaveOptions} [options] */
  save(options = {}) {
    return this.#call('save', options);
  }

  /** @param {{ which?: import('../bellhop.js').Which }} [options] */
  sha256(options = {}) {
    return this.#call('sha256', options);
  }

  /** @param {Uint8Array} bytes */
  load(bytes) {
    return this.#call('load', bytes);
  }

  /** @param {unknown} observations @param {unknown} [actions] */
  qValues(observations, actions) {
    return this.#call('qValues', observations, actions);
  }

  /** @param {unknown} observations @param {object} [options] */
  predictValues(observations, options) {
    return this.#call('predictValues', observations, options);
  }

  /** @param {unknown} observations @param {object} [options] */
  logProbs(observations, options) {
    return this.#call('logProbs', observations, options);
  }

  /** @param {unknown} observation @param {import('../bellhop.js').PredictOptions} [options] */
  predict(observation, options) {
    return this.#call('predict', observation, options);
  }

  async dispose() {
    this.#line.listeners.delete(this.#key);
    await this.#call('dispose');
  }

  /** @param {string} method @param {...any} values */
  #call(method, ...values) {
    return this.#line.call(method, this.#key, values);
  }
}

/** A language model in the worker, while it is trained: plays, pauses and shows frames as runs do. */
export class LanguageSession extends Session {
  #line;

  /** @param {Line} line @param {{ session: number, info: any }} made */
  constructor(line, made) {
    super(line, made);
    this.#line = line;
    /** Names it in recipes of runs: `startFrom`, `prior`. */
    this.key = made.session;
    /** @type {import('../bellhop.js').LanguageSessionInfo} */
    this.about = made.info;
  }

  /**
   * A continuation of a prompt; with `talk` also what a reader is shown for it.
   * @overload @param {import('../bellhop.js').SampleOptions & { talk: true }} options @returns {Promise<{ text: string, talk: import('../bellhop.js').Turn[] | null }>}
   *
   * @overload @param {import('../bellhop.js').SampleOptions} options @returns {Promise<string>}
   *
   * @param {any} options @returns {Promise<any>}
   */
  sample(options) {
    return this.#line.call('sample', this.key, [options]);
  }

  /** The most probable next tokens. @param {string} prompt @param {import('../bellhop.js').Sampling} options @param {number} most @returns {Promise<{ token: string, p: number }[]>} */
  next(prompt, options, most) {
    return this.#line.call('next', this.key, [prompt, options, most]);
  }
}

/** A worker with the library in it. */
export class Trainer {
  #line;

  /**
   * @param {Line} line @param {{ catalog: import('../bellhop.js').Catalog, pretraining: import('../bellhop.js').Field[] }} opened
   * @param {boolean} isOffThread
   */
  constructor(line, { catalog, pretraining }, isOffThread) {
    this.#line = line;
    /** Whether it computes in a worker; else in slices on this thread. */
    this.isOffThread = isOffThread;
    this.catalog = catalog;
    /** Options of language models; empty where the module has none. */
    this.pretrainingOptions = pretraining;
    this.simd = catalog.simd;
    this.version = catalog.version;
  }

  /** Reads options of its sessions' methods; the package's entries give it, see trainer-help.mjs. @type {Read | undefined} */
  read;

  /** @param {import('../bellhop.js').SessionRecipe} recipe */
  async create(recipe) {
    return new Session(this.#line, await this.#line.call('create', undefined, [recipe]), this.read);
  }

  /** A language model: to be trained on a text or on the examples of an environment, or opened. @param {import('../bellhop.js').LanguageRecipe} recipe */
  async createLanguageModel(recipe) {
    return new LanguageSession(this.#line, await this.#line.call('create', undefined, [{ languageModel: recipe }]));
  }

  /** Bytes the library in the worker holds. @returns {Promise<number>} */
  liveBytes() {
    return this.#line.call('liveBytes', undefined, []);
  }

  /** Resolves when the worker has fetched all parts of its script, so that none is missing without a connection. @returns {Promise<void>} */
  prepare() {
    return this.#line.call('prepare', undefined, []);
  }

  /** Whether the worker is gone: it failed, or was terminated. */
  get isGone() {
    return this.#line.isBroken;
  }

  /** The number of the call that has waited longest for its answer; null where none waits. */
  get oldestCall() {
    return this.#line.oldest;
  }

  /** Resolves when the worker is gone, to the reason, which every call is rejected with from then on. @returns {Promise<BellhopError>} */
  get gone() {
    return this.#line.gone;
  }

  /** Ends the worker and everything in it. */
  terminate() {
    this.#line.break(new BellhopError('BH_ERR_STATE', 'the trainer was terminated'));
  }
}
