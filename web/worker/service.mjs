// SPDX-License-Identifier: MIT
// The worker's side of the messages that trainer.mjs sends.
//
//     { id, method, session?, values }  is a call; the answer is { id, result } or { id, error: { status, message } }
//     { session, frame, plays }         is a frame, made after so many calls of play; { session, taken: true } says
//                                       that it was shown
//     { id, progress }                  is how far a call of learn has come; a call of proceed answers it
//
// Any number of sessions may exist; those that play share the thread.
import { openLibrary } from '../lib/setup.mjs';
import { holdLifeline } from './lifeline.mjs';
import { makeSession } from './make-session.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {{ postMessage(message: any, transfer?: any[]): void, onmessage: ((event: { data: any }) => void) | null }} Port */

const SESSION_METHODS = /** @type {const} */ ([
  'play', 'pause', 'step', 'requestFrame', 'set', 'watch', 'evaluate', 'save', 'sha256', 'load', 'qValues', 'predictValues', 'logProbs', 'predict', 'learn', 'proceed', 'sample', 'next',
]);

/** @typedef {import('../lib/setup.mjs').Library} Library */
/** @typedef {(frame: any, plays: number, transfer: ArrayBuffer[]) => void} Post */
/**
 * Answers the calls that come through a port.
 * @param {Port} port
 * @param {(options: object) => Promise<import('../lib/wasm.mjs').Wasm>} loadWasm  rejects where the module does not run; open may be called again then
 * @param {object} [options]
 * @param {(library: Library) => void} [options.prepare]  gets the library before anybody asks
 * @param {number} [options.sliceMs]  how long a session computes before others have their turn, by default the session's own
 * @param {import('./make-session.mjs').TextSessions} [options.text]  for language models
 * @returns {() => void} ends all sessions
 */
export function serve(port, loadWasm, { prepare = () => {}, sliceMs, text } = {}) {
  /** @type {Map<number, any>} */
  const sessions = new Map();
  /** @type {import('../lib/setup.mjs').Library} */
  let library;
  let count = 0;

  /** @type {Record<string, (...values: any[]) => any>} */
  const methods = {
    async open(options) {
      library = openLibrary(await loadWasm(options));
      prepare(library);
      // Last: an open that failed must not hold the lock, or the next one would wait for it for ever.
      const isHeld = await holdLifeline(options.lifeline);
      return { catalog: library.catalog, pretraining: text?.fields(library) ?? [], isHeld };
    },
    create(recipe) {
      const key = ++count;
      const session = makeSession(library, recipe, (frame, plays, transfer) => port.postMessage({ session: key, frame, plays }, transfer), sessions, text);
      if (sliceMs !== undefined) session.sliceMs = sliceMs;
      try {
        const info = session.info();
        sessions.set(key, session);
        return { session: key, info };
      } catch (error) {
        session.dispose();
        throw error;
      }
    },
    liveBytes: () => library.wasm.liveBytes(),
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
    const known = SESSION_METHODS.find((name) => name === method && name in session);
    if (!known) throw unknown(method);
    const extra = known === 'learn' ? [(/** @type {object} */ progress) => port.postMessage({ id, progress })] : [];
    return session[known](...values, ...extra);
  }

  port.onmessage = async ({ data }) => {
    if (!data?.taken && !data?.method) return; // it is not for this
    if (data.taken) {
      sessions.get(data.session)?.frameTaken();
      return;
    }
    try {
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
