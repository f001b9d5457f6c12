// SPDX-License-Identifier: MIT
// What `npm run bench` measures and how: groups of cases (tests/bench/bench*.c) that run in turns, round by round, the peak
// of multiplications and additions before and after each of them, so that a machine that slows down slows all of a group.
// A figure is the median over the rounds; a ratio is the median of the rounds' ratios. Runs in Node and in browsers.
import { ACTIONS, BATCH, INPUTS, LANGUAGE, LM_FLOPS_PER_TOKEN, PPO_CELLS, controlFlops, imageFlops, ppoFlops, updateFlops } from './flops.mjs';

/**
 * Something that has the cases: a WebAssembly module (module.mjs) or the native program (native.mjs).
 * @typedef {object} Subject
 * @property {(kind: string, ...sizes: number[]) => Promise<number>} open   a case, by its kind's name
 * @property {(handle: number, n: number) => Promise<number>} time          seconds of n runs
 * @property {(handle: number) => Promise<unknown>} close
 */
/** @typedef {{ simd: Subject, scalar: Subject, native?: Subject }} Subjects */
/** @typedef {{ repeats: number, ms: number, warmMs: number }} Effort  rounds; least length of a measurement; of warming up */
/** @typedef {{ subject: Subject, kind: string, sizes?: number[] }} Job */
/** @typedef {Record<string, number[]>} Times  seconds of one run, per job and round; under `peak KEY` the peak's beside it */
/** @typedef {[least: number, most: number]} Spread */

/** The cases of the peak: which one is fastest depends on the processor. */
const PEAKS = ['peak_12', 'peak_13', 'peak_6_6'];
/** Multiplications and additions of one run of them: 624 steps of all chains together, 4 lanes, 2 each. */
export const PEAK_FLOPS = 12 * 13 * 4 * 4 * 2;
const GEMM_SIZES = [[64, 64, 64], [128, 128, 128], [256, 256, 256], [37, 53, 129]];
const GEMM_OPS = ['nn', 'nt', 'tn'];
/** Hidden sizes of the networks that are compared; those over which cost is shown to grow; the two whose time per flop is compared. */
const HIDDEN = [64, 256];
const SCALING = [32, 64, 128, 256, 512, 1024];
const GROWTH = [128, 512];
const ENVS = [1, 4, 16, 64, 256];
const IMAGE_BATCH = 32;
/** Epochs of PPO's update. */
const EPOCHS = 10;
/** Thousands of transitions in a prioritized replay buffer. */
const THOUSANDS = [1, 10, 100, 1000];

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Sizes of what is compared of actions that are numbers: hidden units, batch. */
const CONTROL = [[64, 100], [256, 256]];

/** @param {number} hidden */
const netName = (hidden) => [INPUTS, hidden, hidden, ACTIONS].join('-');

/**
 * Everything.
 * @param {Subjects} subjects @param {Effort} effort @param {(what: string) => void} [log]
 */
export async function measure(subjects, effort, log = () => {}) {
  /** @type {number[]} */
  const peaks = [];
  /** @param {string} what @param {Record<string, Job>} jobs */
  const group = async (what, jobs) => {
    log(what);
    const times = await measureGroup(jobs, subjects.simd, effort);
    for (const key of Object.keys(jobs)) peaks.push(...times[`peak ${key}`].map((t) => PEAK_FLOPS / t / 1e9));
    return times;
  };
  const gemm = [];
  for (const size of GEMM_SIZES) gemm.push(...await gemmOf(size, subjects, group));
  const updates = [];
  for (const hidden of HIDDEN) updates.push(await updateOf(hidden, subjects, group));
  const control = [];
  for (const sizes of CONTROL) control.push(...await controlOf(sizes, subjects, group));
  const images = await imagesOf(subjects, group);
  const ppo = await ppoOf(subjects, group);
  const scaling = await scalingOf(subjects, group);
  const loop = await loopOf(subjects, group);
  const env = await envOf(subjects, group);
  const prioritized = await prioritizedOf(subjects, group);
  const language = await languageOf(subjects, group);
  return {
    peak_gflops: median(peaks), peak_spread: spread(peaks), gemm, updates, control, images, ppo, scaling, loop, env, prioritized, language,
  };
}

/** @typedef {(what: string, jobs: Record<string, Job>) => Promise<Times>} Group */

/** The native twin of a job, when there is a native program. @param {Subjects} subjects @param {string} key @param {string} kind @param {number[]} sizes */
function natively({ native }, key, kind, sizes) {
  return native ? { [`native ${key}`]: { subject: native, kind, sizes } } : {};
}

