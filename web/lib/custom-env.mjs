// SPDX-License-Identifier: MIT
// Environments of one's own, in JavaScript, by Gymnasium's contract. The module calls them through one import
// (src/wasm/script_env.h): reset and step check what they return and write it into the module's memory. An error never
// passes through the module's frames: it is kept, the module is told that the call failed, ends what it was doing, and
// the error is thrown to whoever had called the module.
//
// Where reset or step returns a Promise, the module is told that the answer is pending. It returns to whoever had called it, who
// waits for what is owed (Host.ask) and calls again; the module then asks for the same once more, and gets the answer.
import { codingOf } from './coding.mjs';
import { actionText, boundsOf, closeInstance, outOfBounds, readDefinition, rewardProblem, thrownText } from './definition.mjs';
import { copied, isA } from './given.mjs';
import { shown } from './messages.mjs';
import { readMask } from './action-mask.mjs';
import { openTable, readConfig } from './own-options.mjs';
import { describeOwn, paintOwn } from './own-picture.mjs';
import { readState, writeState } from './env-state.mjs';
import { hosts } from './slots.mjs';
import { floatsOf } from './space.mjs';
import { readObservation } from './space-values.mjs';
import { WaitingRun } from './waiting-run.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('../bellhop.js').CustomEnv} Instance */
/** @typedef {{ observationSpace: import('../bellhop.js').ModuleSpace, actionSpace: import('../bellhop.js').ModuleSpace }} Core */

const CREATE = 0, DESTROY = 1, RESET = 2, STEP = 3, SAVE = 4, RESTORE = 5;
/** By their numbers. */
const OPS = ['create', 'close()', 'reset()', 'step()', 'getState()', 'setState()'];
const FAILED = -1, ANSWERED = 0, PENDING = 1;
/** Says what environments that answer later are for. */
const LATER = 'a Promise, which this call cannot wait for: await learn(), evaluateAsync() or the methods of a session instead; make() and makeVec() are for environments that answer at once';

/** Who reset a single object last: nobody else may step it. @type {WeakMap<object, Slot>} */
const holders = new WeakMap();

/** An environment as its author described it: spaces, limits, and how one is made. */
export class OwnEnv {
  /** Of runs in it. */
  Run = WaitingRun;

  /** @param {unknown} given  see CustomEnvSource in bellhop.d.ts */
  constructor(given) {
    const { definition, problems } = readDefinition(given);
    if (!definition) throw new BellhopError('BH_ERR_CONFIG', problems.join('; '));
    this.id = definition.id;
    this.isSingle = definition.isSingle;
    /** Its spaces are all there is: who has it steps it, by act() and observe(). */
    this.isOutside = definition.isOutside;
    this.observationSpace = definition.observationSpace;
    this.actionSpace = definition.actionSpace;
    this.hasActionMask = definition.hasActionMask;
    /** How spaces are translated that the module does not know; null where it knows both. */
    this.coding = codingOf(definition.observationSpace, definition.actionSpace);
    /** The spaces as the module has them. @type {Core} */
    this.core = this.coding?.core ?? /** @type {any} */ ({ observationSpace: definition.observationSpace, actionSpace: definition.actionSpace });
    this.entry = entryOf({ ...definition, ...this.core });
    /** Whether nobody needs to look whether observations leave their bounds: they cannot, or it was said. */
    this.skipsBounds = isUnbounded(this.core.observationSpace);
    /** An environment of its own; the object itself where there is but one. */
    this.make = definition.make;
  }

  /**
   * The definition in the module; `close` when nothing made from it is left.
   * @param {Wasm} wasm
   */
  open(wasm) {
    const host = hostOf(wasm);
    const { core: { observationSpace: space, actionSpace: actions }, isSingle, entry } = this;
    const shape = space.type === 'Box' ? space.shape : [space.n];
    const table = openTable(wasm, this.id, entry.options);
    const handle = host.scripts.add(this);
    try {
      const address = wasm.scratch((scratch) => wasm.handle(wasm.call.bhx_script_create(
        handle, Number(isSingle), scratch.string(this.id), space.type === 'Box' ? shape.length : 0, scratch.ints(shape),
        Number(space.type === 'Box' && space.dtype === 'uint8'), scratch.floats(boundsOf(space)),
        actions.type === 'Box' ? floatsOf(actions) : actions.n, actions.type === 'Box' ? scratch.floats(boundsOf(actions)) : 0, Number(this.hasActionMask),
        entry.max_episode_steps ?? 0, entry.reward_threshold ?? NaN, table.address)));
      return {
        address,
        close() {
          wasm.call.bhx_script_destroy(address);
          table.close();
          host.scripts.remove(handle);
        },
      };
    } catch (error) {
      table.close();
      host.scripts.remove(handle);
      throw error;
    }
  }
}

