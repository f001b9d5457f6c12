// SPDX-License-Identifier: MIT
// bellhop-run as a child process: the frames of src/native/bellhop_run.c, one question at a time. The child ends when its input does: with
// this process, however that ends.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { STATUS } from '../lib/wasm.mjs';
import { UsageError } from './args.mjs';

/** What both ends say; PROTOCOL of bellhop_run.c. */
const PROTOCOL = '1';
const HEAD_BYTES = 8;
/** It says hello at once, also where many others start. */
const HELLO_MS = 30_000;
/** So much of what it writes to stderr is told where it ends by itself. */
const STDERR_LETTERS = 500;

/** @typedef {{ kind: string, bytes: Buffer }} Frame */
/** @typedef {{ records: Float64Array[], answer: Frame }} Answer */
/** @typedef {'RUN' | 'STEPS' | 'SAVE' | 'EVALUATE' | 'FINGERPRINT'} Question */

/** @type {Record<Question, string>} */
const KINDS = { RUN: 'R', STEPS: 'S', SAVE: 'C', EVALUATE: 'E', FINGERPRINT: 'F' };
const RECORDS = 'r', ERROR = 'x';

const BUILT = fileURLToPath(new URL('../../build/out/native/bellhop-run', import.meta.url));

/** The process ended, or never began: the run that it had is gone with it. */
export class LostError extends Error {}

/** The program that --native stands for, if it was typed. @param {ReadonlyMap<string, string | true>} flags @param {{ env: string, envFile?: string }} plan */
export function nativeFor(flags, { env, envFile }) {
  if (!flags.has('native')) return undefined;
  if (envFile !== undefined) throw new UsageError(`--native is for the environments that bellhop has in C, and ${env} is JavaScript: leave it out`);
  return nativeProgram();
}

/** Where it is; throws where it is not, with how to make it. @returns {string} */
export function nativeProgram() {
  const given = process.env.BELLHOP_RUN;
  if (existsSync(given ?? BUILT)) return given ?? BUILT;
  if (given !== undefined) throw new UsageError(`--native: BELLHOP_RUN is ${given}, which is not there`);
  throw new UsageError('--native needs the program bellhop-run, which is not built here: npm run build:native, in a checkout of Bellhop, makes it where CMake and a C compiler are, and BELLHOP_RUN names one that is elsewhere (docs/native.md); without --native the same run takes longer and comes to the same bits');
}

/** Numbers of a frame. @param {Buffer} bytes */
export const numbersOf = ({ buffer, byteOffset, length }) => new Float64Array(buffer.slice(byteOffset, byteOffset + length));

/** Whole numbers of 32 bits. @param {Buffer} bytes */
const wordsOf = ({ buffer, byteOffset, length }) => new Int32Array(buffer.slice(byteOffset, byteOffset + length));

/** Refuses a program that does not start, or is of another version. @param {string} program @param {string} version */
export async function checkNative(program, version) {
  await (await NativeProcess.start(program, version)).end();
}

export class NativeProcess {
  #child;
  #ended;
  #stderr = '';
  /** What has come and is no whole frame yet. @type {Buffer[]} */
  #chunks = [];
  #length = 0;
  /** How long the frame is that begins with it. */
  #wanted = HEAD_BYTES;
  /** Those since the last question. @type {Frame[]} */
  #frames = [];
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: unknown) => void } | undefined} */
  #asking;
  /** Why there is no process. @type {LostError | undefined} */
  #lost;

  /** @param {string} program */
  constructor(program) {
    this.#child = spawn(program, { stdio: 'pipe' });
    this.#child.stdout.on('data', (chunk) => this.#take(chunk));
    this.#child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-STDERR_LETTERS);
    });
    this.#child.stdin.on('error', () => {}); // the child is gone, and its end says so
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', resolve).on('error', resolve);
    });
    this.#child.on('error', (error) => this.#lose(`${program} could not be started: ${error.message}`));
    this.#child.on('close', (code, signal) => this.#lose(`${program} has ended (${signal ?? `exit code ${code}`})${this.#stderr === '' ? '' : `: ${this.#stderr.trim()}`}`));
  }

  /** Starts one and hears its hello. @param {string} program @param {string} version  of this library */
  static async start(program, version) {
    const child = new NativeProcess(program);
    const timer = setTimeout(() => {
      child.#lose(`${program} has said nothing within ${HELLO_MS / 1000} s, and is not bellhop-run`);
      child.#child.kill('SIGKILL');
    }, HELLO_MS);
    const { answer: { bytes } } = await child.#next().finally(() => clearTimeout(timer));
    const hello = String(bytes);
    if (hello === `bellhop-run ${PROTOCOL} ${version}`) return child;
    await child.end();
    throw new Error(`${program} is of another version (${hello}): npm run build:native makes it anew`);
  }

  /** @param {string} why */
  #lose(why) {
    this.#lost ??= new LostError(why);
    this.#asking?.reject(this.#lost);
    this.#asking = undefined;
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#wanted) {
      const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      this.#chunks = [all];
      const end = HEAD_BYTES + (wordsOf(all.subarray(0, HEAD_BYTES))[1] >>> 0);
      this.#wanted = end;
      if (all.length < end) return;
      this.#chunks = [all.subarray(end)];
      this.#length = all.length - end;
      this.#wanted = HEAD_BYTES;
      this.#add({ kind: String.fromCharCode(wordsOf(all.subarray(0, HEAD_BYTES))[0]), bytes: all.subarray(HEAD_BYTES, end) });
    }
  }

  /** Records come before the answer. @param {Frame} frame */
  #add(frame) {
    this.#frames.push(frame);
    if (frame.kind === RECORDS) return;
    const records = this.#frames.splice(0).slice(0, -1).map(({ bytes }) => numbersOf(bytes));
    if (frame.kind === ERROR) this.#asking?.reject(errorOf(frame.bytes));
    else this.#asking?.resolve({ records, answer: frame });
    this.#asking = undefined;
  }

  /** @returns {Promise<Answer>} */
  #next() {
    return new Promise((resolve, reject) => {
      if (this.#lost) reject(this.#lost);
      else this.#asking = { resolve, reject };
    });
  }

  /** @param {Question} question @param {readonly number[] | Uint8Array} content @returns {Promise<Answer>} */
  ask(question, content) {
    const body = content instanceof Uint8Array ? content : new Uint8Array(Float64Array.from(content).buffer);
    const answer = this.#next();
    this.#child.stdin.write(new Uint8Array(Uint32Array.of(KINDS[question].charCodeAt(0), body.length).buffer));
    this.#child.stdin.write(body);
    return answer;
  }

  /** It has no more to do; resolves when it is gone. */
  async end() {
    this.#child.stdin.end();
    await this.#ended;
  }
}

/** @param {Buffer} bytes  struct { i32 status; char message[]; } */
function errorOf(bytes) {
  const [status] = wordsOf(bytes.subarray(0, 4));
  return new BellhopError(STATUS[status] ?? 'BH_ERR_STATE', bytes.toString('utf8', 4));
}
