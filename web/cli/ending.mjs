// SPDX-License-Identifier: MIT
// How a command ends before its work is done: signals, and a reader that has closed the pipe. What runs is told, writes what it has reached,
// and the process ends with the code of the reason.
import process from 'node:process';
import { WriteError, writeProblem } from './durable.mjs';
import { beOver, leave, listenForStrays } from './stray.mjs';

/** @typedef {{ code: number, isQuiet?: boolean }} Reason  isQuiet: nobody reads any more */

/** Exit codes of signals: 128 and their number. */
const SIGNALS = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });

/** The exit code of a reader that has closed the pipe: what a shell says of SIGPIPE, 128 and 13. */
const PIPE_CLOSED = 141;

/** A run came to its end, and its numbers are no numbers any more: everything is written. */
export class DivergedError extends Error {
  /** @param {string} name  of the run, or of several */
  constructor(name) {
    super(`${name} diverged: a loss or a parameter is not a finite number; lower --learning-rate, or --max-grad-norm where the algorithm has it`);
  }
}

/** What runs in this process, each to be told of a reason to end. @type {Set<(reason: Reason) => void>} */
const running = new Set();

/** Whether it is told already that stdout or stderr takes no more. */
let isOutputLost = false;

/**
 * Calls `use` with a signal that aborts when the process is to end: Ctrl-C, SIGTERM, SIGHUP, a closed pipe. A second signal ends it as the system
 * does, which needs nobody's turn: an environment may be in the middle of a step, or of the last evaluation.
 * @param {(signal: AbortSignal) => Promise<number>} use  writes what it has reached when it is told to end
 * @returns {Promise<number>} exit code: that of the reason, if there was one
 */
export async function interruptible(use) {
  const stop = new AbortController();
  const tell = (/** @type {Reason} */ reason) => stop.abort(reason);
  const onSignal = (/** @type {keyof typeof SIGNALS} */ name) => {
    unhear();
    tell({ code: SIGNALS[name] });
  };
  const names = /** @type {(keyof typeof SIGNALS)[]} */ (Object.keys(SIGNALS));
  const unhear = () => names.forEach((name) => process.off(name, onSignal));
  names.forEach((name) => process.on(name, onSignal));
  running.add(tell);
  try {
    const code = await use(stop.signal);
    return stop.signal.aborted ? /** @type {Reason} */ (stop.signal.reason).code : code;
  } finally {
    running.delete(tell);
    unhear();
  }
}

/** Says on stderr what a stop has left, if there was one and somebody reads. @param {AbortSignal} signal @param {string} text */
export function noteStop(signal, text) {
  if (signal.aborted && !signal.reason.isQuiet) process.stderr.write(`bellhop: stopped; ${text}\n`);
}

/**
 * `bellhop … | head` closes the pipe, and a terminal that is gone takes no more: that is an end, not an error, and needs no sentence. A full disk is one.
 * @param {NodeJS.ErrnoException} error
 */
function onOutputError(error) {
  const { code } = error;
  const isGone = code === 'EPIPE' || code === 'EIO';
  if (!isGone && !isOutputLost) process.stderr.write(`bellhop: the output could not be written: ${writeProblem(error)}\n`);
  isOutputLost = true;
  const reason = { code: code === 'EPIPE' ? PIPE_CLOSED : 1, isQuiet: true };
  if (running.size === 0) leave(reason.code);
  running.forEach((tell) => tell(reason));
}

/** Ends the process, whatever timers and sockets an environment has left. @param {number} code */
export async function end(code) {
  beOver();
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((done) => {
      stream.write('', done);
    });
  }
  leave(code);
}

/** Hears of everything that would end this process, or this thread, as it is. */
export function listen() {
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', onOutputError);
  listenForStrays();
}

/**
 * Calls `use`, then `end` with what that came to, or with false where it failed.
 * @param {() => Promise<boolean>} use @param {(isComplete: boolean, hasFailed: boolean) => void} end
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
  const last = await errorOf(() => end(isComplete, first !== undefined));
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
