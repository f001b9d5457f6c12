// SPDX-License-Identifier: MIT
// The worker's side of the messages that trainer.mjs sends.
//
//     { id, method, session?, values }  is a call; the answer is { id, result } or { id, error: { status, message } }
//     { session, frame, plays }         is a frame, made after so many calls of play; { session, taken: true } says
//                                       that it was shown
//     { held: true }                    says that the lock of `open` is held, see lifeline.mjs
//     { id, progress }                  is how far a call of learn has come; a call of proceed answers it
//
// Any number of sessions may exist; those that play share the thread.
import { openLibrary } from '../lib/setup.mjs';
import { holdLifeline } from './lifeline.mjs';
import { isFromFile, makeSession } from './make-session.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {{ postMessage(message: any, transfer?: any[]): void, onmessage: ((event: { data: any }) => void) | null }} Port */

/** Of sessions, where they have them. */
const SESSION_METHODS = ['play', 'pause', 'step', 'requestFrame', 'set', 'watch', 'sha256', 'proceed', 'save', 'sample', 'next'];
/** Of sessions of runs, in session-calls.mjs. */
const LATER_METHODS = ['place', 'evaluate', 'save', 'load', 'qValues', 'predictValues', 'logProbs', 'predict', 'learn', 'inspect'];

/** @typedef {import('../lib/setup.mjs').Library} Library */
/** @typedef {(frame: any, plays: number, transfer: ArrayBuffer[]) => void} Post */
/** @typedef {Pick<import('./make-session.mjs').Later, 'calls' | 'makeRun' | 'pretrained'>} Later */
/**
 * Answers the calls that come through a port.
 * @param {Port} port
 * @param {(options: object) => Promise<import('../lib/wasm.mjs').Wasm>} loadWasm  rejects where the module does not run; open may be called again then
 * @param {object} options
 * @param {Later | (() => Promise<Later>)} options.later  session-calls.mjs, or what fetches it when it is needed
 * @param {(library: Library) => void} [options.prepare]  gets the library before anybody asks
 * @param {number} [options.sliceMs]  how long a session computes before others have their turn, by default the session's own
 * @param {import('./make-session.mjs').TextSessions} [options.text]  for language models
 * @returns {() => void} ends all sessions
 */
export function serve(port, loadWasm, { later, prepare = () => {}, sliceMs, text }) {
  /** @type {Map<number, any>} */
  const sessions = new Map();
  /** @type {import('../lib/setup.mjs').Library} */
  let library;
  let count = 0;
  let parts = typeof later === 'function' ? null : later;
  /** Resolves when the parts are there, or to why they are not. @type {Promise<unknown> | null} */
  let coming = null;

  /** @param {() => Promise<Later>} fetch */
  async function fetchParts(fetch) {
    try {
      parts = await fetch();
    } catch (error) {
      return new BellhopError('BH_ERR_LOAD', `a part of the worker's script could not be loaded: ${/** @type {Error} */ (error).message}`);
    } finally {
      coming = null;
    }
  }

  /** @param {{ method: string, session?: number, values: any[] }} call */
  function isLater({ method, session: key, values }) {
    if (key === undefined) return method === 'prepare' || method === 'create' && isFromFile(values[0]);
    const session = sessions.get(key);
    return Boolean(session) && LATER_METHODS.includes(method) && !(method in session);
  }

  /** Calls that come while parts are fetched wait for them too: all are answered in order. @param {{ method: string, session?: number, values: any[] }} call */
  async function ready(call) {
    const needed = isLater(call);
    if (typeof later === 'function' && needed && !parts) coming ??= fetchParts(later);
    const failure = await coming;
    if (failure && needed) throw failure;
  }

  /** @type {Record<string, (...values: any[]) => any>} */
  const methods = {
    async open(options) {
      library = openLibrary(await loadWasm(options));
      prepare(library);
      // Last: an open that failed must not hold the lock, or the next one would wait for it for ever. The answer does not wait for the lock.
      void holdLifeline(options.lifeline).then((isHeld) => isHeld && port.postMessage({ held: true }));
      return { catalog: library.catalog, pretraining: text?.fields(library) ?? [] };
    },
    create(recipe) {
      const key = ++count;
      const session = makeSession(library, recipe, (frame, plays, transfer) => port.postMessage({ session: key, frame, plays }, transfer), sessions, parts, text);
      if (sliceMs !== undefined) session.sliceMs = sliceMs;
      try {
        const info = session.info();
        sessions.set(key, session);
        const made = { session: key, info };
        return recipe.demonstrations === undefined ? made : parts?.pretrained(session.run).then(() => made);
      } catch (error) {
        session.dispose();
        throw error;
      }
    },
    liveBytes: () => library.wasm.liveBytes(),
    prepare() {}, // the parts are there
  };

  /** @param {{ id: number, method: string, session?: number, values: any[] }} call */
  function handle({ id, method, session: key, values }) {
    if (key === undefined) {
      if (!Object.hasOwn(methods, method)) throw unknown(method);
      return methods[method](...values);
    }
    const session = sessions.get(key);
    if (!session) throw new BellhopError('BH_ERR_STATE', 'this session was disposed and cannot be used any more');
    if (method === 'dispose') {
      sessions.delete(key);
      return session.dispose();
    }
    if (SESSION_METHODS.includes(method) && method in session) return session[method](...values);
    const call = session.run && LATER_METHODS.includes(method) && parts?.calls[method];
    if (!call) throw unknown(method);
    const extra = method === 'learn' ? [(/** @type {object} */ progress) => port.postMessage({ id, progress })] : [];
    return call(session, ...values, ...extra);
  }

  port.onmessage = async ({ data }) => {
    if (!data?.taken && !data?.method) return; // it is not for this
    if (data.taken) {
      sessions.get(data.session)?.frameTaken();
      return;
    }
    try {
      if (!Array.isArray(data.values)) throw unknown(data.method);
      if (coming || !parts) await ready(data);
      const result = await handle(data);
      const transfer = ArrayBuffer.isView(result) ? [result.buffer] : [];
      port.postMessage({ id: data.id, result }, transfer);
    } catch (error) {
      const { status = statusOf(error), message } = /** @type {BellhopError} */ (error);
      port.postMessage({ id: data.id, error: { status, message } });
    }
  };
  return () => {
    port.onmessage = null;
    for (const session of sessions.values()) session.dispose();
    sessions.clear();
  };
}

/** @param {string} method */
const unknown = (method) => new BellhopError('BH_ERR_UNKNOWN', `unknown method '${method}'`);

/** The status of an error that is not the library's: a module that does not run here is a matter of loading. @param {unknown} error */
const statusOf = (error) => (error instanceof WebAssembly.CompileError ? 'BH_ERR_LOAD' : 'BH_ERR_STATE');
