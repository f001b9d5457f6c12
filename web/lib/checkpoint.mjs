// SPDX-License-Identifier: MIT
// Checkpoints of runs: saving, loading, going on, and the parameters in them. Apart from run.mjs: a page that trains needs none of
// this at first.
import { BellhopError } from './bellhop-error.mjs';
import { FLAG, bytesOf, readOptions } from './given.mjs';
import { shown } from './messages.mjs';
import { WHICH, classOf, whichParameters } from './run.mjs';
import { sha256Of } from './sha256.mjs';
import { describeSetup, lookUp, openScript, useSetup } from './setup.mjs';
import { hosts } from './slots.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('./run.mjs').Run} Run */
/** @typedef {import('./setup.mjs').Script} Script */
/** @typedef {import('./custom-env.mjs').OwnEnv} OwnEnv */
/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {{ env: string | OwnEnv, options: object }} Expected */

const decoder = new TextDecoder();
/** Bytes before the header; what is before the checksum in it; digits of that. */
const PREFIX = 8, CHECKSUM = '{"__metadata__":{"sha256":"', DIGITS = 64;

/**
 * A copy of the bytes a user gives.
 * @param {unknown} bytes
 */
export function asBytes(bytes) {
  const copy = bytesOf('the checkpoint', bytes);
  if (copy) return copy;
  throw new BellhopError('BH_ERR_ARGUMENT', `the checkpoint is ${shown(bytes)}, but must be a Uint8Array or an ArrayBuffer`);
}

// ---- opening ----

/**
 * Makes the setup a checkpoint was saved with, changes it, hands it to `use` and destroys it.
 * @template T
 * @param {Library} library
 * @param {Uint8Array} bytes
 * @param {{ env: string | OwnEnv, envOptions?: object, options?: object }} changes  env: the checkpoint's own id, or what it stands for
 * @param {(setup: number, script: Script) => T} use
 * @returns {T}
 */
export function withCheckpoint(library, bytes, { env, envOptions = {}, options = {} }, use) {
  const { wasm } = library;
  const { entry, own } = lookUp(library, env);
  const script = openScript(wasm, own);
  try {
    return wasm.scratch((scratch) => {
      const setup = wasm.handle(wasm.call.bhx_setup_from_checkpoint(scratch.bytes(bytes), bytes.length, script.address));
      return useSetup(library, setup, { entry, envOptions, options }, () => use(setup, script));
    });
  } finally {
    script.done();
  }
}

/** What a checkpoint says of itself, unchecked; undefined where it is none. @param {Uint8Array} bytes @returns {Record<string, string> | undefined} */
export function metadataOf(bytes) {
  try {
    return JSON.parse(decoder.decode(bytes.subarray(8, 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)))).__metadata__;
  } catch {
    return undefined;
  }
}

/**
 * What a checkpoint is of: the id of its environment, and whether it is full, of a run and not of parameters alone.
 * @param {Wasm} wasm @param {Uint8Array} bytes
 */
export function checkpointInfo(wasm, bytes) {
  const env = wasm.scratch((scratch) => wasm.text(wasm.handle(wasm.call.bhx_checkpoint_env(scratch.bytes(bytes), bytes.length))));
  return { env, isFull: metadataOf(bytes)?.state_entries !== undefined };
}

/** @param {string} key @param {string} saved @param {string} own */
function checkSaved(key, saved, own) {
  if (saved !== own) throw new BellhopError('BH_ERR_SHAPE', `the checkpoint's ${key} is '${saved}', but here it is '${own}'`);
}

/** @param {string} id */
function unknownEnv(id) {
  return new BellhopError('BH_ERR_UNKNOWN', `unknown environment ${shown(id)}, which the checkpoint was saved with; register yours, or pass it to load`);
}

/**
 * The run a full checkpoint is of, or one with a checkpoint's setup and parameters.
 * @param {Library} library
 * @param {unknown} bytes
 * @param {{ algo?: string, env?: Expected, options?: object }} [expected]
 */
