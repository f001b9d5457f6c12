// SPDX-License-Identifier: MIT
// Values nobody should give, made anew each time: most can be used once. `context` has what some of them misuse while they are read.

/** What hostile code throws: a call that runs the caller's own code may throw it, no other may. */
export class Hostile extends Error {}

/** @typedef {{ bh?: any, dispose?: () => void, again?: () => unknown }} Context  dispose: of what is called; again: the same call once more */
/** @typedef {[name: string, make: (context: Context) => any]} Value */

const hostile = () => {
  throw new Hostile('thrown on purpose');
};
const TRAPS = Object.getOwnPropertyNames(Reflect).filter((name) => name !== 'constructor');
const throwing = Object.fromEntries(TRAPS.map((name) => [name, hostile]));

/** @template {object} T @param {T} target @returns {T} */
function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** @param {new (buffer: ArrayBuffer) => any} View */
function detached(View) {
  const view = new View(new ArrayBuffer(32));
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

/** A view that is out of bounds since its buffer was made smaller. @param {new (buffer: ArrayBuffer, at: number, n: number) => any} View */
function shrunk(View) {
  const buffer = new (/** @type {any} */ (ArrayBuffer))(64, { maxByteLength: 128 });
  const view = new View(buffer, 0, 4);
  buffer.resize(4);
  return view;
}

/** As long as it says, not as long as it is. @param {number} length */
function lying(length) {
  return Object.defineProperty(new Float32Array(4), 'length', { value: length });
}

/** An array whose entries are read by `get`. @param {number} n @param {(i: number) => any} get */
function arrayOfGetters(n, get) {
  return Object.defineProperties(new Array(n), Object.fromEntries(Array.from({ length: n }, (_, i) => [i, { get: () => get(i), enumerable: true }])));
}

/** An array whose iterator never ends. @param {any[]} values */
const endless = (values) => Object.assign(values, { * [Symbol.iterator]() {
  for (;;) yield 0;
} });

/** Takes what memory there is room for, so that the module's memory grows and is somewhere else. @param {Context} context */
function grow({ bh }) {
  bh?.makeVec('Pong-v0', { numEnvs: 2000 }).dispose();
  return 0;
}

/** Numbers. Whole ones within usual bounds are small: what they ask for takes no time. @type {Value[]} */
const NUMBERS = [0, -0, 1, 2, -1, 0.5, NaN, Infinity, -Infinity, 1e300, -1e300, 5e-324, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 32 + 1, 2 ** 53, 2 ** 53 - 1, -(2 ** 53)]
  .map((value) => [Object.is(value, -0) ? '-0' : String(value), () => value]);

/** @type {Value[]} */
const PRIMITIVES = [
  ['undefined', () => undefined], ['null', () => null], ['true', () => true], ['false', () => false],
  ['a symbol', () => Symbol('s')], ['a known symbol', () => Symbol.iterator], ['10n', () => 10n], ['2n ** 70n', () => 2n ** 70n],
  ['an empty string', () => ''], ['a number as text', () => '3'], ['a lone surrogate', () => '\ud800'], ['a NUL', () => 'a\0b'], ['__proto__', () => '__proto__'],
  ['constructor', () => 'constructor'], ['toString', () => 'toString'], ['a long text', () => 'x'.repeat(100_000)], ['a text of surrogates', () => '\udfff'.repeat(3000)],
];

/** @type {Value[]} */
const FUNCTIONS = [
  ['a function', () => () => {}], ['a function that throws', () => hostile], ['a class', () => class {}], ['an async function', () => async () => {}], ['a generator', () => function* () { /* nothing */ }],
  ['a revoked function', () => revoked(() => {})], ['a proxy of a function that throws', () => new Proxy(() => {}, throwing)], ['a bound function', () => hostile.bind(null)],
];

/** @type {Value[]} */
const ARRAYS = [
  ['[]', () => []], ['[[]]', () => [[]]], ['[null]', () => [null]], ['[undefined]', () => [undefined]], ['[NaN]', () => [NaN]], ['[1]', () => [1]], ['[0, 0, 0, 0]', () => [0, 0, 0, 0]],
  ['[[0, 0, 0, 0], null]', () => [[0, 0, 0, 0], null]], ['[1n]', () => [1n]], ['[a symbol]', () => [Symbol('s'), Symbol('t')]], ['[1e300]', () => [1e300, 1e300, 1e300, 1e300]],
  ['an array of proxies', () => [revoked({}), revoked([])]], ['an array in itself', () => {
    const array = /** @type {any[]} */ ([]);
    return Object.assign(array, [array, array, array, array]);
  }],
  ['a deep array', () => Array.from({ length: 20_000 }).reduce((inner) => [inner], [])],
  ['a sparse array', () => Object.assign([], { length: 2 ** 32 - 1 })], ['a sparse array of rows', () => Object.assign([[0, 0, 0, 0]], { length: 2 ** 32 - 1 })],
  ['a sparse array of numbers', () => Object.assign([0, 0, 0, 0], { length: 2 ** 32 - 4 })],
  ['an array without end', () => endless([0, 0, 0, 0])], ['an array of arrays without end', () => endless([endless([0, 0, 0, 0]), endless([0, 0, 0, 0])])],
  ['a revoked array', () => revoked([])], ['a proxy of an array that throws', () => new Proxy([0, 0, 0, 0], throwing)],
  ['a proxy of a huge array', () => new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 53 - 1 : 0) })],
  ['a proxy of an array of negative length', () => new Proxy([], { get: (_, key) => (key === 'length' ? -1 : 0) })],
  ['an array whose methods throw', () => Object.assign([0, 0, 0, 0], { every: hostile, map: hostile, slice: hostile, join: hostile, forEach: hostile, some: hostile, entries: hostile, [Symbol.iterator]: hostile })],
  ['an array whose entries throw', () => arrayOfGetters(4, hostile)],
  ['an array whose entries dispose', (context) => arrayOfGetters(4, () => (context.dispose?.(), 0))],
  ['an array whose entries grow memory', (context) => arrayOfGetters(4, (i) => (i === 0 ? grow(context) : 0))],
  ['an array whose entries change', () => {
    let reads = 0;
    return arrayOfGetters(4, () => (reads++ < 4 ? 0 : Symbol('later')));
  }],
  ['an array that empties itself', () => {
    const array = /** @type {any} */ ([0, 0, 0, 0]);
    return Object.defineProperty(array, 0, { get: () => (array.length = 1, 0) });
  }],
];

