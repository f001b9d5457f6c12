// SPDX-License-Identifier: MIT
// Random sequences of public calls on whatever is alive, right and wrong arguments mixed, disposed things too: what is thrown is a BellhopError,
// models that nobody touched stay as they were, and in the end every byte is given back.
import { load } from '../../../web/node/node.mjs';
import { GETTERS, HOSTILE } from './hostile-values.mjs';
import { ARGUMENTS, MAKERS, Pad } from './receivers.mjs';
import { problemOf } from './surface-attack.mjs';

const OWNERS = ['Env', 'VecEnv', 'Model', 'LanguageModel', 'Pretraining', 'Recorder', 'TensorBoardWriter'];
const CALLS = 20, ALIVE_MAX = 6;
/** What allocates much takes long, and was tried alone. */
const LARGE = /GiB|grow|100,000|long text|deep/;
const VALUES = HOSTILE.filter(([name]) => !LARGE.test(name));

/** Whole numbers below n, from a seed (Mulberry32). @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * n);
  };
}

/** @typedef {{ owner: string, it: any }} Thing */

/** @param {import('./attack.mjs').Attack & { options: { surface: import('./public-surface.mjs').Callable[], from: number, sequences: number } }} attack */
export async function run({ begin, fail, options: { surface, from, sequences } }) {
  const bh = /** @type {any} */ (await load());
  bh.register(Pad);
  const callables = Object.fromEntries(OWNERS.map((owner) => [owner, surface.filter((each) => each.owner === owner && each.name !== 'new')]));
  for (let seed = from; seed < from + sequences; seed++) {
    if (begin(`sequence ${seed}`)) await new Sequence(bh, callables, random(seed), (problem) => fail(`sequence ${seed}: ${problem}`)).run();
  }
}

class Sequence {
  /** @type {Thing[]} */
  #alive = [];
  /** Calls of learn under way. @type {Promise<unknown>[]} */
  #pending = [];

  /** @param {any} bh @param {Record<string, import('./public-surface.mjs').Callable[]>} callables @param {(n: number) => number} pick @param {(problem: string) => void} fail */
  constructor(bh, callables, pick, fail) {
    Object.assign(this, { bh, callables, pick, fail });
  }

  async run() {
    const { bh, pick, fail } = /** @type {any} */ (this);
    for (let i = 0; i < CALLS; i++) {
      if (this.#alive.length === 0 || (this.#alive.length < ALIVE_MAX && pick(4) === 0)) this.#make();
      else this.#call(this.#alive[pick(this.#alive.length)]);
      if (pick(3) === 0) await Promise.allSettled(this.#pending.splice(0));
    }
    await Promise.allSettled(this.#pending.splice(0));
    for (const { it } of this.#alive) this.#guarded('dispose', () => it.dispose?.());
    if (bh.liveBytes() !== 0) fail(`${bh.liveBytes()} bytes were not given back`);
  }

  #make() {
    const { bh, pick } = /** @type {any} */ (this), owner = OWNERS[pick(OWNERS.length)], ways = Object.values(MAKERS[owner](bh));
    this.#alive.push({ owner, it: ways[pick(ways.length)]() });
  }

  /** @param {Thing} thing */
  #call({ owner, it }) {
    const { bh, callables, pick } = /** @type {any} */ (this);
    const { name, parameters } = callables[owner][pick(callables[owner].length)];
    this.#guarded(`${owner}.${name}`, () => {
      const args = ARGUMENTS[`${owner}.${name}`]?.(bh, it) ?? [];
      const held = args.filter((each) => typeof each?.perplexity === 'function'); // a language model, made for this call
      if (args.length > 0 && pick(2) === 0) this.#spoil(args, parameters, () => it[name](...name === 'startFrom' ? [null] : ARGUMENTS[`${owner}.${name}`](bh, it)), it);
      try {
        return it[name](...args);
      } finally {
        held.forEach((each) => each.dispose());
      }
    });
  }

  /** @param {any[]} args @param {{ keys: string[] }[]} parameters @param {() => any} again @param {any} it */
  #spoil(args, parameters, again, it) {
    const { bh, pick } = /** @type {any} */ (this), i = pick(args.length), keys = parameters[i]?.keys ?? [];
    const context = {
      bh, again: () => this.#guarded('again', again), dispose: () => this.#guarded('dispose', () => it.dispose?.()),
    };
    const value = VALUES[pick(VALUES.length)][1](context);
    if (keys.length === 0 || pick(2) === 0 || Object(args[i]) !== args[i]) args[i] = value;
    else {
      const key = keys[pick(keys.length)], getter = pick(2) === 0 ? GETTERS[pick(GETTERS.length)][1](context, args[i][key]) : { value };
      args[i] = Object.defineProperty({ ...args[i] }, key, { ...getter, enumerable: true });
    }
  }

  /** @param {string} name @param {() => any} call */
  #guarded(name, call) {
    const { fail } = /** @type {any} */ (this);
    const look = (/** @type {unknown} */ error) => {
      const problem = problemOf(error, /learn|again|TensorBoardWriter/.test(name));
      if (problem) fail(`${name}: ${problem}`);
    };
    try {
      const made = call();
      if (typeof made?.then === 'function') this.#pending.push(made.then(() => {}, look));
    } catch (error) {
      look(error);
    }
  }
}
