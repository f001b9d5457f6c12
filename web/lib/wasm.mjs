// SPDX-License-Identifier: MIT
// The loader of bellhop.wasm and the one place that touches its memory.
//
// The module is bare: no generated JavaScript, two imports. SIMD is probed by computing, since some engines
// accept SIMD code and get it wrong; the scalar twin gives the same bits. A view of the memory is made afresh for
// every access, because growing detaches the old ones.
//
// An exception that leaves the module leaves what it was doing half done: its memory is not to be trusted any more. So there is room
// on the engine's stack before a call begins (stack-room.mjs), no exception enters (callOut), and what leaves all the same stops the
// instance: the call throws BH_ERR_STATE with what happened, and so does every later one.
import { BellhopError } from './bellhop-error.mjs';

/** By their numbers in C. @type {Record<number, import('../bellhop.js').Status>} */
export const STATUS = {
  [-1]: 'BH_ERR_MEMORY', [-2]: 'BH_ERR_CONFIG', [-3]: 'BH_ERR_ARGUMENT', [-4]: 'BH_ERR_STATE',
  [-5]: 'BH_ERR_FORMAT', [-6]: 'BH_ERR_SHAPE', [-7]: 'BH_ERR_UNKNOWN', [-8]: 'BH_ERR_ENV',
};

/** An `op` of the import: whether long work is to return now, see src/core/interrupt.h. */
const INTERRUPT = 6;
/** Bytes of a text from which on it is not in the module's buffer for texts, but in a block of its own, see src/wasm/exports.h. */
const LONG_TEXT = 1 << 18;
/** Of stack-room.mjs: for a call of the module; for one with what is freed after it, which needs less; for something made of many. */
const CALL = 1, SCRATCH = 2, MAKING = 7;
/** What the module may answer to a call of an environment: it failed. */
const FAILED = -1;
/** Computes a known result. */
export const PROBE = 'bhx_probe';
const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** `Symbol.dispose` where the engine has it. @type {typeof Symbol.dispose} */
export const DISPOSE = /** @type {any} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

/** Blocks that live until the function they were made for returns. See Wasm.scratch. */
class Scratch {
  /** @param {Wasm} wasm */
  constructor(wasm) {
    this.wasm = wasm;
    /** @type {[address: number, bytes: number][]} */
    this.blocks = [];
  }

  /** A zeroed block, 64-byte aligned; address 0 for no bytes. @param {number} bytes */
  block(bytes) {
    const address = this.wasm.alloc(bytes);
    this.blocks.push([address, bytes]);
    return address;
  }

  /** A NUL-terminated copy of a string. @param {string} value */
  string(value) {
    return this.bytes(encoder.encode(`${value}\0`));
  }

  /** A copy of the bytes. @param {Uint8Array} value */
  bytes(value) {
    const address = this.block(value.length);
    new Uint8Array(this.wasm.buffer, address, value.length).set(value);
    return address;
  }

  /** A copy of the numbers as i32. @param {ArrayLike<number>} value */
  ints(value) {
    const address = this.block(value.length * 4);
    new Int32Array(this.wasm.buffer, address, value.length).set(value);
    return address;
  }

  /** A copy of the numbers as floats. @param {ArrayLike<number>} value */
  floats(value) {
    const address = this.block(value.length * 4);
    new Float32Array(this.wasm.buffer, address, value.length).set(value);
    return address;
  }

  /** A copy of typed numbers as they are. @param {Float32Array | Float64Array | Int32Array} value */
  copy(value) {
    return this.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  free() {
    for (const [address, bytes] of this.blocks) this.wasm.free(address, bytes);
  }
}

/** The functions of an object, each as `change` makes it. @param {Record<string, any>} functions @param {(fn: any, name: string) => any} change */
const mapped = (functions, change) => Object.fromEntries(Object.entries(functions).filter(([, fn]) => fn.call).map(([name, fn]) => [name, change(fn, name)]));

/** Runs `use`; when it throws, `undo` is called before. @template T @param {() => void} undo @param {() => T} use @returns {T} */
export function undoing(undo, use) {
  try {
    return use();
  } catch (error) {
    undo();
    throw error;
  }
}

/** What gives something back: there is nothing to do once the instance stopped. */
const RELEASES = /free|destroy/;
/** What leaves the module when it trapped, or the engine's stack is full. */
const STOPS = ['RuntimeError', 'RangeError', 'InternalError'];

/** An instance of bellhop.wasm. */
export class Wasm {
  #f32 = new Float32Array(0);
  #step = new DataView(new ArrayBuffer(0));
  /**
   * What the module calls for environments in JavaScript, see src/wasm/script_env.h; custom_env.mjs gives one. Must not throw.
   * @type {(handle: number, op: number, value: number, obs: number, step: number) => number}
   */
  envCall = () => -1;
  /** Why the last of its calls failed. @type {unknown} */
  envFailure = undefined;
  /** Until when long work goes on before it returns, to be called again: of performance.now(). */
  #deadline = Infinity;
  /** Makes a run: where environments are one's own, they may answer its first reset later. @template T @param {() => T} use @returns {T} */
  making = (use) => use();