export function openCheckpoint(library, bytes, { algo, env, options } = {}) {
  const data = asBytes(bytes);
  const { env: id, isFull } = checkpointInfo(library.wasm, data);
  if (env) checkSaved('env', id, lookUp(library, env.env).entry.id);
  else if (!library.catalog.envs.some((each) => each.id === id)) throw unknownEnv(id);
  const source = env?.env ?? id;
  checkSpaces(data, lookUp(library, source).own?.coding?.signature);
  if (isFull) return resumed(library, data, source, { algo, envOptions: env?.options, options });
  const run = withCheckpoint(library, data, { env: source, envOptions: env?.options, options }, (setup, script) => {
    if (algo !== undefined) checkSaved('algo', describeSetup(library, setup).algo, algo);
    return new (classOf(library, source))(library, setup, script, source);
  });
  try {
    load(run, data);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

/**
 * The run a full checkpoint was saved from, with live options changed where they are given.
 * @param {Library} library @param {Uint8Array} data @param {string | import('./custom-env.mjs').OwnEnv} env
 * @param {{ algo?: string, envOptions?: object, options?: object }} expected
 */
function resumed(library, data, env, { algo, envOptions = {}, options = {} }) {
  const { wasm } = library;
  const host = () => hosts.get(wasm)?.nRestored ?? 0;
  const before = host();
  const run = withCheckpoint(library, data, { env }, (setup, script) => {
    if (algo !== undefined) checkSaved('algo', describeSetup(library, setup).algo, algo);
    return wasm.scratch((scratch) => {
      const bytes = scratch.bytes(data);
      return new (classOf(library, env))(library, setup, script, env, (made) => wasm.call.bhx_run_resume(made, bytes, data.length));
    });
  });
  try {
    changeResumed(run, envOptions, options);
  } catch (error) {
    run.dispose();
    throw error;
  }
  if (lookUp(library, env).own && host() === before && run.timesteps > 0) {
    console.warn(`bellhop: ${run.env.id} begins new episodes, as it was not saved with getState(), or has no setState(): docs/checkpoints.md`);
  }
  return run;
}

/** Sets what is to be otherwise than it was saved; what is not live is refused. @param {Run} run @param {object} envOptions @param {object} options */
function changeResumed(run, envOptions, options) {
  const { setup } = run;
  const now = /** @type {Record<string, any>} */ ({ ...setup.envOptions, ...setup.options });
  const { preset, ...given } = /** @type {Record<string, any>} */ ({ ...envOptions, ...options });
  if (preset !== undefined) throw new BellhopError('BH_ERR_CONFIG', 'a full checkpoint goes on with its own options; a preset is for a new run');
  const changed = Object.entries(given).filter(([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(now[key]));
  if (changed.length > 0) run.set(Object.fromEntries(changed));
}

// ---- spaces ----

/** Throws where a checkpoint is of other spaces than these. @param {Uint8Array} data @param {string | undefined} own  none where the module knows them: it checks those itself */
function checkSpaces(data, own) {
  const saved = metadataOf(data)?.spaces;
  if (saved === own) return;
  const [[obs, actions], [ownObs, ownActions]] = [partsOf(saved), partsOf(own)];
  const [what, theirs, ours] = obs !== ownObs ? ['observations', obs, ownObs] : ['actions', actions, ownActions];
  throw new BellhopError('BH_ERR_SHAPE', `the checkpoint was saved with another space of ${what}, ${theirs}, but here it is ${ours}`);
}

/** What is said of the two spaces. @param {string | undefined} signature @returns {string[]} */
function partsOf(signature) {
  if (signature === undefined) return ['a Discrete or a Box of float32', 'a Discrete or a Box of float32'];
  try {
    return JSON.parse(signature).map((/** @type {unknown} */ part) => JSON.stringify(part));
  } catch {
    return [signature, signature];
  }
}

/** The same checkpoint, with the spaces of the run in its metadata: after its checksum, which is of all else, and made anew. @param {Run} run @param {Uint8Array} bytes */
function withSpaces({ coding }, bytes) {
  if (!coding) return bytes;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true), at = PREFIX + CHECKSUM.length + DIGITS;
  const entry = new TextEncoder().encode(`","spaces":${JSON.stringify(coding.signature)}`);
  const padding = (8 - (entry.length - 1) % 8) % 8, header = size + entry.length - 1 + padding; // the quote after the checksum is there already
  const out = new Uint8Array(PREFIX + header + bytes.length - PREFIX - size).fill(0x20);
  out.set(bytes.subarray(0, at));
  new DataView(out.buffer).setUint32(0, header, true);
  out.set(entry, at);
  out.set(bytes.subarray(at + 1, PREFIX + size), at + entry.length);
  out.set(bytes.subarray(PREFIX + size), PREFIX + header);
  out.fill(0x30, at - DIGITS, at);
  out.set(new TextEncoder().encode(sha256Of(out)), at - DIGITS);
  return out;
}

// ---- saving and loading ----

/** Options of save(). */
export const SAVE = Object.freeze({ ...WHICH, full: FLAG });

/** A checkpoint; a full one is of the run and goes on where it was saved. @param {Run} run @param {import('../bellhop.js').SaveOptions} [options] */
export function save(run, options = {}) {
  const { full = false, which: given } = readOptions('save', options, SAVE);
  run.check();
  if (full && given !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', 'which is for parameters alone; a full checkpoint has the current and the best');
  if (full) {
    run.needStill();
    return withSpaces(run, saveFull(run));
  }
  const which = whichParameters(given);
  return withSpaces(run, run.use((wasm, address) => {
    const size = needSize(wasm.call.bhx_run_save(address, which, 0, 0) >>> 0);
    return wasm.scratch((scratch) => {
      const at = scratch.block(size);
      wasm.call.bhx_run_save(address, which, at, size);
      return wasm.bytes(at, size);
    });
  }));
}

/** @param {number} size */
function needSize(size) {
  if (size === 0) throw new BellhopError('BH_ERR_CONFIG', 'the options are too long to be saved: a file has room for 80 KB of them');
  return size;
}

/** @param {Run} run */
function saveFull(run) {
  const write = (/** @type {number} */ at, /** @type {number} */ room) => run.during((wasm, address) => {
    const size = wasm.call.bhx_run_save_full(address, at, room);
    if (size < 0) throw wasm.error();
    return needSize(size);
  });
  for (let size = write(0, 0); ;) {
    const bytes = run.use((wasm) => wasm.scratch((scratch) => {
      const at = scratch.block(size), needed = write(at, size);
      if (needed <= size) return wasm.bytes(at, needed);
      size = needed; // an environment of one's own has more to say than a moment ago
      return null;
    }));
    if (bytes) return bytes;
  }
}

/** Takes a checkpoint's parameters. @param {Run} run @param {unknown} bytes */
export function load(run, bytes) {
  run.check();
  run.needStill();
  const data = asBytes(bytes);
  if (metadataOf(data)) checkSpaces(data, run.coding?.signature);
  run.use((wasm, address) => wasm.scratch((scratch) => wasm.check(wasm.call.bhx_run_load(address, scratch.bytes(data), data.length))));
}

/**
 * Takes those of a checkpoint's parameters that have the names of its own, whatever it was saved from.
 * @param {Run} run @param {unknown} bytes
 * @returns {number} how many tensors
 */
export function loadParameters(run, bytes) {
  run.check();
  run.needStill();
  const data = asBytes(bytes);
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    const loaded = wasm.call.bhx_run_load_parameters(address, scratch.bytes(data), data.length);
    wasm.check(Math.min(loaded, 0));
    return loaded;
  }));
}

// ---- parameters ----

/**
 * Copies of the parameters, in the orientation of a checkpoint.
 * @param {Run} run @param {{ which?: import('../bellhop.js').Which }} [options]
 */
export function parameters(run, options = {}) {
  const which = whichParameters(readOptions('parameters', options, WHICH).which);
  return run.use((wasm, address) => {
    /** @type {{ name: string, dtype: string, shape: number[], extent: number[], stride: number[], address: number }[]} */
    const tensors = wasm.json(wasm.call.bhx_run_tensors(address, which));
    return Object.fromEntries(tensors.map(({ name, dtype, shape, extent, stride, address: at }) => {
      const n = 1 + extent.reduce((last, size, i) => last + (size - 1) * stride[i], 0); // of a slice: what lies between is read too
      const data = dtype === 'F64' ? wasm.doubles(at, n) : wasm.floats(at, n);
      return [name, { shape, data: inFileOrder(data, extent, stride) }];
    }));
  });
}

/** Whether all parameters are finite numbers. @param {Run} run */
export const areFinite = (run) => Object.values(parameters(run)).every(({ data }) => data.every(Number.isFinite));

/**
 * A tensor's numbers as its checkpoint orders them: the walk that `bh_tensor` of src/io/checkpoint.h describes.
 * @template {Float32Array | Float64Array} T
 * @param {T} data
 * @param {number[]} extent
 * @param {number[]} stride
 * @returns {T}
 */
export function inFileOrder(data, extent, stride) {
  const out = /** @type {T} */ (data.slice(0, extent.reduce((product, size) => product * size, 1)));
  let n = 0;
  /** @param {number} dimension @param {number} from */
  const walk = (dimension, from) => {
    if (dimension === extent.length) out[n++] = data[from];
    else for (let i = 0; i < extent[dimension]; i++) walk(dimension + 1, from + i * stride[dimension]);
  };
  walk(0, 0);
  return out;
}
