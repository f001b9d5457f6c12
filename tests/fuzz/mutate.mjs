// SPDX-License-Identifier: MIT
// Random changes of bytes, the same for every fuzz target: bits, numbers, digits, parts moved, repeated, cut off, or taken from another input.

/** Numbers at the edge of something, as text. */
const EDGES = ['0', '-1', '1', '255', '65536', '2147483647', '-2147483648', '4294967296', '9007199254740993', '1e308', '1e309', '-0', 'NaN', 'Infinity', '0.1', '"', '{}', '[]', 'null', 'true', '\\u0000', '\n', '=', '&', '@', '%00', '%'];
const encoder = new TextEncoder();
/** More is not made longer. */
const LENGTH_MAX = 20_000;

/** @param {Uint8Array[]} parts */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/** @type {((bytes: Uint8Array, below: (n: number) => number, other: Uint8Array) => Uint8Array)[]} */
const WAYS = [
  (bytes, below) => (bytes[below(bytes.length)] = below(256), bytes),
  (bytes, below) => (bytes[below(bytes.length)] ^= 1 << below(8), bytes),
  (bytes, below) => (bytes[below(bytes.length)] += below(2) ? 1 : 255, bytes),
  (bytes, below) => below(4) ? bytes : bytes.slice(0, below(bytes.length)), // cut off
  (bytes, below) => { // a part to another place
    const [from, to, n] = [below(bytes.length), below(bytes.length), 1 + below(16)];
    return bytes.copyWithin(to, from, from + n);
  },
  (bytes, below) => { // a part once more
    const at = below(bytes.length), part = bytes.slice(at, at + 1 + below(16));
    return bytes.length > LENGTH_MAX ? bytes : joined(bytes.slice(0, at), part, bytes.slice(at));
  },
  (bytes, below) => { // a part away
    const at = below(bytes.length);
    return joined(bytes.slice(0, at), bytes.slice(at + 1 + below(8)));
  },
  (bytes, below) => { // a digit into another one
    let at = below(bytes.length);
    for (let i = 0; i < 40 && !(bytes[at] >= 48 && bytes[at] <= 57); i++) at = below(bytes.length);
    bytes[at] = 48 + below(10);
    return bytes;
  },
  (bytes, below) => { // the text of a number into that of another one, or something between
    const at = below(bytes.length);
    let end = at;
    while (end < bytes.length && /[\d.eE+-]/.test(String.fromCharCode(bytes[end]))) end++;
    return joined(bytes.slice(0, at), encoder.encode(EDGES[below(EDGES.length)]), bytes.slice(end));
  },
  (bytes, below, other) => joined(bytes.slice(0, below(bytes.length)), other.slice(below(other.length))).slice(0, LENGTH_MAX * 2),
];

/**
 * A changed copy.
 * @param {readonly Uint8Array[]} corpus @param {() => number} random
 */
export function mutated(corpus, random) {
  const below = (/** @type {number} */ n) => Math.floor(random() * n);
  let bytes = corpus[below(corpus.length)].slice();
  for (let n = 1 + below(6); n > 0 && bytes.length > 0; n--) bytes = WAYS[below(WAYS.length)](bytes, below, corpus[below(corpus.length)]);
  return bytes;
}
