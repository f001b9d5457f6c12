// SPDX-License-Identifier: MIT
// What connect() does: starts a worker, one way after the other, and where the page's policy refuses every worker, the same
// service on the page's thread. The module is compiled on this side: so the worker's script needs to know no file, and several
// workers can share a module.
import { TIMEOUT_MS, within } from '../lib/deadline.mjs';
import { candidates, firstThatRuns } from '../lib/load.mjs';
import { PolicyError, TRUSTED, sourceOf, trusted, watchPolicy } from '../lib/policy.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { watchLifeline } from './lifeline.mjs';
import { Line, Trainer } from './trainer.mjs';

/** @typedef {import('../bellhop.js').ConnectOptions} ConnectOptions */
/** @typedef {() => Worker | Promise<Worker>} Start */
/**
 * Where compiled modules come from, ways to start a worker, tried in turn, and what is in its place on the page's thread.
 * @typedef {{ modules: import('../lib/load.mjs').Modules, workers: Start[], here?: Start }} Parts
 */
/** A connection that is made. @typedef {{ compiled: import('../lib/load.mjs').Candidate[], signal: AbortSignal, told: (stage: string) => void }} Attempt */

/** What to do about a worker that does not start. */
const HINT = 'connect({ workerUrl }) says where it is, docs/bundlers.md what each bundler needs';

/** @type {import('../lib/policy.mjs').Need} */
const WORKER = {
  what: 'the worker', isWorker: true, directive: 'worker-src',
  source: (violation) => (violation?.effectiveDirective === 'trusted-types' ? TRUSTED : sourceOf(violation?.blockedURI ?? 'blob:')),
  isIn: ({ effectiveDirective }) => /^(worker-src|child-src|trusted-types)$/.test(effectiveDirective),
};

/** A worker that could not be started: another way may do it. */
export class WorkerFailure extends BellhopError {
  /** @param {string} why @param {ErrorOptions} [options] */
  constructor(why, options) {
    super('BH_ERR_LOAD', `the worker failed: ${why}`, options);
  }
}

/**
 * Starts a worker and resolves to a trainer.
 * @param {ConnectOptions} options @param {Parts} parts
 * @returns {Promise<Trainer>}
 */
export function connectTo(options, { modules, workers, here }) {
  const { worker, workerUrl, timeout = TIMEOUT_MS, fallback = true } = options;
  let missing = 'the WebAssembly module did not arrive';
  return within(timeout, () => missing, (signal) => {
    const ways = worker ? [() => /** @type {Worker} */ (worker)] : workerUrl === undefined ? workers : [() => startAt(workerUrl)];
    const compiled = candidates(options, modules, signal).map(once);
    return firstThatStarts(ways, fallback ? here : undefined, { compiled, signal, told: (stage) => (missing = stage) });
  });
}

/** @param {Start[]} ways @param {Start | undefined} here @param {Attempt} attempt @returns {Promise<Trainer>} */
async function firstThatStarts(ways, here, attempt) {
  /** @type {unknown[]} */
  const failures = [];
  for (const start of ways) {
    try {
      return await startOne(start, attempt);
    } catch (error) {
      attempt.signal.throwIfAborted();
      failures.push(error);
      if (!(error instanceof WorkerFailure || isRefusal(error))) break;
    }
  }
  const refusal = failures.find(isRefusal);
  if (!refusal || !here) throw refusal ?? failures[0];
  console.warn(`Bellhop: ${/** @type {Error} */ (refusal).message}. Until then training shares the page's thread.`);
  return open(await here(), attempt, false);
}

/** Whether the page's policy forbids the worker itself. @param {unknown} error */
const isRefusal = (error) => error instanceof PolicyError && error.need.isWorker;

/** @param {Start} start @param {Attempt} attempt */
async function startOne(start, attempt) {
  const watch = watchPolicy(WORKER);
  try {
    return await open(await start(), attempt, true);
  } catch (error) {
    throw error instanceof WorkerFailure ? await watch.explain(error) : error;
  } finally {
    watch.end();
  }
}

/** A trainer at the other end of a port, which loads the module by itself. @param {ConnectOptions & { port: any }} options @returns {Promise<Trainer>} */
export function connectOver({ port, wasmUrl, wasmBinary, simd, text, timeout = TIMEOUT_MS }) {
  const url = wasmUrl === undefined ? undefined : new URL(wasmUrl, globalThis.location?.href).href;
  return within(timeout, () => 'the other end of the port did not answer', (signal) => {
    const line = new Line(port, () => port.close?.());
    signal.addEventListener('abort', () => line.break(signal.reason));
    port.addEventListener?.('close', () => line.break(new WorkerFailure('its port was closed'))); // as Node does when the thread ends
    return opened(line, async () => line.call('open', undefined, [{ simd, text, timeout, wasmUrl: url, wasmBinary: await wasmBinary }]), true);
  });
}

