// SPDX-License-Identifier: MIT
// One command at a time in a folder: bellhop.lock says which process writes there. A process is known by its number and the time it
// started, so a number that was given away again is not taken for it; the lock of a process that is no more is taken over.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { entryAt, makeFile, move, removeFile } from './durable.mjs';

/** @typedef {{ pid: number, started?: string, host: string }} Holder */

export const LOCK = 'bellhop.lock';
const ATTEMPTS = 20; // a lock that is empty is being written, or its process ended meanwhile
const ATTEMPT_MS = 10;

/** When a process started, in no unit but the same whenever one asks; null if there is none, undefined if it cannot be known. @param {number} pid */
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return null;
  }
  return process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid);
}

/** Clock ticks since the machine started, with what tells that start from others. @param {number} pid */
function startOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null; // it has ended, and its parent has not looked yet
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[18]}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function startFromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } });
  return stdout?.trim() || undefined;
}

/** Of another machine, which shares the folder, nothing can be known. @param {Holder} holder */
function isThere({ pid, started, host }) {
  if (host !== hostname()) return true;
  const now = startOf(pid);
  return now !== null && (now === undefined || started === undefined || now === started);
}

/** @param {string} file */
function unusable(file) {
  return `${file} can be neither made nor read; remove it`;
}

/** What a lock says; undefined if it says nothing, null if it is gone. @param {string} file @returns {{ text: string, holder?: Holder } | null} */
function read(file) {
  const found = entryAt(file);
  if (found === undefined) return null;
  if (!found.isFile() && !found.isDirectory()) throw new Error(unusable(file)); // no link is followed, and a pipe would be waited for
  let text = '';
  for (let attempt = 0; text === '' && attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ATTEMPT_MS);
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
      throw Object.assign(/** @type {Error} */ (error), { file });
    }
  }
  try {
    const holder = JSON.parse(text);
    return { text, ...Number.isInteger(holder?.pid) && typeof holder.host === 'string' && { holder } };
  } catch {
    return { text };
  }
}

/** What holds a folder, as a sentence; undefined if nothing does. @param {string} path */
export function holderOf(path) {
  const holder = read(join(path, LOCK))?.holder;
  if (holder === undefined || !isThere(holder)) return undefined;
  const { pid, host } = holder;
  if (host !== hostname()) return `${path} is in use by process ${pid} of the computer ${host}; if that has ended, remove ${join(path, LOCK)}`;
  return `${path} is in use by another bellhop (process ${pid}); wait until it ends, or give another folder`;
}

/** Takes a lock away whose process has ended, if it is still that one: another command may have been faster. @param {string} file @param {string} text */
function clear(file, text) {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    move(file, aside);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside)?.text === text) removeFile(aside);
  else move(aside, file);
}

/**
 * Takes a folder; throws a sentence where another process has it.
 * @param {string} path  there already
 * @returns {{ release: () => void }}
 */
export function lock(path) {
  const file = join(path, LOCK);
  const mine = `${JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? undefined, host: hostname() })}\n`;
  for (let attempt = 0; !makeFile(file, mine); attempt++) {
    const held = holderOf(path);
    if (held !== undefined) throw new Error(held);
    if (attempt === ATTEMPTS) throw new Error(unusable(file));
    const found = read(file);
    if (found !== null) clear(file, found.text);
  }
  const release = () => {
    process.off('exit', release);
    if (read(file)?.text === mine) removeFile(file);
  };
  process.on('exit', release); // a command that ends in the middle leaves none behind
  return { release };
}
