// SPDX-License-Identifier: MIT
// Code of an environment that would end this process, or this thread, without a word: an error that nobody catches, a promise that is rejected
// while nobody waits for it, process.exit and its kin (and process.chdir, after which files would go elsewhere). The run under way hears of it; what no run hears is told when the command ends.
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { thrownText } from '../lib/definition.mjs';
import { breathe } from '../lib/loop.mjs';
import { shown } from '../lib/messages.mjs';

/** The calls that end a process. Node's types do not have reallyExit, which process.exit comes to. @type {any} */
const calls = process;
const { exit, reallyExit, abort, kill } = calls;

/** Who hears of it: the last one. @type {((text: string) => void)[]} */
const guards = [];

/** Whose code it will have been, where no run is under way: a file. */
let suspect = '';

/** The first that no guard heard. @type {string | undefined} */
let untold;

/** Whether the command has said all; what timers do then is of no interest. */
let isOver = false;

/** From here on nothing is told any more. */
export function beOver() {
  isOver = true;
}

/** Ends the process. @param {number} code @returns {never} */
export function leave(code) {
  isOver = true;
  Object.assign(calls, { exit, reallyExit, abort, kill });
  return process.exit(code);
}

/** Hears of everything that would end this process, or this thread, as it is. */
export function listenForStrays() {
  process.on('uncaughtException', (error) => tell(`nobody caught ${thrownText(error)}`));
  process.on('unhandledRejection', (error) => tell(`a promise was rejected, and nobody caught ${thrownText(error)}`));
  if (isMainThread) process.on('exit', onExit);
}

/** In a thread without a run it is the thread's end that counts. @param {string} text */
function tell(text) {
  const guard = guards.at(-1);
  if (guard) return guard(text);
  if (isOver) return;
  untold ??= text;
  if (suspect !== '' || !isMainThread) return;
  process.stderr.write(`bellhop: ${text.replaceAll('\n', ' ')}\n`);
  leave(1);
}

/** A process ends by itself where nothing is left to wait for, even if somebody waits. */
function onExit() {
  if (isOver) return;
  const text = withUntold(undefined) ?? `${suspect === '' ? 'the command' : suspect}: awaits a promise that is never settled`;
  process.stderr.write(`bellhop: ${text.replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
}

/** The message of a command's end, with what was not told yet; undefined where there is neither. @param {string | undefined} message */
export function withUntold(message) {
  if (untold === undefined || message?.includes(untold)) return message;
  const text = suspect === '' ? untold : `${suspect}: ${untold}`;
  return message === undefined ? text : `${message}; ${text}`;
}

/**
 * Calls `use` with a signal that aborts when `signal` does, or when code of others would end the process; what that was is thrown in the end, also
 * where the code itself has caught it.
 * @template T @param {string} name  whose code it is then: an environment's id, a file @param {AbortSignal | undefined} signal
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

// ---- calls that end the process ----

/**
 * From here on code runs that others wrote: what would end the process, or have its files written elsewhere, throws, so that a run is not lost.
 * @param {string} file  where it is
 */
export function beforeCodeOf(file) {
  suspect = file;
  for (const name of ['exit', 'reallyExit', 'abort']) calls[name] = (/** @type {unknown[]} */ ...args) => refuse(name, args);
  calls.kill = (/** @type {unknown[]} */ ...args) => isOwn(args) ? refuse('kill', args) : kill.apply(process, args);
  calls.chdir = (/** @type {unknown[]} */ ...args) => refuse('chdir', args, 'the files of the command are in the folder where it began; paths may start from import.meta.url');
  syncBuiltinESMExports();
}

/** Whether it is this process that gets a signal: alone, with its group, or with all there are. Signal 0 only asks. @param {unknown[]} args */
function isOwn([pid, signal]) {
  return signal !== 0 && [process.pid, -process.pid, 0, -1].includes(Number(pid));
}

/** Told at once, since the code may catch what is thrown. @param {string} name @param {unknown[]} args @param {string} [but] @returns {never} */
function refuse(name, args, but = 'an environment returns or throws') {
  const text = `process.${name}(${args.map(shown).join(', ')}) was called, but ${but}`;
  tell(text);
  throw new Error(text);
}
