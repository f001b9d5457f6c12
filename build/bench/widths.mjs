// SPDX-License-Identifier: MIT
// `npm run bench -- --widths`: the native program with kernels of each width the processor has, in turns. The clock is the program's own
// time on the processor, so that neighbours who wait for their turn do not count. A ratio is the median of the rounds' ratios to SSE2; beside a
// case of known flops stands its share of the peak of that width.
import { imageFlops, lmFlops, updateFlops } from './flops.mjs';
import { PEAK_FLOPS, measureGroup, median, ratio } from './measure.mjs';
import { openNative, widthOfNative } from './native.mjs';

/** @typedef {import('./measure.mjs').Subject} Subject */
/** @typedef {{ name: string, kind: string, sizes: number[], flops?: number }} Case  flops of one run */
/** @typedef {{ width: string, seconds: number, of_sse2: number, of_peak: number | null }} Figure */

export const WIDTHS = ['scalar', 'sse2', 'avx2', 'avx512'];

/** @type {Case[]} */
const CASES = [
  ...['nn', 'nt', 'tn'].map((op) => ({ name: `gemm ${op} 64x256x256`, kind: `gemm_${op}`, sizes: [64, 256, 256], flops: 2 * 64 * 256 * 256 })),
  ...['nn', 'nt', 'tn'].map((op) => ({ name: `gemm ${op} 256x256x256`, kind: `gemm_${op}`, sizes: [256, 256, 256], flops: 2 * 256 ** 3 })),
  ...['nn', 'nt', 'tn'].map((op) => ({ name: `gemm ${op} 37x53x129`, kind: `gemm_${op}`, sizes: [37, 53, 129], flops: 2 * 37 * 53 * 129 })),
  ...[64, 256].map((hidden) => ({ name: `update 4-${hidden}-${hidden}-2, batch 64`, kind: 'update', sizes: [hidden, 64], flops: updateFlops(hidden) })),
  { name: 'SAC 256-256, batch 256', kind: 'sac', sizes: [256, 256] },
  { name: 'Nature network, batch 32', kind: 'nature', sizes: [32], flops: imageFlops('nature', 32) },
  { name: 'language model of d_model 64', kind: 'lm', sizes: [64, 16], flops: lmFlops() },
  { name: 'clip and Adam, 4-256-256-2', kind: 'optimizer', sizes: [256, 64] },
];

/** Those the processor has: the others fall back. @returns {string[]} */
export function widthsHere() {
  return WIDTHS.filter((width) => width !== 'scalar' && widthOfNative(width) === width);
}

/** @param {Case} c @param {Record<string, Subject>} subjects @param {import('./measure.mjs').Effort} effort @returns {Promise<{ name: string, widths: Figure[] }>} */
async function measureCase({ name, kind, sizes, flops }, subjects, effort) {
  /** @type {Record<string, number[]>} */
  const seconds = {};
  /** @type {Record<string, number[]>} */
  const peaks = {};
  for (let round = 0; round < effort.repeats; round++) {
    for (const [width, subject] of Object.entries(subjects)) {
      const times = await measureGroup({ it: { subject, kind, sizes } }, subject, { ...effort, repeats: 1, warmMs: effort.warmMs / effort.repeats });
      (seconds[width] ??= []).push(times.it[0]);
      (peaks[width] ??= []).push(times['peak it'][0]);
    }
  }
  return {
    name,
    widths: Object.keys(subjects).map((width) => ({
      width, seconds: median(seconds[width]), of_sse2: ratio(seconds.sse2, seconds[width]),
      of_peak: flops === undefined ? null : ratio(peaks[width], seconds[width]) * flops / PEAK_FLOPS,
    })),
  };
}

/** @param {import('./measure.mjs').Effort} effort @param {(what: string) => void} log */
export async function measureWidths(effort, log) {
  const programs = Object.fromEntries(widthsHere().map((width) => [width, openNative(width, 'cpu')]));
  try {
    const cases = [];
    for (const one of CASES) {
      log(one.name);
      cases.push(await measureCase(one, programs, effort));
    }
    return { cases };
  } finally {
    for (const program of Object.values(programs)) program.end();
  }
}

/** @param {{ cases: { name: string, widths: Figure[] }[], machine: { cpu: string, load: number } }} report */
export function tableOfWidths({ cases, machine }) {
  const cell = (/** @type {Figure} */ { width, seconds, of_sse2, of_peak }) =>
    [width, `${(1e6 * seconds).toFixed(1)} us`.padStart(12), `${of_sse2.toFixed(2)} x`.padStart(7), of_peak === null ? '' : `${Math.round(100 * of_peak)} % of peak`].join(' ').padEnd(40);
  const lines = cases.map(({ name, widths }) => [name.padEnd(30), ...widths.map(cell)].join('').trimEnd());
  return [`${machine.cpu}; load ${machine.load.toFixed(1)} at the start`, ...lines].join('\n');
}