/** @type {Value[]} */
const BUFFERS = [
  ['Float32Array(0)', () => new Float32Array(0)], ['Float32Array(4)', () => new Float32Array(4)], ['Float32Array of NaN', () => new Float32Array(4).fill(NaN)], ['Float64Array of 1e300', () => new Float64Array(4).fill(1e300)],
  ['Uint8Array(4)', () => new Uint8Array(4)], ['a BigInt64Array', () => new BigInt64Array(4)], ['a DataView', () => new DataView(new ArrayBuffer(16))], ['ArrayBuffer(0)', () => new ArrayBuffer(0)],
  ['random bytes', () => Uint8Array.from({ length: 300 }, (_, i) => i * 197 % 256)],
  ['a detached Float32Array', () => detached(Float32Array)], ['a detached Uint8Array', () => detached(Uint8Array)], ['a detached DataView', () => detached(DataView)], ['a detached buffer', () => detached(Uint8Array).buffer],
  ['a shrunk Float32Array', () => shrunk(Float32Array)], ['a shrunk Uint8Array', () => shrunk(Uint8Array)], ['a shrunk DataView', () => shrunk(DataView)],
  ['shared bytes', () => new Uint8Array(new SharedArrayBuffer(16))], ['shared floats', () => new Float32Array(new SharedArrayBuffer(16))], ['a shared buffer', () => new SharedArrayBuffer(16)],
  ['a shared buffer that grows', () => new (/** @type {any} */ (SharedArrayBuffer))(16, { maxByteLength: 64 })],
  ['bytes of 4 GiB', () => new Uint8Array(2 ** 32)], ['floats of 4 GiB', () => new Float32Array(2 ** 30 + 4)], ['a buffer of 4 GiB', () => new ArrayBuffer(2 ** 32)],
  ['a long lie', () => lying(2 ** 40)], ['a short lie', () => lying(0)], ['a lie that is no number', () => lying(/** @type {any} */ ('4'))],
  ['a revoked Float32Array', () => revoked(new Float32Array(4))], ['a proxy of a Float32Array', () => new Proxy(new Float32Array(4), {})], ['a proxy of an ArrayBuffer', () => new Proxy(new ArrayBuffer(4), {})],
  ['typed bytes that lie', () => Object.defineProperties(new Uint8Array(8), { buffer: { value: new ArrayBuffer(2) }, byteOffset: { value: 100 }, byteLength: { value: 2 ** 40 } })],
];