/** @param {Worker} worker @param {Attempt} attempt @param {boolean} isOffThread */
async function open(worker, { compiled, signal, told }, isOffThread) {
  if (signal.aborted) worker.terminate();
  signal.throwIfAborted();
  const line = new Line(/** @type {any} */ (worker), () => worker.terminate());
  const lifeline = isOffThread ? `bellhop ${Math.random()}` : undefined;
  const watch = () => watchLifeline(String(lifeline), () => line.break(new WorkerFailure('it ended by itself, or the browser ended it')));
  listen(worker, (error) => line.break(error), watch);
  signal.addEventListener('abort', () => line.break(signal.reason));
  /** @param {WebAssembly.Module} module */
  const start = async (module) => {
    told('the worker did not answer');
    try {
      return await line.call('open', undefined, [{ wasmBinary: module, lifeline }]);
    } catch (error) {
      const { status, message } = /** @type {BellhopError} */ (error);
      throw status === 'BH_ERR_LOAD' && !line.isBroken ? new WebAssembly.CompileError(message) : error;
    }
  };
  return opened(line, () => firstThatRuns(compiled, start), isOffThread);
}

/** Hears of a worker whose script does not run, and of one that holds its lock. @param {Worker} worker @param {(error: BellhopError) => void} lose @param {() => void} watch */
function listen(worker, lose, watch) {
  worker.onerror = (event) => {
    event.preventDefault?.();
    lose(new WorkerFailure(event.message || `its script could not be loaded; ${HINT}`));
  };
  worker.addEventListener?.('message', ({ data }) => {
    const { violation, failed, url, held } = Object(data);
    if (violation) lose(new PolicyError(scriptAt(url), violation));
    else if (failed) lose(new WorkerFailure(`its script could not be loaded from ${url}: ${failed}; ${HINT}`));
    else if (held) watch();
  });
}

/** @param {string} url @returns {import('../lib/policy.mjs').Need} */
const scriptAt = (url) => ({ what: `the worker's script ${url}`, isWorker: true, directive: 'script-src', source: () => sourceOf(url), isIn: () => true });

/** @param {Line} line @param {() => Promise<any>} call @param {boolean} isOffThread */
async function opened(line, call, isOffThread) {
  try {
    const answer = await call();
    if (!answer?.catalog) throw new WorkerFailure('its script does not call serve()');
    return new Trainer(line, answer, isOffThread);
  } catch (error) {
    line.break(/** @type {BellhopError} */ (error));
    throw error;
  }
}

/** A function that is called once, however often it is asked. @template T @param {() => Promise<T>} make */
function once(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => (made ??= make());
}

// ---- starting ----

/** A worker of the script at a URL. One of another origin cannot be a worker, but a script of ours that imports it can. @param {string | URL} workerUrl */
export function startAt(workerUrl) {
  const url = new URL(workerUrl, globalThis.location?.href);
  return url.origin === globalThis.origin ? attempt(() => new Worker(trusted(url), { type: 'module', name: 'bellhop' })) : startImporting(url);
}

/** A worker that imports the script at a URL, and says why where it cannot: of that the page hears nothing. @param {URL} url */
export function startImporting({ href }) {
  const text = JSON.stringify(href);
  return startSource(`const url = ${text}, held = [], hold = (event) => held.push(event);
addEventListener('message', hold);
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, originalPolicy, disposition }) => {
  if (disposition !== 'report') postMessage({ violation: { effectiveDirective, blockedURI, originalPolicy }, url });
});
import(url).then(() => {
  removeEventListener('message', hold);
  for (const event of held) onmessage(event);
}, ({ message }) => setTimeout(() => postMessage({ failed: message, url }), 50));`);
}

/** A worker of a script's text. @param {string} source  without imports or exports */
export function startSource(source) {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  // Chromium starts no module of a blob where there is no origin, as in a sandboxed frame; a classic script it does.
  const worker = attempt(() => new Worker(trusted(url), { type: globalThis.origin === 'null' ? 'classic' : 'module', name: 'bellhop' }));
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true }); // it runs: its text may go
  return worker;
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
