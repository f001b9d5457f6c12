// SPDX-License-Identifier: MIT
// `npm run bench:peers`: the same DQN update and the same training loop with what people would pick otherwise, and Bellhop's
// module in Node, on this machine, in turns. docs/performance.md says what differs in each.
//
// A ratio is Bellhop's speed over a peer's: the median of the rounds' ratios, and that of each one's fastest round, which
// a busy machine disturbs least.
//
//     npm run bench:peers                       the table, about two minutes; fetches packages into build/out/peers
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
import { checkPeers } from './peers/check.mjs';
import { installPeers } from './peers/install.mjs';
import { openPeers } from './peers/open.mjs';
import { table } from './peers/print.mjs';
import { Failure, OUT, main } from './run.mjs';
/** @import { Effort, Job, Subject } from './bench/measure.mjs' */
/** @import { Peer } from './peers/open.mjs' */

const USAGE = 'Usage: npm run bench:peers [-- --quick --json --skip-install]';
const PREPARE = fileURLToPath(new URL('bench/prepare.mjs', import.meta.url));
const BATCH = 64;
const HIDDEN = [64, 256];

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

/** Bellhop and all peers in turns. @param {string} kind @param {number} hidden @param {Subject} bellhop @param {Peer[]} peers @param {Effort} effort */
async function compare(kind, hidden, bellhop, peers, effort) {
  const sizes = [hidden, BATCH];
  /** @type {Record<string, Job>} */
  const jobs = { bellhop: { subject: bellhop, kind, sizes }, ...Object.fromEntries(peers.map(({ name, subject }) => [name, { subject, kind, sizes }])) };
  const times = await measureGroup(jobs, bellhop, effort);
  const peaks = Object.keys(jobs).flatMap((key) => times[`peak ${key}`].map((t) => PEAK_FLOPS / t / 1e9));
  const figures = {
    net: `4-${hidden}-${hidden}-2`, batch: BATCH, bellhop: rates('per_second', times.bellhop, 1),
    peers: peers.map(({ name, label, version, note }) => ({
      name, label, version, note, ...rates('per_second', times[name], 1), ratio: ratio(times[name], times.bellhop),
      ratio_of_fastest: Math.min(...times[name]) / Math.min(...times.bellhop),
    })),
  };
  return { figures, peaks };
}

/** @param {Subject} bellhop @param {Peer[]} peers @param {Effort} effort @param {(what: string) => void} log */
async function measure(bellhop, peers, effort, log) {
  log('do they learn the same?');
  const agreement = await checkPeers(peers);
  const updates = [];
  for (const hidden of HIDDEN) {
    log(`measuring: update, hidden ${hidden}`);
    updates.push(await compare('update', hidden, bellhop, peers, effort));
  }
  log('measuring: loop');
  const loop = [await compare('loop', HIDDEN[0], bellhop, peers, effort)];
  const peaks = [...updates, ...loop].flatMap((group) => group.peaks);
  return {
    updates: updates.map(({ figures }) => figures), loop: loop.map(({ figures }) => figures), agreement,
    peak_gflops: median(peaks), peak_spread: spread(peaks),
  };
}

await main(async () => {
  const { quick, json, 'skip-install': skip } = readArguments();
  const log = (/** @type {string} */ what) => console.error(what);
  const bellhop = await openBellhop();
  const { peers, absent } = await openPeers(installPeers({ skip, log }));
  for (const { label, absent: why } of absent) log(`absent: ${label}: ${why}`);
  const load = loadavg()[0];
  try {
    const figures = await measure(bellhop, peers, EFFORTS[quick ? 'quick' : 'full'], log);
    const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), runtime: `Node ${process.version}`, load };
    const report = { ...figures, absent, machine };
    console.log(json ? JSON.stringify(report) : table(report));
  } finally {
    for (const { end } of peers) end();
  }
});
