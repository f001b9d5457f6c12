// SPDX-License-Identifier: MIT
// The three products of a linear layer in plain JavaScript, twice. Arrays are row after row: x (B,I), w (I,O), y (B,O).
// Every inner loop runs along contiguous memory, and an input that ReLU made 0, every second one, is skipped: of the
// simple orders this is the fastest in V8 (a dot product for every output took 1.8 times as long). `simple` is that.
// `blocked` adds what somebody who profiles adds: four inputs at a time, so that an output is read and written once for
// four products; about twice as fast, at the price of the code below.

/**
 * @typedef {object} Loops
 * @property {(y: Float32Array, x: Float32Array, w: Float32Array, b: Float32Array, B: number, I: number, O: number) => void} forward  y = x w + b
 * @property {(dw: Float32Array, x: Float32Array, dy: Float32Array, B: number, I: number, O: number) => void} weights  dw += xᵀ dy
 * @property {(dx: Float32Array, dy: Float32Array, w: Float32Array, x: Float32Array, B: number, I: number, O: number) => void} inputs
 *   dx = dy wᵀ where x > 0, else 0: x being what ReLU gave
 */

/** @type {Loops} */
export const simple = {
  forward(y, x, w, b, B, I, O) {
    for (let row = 0; row < B; row++) {
      const yAt = row * O;
      for (let o = 0; o < O; o++) y[yAt + o] = b[o];
      for (let i = 0; i < I; i++) {
        const v = x[row * I + i];
        if (v === 0) continue;
        const wAt = i * O;
        for (let o = 0; o < O; o++) y[yAt + o] += v * w[wAt + o];
      }
    }
  },
  weights(dw, x, dy, B, I, O) {
    for (let row = 0; row < B; row++) {
      const dyAt = row * O;
      for (let i = 0; i < I; i++) {
        const v = x[row * I + i];
        if (v === 0) continue;
        const wAt = i * O;
        for (let o = 0; o < O; o++) dw[wAt + o] += v * dy[dyAt + o];
      }
    }
  },
  inputs(dx, dy, w, x, B, I, O) {
    for (let row = 0; row < B; row++) {
      const dyAt = row * O;
      for (let i = 0; i < I; i++) {
        let sum = 0;
        if (x[row * I + i] > 0) {
          const wAt = i * O;
          for (let o = 0; o < O; o++) sum += dy[dyAt + o] * w[wAt + o];
        }
        dx[row * I + i] = sum;
      }
    }
  },
};

/** Which inputs are not 0: of one row, or of one column. Grows to the longest. */
let active = new Int32Array(256);

/** @param {Float32Array} x @param {number} from @param {number} step @param {number} n how many are not 0, their places in `active` */
function findActive(x, from, step, n) {
  if (active.length < n) active = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (x[from + i * step] !== 0) active[count++] = i;
  return count;
}

/**
 * out[0…n) += the sum over k of x[xAt + k xStep] · rows[k n …], over the `count` active k.
 * @param {Float32Array} out @param {number} outAt @param {Float32Array} x @param {number} xAt @param {number} xStep
 * @param {Float32Array} rows @param {number} n @param {number} count
 */
function addRows(out, outAt, x, xAt, xStep, rows, n, count) {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const k0 = active[k], k1 = active[k + 1], k2 = active[k + 2], k3 = active[k + 3];
    const v0 = x[xAt + k0 * xStep], v1 = x[xAt + k1 * xStep], v2 = x[xAt + k2 * xStep], v3 = x[xAt + k3 * xStep];
    const r0 = k0 * n, r1 = k1 * n, r2 = k2 * n, r3 = k3 * n;
    for (let o = 0; o < n; o++) out[outAt + o] += v0 * rows[r0 + o] + v1 * rows[r1 + o] + v2 * rows[r2 + o] + v3 * rows[r3 + o];
  }
  for (; k < count; k++) {
    const v = x[xAt + active[k] * xStep], rAt = active[k] * n;
    for (let o = 0; o < n; o++) out[outAt + o] += v * rows[rAt + o];
  }
}

/** @type {Loops} */
export const blocked = {
  forward(y, x, w, b, B, I, O) {
    for (let row = 0; row < B; row++) {
      for (let o = 0; o < O; o++) y[row * O + o] = b[o];
      addRows(y, row * O, x, row * I, 1, w, O, findActive(x, row * I, 1, I));
    }
  },
  weights(dw, x, dy, B, I, O) {
    for (let i = 0; i < I; i++) addRows(dw, i * O, x, i, I, dy, O, findActive(x, i, I, B));
  },
  inputs(dx, dy, w, x, B, I, O) {
    dx.fill(0, 0, B * I);
    for (let row = 0; row < B; row++) {
      const dyAt = row * O, xAt = row * I, count = findActive(x, xAt, 1, I);
      let k = 0;
      for (; k + 4 <= count; k += 4) {
        const i0 = active[k], i1 = active[k + 1], i2 = active[k + 2], i3 = active[k + 3];
        const w0 = i0 * O, w1 = i1 * O, w2 = i2 * O, w3 = i3 * O;
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (let o = 0; o < O; o++) {
          const d = dy[dyAt + o];
          s0 += d * w[w0 + o];
          s1 += d * w[w1 + o];
          s2 += d * w[w2 + o];
          s3 += d * w[w3 + o];
        }
        dx[xAt + i0] = s0;
        dx[xAt + i1] = s1;
        dx[xAt + i2] = s2;
        dx[xAt + i3] = s3;
      }
      for (; k < count; k++) {
        const wAt = active[k] * O;
        let sum = 0;
        for (let o = 0; o < O; o++) sum += dy[dyAt + o] * w[wAt + o];
        dx[xAt + active[k]] = sum;
      }
    }
  },
};
