// SPDX-License-Identifier: MIT
// What an agent holds of a state: how often its actions were tried there, and what the layers of its network say of it. Apart from
// run.mjs: a page that trains asks for none of this at first.
import { BellhopError } from './bellhop-error.mjs';
import { flattenObs } from './run-values.mjs';

/** @typedef {import('./run.mjs').Run} Run */
/** As src/rl/run.h has it, bh_run_inspect. @typedef {{ name: string, dtype: 'I32' | 'F32' | 'F64', shape: [number, number], extent: number[], stride: number[], address: number }} Found */

/** @param {Run} run @param {unknown} given  one observation @returns {import('../bellhop.js').Inspection} */
export function inspect(run, given) {
  const { flat } = flattenObs(run, given);
  if (run.count(flat) !== 1) throw new BellhopError('BH_ERR_ARGUMENT', `inspect takes one observation, but got ${run.count(flat)}`);
  return run.use((wasm, address) => wasm.scratch((scratch) => {
    /** @type {Found[]} */
    const found = wasm.json(wasm.call.bhx_run_tensors(address, 0, scratch.floats(flat)));
    const read = (/** @type {Found} */ { dtype, shape: [rows, columns], address: at }) => Float64Array.from(dtype === 'I32' ? wasm.ints(at, rows * columns) : dtype === 'F64' ? wasm.doubles(at, rows * columns) : wasm.floats(at, rows * columns));
    const visits = found.find(({ name }) => name === 'visits');
    const layers = found.filter((each) => each !== visits).map((each) => ({ activation: /** @type {any} */ (each.name), shape: each.shape, data: read(each) }));
    return { ...visits ? countsIn(read(visits), visits.shape[1], flat[0]) : { visits: null, counted: null }, layers };
  }));
}

/** @param {ArrayLike<number>} table @param {number} actions @param {number} state */
function countsIn(table, actions, state) {
  const counts = Int32Array.from(table);
  return { visits: counts.slice(state * actions, (state + 1) * actions), counted: counts.reduce((sum, n) => sum + n, 0) };
}