/** Its row of the catalogue. @param {Omit<import('./definition.mjs').Definition, keyof Core> & Core} definition @returns {import('../bellhop.js').EnvEntry} */
function entryOf({ id, summary, observationSpace: space, actionSpace, hasActionMask, rewardThreshold, maxEpisodeSteps, options }) {
  const bound = (/** @type {Float32Array | Uint8Array} */ bounds) =>
    bounds.every((each) => each === bounds[0]) ? bounds[0] : Object.freeze(Array.from(bounds));
  const entry = (/** @type {import('../bellhop.js').ModuleSpace} */ each) => each.type === 'Discrete' ? each
    : Object.freeze({ ...each, dtype: /** @type {'float32' | 'uint8'} */ (each.dtype), low: bound(each.low), high: bound(each.high) });
  return Object.freeze({
    id, summary, action_space: entry(actionSpace), observation_space: entry(space),
    has_action_mask: hasActionMask, reward_threshold: rewardThreshold, max_episode_steps: maxEpisodeSteps, has_transitions: false, can_start_anywhere: false,
    n_view: 0, options, presets: Object.freeze([]),
  });
}

/** Things the module knows by a number. @template T */
class Table {
  /** @type {(T | undefined)[]} */
  rows = [];
  /** @type {number[]} */
  #free = [];

  /** @param {T} row */
  add(row) {
    const handle = this.#free.pop() ?? this.rows.length;
    this.rows[handle] = row;
    return handle;
  }

  /** @param {number} handle */
  remove(handle) {
    this.rows[handle] = undefined;
    this.#free.push(handle);
  }
}

/** The other side of the import, one per module. */
class Host {
  /** @type {Table<OwnEnv>} */
  scripts = new Table();
  /** @type {Table<Slot>} */
  slots = new Table();
  nRestored = 0;
  /** Whether environments may answer later: 0 no, 1 yes, 2 while a run is made, which asks again. */
  waits = 0;
  /** What they have not answered. @type {Promise<void>[]} */
  owed = [];
  #wasm;

  /** @param {Wasm} wasm */
  constructor(wasm) {
    this.#wasm = wasm;
    wasm.making = (use) => {
      /** @type {any} */
      let made;
      this.ask(() => {
        made = use();
        return ANSWERED;
      }, 2);
      return made;
    };
    wasm.envCall = (handle, op, value, obs, step) => this.#call(handle, op, value, obs, step);
  }

  /** @param {OwnEnv} own @param {number} config  what was set, in the module */
  #create(own, config) {
    return this.slots.add(new Slot(this, this.#wasm, own, readConfig(this.#wasm, own.entry.options, config)));
  }

  /**
   * Makes a call that returns a status, in which environments may answer later: `answer` is what it waits for, which does not reject, or null.
   * @param {() => number} use @param {number} [waits]
   */
  ask(use, waits = 1) {
    const before = { waits: this.waits, owed: this.owed };
    Object.assign(this, { waits, owed: [] });
    try {
      const status = this.#wasm.check(use());
      return { status, answer: status > 0 && this.owed.length > 0 ? Promise.all(this.owed) : null };
    } finally {
      Object.assign(this, before);
    }
  }

  /** What an environment gave could not even be read. @param {number} handle @param {number} op @param {unknown} cause */
  #failure(handle, op, cause) {
    const own = op === CREATE ? this.scripts.rows[handle] : this.slots.rows[handle]?.own;
    return new BellhopError('BH_ERR_ENV', `${own?.id}: ${OPS[op]} gave what cannot be used: ${thrownText(cause)}`, { cause });
  }

  /** @param {number} handle @param {number} op @param {number} value @param {number} obs @param {number} step */
  #call(handle, op, value, obs, step) {
    try {
      switch (op) {
        case STEP:
          return /** @type {Slot} */ (this.slots.rows[handle]).step(value, obs, step);
        case RESET:
          return /** @type {Slot} */ (this.slots.rows[handle]).reset(value, obs);
        case CREATE:
          return this.#create(/** @type {OwnEnv} */ (this.scripts.rows[handle]), obs);
        case SAVE:
          return /** @type {Slot} */ (this.slots.rows[handle]).save(value, obs);
        case RESTORE:
          /** @type {Slot} */ (this.slots.rows[handle]).restore(value, obs);
          this.nRestored++;
          return 0;
        case DESTROY:
          this.slots.rows[handle]?.close();
          this.slots.remove(handle);
          return 0;
        default:
          return FAILED;
      }
    } catch (error) {
      this.#wasm.envFailure = isA(BellhopError, error) && error.status === 'BH_ERR_ENV' ? error : this.#failure(handle, op, error);
      return FAILED;
    }
  }
}

