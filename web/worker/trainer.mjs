// SPDX-License-Identifier: MIT
// Training in a worker, so that a page stays smooth: connect() starts one, sessions in it play, pause and show frames.
//
//     const trainer = await connect();
//     const session = await trainer.create({ env: 'CartPole-v1' });
//     session.onFrame = (frame) => draw(frame);
//     session.play({ stepsPerSecond: Infinity });
import { checkLearnOptions } from '../lib/learn-options.mjs';
import { candidates } from '../lib/load.mjs';
import { BellhopError, firstThatRuns } from '../lib/wasm.mjs';

/** @typedef {import('./service.mjs').Port} Port */
/** @typedef {import('../bellhop.js').Frame} Frame */
/** @typedef {import('../bellhop.js').SessionInfo} SessionInfo */
/** @typedef {import('../bellhop.js').ConnectOptions} ConnectOptions */
/** Where compiled modules come from, and ways to start a worker, tried in turn. @typedef {{ modules: import('../lib/load.mjs').Modules, workers: (() => Worker | Promise<Worker>)[] }} Parts */
/** @typedef {{ resolve: (value: any) => void, reject: (error: unknown) => void, onProgress?: (values: any) => unknown }} Pending */

// A hidden page has no animation frames; this goes on there, and so does training. Where there are none at all, it is
// about as fast as they would be.
const HIDDEN_MS = typeof requestAnimationFrame === 'function' ? 250 : 16;

/** Calls back with the next animation frame, or a while later where there is none. @param {() => void} use */
function nextFrame(use) {
  let waiting = true;
  const once = () => {
    if (waiting) use();
    waiting = false;
    clearTimeout(timer);
  };
  const timer = setTimeout(once, HIDDEN_MS);
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(once);
}

/** What to do about a worker that does not start. */
const HINT = 'connect({ workerUrl }) says where it is, docs/bundlers.md what each bundler needs';

