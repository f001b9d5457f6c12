// SPDX-License-Identifier: MIT
// `npm run bench:peers`: the same DQN update and the same training loop with what people would pick otherwise, and Bellhop's
// module in Node, on this machine, in turns; then the same of DDPG, TD3 and SAC with PyTorch. docs/performance.md says what
// differs in each.
//
// A ratio is Bellhop's speed over a peer's: the median of the rounds' ratios, and that of each one's fastest round, which
// a busy machine disturbs least.
//
//     npm run bench:peers                       the table, about six minutes; fetches packages into build/out/peers
//     npm run bench:peers -- --quick            shorter measurements
//     npm run bench:peers -- --skip-install     with the packages that are there already
//     npm run -s bench:peers -- --json          one JSON object instead of the table
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PEAK_FLOPS, measureGroup, median, rates, ratio, spread } from './bench/measure.mjs';
import { openModule } from './bench/module.mjs';
import { ALGORITHMS, checkControl } from './peers/check-control.mjs';
import { checkPeers } from './peers/check.mjs';
import { installPeers } from './peers/install.mjs';
import { CONTROL_KINDS, openPeers } from './peers/open.mjs';
import { table } from './peers/print.mjs';
import { Failure, OUT, main } from './run.mjs';
/** @import { Effort, Job, Subject } from './bench/measure.mjs' */
/** @import { Records } from './bench/module.mjs' */
/** @import { Peer } from './peers/open.mjs' */

const USAGE = 'Usage: npm run bench:peers [-- --quick --json --skip-install]';
const PREPARE = fileURLToPath(new URL('bench/prepare.mjs', import.meta.url));
const BATCH = 64;
const HIDDEN = [64, 256];
/** Hidden units and batch of DDPG, TD3 and SAC; the loop has the first. */
const CONTROL = [[64, 100], [256, 256]];

/** @type {Record<'full' | 'quick', Effort>} TensorFlow.js needs a second and more until its engine has translated it. */
const EFFORTS = { full: { repeats: 9, ms: 150, warmMs: 1500 }, quick: { repeats: 3, ms: 50, warmMs: 500 } };

function readArguments() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    return parseArgs({ options: { 'quick': flag, 'json': flag, 'skip-install': flag } }).values;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
}

async function openBellhop() {
  const { status } = spawnSync(process.execPath, [PREPARE, 'wasm-simd'], { stdio: ['inherit', 2, 2] });
  if (status !== 0) throw new Failure('What is to be measured could not be built.');
  return openModule(readFileSync(join(OUT, 'wasm-simd', 'bellhop_bench.wasm')));
}

/** What is compared: a case of tests/bench/bench.c, and how many updates or steps one run of it is. @typedef {{ kind: string, sizes: number[], net: string, work?: number }} Task */
/** @typedef {{ bellhop: Subject & Records, peers: Peer[], controlPeers: Peer[], effort: Effort, log: (what: string) => void }} Setting */

/** Bellhop and peers in turns. @param {Task} task @param {Peer[]} peers @param {Setting} setting */
async function compare({ kind, sizes, net, work = 1 }, peers, { bellhop, effort, log }) {
  log(`measuring: ${kind} ${net}, batch ${sizes[1]}`);
  /** @type {Record<string, Job>} */
  const jobs = { bellhop: { subject: bellhop, kind, sizes }, ...Object.fromEntries(peers.map(({ name, subject }) => [name, { subject, kind, sizes }])) };
  const times = await measureGroup(jobs, bellhop, effort);
  const peaks = Object.keys(jobs).flatMap((key) => times[`peak ${key}`].map((t) => PEAK_FLOPS / t / 1e9));
  const figures = {
    net, batch: sizes[1], bellhop: rates('per_second', times.bellhop, work),
    peers: peers.map(({ name, label, version, note }) => ({
      name, label, version, note, ...rates('per_second', times[name], work), ratio: ratio(times[name], times.bellhop),
      ratio_of_fastest: Math.min(...times[name]) / Math.min(...times.bellhop),
    })),
  };
  return { figures, peaks };
}

/** DQN. @param {Setting} setting */
async function compareDqn(setting) {
  const task = (/** @type {string} */ kind, /** @type {number} */ hidden) => ({ kind, sizes: [hidden, BATCH], net: `4-${hidden}-${hidden}-2` });
  const updates = [];
  for (const hidden of HIDDEN) updates.push(await compare(task('update', hidden), setting.peers, setting));
  const loop = [await compare(task('loop', HIDDEN[0]), setting.peers, setting)];
  return { updates, loop };
}

/** DDPG, TD3, SAC, where there is a peer. @param {Setting} setting */
async function compareControl(setting) {
  const updates = [], loop = [];
  for (const algo of setting.controlPeers.length > 0 ? ALGORITHMS : []) {
    const task = (/** @type {string} */ kind, /** @type {number[]} */ sizes) => ({ kind, sizes, net: `${sizes[0]}-${sizes[0]}` });
    const work = algo === 'td3' ? 2 : 1; // an update that moves the actor, and one that does not
    for (const sizes of CONTROL) updates.push({ algo, ...await compare({ ...task(algo, sizes), work }, setting.controlPeers, setting) });
    loop.push({ algo, ...await compare(task(`loop_${algo}`, CONTROL[0]), setting.controlPeers, setting) });
  }
  return { updates, loop };
}

/** @param {Setting} setting */
async function measure(setting) {
  const { bellhop, peers, controlPeers, log } = setting;
  log('do they learn the same?');
  const agreement = { dqn: await checkPeers(peers), control: await checkControl(bellhop, controlPeers) };
  const dqn = await compareDqn(setting), control = await compareControl(setting);
  const peaks = [...dqn.updates, ...dqn.loop, ...control.updates, ...control.loop].flatMap((group) => group.peaks);
  const figuresOf = (/** @type {typeof dqn.updates} */ groups) => groups.map(({ figures }) => figures);
  const controlOf = (/** @type {typeof control.updates} */ groups) => groups.map(({ algo, figures }) => ({ algo, ...figures }));
  return {
    updates: figuresOf(dqn.updates), loop: figuresOf(dqn.loop), control: { updates: controlOf(control.updates), loop: controlOf(control.loop) },
    agreement, peak_gflops: median(peaks), peak_spread: spread(peaks),
  };
}

await main(async () => {
  const { quick, json, 'skip-install': skip } = readArguments();
  const log = (/** @type {string} */ what) => console.error(what);
  const bellhop = await openBellhop();
  const missing = installPeers({ skip, log });
  const { peers, absent } = await openPeers(missing);
  const { peers: controlPeers } = await openPeers(missing, CONTROL_KINDS); // absent where PyTorch is, which is listed already
  for (const { label, absent: why } of absent) log(`absent: ${label}: ${why}`);
  const load = loadavg()[0];
  try {
    const figures = await measure({ bellhop, peers, controlPeers, effort: EFFORTS[quick ? 'quick' : 'full'], log });
    const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), runtime: `Node ${process.version}`, load };
    const report = { ...figures, absent, machine };
    console.log(json ? JSON.stringify(report) : table(report));
  } finally {
    for (const { end } of [...peers, ...controlPeers]) end();
  }
});