/** @type {Value[]} */
const OBJECTS = [
  ['{}', () => ({})], ['no prototype', () => Object.create(null)], ['{ length: 2 ** 53 }', () => ({ length: 2 ** 53 })], ['{ length: -1 }', () => ({ length: -1 })], ['{ length: 4 }', () => ({ length: 4, 0: 0, 1: 0, 2: 0, 3: 0 })],
  ['an unknown key', () => ({ noSuchKey: 1 })], ['a symbol as key', () => ({ [Symbol('s')]: 1 })], ['__proto__ as own key', () => JSON.parse('{"__proto__": 1}')], ['a lone surrogate as key', () => ({ '\ud800': 1 })],
  ['a revoked object', () => revoked({})], ['a proxy that throws', () => new Proxy({}, throwing)], ['a proxy that is everything', () => {
    const all = /** @type {any} */ (new Proxy(() => all, { get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : all), has: () => true }));
    return all;
  }],
  ['a proxy without end', () => new Proxy({}, { ownKeys: () => ['a', 'b'], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }), get: () => Infinity })],
  ['a getter that throws', () => Object.defineProperty({}, 'id', { get: hostile, enumerable: true })],
  ['an object without text', () => ({ toString: hostile, valueOf: hostile, toJSON: hostile, [Symbol.toPrimitive]: hostile })], ['a tag that throws', () => Object.defineProperty({}, Symbol.toStringTag, { get: hostile })],
  ['an iterable without end', () => ({ * [Symbol.iterator]() {
    for (;;) yield 0;
  } })],
  ['a Map', () => new Map([['a', 1]])], ['a Set', () => new Set([1])], ['an invalid Date', () => new Date(NaN)], ['a regular expression', () => /x/g], ['an error', () => new TypeError('x')],
  ['a promise', () => Promise.resolve(1)], ['a thenable that throws', () => ({ then: hostile })], ['a boxed number', () => Object(1)], ['a boxed text', () => Object('x')], ['globalThis', () => globalThis],
  ['an object whose every entry calls again', ({ again }) => new Proxy({}, { get: (_, key) => (typeof key === 'string' && key !== 'then' ? again?.() : undefined), ownKeys: () => ['seed'], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }) })],
  ['an object whose every entry disposes', ({ dispose }) => new Proxy({}, { get: () => (dispose?.(), undefined), has: () => (dispose?.(), false), ownKeys: () => (dispose?.(), []) })],
  ['an object whose every entry grows memory', (context) => new Proxy({}, { get: () => (grow(context), undefined), ownKeys: () => (grow(context), []) })],
];

/** @type {readonly Value[]} */
export const HOSTILE = Object.freeze([...NUMBERS, ...PRIMITIVES, ...FUNCTIONS, ...ARRAYS, ...BUFFERS, ...OBJECTS]);

/** What an option may do when it is read, beside being of a wrong value. @type {readonly [name: string, define: (context: Context, value: any) => PropertyDescriptor][]} */
export const GETTERS = Object.freeze([
  ['throws', () => ({ get: hostile })],
  ['disposes', ({ dispose }, value) => ({ get: () => (dispose?.(), value) })],
  ['grows memory', (context, value) => ({ get: () => (grow(context), value) })],
  ['calls again', ({ again }, value) => {
    let isFirst = true;
    return { get: () => {
      if (isFirst) {
        isFirst = false;
        again?.();
      }
      return value;
    } };
  }],
  ['changes', (_, value) => {
    let reads = 0;
    return { get: () => (reads++ === 0 ? value : Symbol('later')) };
  }],
]);