/** Calls over a port, and what comes back. */
export class Line {
  #port;
  #count = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** Who gets the frames. @type {Map<number, (frame: Frame, plays: number) => void>} */
  listeners = new Map();
  /** @type {BellhopError | null} */
  #broken = null;

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /**
   * @param {string} method @param {number | undefined} session @param {any[]} values
   * @param {Pending['onProgress']} [onProgress]
   * @returns {Promise<any>}
   */
  call(method, session, values, onProgress) {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const id = ++this.#count;
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#port.postMessage({ id, method, session, values });
    });
  }

  /** Whether it ended. */
  get isBroken() {
    return this.#broken !== null;
  }

  /** @param {number} session */
  taken(session) {
    this.#port.postMessage({ session, taken: true });
  }

  /** Ends it: what is pending, and every later call, is rejected. @param {BellhopError} error */
  break(error) {
    this.#broken ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#broken);
    this.#pending.clear();
  }

  /** @param {any} data */
  #receive({ id, session, frame, plays, progress, result, error }) {
    if (frame) {
      nextFrame(() => this.listeners.get(session)?.(frame, plays));
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
  /** Called with each frame, at most once per animation frame. @type {(frame: Frame) => void} */
  onFrame = () => {};

  /** @param {Line} line @param {{ session: number, info: SessionInfo }} made */
  constructor(line, { session, info }) {
    this.#line = line;
    this.#key = session;
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
    this.#plays++;
    return this.#call('play', options);
  }

  pause() {
    return this.#call('pause');
  }

  /** Takes n environment steps, then shows a frame. */
  step(n = 1) {
    return this.#call('step', n);
  }

  requestFrame() {
    return this.#call('requestFrame');
  }

  /**
   * As a model's; pause() ends it too. The worker waits for the callback; what that throws rejects, when the run stands still.
   * @param {import('../bellhop.js').LearnOptions} [options] @returns {Promise<import('../bellhop.js').LearnResult>}
   */
  async learn(options = {}) {
    checkLearnOptions(options, 'totalTimesteps');
    const { onProgress, signal, ...rest } = options;
    /** @type {{ error: unknown } | undefined} */
    let failure;
    /** The call of onProgress under way. @type {Promise<void> | null} */
    let telling = null;
    let isOver = false;
    const proceed = (/** @type {boolean} */ goesOn) => {
      if (!isOver) this.#call('proceed', goesOn).catch(() => {}); // of a worker that is gone learn tells
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
    const stop = () => {
      if (!telling) proceed(false);
    };
    signal?.addEventListener('abort', stop);
    try {
      const how = { ...rest, isFollowed: onProgress !== undefined, isAborted: signal?.aborted };
      const result = await this.#line.call('learn', this.#key, [how], (progress) => {
        telling = tell(progress);
      });
      await telling;
      if (failure) throw failure.error;
      return result;
    } finally {
      isOver = true;
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Changes live options; resolves to the step since which they hold. @param {import('../bellhop.js').LiveOptions} options @returns {Promise<number>} */
  async set(options) {
    const { at, ...all } = await this.#call('set', options);
    this.info = { ...this.info, ...all };
    return at;
  }

  /** @param {import('../bellhop.js').EvaluateOptions} [options] */
  evaluate(options = {}) {
    return this.#call('evaluate', options);
  }

  /** @param {{ which?: import('../bellhop.js').Which }} [options] */
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

  /** @param {unknown} observations */
  qValues(observations) {
    return this.#call('qValues', observations);
  }

  /** @param {unknown} observations */
  predictValues(observations) {
    return this.#call('predictValues', observations);
  }

  /** @param {unknown} observations */
  logProbs(observations) {
    return this.#call('logProbs', observations);
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

  /** A continuation of a prompt. @param {import('../bellhop.js').SampleOptions} options @returns {Promise<string>} */
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
  #end;

  /** @param {Line} line @param {() => void} end @param {{ catalog: import('../bellhop.js').Catalog, pretraining: import('../bellhop.js').Field[] }} opened */
  constructor(line, end, { catalog, pretraining }) {
    this.#line = line;
    this.#end = end;
    this.catalog = catalog;
    /** Options of language models; empty where the module has none. */
    this.pretrainingOptions = pretraining;
    this.simd = catalog.simd;
    this.version = catalog.version;
  }

  /** @param {import('../bellhop.js').SessionRecipe} recipe */
  async create(recipe) {
    return new Session(this.#line, await this.#line.call('create', undefined, [recipe]));
  }

  /** A language model: to be trained on a text or on the examples of an environment, or opened. @param {import('../bellhop.js').LanguageRecipe} recipe */
  async createLanguageModel(recipe) {
    return new LanguageSession(this.#line, await this.#line.call('create', undefined, [{ languageModel: recipe }]));
  }

  /** Bytes the library in the worker holds. @returns {Promise<number>} */
  liveBytes() {
    return this.#line.call('liveBytes', undefined, []);
  }

  /** Whether the worker is gone: it failed, or was terminated. */
  get isGone() {
    return this.#line.isBroken;
  }

  /** Ends the worker and everything in it. */
  terminate() {
    this.#end();
    this.#line.break(new BellhopError('BH_ERR_STATE', 'the trainer was terminated'));
  }
}

/**
 * Starts a worker and resolves to a trainer. The module is compiled on this side: so the worker's script needs to know no file, and
 * several workers can share a module.
 * @param {ConnectOptions} options @param {Parts} parts
 * @returns {Promise<Trainer>}
 */
export async function connectTo({ workerUrl, worker, port, ...options }, { modules, workers }) {
  if (port) return overPort(port, options);
  const ways = worker ? [() => /** @type {Worker} */ (worker)] : workerUrl === undefined ? workers : [() => startAt(workerUrl)];
  const compiled = candidates(options, modules).map(once);
  /** @type {unknown} */
  let failure;
  for (const start of ways) {
    try {
      return await open(await start(), compiled, workerUrl);
    } catch (error) {
      failure ??= error;
      if (!(error instanceof WorkerFailure)) break;
    }
  }
  throw failure;
}

/** A worker that could not be started: another way may do it. */
export class WorkerFailure extends BellhopError {
  /** @param {string} why @param {ErrorOptions} [options] */
  constructor(why, options) {
    super('BH_ERR_LOAD', `the worker failed: ${why}`, options);
  }
}

/** The other end loads the module by itself. @param {any} port @param {ConnectOptions} options */
async function overPort(port, { wasmUrl, wasmBinary, ...options }) {
  const url = wasmUrl === undefined ? undefined : new URL(wasmUrl, globalThis.location?.href).href;
  const line = new Line(port), end = () => port.close?.();
  port.addEventListener?.('close', () => line.break(new WorkerFailure('its port was closed'))); // as Node does when the thread ends
  return opened(line, end, async () => line.call('open', undefined, [{ ...options, wasmUrl: url, wasmBinary: await wasmBinary }]));
}

/** @param {Worker} worker @param {(() => Promise<WebAssembly.Module>)[]} compiled @param {string | URL} [url]  of its script, where it was given */
function open(worker, compiled, url) {
  const line = new Line(/** @type {any} */ (worker));
  worker.onerror = (event) => {
    event.preventDefault?.();
    line.break(new WorkerFailure(event.message || `its script could not be loaded${url ? ` from ${url}` : ''}; ${HINT}`));
  };
  /** @param {WebAssembly.Module} module */
  const start = async (module) => {
    try {
      return await line.call('open', undefined, [{ wasmBinary: module }]);
    } catch (error) {
      const { status, message } = /** @type {BellhopError} */ (error);
      throw status === 'BH_ERR_LOAD' && !line.isBroken ? new WebAssembly.CompileError(message) : error;
    }
  };
  return opened(line, () => worker.terminate(), () => firstThatRuns(compiled, start));
}

/** @param {Line} line @param {() => void} end @param {() => Promise<any>} call */
async function opened(line, end, call) {
  try {
    return new Trainer(line, end, await call());
  } catch (error) {
    end();
    throw error;
  }
}

/** A function that is called once, however often it is asked. @template T @param {() => Promise<T>} make */
function once(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => (made ??= make());
}

/** A worker of the script at a URL. One of another origin cannot be a worker, but a script of ours that imports it can. @param {string | URL} workerUrl */
export function startAt(workerUrl) {
  const url = new URL(workerUrl, globalThis.location?.href);
  if (url.origin === globalThis.location?.origin) return startWorker(url);
  return startSource(`import ${JSON.stringify(url.href)};`);
}

/** A worker of a script's text. @param {string} source */
export function startSource(source) {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = attempt(() => new Worker(url, { type: globalThis.origin === 'null' ? 'classic' : 'module', name: 'bellhop' }));
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true }); // it runs: its text may go
  return worker;
}

/** @param {string | URL} url */
function startWorker(url) {
  return attempt(() => new Worker(url, { type: 'module', name: 'bellhop' }));
}

/** Starts a worker, or says why that is not possible. @param {() => Worker} start */
export function attempt(start) {
  if (typeof Worker === 'undefined') throw new BellhopError('BH_ERR_LOAD', 'there are no web workers here; use load() instead');
  try {
    return start();
  } catch (cause) {
    throw new WorkerFailure(/** @type {Error} */ (cause).message, { cause });
  }
}