/** @param {number[]} size @param {Subjects} subjects @param {Group} group */
async function gemmOf(size, subjects, group) {
  const [m, n, k] = size;
  const jobs = GEMM_OPS.map((op) => ({
    [op]: { subject: subjects.simd, kind: `gemm_${op}`, sizes: size }, ...natively(subjects, op, `gemm_${op}`, size),
  }));
  const times = await group(`gemm ${size.join('x')}`, Object.assign({}, ...jobs));
  const flops = 2 * m * n * k;
  return GEMM_OPS.map((op) => ({
    op, m, n, k, ...rates('gflops', times[op], flops / 1e9), of_peak: ofPeak(times, op, flops), ...ofNative(times, op),
  }));
}

/** @param {number} hidden @param {Subjects} subjects @param {Group} group */
async function updateOf(hidden, subjects, group) {
  const { simd, scalar } = subjects;
  const sizes = [hidden, BATCH];
  const times = await group(`update ${netName(hidden)}`, {
    update: { subject: simd, kind: 'update', sizes }, scalar: { subject: scalar, kind: 'update', sizes },
    ...natively(subjects, 'update', 'update', sizes),
    gather: { subject: simd, kind: 'gather', sizes }, forward: { subject: simd, kind: 'forward', sizes },
    backward: { subject: simd, kind: 'backward', sizes }, optimizer: { subject: simd, kind: 'optimizer', sizes },
  });
  const flops = updateFlops(hidden);
  return {
    net: netName(hidden), batch: BATCH, flops, ...rates('per_second', times.update, 1),
    of_peak: ofPeak(times, 'update', flops), scalar_per_second: 1 / median(times.scalar),
    of_scalar: ratio(times.scalar, times.update), ...ofNative(times, 'update'), parts: partsOf(times),
  };
}

/** Updates of the algorithms whose actions are numbers. @param {number[]} sizes @param {Subjects} subjects @param {Group} group */
async function controlOf(sizes, subjects, group) {
  const [hidden, batch] = sizes, algos = /** @type {const} */ (['ddpg', 'td3', 'sac']);
  const jobs = algos.map((algo) => ({ [algo]: { subject: subjects.simd, kind: algo, sizes }, ...natively(subjects, algo, algo, sizes) }));
  const times = await group(`continuous control ${hidden}-${hidden}, batch ${batch}`, Object.assign({}, ...jobs));
  return algos.map((algo) => {
    const updates = algo === 'td3' ? 2 : 1, flops = batch * controlFlops(algo, hidden);
    return { algo, net: `${hidden}-${hidden}`, batch, flops, ...rates('per_second', times[algo], updates), of_peak: ofPeak(times, algo, updates * flops), ...ofNative(times, algo) };
  });
}

/** Updates of DQN whose networks see images. @param {Subjects} subjects @param {Group} group */
async function imagesOf(subjects, group) {
  const kinds = /** @type {const} */ (['nature', 'minatar']), sizes = [IMAGE_BATCH];
  const jobs = kinds.map((kind) => ({ [kind]: { subject: subjects.simd, kind, sizes }, ...natively(subjects, kind, kind, sizes) }));
  const times = await group(`networks of images, batch ${IMAGE_BATCH}`, Object.assign({}, ...jobs));
  return kinds.map((kind) => {
    const flops = imageFlops(kind, IMAGE_BATCH);
    return { net: kind, batch: IMAGE_BATCH, flops, ...rates('per_second', times[kind], 1), of_peak: ofPeak(times, kind, flops), ...ofNative(times, kind) };
  });
}

/** PPO: an update, and its rollout of CartPole as there are more environments. @param {Subjects} subjects @param {Group} group */
async function ppoOf(subjects, group) {
  const hidden = HIDDEN[0], sizes = [hidden, BATCH, EPOCHS], { simd } = subjects;
  const rollouts = ENVS.map((n) => ({ [n]: { subject: simd, kind: 'rollout', sizes: [hidden, n] }, ...natively(subjects, `${n}`, 'rollout', [hidden, n]) }));
  const times = await group('PPO', Object.assign({ update: { subject: simd, kind: 'ppo', sizes }, ...natively(subjects, 'update', 'ppo', sizes) }, ...rollouts));
  const flops = ppoFlops(hidden, EPOCHS);
  return {
    net: `${hidden}-${hidden}`, cells: PPO_CELLS, batch: BATCH, epochs: EPOCHS, flops, ...rates('per_second', times.update, 1),
    of_peak: ofPeak(times, 'update', flops), ...ofNative(times, 'update'),
    rollout: ENVS.map((n) => ({ n_envs: n, ...rates('steps_per_second', times[n], n), ...ofNative(times, `${n}`) })),
  };
}

