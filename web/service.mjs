// SPDX-License-Identifier: MIT
// The worker's side of the messages that trainer.mjs sends.
//
//     { id, method, session?, values }  is a call; the answer is { id, result } or { id, error: { status, message } }
//     { session, frame, plays }         is a frame, made after so many calls of play; { session, taken: true } says
//                                       that it was shown
//     { id, progress }                  is how far a call of learn has come
//
// Any number of sessions may exist; those that play share the thread.
import { Session } from './session.mjs';
import { Run } from './run.mjs';
import { openLibrary } from './setup.mjs';
import { BellhopError } from './wasm.mjs';

/** @typedef {{ postMessage(message: any, transfer?: any[]): void, onmessage: ((event: { data: any }) => void) | null }} Port */

const SESSION_METHODS = /** @type {const} */ ([
  'play', 'pause', 'step', 'requestFrame', 'set', 'evaluate', 'save', 'sha256', 'load', 'qValues', 'predict', 'learn',
]);

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {(frame: any, plays: number, transfer: ArrayBuffer[]) => void} Post */
/**
 * What a worker's script makes beyond runs that play: see text-worker.mjs.
 * @typedef {object} More
 * @property {(library: Library) => object} open     goes with the catalogue
 * @property {(library: Library, recipe: any, post: Post, sessions: Map<number, any>) => Promise<any>} make  a session
 * @property {readonly string[]} methods             of its sessions
 */

/** @param {Library} library @param {any} recipe @param {Post} post */
async function makeSession(library, recipe, post) {
  const make = recipe.demonstrations === undefined ? Run.create : (await import('./imitation.mjs')).createDemonstrated;
  return new Session(make(library, recipe), post);
}

/**
 * Answers the calls that come through a port.
 * @param {Port} port
 * @param {(options: object) => Promise<import('./wasm.mjs').Wasm>} loadWasm
 * @param {More} [more]
 */
export function serve(port, loadWasm, more) {
  /** @type {Map<number, any>} */
  const sessions = new Map();
  /** @type {import('./setup.mjs').Library} */
  let library;
  let count = 0;

  /** @type {Record<string, (...values: any[]) => any>} */
  const methods = {
    async open(options) {
      library = openLibrary(await loadWasm(options));
      return { catalog: library.catalog, ...more?.open(library) };
    },
    async create(recipe) {
      const key = ++count;
      const session = await (more?.make ?? makeSession)(library, recipe, (frame, plays, transfer) =>
        port.postMessage({ session: key, frame, plays }, transfer), sessions);
      sessions.set(key, session);
      return { session: key, info: session.info() };
    },
    liveBytes: () => library.wasm.liveBytes(),
  };

  /** @param {{ id: number, method: string, session?: number, values: any[] }} call */
  function handle({ id, method, session: key, values }) {
    if (key === undefined) return methods[method](...values);
    const session = sessions.get(key);
    if (!session) throw new BellhopError('BH_ERR_STATE', 'this session was disposed and cannot be used any more');
    if (method === 'dispose') {
      sessions.delete(key);
      return session.dispose();
    }
    const known = [...SESSION_METHODS, ...more?.methods ?? []].find((name) => name === method);
    if (!known) throw new BellhopError('BH_ERR_UNKNOWN', `there is no method '${method}'`);
    const extra = known === 'learn' ? [(/** @type {object} */ progress) => port.postMessage({ id, progress })] : [];
    return session[known](...values, ...extra);
  }

  port.onmessage = async ({ data }) => {
    if (data.taken) {
      sessions.get(data.session)?.frameTaken();
      return;
    }
    try {
      const result = await handle(data);
      const transfer = ArrayBuffer.isView(result) ? [result.buffer] : [];
      port.postMessage({ id: data.id, result }, transfer);
    } catch (error) {
      const { status = 'BH_ERR_STATE', message } = /** @type {BellhopError} */ (error);
      port.postMessage({ id: data.id, error: { status, message } });
    }
  };
}
