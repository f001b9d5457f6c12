// SPDX-License-Identifier: MIT
// Every public call, each of its arguments and of their options replaced by every hostile value.
import { BellhopError, load } from '../../../web/node/node.mjs';
import { GETTERS, HOSTILE, Hostile } from './hostile-values.mjs';
import { ARGUMENTS, CALLBACKS, MAKERS, Pad, connection, kept, trainer } from './receivers.mjs';

/** @typedef {import('./public-surface.mjs').Callable} Callable */

/** A sentence: not what an engine says of a mistake of ours. */
const ENGINE = /is not a function|is not iterable|Cannot read|undefined is not|Invalid array length|Invalid typed array|not an object|Maximum call stack|Cannot convert|offset is out|out of bounds memory|detached ArrayBuffer|unreachable|table index|BigInt/;

/** What calling the caller's own function throws, where that is none. */
const UNCALLABLE = /^Class constructors cannot be invoked|^Cannot perform 'apply' on a proxy/;

/** @param {unknown} error @param {boolean} mayBeHostile @returns {string | undefined} what is wrong with it */
export function problemOf(error, mayBeHostile) {
  if (mayBeHostile && (error instanceof Hostile || UNCALLABLE.test(String(/** @type {any} */ (error)?.message)))) return undefined;
  if (!(error instanceof BellhopError)) return `threw ${String(/** @type {any} */ (error)?.stack ?? error).split('\n').slice(0, 4).join(' | ')}`;
  if (typeof error.message !== 'string' || error.message.length < 8 || !/^BH_ERR_/.test(String(error.status))) return `a BellhopError without a sentence: ${error.status} ${error.message}`;
  return ENGINE.test(error.message.replace(/(cannot be read|cannot be sent to a worker|cannot be used): .*/s, '')) ? `an engine's words: ${error.message}` : undefined;
}

/** Whether it is one that was made for a call. @param {any} value */
function isLanguageModel(value) {
  try {
    return typeof value?.perplexity === 'function' && typeof value?.encode === 'function' && value.info?.vocabulary > 0;
  } catch {
    return false;
  }
}

/** What can be disposed of what came of a call. @param {any} made */
async function dispose(made) {
  if (made === (await connection())) return;
  try {
    if (typeof made?.dispose === 'function') await made.dispose();
    else if (typeof made?.terminate === 'function') made.terminate();
  } catch {
    // it was disposed already
  }
}

/** @param {import('./attack.mjs').Attack & { options: { surface: Callable[], owners: string[] } }} attack */
export async function run({ begin, fail, options: { surface, owners } }) {
  const bh = /** @type {any} */ (await load());
  bh.register(Pad);
  for (const callable of surface.filter(({ owner }) => owners.includes(owner))) {
    const makers = MAKERS[callable.owner]?.(bh);
    if (!makers) throw new Error(`there is no way to make ${callable.owner}`);
    for (const [variant, make] of Object.entries(makers)) await new Site(bh, callable, variant, make, begin, fail).attack();
  }
}

/** One call of one receiver. */
class Site {
  /** @type {any} */
  #receiver = null;
  /** Language models that were made for a call. @type {any[]} */
  held = [];

  /** @param {any} bh @param {Callable} callable @param {string} variant @param {() => any} make @param {import('./attack.mjs').Attack['begin']} begin @param {import('./attack.mjs').Attack['fail']} fail */
  constructor(bh, callable, variant, make, begin, fail) {
    Object.assign(this, { bh, callable, make, begin, fail });
    this.isRemote = /Session|Trainer/.test(callable.owner);
    this.key = `${callable.owner}.${callable.name}`;
    this.name = `${variant}.${callable.name}`;
  }

  async attack() {
    const { key, name, callable: { parameters } } = /** @type {any} */ (this);
    if (parameters.length === 0 || key === 'BellhopError.new') return;
    const right = async () => {
      const args = ARGUMENTS[key](/** @type {any} */ (this).bh, await this.#alive());
      this.held.push(...args.filter((each) => isLanguageModel(each)));
      return args;
    };
    if (!ARGUMENTS[key]) throw new Error(`there are no arguments for ${key}`);
    for (const [i, parameter] of parameters.entries()) {
      for (const [what, value] of HOSTILE) await this.#try(`${name}(${parameter.name}: ${what})`, async (context) => replaced(await right(), i, value(context)));
      for (const option of this.#keysOf(parameter)) {
        for (const [what, value] of HOSTILE) await this.#try(`${name}(${parameter.name}.${option}: ${what})`, async (context) => changed(await right(), i, option, { value: value(context) }));
        for (const [what, getter] of GETTERS) await this.#try(`${name}(${parameter.name}.${option} ${what})`, async (context) => changed(await right(), i, option, getter(context, (await right())[i]?.[option])));
      }
      if (this.#keysOf(parameter).length > 0 && parameter.name !== 'demonstrations') await this.#refused(name, parameter.name, async () => changed(await right(), i, 'noSuchOption', { value: 1 }));
    }
    await this.#end();
  }

  /** Of models by what their tables have. @param {import('./public-surface.mjs').Parameter} parameter @returns {string[]} */
  #keysOf({ name, keys }) {
    const { bh, key, variant } = /** @type {any} */ (this);
    if (!['ModelClass.new', 'Model.set', 'Session.set'].includes(key) || name !== 'options') return keys;
    const algo = { DQN: 'dqn', SAC: 'sac', PPO: 'ppo', QLearning: 'q-learning' }[String(this.name.split(/[. ]/)[0])] ?? variant;
    const { options = [] } = bh.catalog.algos.find((/** @type {any} */ each) => each.name === algo) ?? {};
    const fields = [...options, ...bh.catalog.run].map((/** @type {any} */ field) => field.key);
    return key === 'ModelClass.new' ? [...fields, 'preset', 'demonstrations'] : fields;
  }

  /** A receiver that works. */
  async #alive() {
    if (this.#receiver === null) {
      this.before = await this.#bytes();
      this.#receiver = await /** @type {any} */ (this).make();
    }
    return this.#receiver;
  }