/** Prioritized replay as it grows: a transition comes, a batch is drawn, gathered and gets new priorities. @param {Subjects} subjects @param {Group} group */
async function prioritizedOf(subjects, group) {
  const jobs = THOUSANDS.map((n) => ({ [n]: { subject: subjects.simd, kind: 'prioritized', sizes: [n, BATCH] }, ...natively(subjects, `${n}`, 'prioritized', [n, BATCH]) }));
  const times = await group('prioritized replay', Object.assign({}, ...jobs));
  return THOUSANDS.map((n) => ({
    transitions: 1000 * n, batch: BATCH, ...rates('per_second', times[n], 1), growth: ratio(times[n], times[THOUSANDS[0]]), ...ofNative(times, `${n}`),
  }));
}

/** Microseconds of an update's parts, each measured alone; `rest` is what the update takes beyond them. @param {Times} times */
function partsOf({ update, gather, forward, backward, optimizer }) {
  const us = (/** @type {number[]} */ seconds) => 1e6 * median(seconds);
  const rest = update.map((t, i) => t - gather[i] - 2 * forward[i] - backward[i] - optimizer[i]);
  return {
    sample_and_gather: us(gather), two_forward_passes: 2 * us(forward), backward: us(backward), clip_and_adam: us(optimizer), rest: us(rest),
  };
}

/** A step of pre-training; writing with the cache. @param {Subjects} subjects @param {Group} group */
async function languageOf(subjects, group) {
  const { simd, scalar } = subjects, { channels, batch, context } = LANGUAGE;
  const sizes = [channels, batch], tokens = batch * context, written = context - 1;
  const times = await group(`language model of d_model ${channels}`, {
    step: { subject: simd, kind: 'lm', sizes }, scalar: { subject: scalar, kind: 'lm', sizes }, ...natively(subjects, 'step', 'lm', sizes),
    decode: { subject: simd, kind: 'decode', sizes: [channels] }, ...natively(subjects, 'decode', 'decode', [channels]),
  });
  return {
    d_model: channels, n_layers: LANGUAGE.blocks, context, batch, vocabulary: LANGUAGE.vocabulary, flops_per_token: LM_FLOPS_PER_TOKEN,
    ...rates('tokens_per_second', times.step, tokens), of_peak: ofPeak(times, 'step', tokens * LM_FLOPS_PER_TOKEN), of_scalar: ratio(times.scalar, times.step),
    ...ofNative(times, 'step'),
    decode: { ...rates('tokens_per_second', times.decode, written), of_peak: ofPeak(times, 'decode', written * LM_FLOPS_PER_TOKEN / 3), ...ofNative(times, 'decode') },
  };
}

/** Time per flop as layers grow. @param {Subjects} subjects @param {Group} group */
async function scalingOf(subjects, group) {
  const sizes = (/** @type {number} */ hidden) => [hidden, BATCH];
  const jobs = SCALING.map((hidden) => ({ [hidden]: { subject: subjects.simd, kind: 'update', sizes: sizes(hidden) }, ...natively(subjects, `${hidden}`, 'update', sizes(hidden)) }));
  const times = await group(`update of hidden ${SCALING.join(', ')}`, Object.assign({}, ...jobs));
  const perFlop = (/** @type {number} */ hidden) => times[hidden].map((t) => 1e9 * t / updateFlops(hidden));
  const [small, large] = GROWTH.map(perFlop);
  return {
    ns_per_flop: SCALING.map((hidden) => ({
      hidden, ns: median(perFlop(hidden)), ...rates('per_second', times[hidden], 1), of_peak: ofPeak(times, `${hidden}`, updateFlops(hidden)), ...ofNative(times, `${hidden}`),
    })),
    growth: ratio(large, small),
  };
}

/** @param {Subjects} subjects @param {Group} group */
async function loopOf(subjects, group) {
  const sizes = [HIDDEN[0], BATCH];
  const times = await group('training loop', {
    loop: { subject: subjects.simd, kind: 'loop', sizes }, update: { subject: subjects.simd, kind: 'update', sizes },
    act: { subject: subjects.simd, kind: 'act', sizes }, ...natively(subjects, 'loop', 'loop', sizes),
  });
  return {
    net: netName(HIDDEN[0]), batch: BATCH, ...rates('steps_per_second', times.loop, 1),
    of_update_rate: ratio(times.update, times.loop), act_microseconds: 1e6 * median(times.act), ...ofNative(times, 'loop'),
  };
}