  #room;
  #isStopped = false;

  /** @param {WebAssembly.Instance} instance @param {(levels: number) => void} room  see stack-room.mjs */
  constructor(instance, room) {
    this.#room = room;
    /** The exported functions, see src/wasm/exports.c. @type {Record<string, (...values: number[]) => number>} */
    this.call = this.#guarded(instance.exports);
    this.memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
    this.call._initialize();
    /** Objects nobody disposed are freed when they are collected. */
    this.lost = new FinalizationRegistry((/** @type {() => void} */ release) => release());
  }

  get buffer() {
    return this.memory.buffer;
  }

  /** Whether this module has language models and the environments of text. */
  get hasText() {
    return 'bhx_pretraining_fields' in this.call;
  }

  /** The functions among them, which stop the instance when something leaves them. @param {WebAssembly.Exports} exports @returns {Record<string, any>} */
  #guarded(exports) {
    const room = this.#room;
    return mapped(exports, (/** @type {any} */ fn) => (/** @type {number[]} */ ...values) => {
      room(CALL);
      try {
        return fn(...values);
      } catch (error) {
        throw this.#stop(error);
      }
    });
  }

  /** What to throw instead of what left the module: that it stopped, unless it was never entered, as with a number that is none. @param {any} cause */
  #stop(cause) {
    if (!STOPS.includes(cause?.name)) return cause;
    const error = () => new BellhopError('BH_ERR_STATE', `bellhop.wasm stopped: ${cause.message}; this instance cannot be used any more, call load() for a new one`, { cause });
    this.#isStopped = true;
    this.call = mapped(this.call, (_, name) => () => {
      if (!RELEASES.test(name)) throw error();
    });
    return error();
  }

  /**
   * Throws the engine's RangeError where its stack is nearly full, before something begins that would leave things behind. And before regular
   * expressions, which V8 compiles when they are used: there, a full stack ends the process.
   */
  need() {
    this.#room(MAKING);
  }

  /** What the module imports; never throws. @param {number} handle @param {number} op @param {number} value @param {number} obs @param {number} step */
  callOut(handle, op, value, obs, step) {
    if (this.#isStopped) return FAILED;
    try {
      return this.envCall(handle, op, value, obs, step);
    } catch (error) {
      this.envFailure = error;
      return FAILED;
    }
  }

  /** All of the memory as floats, until the next call of anything that may allocate. */
  get f32() {
    if (this.#f32.buffer !== this.memory.buffer) this.#f32 = new Float32Array(this.memory.buffer);
    return this.#f32;
  }

  /** Fills a bh_step. @param {number} address @param {number} reward @param {boolean} terminated @param {boolean} truncated */
  writeStep(address, reward, terminated, truncated) {
    if (this.#step.buffer !== this.memory.buffer) this.#step = new DataView(this.memory.buffer);
    const at = address >>> 0;
    this.#step.setFloat64(at, reward, true);
    this.#step.setInt32(at + 8, Number(terminated), true);
    this.#step.setInt32(at + 12, Number(truncated), true);
  }

  /** @param {number} bytes */
  alloc(bytes) {
    const address = bytes < 2 ** 32 ? this.call.bhx_alloc(bytes) >>> 0 : 0; // beyond, the number would wrap around
    if (address === 0 && bytes > 0) throw new BellhopError('BH_ERR_MEMORY', `out of memory: ${bytes} bytes`);
    return address;
  }

  /** @param {number} address @param {number} bytes */
  free(address, bytes) {
    this.call.bhx_free(address, bytes);
  }

  /**
   * Runs `use` with a maker of scratch blocks, all of which are freed afterwards, also when it throws.
   * @template T
   * @param {(scratch: Scratch) => T} use
   * @returns {T}
   */
  scratch(use) {
    this.#room(SCRATCH);
    const scratch = new Scratch(this);
    try {
      return use(scratch);
    } finally {
      scratch.free();
    }
  }

  /** The error of the last failed call. */
  error() {
    const address = this.call.bhx_error() >>> 0;
    const status = new DataView(this.buffer).getInt32(address, true);
    const failure = this.envFailure;
    this.envFailure = undefined;
    if (STATUS[status] === 'BH_ERR_ENV' && failure instanceof Error) return failure;
    return new BellhopError(STATUS[status] ?? 'BH_ERR_STATE', this.text(address + 4));
  }

  /** Throws when a call that returns a status failed; 1 is of one that has not ended. @param {number} status */
  check(status) {
    if (status < 0) throw this.error();
    return status;
  }

  /** Runs `use`, whose long work returns when the time is up. @template T @param {number} milliseconds @param {() => T} use @returns {T} */
  within(milliseconds, use) {
    const before = this.#deadline;
    this.#deadline = performance.now() + milliseconds;
    try {
      return use();
    } finally {
      this.#deadline = before;
    }
  }

  /** Whether it is to return now. */
  get isLate() {
    return performance.now() >= this.#deadline;
  }

  /** Throws when a call that returns a handle failed. @param {number} address */
  handle(address) {
    if (address === 0) throw this.error();
    return address >>> 0;
  }

  /** The NUL-terminated string at an address. @param {number} address */
  text(address) {
    const bytes = new Uint8Array(this.buffer, address >>> 0), end = bytes.indexOf(0);
    const text = decoder.decode(bytes.subarray(0, end));
    if (end >= LONG_TEXT) this.call.bhx_text_free();
    return text;
  }

  /** The JSON at an address, parsed. @param {number} address */
  json(address) {
    return JSON.parse(this.text(this.handle(address)));
  }

  /** A copy of n floats. @param {number} address @param {number} n */
  floats(address, n) {
    return new Float32Array(this.buffer, address >>> 0, n).slice();
  }

  /** A copy of n doubles. @param {number} address @param {number} n */
  doubles(address, n) {
    return new Float64Array(this.buffer, address >>> 0, n).slice();
  }

  /** A copy of n i32. @param {number} address @param {number} n */
  ints(address, n) {
    return new Int32Array(this.buffer, address >>> 0, n).slice();
  }

  /** A copy of n bytes. @param {number} address @param {number} n */
  bytes(address, n) {
    return new Uint8Array(this.buffer, address >>> 0, n).slice();
  }

  /** Bytes the library has allocated and not yet freed. */
  liveBytes() {
    return this.call.bhx_live_bytes();
  }
}

/** Something of the library's memory that JavaScript holds: released once, by hand or by the collector. */
export class Handle {
  #wasm;
  #release;
  #name;
  #alive = true;
  #busy = false;

  /**
   * @param {Wasm} wasm
   * @param {object} owner         when it is collected, the handle is released
   * @param {string} name          what messages call the owner
   * @param {() => void} release   must not refer to the owner
   */
  constructor(wasm, owner, name, release) {
    this.#wasm = wasm;
    this.#release = release;
    this.#name = name;
    wasm.lost.register(owner, release, this);
  }

  /** Throws when the owner was disposed, or is under way. */
  check() {
    this.#checkIdle();
    if (!this.#alive) throw new BellhopError('BH_ERR_STATE', `${this.#name} was disposed and cannot be used any more`);
  }

  /**
   * Runs what may call environments in JavaScript: they cannot use or dispose the owner meanwhile.
   * @template T
   * @param {() => T} use
   * @returns {T}
   */
  during(use) {
    this.check();
    this.#busy = true;
    try {
      return use();
    } finally {
      this.#busy = false;
    }
  }

  #checkIdle() {
    if (this.#busy) throw new BellhopError('BH_ERR_STATE', `${this.#name} is in use: it cannot be used from the reset or step of its own environment`);
  }

  dispose() {
    this.#checkIdle();
    if (!this.#alive) return;
    this.#alive = false;
    this.#wasm.lost.unregister(this);
    this.#release();
  }
}

/** Whether a module is one of the library's. @param {WebAssembly.Module} module */
export const isOurs = (module) => WebAssembly.Module.exports(module).some(({ name }) => name === PROBE);

/**
 * Instantiates a module; a CompileError where it does not run.
 * @param {WebAssembly.Module} module @param {(levels: number) => void} [room]  of stack-room.mjs, where code that may fill the engine's stack uses it
 */
export async function startModule(module, room = () => {}) {
  if (!isOurs(module)) throw new WebAssembly.CompileError(`this is another WebAssembly module: it does not export ${PROBE}`);
  const made = { wasm: /** @type {Wasm | undefined} */ (undefined) };
  const env = {
    /** @param {number} handle @param {number} op @param {number} value @param {number} obs @param {number} step */
    bellhop_env_call: (handle, op, value, obs, step) => op === INTERRUPT ? Number(made.wasm?.isLate)
      : made.wasm ? made.wasm.callOut(handle, op, value, obs, step) : FAILED,
  };
  const wasm = new Wasm(await WebAssembly.instantiate(module, { env }), room);
  made.wasm = wasm;
  if (wasm.call[PROBE]() !== 1) throw new WebAssembly.CompileError('this engine computes SIMD wrongly');
  return wasm;
}
