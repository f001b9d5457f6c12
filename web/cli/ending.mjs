// SPDX-License-Identifier: MIT
// How a command ends before its work is done: signals, a reader that has closed the pipe, and code of an environment that throws where
// nobody catches it or calls process.exit. What runs is told, writes what it has reached, and the process ends with the code of the reason.
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { thrownText } from '../lib/definition.mjs';
import { breathe } from '../lib/loop.mjs';
import { WriteError } from './durable.mjs';

/** @typedef {{ code: number, isQuiet?: boolean }} Reason  isQuiet: nobody reads any more */

/** Exit codes of signals: 128 and their number. */
const SIGNALS = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });

/** An environment's code may call what process.exit is then. */
const exit = process.exit.bind(process);

/** What runs in this process, each to be told of a reason to end. @type {Set<(reason: Reason) => void>} */
const running = new Set();

/** Who hears of errors that nobody caught: the last one. @type {((text: string) => void)[]} */
const guards = [];

/** Whose code it will have been, where no run is under way: a file. */
let suspect = '';

/** The command has said all, and what its timers do now is of no interest. */
let isOver = false;

// ---- signals and pipes ----

/**
 * Calls `use` with a signal that aborts when the process is to end: Ctrl-C, SIGTERM, SIGHUP, a closed pipe. A second signal does not wait.
 * @param {(signal: AbortSignal) => Promise<number>} use  writes what it has reached when it is told to end
 * @returns {Promise<number>} exit code: that of the reason, if there was one
 */
export async function interruptible(use) {
  const stop = new AbortController();
  const tell = (/** @type {Reason} */ reason) => stop.abort(reason);
  const onSignal = (/** @type {keyof typeof SIGNALS} */ name) => {
    if (stop.signal.aborted) exit(SIGNALS[name]);
    tell({ code: SIGNALS[name] });
  };
  const names = /** @type {(keyof typeof SIGNALS)[]} */ (Object.keys(SIGNALS));
  names.forEach((name) => process.on(name, onSignal));
  running.add(tell);
  try {
    const code = await use(stop.signal);
    return stop.signal.aborted ? /** @type {Reason} */ (stop.signal.reason).code : code;
  } finally {
    running.delete(tell);
    names.forEach((name) => process.off(name, onSignal));
  }
}

/** Says on stderr what a stop has left, if there was one and somebody reads. @param {AbortSignal} signal @param {string} text */
export function noteStop(signal, text) {
  if (signal.aborted && !signal.reason.isQuiet) process.stderr.write(`bellhop: stopped; ${text}\n`);
}

/** `bellhop … | head` closes the pipe, and a terminal that is gone takes no more: that is an end, not an error. @param {NodeJS.ErrnoException} error */
function onOutputError({ code }) {
  const reason = { code: code === 'EPIPE' ? 0 : 1, isQuiet: true };
  if (running.size === 0) exit(reason.code);
  running.forEach((tell) => tell(reason));
}

/** Ends the process, whatever timers and sockets an environment has left. @param {number} code */
export async function end(code) {
  isOver = true;
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((done) => {
      stream.write('', done);
    });
  }
  exit(code);
}

// ---- code that throws where nobody catches it ----

/** Hears of everything that would end this process, or this thread, as it is. */
export function listen() {
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', onOutputError);
  process.on('uncaughtException', (error) => tellStray(`nobody caught ${thrownText(error)}`));
  process.on('unhandledRejection', (error) => tellStray(`a promise was rejected, and nobody caught ${thrownText(error)}`));
}

/** In a thread without a run it is the thread's end that counts. @param {string} text */
function tellStray(text) {
  const guard = guards.at(-1);
  if (guard) return guard(text);
  if (isOver || !isMainThread) return;
  process.stderr.write(`bellhop: ${suspect === '' ? '' : `${suspect}: `}${text.replaceAll('\n', ' ')}\n`);
  exit(1);
}

/**
 * Calls `use` with a signal that aborts when `signal` does, or when an error comes from a timer or a promise that nobody waits for; such an
 * error is thrown in the end.
 * @template T @param {string} name  whose code it is then: an environment's id @param {AbortSignal | undefined} signal
 * @param {(signal: AbortSignal) => Promise<T>} use @returns {Promise<T>}
 */
export async function guarded(name, signal, use) {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  /** @type {string | undefined} */
  let stray;
  const guard = (/** @type {string} */ text) => {
    stray ??= `${name}: ${text}`;
    stop.abort();
  };
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  guards.push(guard);
  try {
    const result = await use(stop.signal);
    await breathe(); // promises that the last step rejected are told of now
    if (stray !== undefined) throw new Error(stray);
    return result;
  } finally {
    guards.splice(guards.indexOf(guard), 1);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** From here on code runs that others wrote: process.exit throws, so that a run is not lost. @param {string} file  where it is */
export function beforeCodeOf(file) {
  suspect = file;
  process.exit = (code) => {
    throw new Error(`process.exit(${code ?? ''}) was called, but an environment returns or throws`);
  };
  syncBuiltinESMExports();
}

/**
 * Calls `use`, then `end` with what that came to, or with false where it failed.
 * @param {() => Promise<boolean>} use @param {(isComplete: boolean) => void} end
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function toTheEnd(use, end) {
  let isComplete = false;
  /** @type {unknown} */
  let first;
  try {
    isComplete = await use();
  } catch (error) {
    first = error;
  }
  const last = await errorOf(() => end(isComplete));
  if (first === undefined || (first instanceof WriteError && last !== undefined)) return last; // both say it
  const { message } = /** @type {Error} */ (first);
  return last === undefined ? message : `${message}; ${last}`;
}

/** The message of the error that `use` ends with. @param {() => unknown} use @returns {Promise<string | undefined>} */
export async function errorOf(use) {
  try {
    await use();
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}
