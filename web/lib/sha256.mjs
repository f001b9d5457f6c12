// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4), at once: crypto.subtle only promises it.

/** The first 32 bits of the fractional part of the root of each of the first n primes, of degree 2 or 3. @param {number} n @param {(x: number) => number} root */
function fractions(n, root) {
  const found = [];
  for (let x = 2; found.length < n; x++) {
    let isPrime = true;
    for (let d = 2; d * d <= x; d++) if (x % d === 0) isPrime = false;
    if (isPrime) found.push((root(x) % 1) * 2 ** 32 | 0);
  }
  return Int32Array.from(found);
}

const K = fractions(64, Math.cbrt);
const START = fractions(8, Math.sqrt);

/** @param {number} x @param {number} n */
const rotate = (x, n) => (x >>> n) | (x << (32 - n));

/** @param {Uint8Array} bytes @returns {string} 64 digits */
export function sha256Of(bytes) {
  const whole = bytes.length - bytes.length % 64, rest = bytes.length % 64;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
  const hash = Int32Array.from(START), schedule = new Int32Array(64);
  for (const part of [bytes.subarray(0, whole), tail]) {
    const words = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at < part.length; at += 64) mix(hash, schedule, words, at);
  }
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** @param {Int32Array} hash @param {Int32Array} w @param {DataView} words @param {number} at */
function mix(hash, w, words, at) {
  for (let i = 0; i < 16; i++) w[i] = words.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + w[i - 7] + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let i = 0; i < 64; i++) {
    const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] += word));
}
