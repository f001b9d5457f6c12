// SPDX-License-Identifier: MIT
// `npm run bench:peers`: the same updates and training loops with what people would pick otherwise, and Bellhop's module in Node and
// its native program, on this machine, in turns: DQN with libraries of JavaScript and PyTorch; networks over images, DDPG, TD3, SAC,
// PPO and a language model with PyTorch. docs/performance.md says what differs in each.
//
// The clock is each process's own time on the processor. A ratio is Bellhop's speed over a peer's: the median of the rounds' ratios,
// with the least and the most, and that of each one's fastest round, which a busy machine disturbs least.
//
//     npm run bench:peers                       the table, about ten minutes; fetches packages into build/out/peers
//     npm run bench:peers -- --quick            shorter measurements
//     npm run bench:peers -- --only images,ppo  some of dqn, images, control, ppo, language
//     npm run bench:peers -- --skip-install     with the packages that are there already
//     npm run -s bench:peers -- --json          one JSON object instead of the table
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuNow } from './bench/clock.mjs';
import { PEAK_FLOPS, measureGroup, median, rates, ratio, spread } from './bench/measure.mjs';
import { openModule } from './bench/module.mjs';
import { openNative, widthOfNative } from './bench/native.mjs';
import { checkControl } from './peers/check-control.mjs';
import { checkRecords } from './peers/check-records.mjs';
import { checkPeers } from './peers/check.mjs';
import { installPeers } from './peers/install.mjs';
import { KINDS, findTorch, openPeers } from './peers/open.mjs';
import { table } from './peers/print.mjs';
import { Failure, OUT, main } from './run.mjs';
/** @import { Effort, Job, Subject } from './bench/measure.mjs' */
/** @import { Records } from './bench/module.mjs' */
/** @import { Absent, Peer, Python } from './peers/open.mjs' */

const USAGE = 'Usage: npm run bench:peers [-- --quick --json --skip-install --only GROUPS]';
const PREPARE = fileURLToPath(new URL('bench/prepare.mjs', import.meta.url));

/** @type {Record<'full' | 'quick', Effort>} TensorFlow.js needs a second and more until its engine has translated it. */
const EFFORTS = { full: { repeats: 9, ms: 150, warmMs: 1500 }, quick: { repeats: 5, ms: 50, warmMs: 500 } };

/** A case of tests/bench/bench*.c. @typedef {{ title: string, unit: string, kind: string, sizes: number[], work?: number }} Task  work: units of one run */
/** @typedef {Subject & Records} Bellhop */
/** @typedef {{ tasks: Task[], check: (bellhop: Bellhop, peers: Peer[]) => Promise<Record<string, number>> }} Group */

/** @param {string} algo */
const controlTasks = (algo) => {
  const work = algo === 'td3' ? 2 : 1; // an update that moves the actor, and one that does not
  const updates = [[64, 100], [256, 256]].map((sizes) => ({ title: `update of ${algo.toUpperCase()}, ${sizes[0]}-${sizes[0]}, batch ${sizes[1]}`, unit: 'updates/s', kind: algo, sizes, work }));
  return [...updates, { title: `loop of ${algo.toUpperCase()}, 64-64, batch 100, Pendulum-v1, an update per step`, unit: 'steps/s', kind: `loop_${algo}`, sizes: [64, 100] }];
};

/** @type {Record<keyof typeof KINDS, Group>} */
const GROUPS = {
  dqn: {
    tasks: [
      ...[64, 256].map((hidden) => ({ title: `update of DQN, 4-${hidden}-${hidden}-2, batch 64`, unit: 'updates/s', kind: 'update', sizes: [hidden, 64] })),
      { title: 'loop of DQN, 4-64-64-2, batch 64, CartPole-v1, an update per step', unit: 'steps/s', kind: 'loop', sizes: [64, 64] },
    ],
    check: (_, peers) => checkPeers(peers),
  },
  images: {
    tasks: [
      { title: 'update of DQN, Nature network on 84x84x4, batch 32', unit: 'updates/s', kind: 'nature', sizes: [32] },
      { title: 'update of DQN, MinAtar network on 10x10x4, batch 32', unit: 'updates/s', kind: 'minatar', sizes: [32] },
    ],
    check: (bellhop, peers) => checkRecords(bellhop, peers, ['nature', 'minatar']),
  },
  control: { tasks: ['ddpg', 'td3', 'sac'].flatMap(controlTasks), check: checkControl },
  ppo: {
    tasks: [
      { title: 'update of PPO, 64-64, 8 x 128 steps, 10 epochs of batches of 64', unit: 'updates/s', kind: 'ppo', sizes: [64, 64, 10] },
      { title: 'loop of PPO, the same, CartPole-v1', unit: 'steps/s', kind: 'loop_ppo', sizes: [64, 64], work: 8 * 128 },
    ],
    check: (bellhop, peers) => checkRecords(bellhop, peers, ['ppo']),
  },
  language: {
    tasks: [
      { title: 'language model, d_model 64, 2 layers, 16 windows of 64, a step', unit: 'tokens/s', kind: 'lm', sizes: [64, 16], work: 16 * 64 },
      { title: 'the same model writes a context with its cache', unit: 'tokens/s', kind: 'decode', sizes: [64], work: 63 },
    ],
    check: (bellhop, peers) => checkRecords(bellhop, peers, ['lm', 'decode']),
  },
};