  async #bytes() {
    const { bh } = /** @type {any} */ (this);
    return this.isRemote ? (await trainer()).liveBytes() : bh.liveBytes();
  }

  /** @param {string} name @param {(context: import('./hostile-values.mjs').Context) => Promise<any[]>} args */
  async #try(name, args) {
    const { bh, begin, fail, key } = /** @type {any} */ (this);
    if (!begin(name)) return;
    try {
      const receiver = await this.#alive();
      const isOwn = typeof receiver.dispose === 'function';
      let depth = 0;
      const context = {
        bh, dispose: () => {
          this.isDisposed = isOwn;
          if (isOwn) void dispose(receiver);
        },
        again: () => {
          if (depth++ > 3) return;
          try {
            const made = key === 'Model.startFrom' ? undefined : receiver[this.method]?.(...ARGUMENTS[key](bh, receiver));
            if (typeof made?.then === 'function') made.then(dispose, () => {});
            else dispose(made);
          } catch (error) {
            const problem = problemOf(error, true);
            if (problem) fail(`${name}, again: ${problem}`);
          }
        },
      };
      const given = await args(context);
      const made = await this.#call(receiver, given);
      if (made !== receiver) await dispose(made);
    } catch (error) {
      const problem = problemOf(error, CALLBACKS.includes(key));
      if (problem) fail(`${name}: ${problem}`);
    }
    for (const each of this.held.splice(0)) await dispose(each);
    if (this.isDisposed || !this.#works()) await this.#end(name);
  }

  get method() {
    return /** @type {any} */ (this).callable.name;
  }

  /** @param {any} receiver @param {any[]} given */
  #call(receiver, given) {
    const { callable: { owner, name } } = /** @type {any} */ (this);
    if (name !== 'new') return receiver[name](...given);
    return owner === 'Recorder' || owner === 'TensorBoardWriter' ? new receiver.constructor(...given) : new receiver(...given);
  }

  #works() {
    const receiver = this.#receiver;
    try {
      void receiver?.options;
      return true;
    } catch {
      return false;
    }
  }

  /** An option that does not exist is named. @param {string} name @param {string} parameter @param {() => Promise<any[]>} args */
  async #refused(name, parameter, args) {
    const { begin, fail } = /** @type {any} */ (this);
    if (!begin(`${name}(${parameter}.noSuchOption)`)) return;
    try {
      await dispose(await this.#call(await this.#alive(), await args()));
      fail(`${name}(${parameter}.noSuchOption): it was taken`);
    } catch (error) {
      if (!/noSuchOption|takes no options/.test(/** @type {Error} */ (error).message)) fail(`${name}(${parameter}.noSuchOption): ${error}`);
    }
  }

  /** Everything is given back. @param {string} [name] */
  async #end(name = this.name) {
    const { fail } = /** @type {any} */ (this);
    if (this.#receiver === null) return;
    await dispose(this.#receiver);
    for (const each of this.held.splice(0)) await dispose(each);
    this.isDisposed = false;
    if (kept()) return void (this.#receiver = null);
    const after = await this.#bytes();
    if (after !== this.before) fail(`${name}: ${after - /** @type {number} */ (this.before)} bytes were not given back`);
    this.#receiver = null;
  }
}

/** @param {any[]} args @param {number} i @param {any} value */
function replaced(args, i, value) {
  const made = [...args];
  while (made.length < i) made.push(undefined);
  made[i] = value;
  return made;
}

/** @param {any[]} args @param {number} i @param {string} key @param {PropertyDescriptor} descriptor */
function changed(args, i, key, descriptor) {
  const given = Object(args[i]);
  return replaced(args, i, Object.defineProperty(Array.isArray(given) ? [...given] : { ...given }, key, { ...descriptor, enumerable: true, configurable: true }));
}
