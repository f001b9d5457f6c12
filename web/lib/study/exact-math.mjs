// SPDX-License-Identifier: MIT
// exp, log and the normal distribution from sums and products alone, which every engine rounds alike; Math.exp and Math.log may differ in the
// last bit from one to the next, and a study must come to the same trials everywhere.

const LN2_HIGH = 0.6931471803691238, LN2_LOW = 1.9082149292705877e-10;
const bits = new DataView(new ArrayBuffer(8));

/** 1 / i! for i from 14 to 0. */
const INVERSE_FACTORIALS = Array.from({ length: 15 }, (_, i) => Array.from({ length: 14 - i }, (__, k) => k + 1).reduce((product, k) => product / k, 1));
/** 1 / i for odd i from 23 to 1. */
const INVERSE_ODD = Array.from({ length: 12 }, (_, i) => 1 / (23 - 2 * i));

/** Horner's rule. @param {readonly number[]} coefficients  of the highest power first @param {number} x */
function polynomial(coefficients, x) {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i];
  return sum;
}

/** 2^n for -1022 <= n <= 1023. @param {number} n */
function powerOfTwo(n) {
  bits.setUint32(0, (n + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** e^x, to a few units of the last place; 0 below -708. @param {number} x */
export function exp(x) {
  if (!(x > -708)) return x === x ? 0 : NaN;
  if (x > 709) return Infinity;
  const n = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  return polynomial(INVERSE_FACTORIALS, r) * powerOfTwo(n);
}

/** The natural logarithm; -Infinity at 0. @param {number} x @returns {number} */
export function log(x) {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x === Infinity ? x : NaN;
  if (x < 2.2250738585072014e-308) return log(x * 2 ** 54) - 54 * (LN2_HIGH + LN2_LOW);
  bits.setFloat64(0, x);
  let n = (bits.getUint32(0) >>> 20) - 1023;
  bits.setUint32(0, (bits.getUint32(0) & 0xfffff) | (1023 << 20));
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    n++;
  }
  const s = (m - 1) / (m + 1);
  return n * LN2_HIGH + (2 * s * polynomial(INVERSE_ODD, s * s) + n * LN2_LOW);
}

const A = [0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376];
const B = [0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752];

/** The share of a standard normal distribution below x (Hart 1968, in the form of West 2005), to 1e-15; beyond 7, to a hundred-millionth of itself. @param {number} x */
export function normalCdf(x) {
  const z = Math.abs(x);
  let tail = 0;
  if (z < 7.07106781186547) tail = exp(-z * z / 2) * polynomial(A, z) / polynomial(B, z);
  else if (z < 37) tail = exp(-z * z / 2) / (2.506628274631 * (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))));
  return x > 0 ? 1 - tail : tail;
}

const C = [[-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239], [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]];
const D = [[-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783], [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]];

/** The x with a share p of a standard normal distribution below it (Acklam 2003), to 1.2e-9. @param {number} p  between 0 and 1 @returns {number} */
export function normalQuantile(p) {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * log(Math.max(p, 1e-300)));
    return polynomial(D[0], q) / polynomial(D[1], q);
  }
  const q = p - 0.5, r = q * q;
  return q * polynomial(C[0], r) / polynomial(C[1], r);
}