/** @param {Wasm} wasm @returns {Host} */
function hostOf(wasm) {
  const host = /** @type {Host | undefined} */ (hosts.get(wasm)) ?? new Host(wasm);
  hosts.set(wasm, host);
  return host;
}

/**
 * What an environment was asked for, and answers later.
 * @typedef {object} Owed
 * @property {number} op @property {number} key
 * @property {Promise<void>} promise  never rejects
 * @property {boolean} isSettled @property {any} value @property {{ cause: unknown } | null} error
 */

/** One environment that the module holds. */
class Slot {
  /** @type {unknown} */
  info = {};
  /** What it said last that it is. */
  #state = new Uint8Array();
  /** An answer that came later, or is to come. @type {Owed | null} */
  #owed = null;
  /** It has answered later. */
  #isLate = false;
  #host;
  #wasm;
  #own;
  #env;
  #n;
  #isBox;
  #isBytes;
  #nMask;
  /** Of the episode. */
  #nSteps = 0;
  #nAction;
  #low;
  #high;

  /** @param {Host} host @param {Wasm} wasm @param {OwnEnv} own @param {Record<string, any> | undefined} options  it is made with */
  constructor(host, wasm, own, options) {
    this.#host = host;
    this.#wasm = wasm;
    this.#own = own;
    this.#env = made(own, options);
    const { observationSpace: space, actionSpace } = own.core;
    this.#isBox = space.type === 'Box';
    this.#nMask = actionSpace.type === 'Discrete' && own.hasActionMask ? actionSpace.n : 0;
    this.#nAction = actionSpace.type === 'Box' ? floatsOf(actionSpace) : 0;
    this.#isBytes = space.type === 'Box' && space.dtype === 'uint8';
    this.#n = space.type === 'Box' ? floatsOf(space) : space.n;
    this.#low = space.type === 'Box' ? space.low[0] : 0;
    this.#high = space.type === 'Box' ? space.high[0] : 0;
  }

  /**
   * What a call returns; PENDING while that is a Promise which has not been fulfilled.
   * @param {number} op @param {number} key  with which the same is asked again @param {() => string} name @param {() => any} call @returns {any}
   */
  #ask(op, key, name, call) {
    const owed = this.#owed;
    if (owed) {
      if (!owed.isSettled) return this.#wait(owed.promise);
      this.#owed = null;
      if (owed.op === RESTORE && owed.error) throw this.#threw('setState()', owed.error.cause);
      // Else nobody asks for that any more: what it was part of has failed.
      if (owed.op === op && owed.key === key) {
        if (owed.error) throw this.#threw(name(), owed.error.cause, 'rejected with');
        return owed.value;
      }
    }
    const result = this.#call(name, call);
    if (typeof result?.then !== 'function') return result;
    this.#owe(op, key, result);
    if (this.#host.waits === 0) throw this.#failure(name(), `returned ${LATER}`);
    return this.#wait(/** @type {Owed} */ (/** @type {unknown} */ (this.#owed)).promise);
  }