/** @param {Subjects} subjects @param {Group} group */
async function envOf(subjects, group) {
  const jobs = ENVS.map((n) => ({ [n]: { subject: subjects.simd, kind: 'env', sizes: [n] }, ...natively(subjects, `${n}`, 'env', [n]) }));
  const times = await group('environments', Object.assign({}, ...jobs));
  return ENVS.map((n) => ({
    id: 'CartPole-v1', n_envs: n, ...rates('steps_per_second', times[n], n),
    per_second_at_50_gflops: median(times[n].map((t, i) => n / t * 50e9 * times[`peak ${n}`][i] / PEAK_FLOPS)), ...ofNative(times, `${n}`),
  }));
}

/**
 * A rate with its spread.
 * @template {string} Name
 * @param {Name} name @param {number[]} seconds @param {number} work in one run
 */
export function rates(name, seconds, work) {
  const values = seconds.map((t) => work / t);
  const rate = /** @type {{ [key in Name]: number }} */ ({ [name]: median(values) });
  return { ...rate, spread: spread(values) };
}

/** @param {Times} times @param {string} key @param {number} flops of one run */
function ofPeak(times, key, flops) {
  return ratio(times[`peak ${key}`], times[key]) * flops / PEAK_FLOPS;
}

/** How fast WebAssembly is, the native program being 1. @param {Times} times @param {string} key @returns {{ of_native?: number }} */
function ofNative(times, key) {
  const native = times[`native ${key}`];
  return native ? { of_native: ratio(native, times[key]) } : {};
}

/** @param {number[]} above @param {number[]} below of the same rounds */
export function ratio(above, below) {
  return median(above.map((value, i) => value / below[i]));
}

/** @param {number[]} values @returns {Spread} */
export function spread(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** Opens the jobs, warms each up, then times them in turns, and the peak of `subject` between them. @param {Record<string, Job>} jobs @param {Subject} subject @param {Effort} effort @returns {Promise<Times>} */
export async function measureGroup(jobs, subject, effort) {
  const reference = await preparePeak(subject, { ...effort, ms: effort.ms / 8 });
  const ready = [];
  for (const [key, job] of Object.entries(jobs)) ready.push({ key, ...await prepare(job, effort) });
  /** @type {Times} */
  const times = Object.fromEntries(ready.flatMap(({ key }) => [[key, []], [`peak ${key}`, []]]));
  for (let round = 0; round < effort.repeats; round++) {
    let before = await reference.time();
    for (const { key, time } of ready) {
      times[key].push(await time());
      const after = await reference.time();
      times[`peak ${key}`].push((before + after) / 2);
      before = after;
    }
  }
  for (const { close } of [reference, ...ready]) await close();
  return times;
}

/** The fastest of the peaks, each time anew. @param {Subject} subject @param {Effort} effort */
async function preparePeak(subject, effort) {
  /** @type {Awaited<ReturnType<typeof prepare>>[]} */
  const peaks = [];
  for (const kind of PEAKS) peaks.push(await prepare({ subject, kind }, effort));
  const time = async () => {
    let least = Infinity;
    for (const peak of peaks) least = Math.min(least, await peak.time());
    return least;
  };
  const close = async () => {
    for (const peak of peaks) await peak.close();
  };
  return { time, close };
}

/** A case, warm; `time` gives the seconds of one run. @param {Job} job @param {Effort} effort */
async function prepare({ subject, kind, sizes = [] }, effort) {
  const handle = await subject.open(kind, ...sizes);
  const n = await runsFor(subject, handle, effort);
  return { time: async () => await subject.time(handle, n) / n, close: () => subject.close(handle) };
}

/**
 * How many runs take `ms`, found while warming up: an engine first runs a quick translation of the module and swaps a
 * better one in, function by function.
 * @param {Subject} subject @param {number} handle @param {Effort} effort
 */
async function runsFor(subject, handle, { ms, warmMs }) {
  let n = 1;
  for (let spent = 0; spent < warmMs / 1000;) {
    const time = await subject.time(handle, n);
    spent += time;
    // Twice as many at most: a clock of a browser may be coarse, and its first answers 0.
    n = Math.max(1, Math.min(2 * n, Math.ceil(n * ms / 1000 / Math.max(time, 1e-9))));
  }
  return n;
}