/** @param {string} text @returns {(keyof typeof KINDS)[]} */
function groupsOf(text) {
  const names = text.split(','), unknown = names.find((name) => !(name in GROUPS));
  if (unknown !== undefined) throw new Failure(`unknown group '${unknown}'; known: ${Object.keys(GROUPS).join(', ')}\n${USAGE}`);
  return /** @type {(keyof typeof KINDS)[]} */ (names);
}

function readArguments() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    const only = /** @type {const} */ ({ type: 'string', default: Object.keys(GROUPS).join() });
    return parseArgs({ options: { 'quick': flag, 'json': flag, 'skip-install': flag, only } }).values;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
}

async function openBellhop() {
  const { status } = spawnSync(process.execPath, [PREPARE, 'wasm-simd', 'release'], { stdio: ['inherit', 2, 2] });
  if (status !== 0) throw new Failure('What is to be measured could not be built.');
  return openModule(readFileSync(join(OUT, 'wasm-simd', 'bellhop_bench.wasm')), cpuNow);
}

/** @typedef {{ bellhop: Bellhop, native: Subject, effort: Effort, log: (what: string) => void }} Setting */

/** Bellhop's speed over a peer's. @param {number[]} theirs seconds, round by round @param {number[]} ours */
function speedup(theirs, ours) {
  return { median: ratio(theirs, ours), spread: spread(theirs.map((t, i) => t / ours[i])), fastest: Math.min(...theirs) / Math.min(...ours) };
}

/** Bellhop and peers in turns. @param {Task} task @param {Peer[]} peers @param {Setting} setting */
async function compare({ title, unit, kind, sizes, work = 1 }, peers, { bellhop, native, effort, log }) {
  log(`measuring: ${title}`);
  const subjects = { bellhop, native, ...Object.fromEntries(peers.map(({ name, subject }) => [name, subject])) };
  const jobs = Object.fromEntries(Object.entries(subjects).map(([key, subject]) => /** @type {[string, Job]} */ ([key, { subject, kind, sizes }])));
  const times = await measureGroup(jobs, bellhop, effort);
  const rate = (/** @type {string} */ key) => rates('per_second', times[key], work);
  return {
    title, unit, bellhop: rate('bellhop'), native: { ...rate('native'), of_bellhop: speedup(times.bellhop, times.native) },
    peers: peers.map(({ name, label, version, note }) => ({
      name, label, version, note, ...rate(name), bellhop: speedup(times[name], times.bellhop), native: speedup(times[name], times.native),
    })),
    peaks: Object.keys(jobs).flatMap((key) => times[`peak ${key}`].map((t) => PEAK_FLOPS / t / 1e9)),
  };
}

/** One group with its peers, which live as long as it is measured. @param {keyof typeof KINDS} name @param {Setting} setting @param {Map<string, string>} missing @param {Python | null} python */
async function measureOne(name, setting, missing, python) {
  const { tasks, check } = GROUPS[name], { peers, absent } = await openPeers(missing, KINDS[name], python);
  for (const { label, absent: why } of absent) setting.log(`absent: ${label}: ${why}`);
  try {
    setting.log(`${name}: do they learn the same?`);
    const agreement = await check(setting.bellhop, peers), comparisons = [];
    for (const task of peers.length > 0 ? tasks : []) comparisons.push(await compare(task, peers, setting));
    return { agreement, comparisons, absent };
  } finally {
    for (const { end } of peers) end();
  }
}

/** @param {(keyof typeof KINDS)[]} names @param {Setting} setting @param {Map<string, string>} missing */
async function measure(names, setting, missing) {
  const python = await findTorch(setting.log), comparisons = [], agreement = [], peaks = [];
  /** @type {Map<string, Absent>} */
  const absent = new Map();
  for (const name of names) {
    const group = await measureOne(name, setting, missing, python);
    agreement.push({ group: name, ...group.agreement });
    for (const one of group.absent) absent.set(one.label, one);
    for (const { peaks: some, ...figures } of group.comparisons) {
      comparisons.push(figures);
      peaks.push(...some);
    }
  }
  return { comparisons, agreement, absent: [...absent.values()], peak_gflops: median(peaks), peak_spread: spread(peaks) };
}

await main(async () => {
  const { quick, json, only, 'skip-install': skip } = readArguments();
  const names = groupsOf(only), log = (/** @type {string} */ what) => console.error(what);
  const bellhop = await openBellhop(), missing = installPeers({ skip, log }), load = loadavg()[0];
  const native = openNative(undefined, 'cpu');
  try {
    const figures = await measure(names, { bellhop, native, effort: EFFORTS[quick ? 'quick' : 'full'], log }, missing);
    const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), runtime: `Node ${process.version}`, native: widthOfNative(), load };
    const report = { ...figures, machine };
    console.log(json ? JSON.stringify(report) : table(report));
  } finally {
    native.end();
  }
});