  /** Meanwhile, nothing that it uses may answer later. @param {() => string} name @param {() => any} call */
  #call(name, call) {
    const host = this.#host, { waits } = host;
    host.waits = 0;
    try {
      return call();
    } catch (cause) {
      throw this.#threw(name(), cause);
    } finally {
      host.waits = waits;
    }
  }

  /** @param {number} op @param {number} key @param {PromiseLike<any>} result */
  #owe(op, key, result) {
    /** @type {Owed} */
    const owed = { op, key, isSettled: false, value: undefined, error: null, promise: Promise.resolve() };
    owed.promise = Promise.resolve(result).then((value) => Object.assign(owed, { value, isSettled: true }), (cause) => Object.assign(owed, { error: { cause }, isSettled: true }))
      .then(() => {});
    this.#owed = owed;
    this.#isLate = true;
  }

  /** @param {Promise<void>} promise */
  #wait(promise) {
    if (this.#host.waits === 0) throw new BellhopError('BH_ERR_STATE', `${this.#own.id} has not answered yet: its last reset or step returned a Promise that is not fulfilled`);
    this.#host.owed.push(promise);
    return PENDING;
  }

  /** @param {number} seed  -1 for none @param {number} at  where the observation goes */
  reset(seed, at) {
    const options = seed < 0 ? {} : { seed };
    const name = seed < 0 ? 'reset({})' : `reset({ seed: ${seed} })`;
    if (this.#own.isOutside) return this.#outside(name);
    if (this.#own.isSingle) holders.set(this.#env, this);
    const result = this.#ask(RESET, seed, () => name, () => this.#env.reset(options));
    if (result === PENDING) return PENDING;
    if (!Array.isArray(result) || result.length < 1) throw this.#failure(name, notAList(result, '[observation, info]'));
    if (!this.#write(result[0], at)) this.#explain(name, result[0], at);
    if (!this.#own.skipsBounds) this.#watchBounds(() => name, at);
    this.info = result[1] ?? {};
    this.#nSteps = 0;
    this.#writeMask(name, at, false);
    return ANSWERED;
  }

  /** There is nothing to reset, and who makes a run of it does not need that. @param {string} name */
  #outside(name) {
    if (this.#host.waits === 2) return PENDING;
    throw this.#failure(name, 'is not there, as only its spaces were given: it is stepped by act(), observe() and learn()');
  }

  /** @param {number} value  the action, or where its numbers are, of a Box @param {number} at  where the observation goes @param {number} step  where a bh_step goes */
  step(value, at, step) {
    const { coding } = this.#own;
    const action = this.#nAction === 0 ? value : this.#wasm.floats(value, this.#nAction);
    return this.#step(coding?.acts ? coding.decodeAction(value) : action, at, step);
  }

  /** @param {any} action @param {number} at @param {number} step */
  #step(action, at, step) {
    if (this.#own.isSingle && holders.get(this.#env) !== this) {
      throw this.#failure(`step(${actionText(action)})`, 'cannot go on: the object was reset by another model or environment since; give each a function or a class that makes environments');
    }
    const result = this.#ask(STEP, 0, () => `step(${actionText(action)})`, () => this.#env.step(action));
    if (result === PENDING) return PENDING;
    if (!Array.isArray(result) || result.length < 4) {
      throw this.#failure(`step(${actionText(action)})`, notAList(result, '[observation, reward, terminated, truncated, info]'));
    }
    const reward = result[1], terminated = result[2], truncated = result[3];
    const problem = rewardProblem(reward);
    if (problem !== undefined) throw this.#failure(`step(${actionText(action)})`, problem);
    if (typeof terminated !== 'boolean') throw this.#failure(`step(${actionText(action)})`, notABoolean('terminated', terminated));
    if (typeof truncated !== 'boolean') throw this.#failure(`step(${actionText(action)})`, notABoolean('truncated', truncated));
    if (!this.#write(result[0], at)) this.#explain(`step(${actionText(action)})`, result[0], at);
    if (!this.#own.skipsBounds) this.#watchBounds(() => `step(${actionText(action)})`, at);
    this.#wasm.writeStep(step, reward, terminated, truncated);
    this.info = result[4] ?? {};
    this.#nSteps++;
    this.#writeMask(`step(${actionText(action)})`, at, terminated);
    return ANSWERED;
  }

  get own() {
    return this.#own;
  }

  /**
   * What the environment says it is, as bytes; asked for their number first, where there is no room.
   * @param {number} room @param {number} at @returns {number} how many there are; 0 where it says nothing
   */
  save(room, at) {
    const env = this.#env;
    if (this.#own.isOutside) return 1; // one byte: whatever it is, somebody else has it
    if (typeof env.getState !== 'function') return 0;
    if (room === 0) {
      let state;
      try {
        state = env.getState();
      } catch (cause) {
        throw this.#threw('getState()', cause);
      }
      const { bytes, problem } = writeState(state);
      if (problem !== undefined) throw this.#failure('getState()', problem);
      this.#state = bytes;
    }
    if (this.#state.length <= room) new Uint8Array(this.#wasm.buffer, at >>> 0, room).set(this.#state);
    return this.#state.length;
  }

  /** @param {number} size @param {number} at */
  restore(size, at) {
    const env = this.#env;
    if (this.#own.isOutside) return;
    if (this.#own.isSingle) holders.set(env, this);
    if (typeof env.setState !== 'function') throw this.#failure('setState', 'is missing, but the checkpoint has what getState() returned');
    const { state, problem } = readState(this.#wasm.bytes(at, size));
    if (problem !== undefined) throw this.#failure('setState()', problem);
    const owed = this.#owed;
    if (!owed || owed.isSettled) {
      this.#owed = null;
      this.#call(() => 'setState()', () => env.setState?.(state));
    } else {
      this.#owe(RESTORE, 0, owed.promise.then(() => env.setState?.(state))); // its first reset goes on, and would write over it
    }
  }

  /** The state in words; undefined where it does not say. */
  describe() {
    return describeOwn(this.#own.id, this.#env);
  }

  /** @param {import('../bellhop.js').Look} look */
  paint(look) {
    return paintOwn(this.#own.id, this.#env, look);
  }

  close() {
    if (!this.#own.isSingle) closeInstance(this.#env); // a single one is its author's
  }

  /** The plain case: right, and flat. @param {any} value @param {number} at @returns {boolean} whether it was */
  #write(value, at) {
    if (this.#own.coding?.observes) return false;
    const f32 = this.#wasm.f32;
    const from = at >>> 2, n = this.#n;
    if (!this.#isBox) {
      if (!Number.isInteger(value) || value < 0 || value >= n) return false;
      f32[from] = value;
      return true;
    }
    if (typeof value !== 'object' || value === null || value.length !== n) return false;
    for (let i = 0; i < n; i++) {
      const x = value[i];
      if (typeof x !== 'number') return false;
      f32[from + i] = x;
      if (f32[from + i] - f32[from + i] !== 0) return false;
      if (this.#isBytes && (x !== (x & 255) || x < this.#low || x > this.#high)) return false;
    }
    return true;
  }

  /** Behind the observation. @param {string} name @param {number} at @param {boolean} isOver */
  #writeMask(name, at, isOver) {
    if (this.#nMask === 0) return this.#needsMethod(name);
    const { mask, problem } = readMask(this.#env, this.info, this.#nMask, isOver);
    if (problem !== undefined) throw this.#failure(this.#nSteps > 0 ? `${name}, step ${this.#nSteps} of the episode,` : name, problem);
    const { f32 } = this.#wasm, from = (at >>> 2) + (this.#isBox ? this.#n : 1);
    for (let a = 0; a < this.#nMask; a++) f32[from + a] = Number(mask[a]);
  }

  /** Whether there are masks is known before the first answer, if that comes later by a method alone. @param {string} name */
  #needsMethod(name) {
    if (!this.#isLate || this.#nAction > 0 || (/** @type {any} */ (this.info).action_mask ?? undefined) === undefined) return;
    throw this.#failure(name, 'gave info.action_mask, but an environment that answers later says its masks by a method: actionMasks()');
  }

  /** Nested arrays are laid out, and what is no array of numbers is flattened; of anything else it says what is wrong. @param {string} name @param {unknown} value @param {number} at */
  #explain(name, value, at) {
    const { flat, problem } = readObservation(this.#own.observationSpace, copied('the observation', value));
    if (problem !== undefined) throw this.#failure(name, `returned an observation that ${problem}`);
    this.#wasm.f32.set(flat, at >>> 2);
  }

  /** Says once that an observation is not within its bounds: it is learned from all the same. @param {() => string} name @param {number} at */
  #watchBounds(name, at) {
    const { core, observationSpace } = this.#own;
    const outside = outOfBounds(core.observationSpace, this.#wasm.f32.subarray(at >>> 2, (at >>> 2) + this.#n), observationSpace.type !== 'Box');
    if (outside === undefined) return;
    this.#own.skipsBounds = true;
    console.warn(`bellhop: ${this.#own.id}: ${name()} returned an observation that ${outside}; it is used as it is`);
  }

  /** @param {string} name @param {string} text @param {unknown} [cause] */
  #failure(name, text, cause) {
    return new BellhopError('BH_ERR_ENV', `${this.#own.id}: ${name} ${text}`, cause === undefined ? undefined : { cause });
  }

  /** @param {string} name @param {unknown} cause @param {string} [what]  it did */
  #threw(name, cause, what = 'threw') {
    return this.#failure(name, `${what} ${thrownText(cause)}`, cause);
  }
}

/** Whether no observation that is taken leaves the bounds. @param {import('../bellhop.js').ModuleSpace} space */
function isUnbounded(space) {
  return space.type !== 'Box' || space.dtype === 'uint8' || boundsOf(space).every((bound) => Math.abs(bound) === Infinity);
}

/** @param {OwnEnv} own @param {Record<string, any> | undefined} options */
function made(own, options) {
  try {
    return own.make(options);
  } catch (cause) {
    throw new BellhopError('BH_ERR_ENV', `${own.id}: making one threw ${thrownText(cause)}`, { cause });
  }
}

/** @param {string} name @param {unknown} value */
function notABoolean(name, value) {
  return `returned ${name} as ${shown(value)}, but it must be true or false`;
}

/** @param {any} result @param {string} wanted */
function notAList(result, wanted) {
  const got = Array.isArray(result) ? `an array of ${result.length}` : shown(result);
  return `returned ${got}, but must return ${wanted}`;
}
