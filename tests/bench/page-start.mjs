// SPDX-License-Identifier: MIT
// How the page starts, in headless Chromium on localhost, with a fresh profile for each visit; Play is pressed the moment it can be.
//
//     node tests/bench/page-start.mjs                       the built page: milliseconds since the navigation began, medians of 7 visits and their spread
//     node tests/bench/page-start.mjs OLD build/out/site    two folders, in turns, and the differences of the pairs
//     node tests/bench/page-start.mjs --busy                beside a program that computes all the time
//     node tests/bench/page-start.mjs --trace [FILE]        the stages, medians of 7 visits, from Chromium's own trace; that of the last visit is written to FILE
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { SITE } from '../../build/build.mjs';
import { ChromiumPipe } from '../../build/bench/chromium-pipe.mjs';
import { median } from '../../build/bench/measure.mjs';
import { summary, visit } from '../../build/bench/visit.mjs';
import { Failure, main, say } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';

const MOMENTS = ['first-contentful-paint', 'script', 'library', 'ready', 'first-update'];
const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', 'v8.wasm', 'blink', 'blink.user_timing', 'loading', 'disabled-by-default-v8.compile'];

/** @typedef {{ name: string, ph: string, ts: number, dur?: number, tdur?: number, pid: number, tid: number, args: any }} TraceEvent */
/** Where a stage ends: the nth event of that name on a thread, at its beginning or its end. @typedef {[stage: string, thread: 'page' | 'worker', event: string, nth: number, at: 'begin' | 'end']} Landmark */

/** @type {readonly Landmark[]} */
const STAGES = [
  ['the page comes and is parsed', 'page', 'domInteractive', -1, 'begin'],
  ['its scripts come; the first one begins', 'page', 'v8.evaluateModule', 0, 'begin'],
  ['scripts are evaluated: words, worker and module are asked for', 'page', 'bellhop:script', 0, 'begin'],
  ['the browser starts the thread of the worker', 'worker', 'ThreadControllerImpl::RunTask', 0, 'begin'],
  ['the thread begins, fetches its script, evaluates it', 'worker', 'HandlePostMessage', 0, 'begin'],
  ['worker: instantiates the module, reads its catalogue', 'worker', 'HandlePostMessage', 0, 'end'],
  ['page: reads the answer, asks for a run', 'worker', 'HandlePostMessage', 1, 'begin'],
  ['worker: makes the run', 'worker', 'HandlePostMessage', 1, 'end'],
  ['page: asks for the first frame', 'worker', 'HandlePostMessage', 2, 'begin'],
  ['worker: makes the first frame', 'worker', 'HandlePostMessage', 2, 'end'],
  ['page: renders it; Play is pressed', 'page', 'pressed', 0, 'begin'],
  ['worker: steps until the agent is updated', 'page', 'bellhop:first-update', 0, 'begin'],
];

/** What only the page of a visit tells. @param {TraceEvent[]} events */
function renderer(events) {
  const begin = events.filter(({ name, args }) => name === 'navigationStart' && /^http/.test(args?.data?.documentLoaderURL ?? '')).at(-1);
  if (!begin) throw new Failure('the trace has no navigation');
  const threads = new Map(events.filter(({ name, pid }) => name === 'thread_name' && pid === begin.pid).map(({ tid, args }) => [tid, args.name]));
  const of = (/** @type {RegExp} */ thread) => events.filter(({ pid, tid, ts }) => pid === begin.pid && ts >= begin.ts && thread.test(threads.get(tid) ?? '')).sort((a, b) => a.ts - b.ts);
  return { since: begin.ts, page: of(/^CrRendererMain$/), worker: of(/^DedicatedWorker/) };
}

/** Of each stage: until when, how long, and what of it the page's and the worker's thread computed; milliseconds. @param {TraceEvent[]} events @returns {number[][]} */
function stagesOf(events) {
  const { since, ...threads } = renderer(events);
  let last = since;
  return STAGES.map(([stage, thread, name, nth, at]) => {
    const event = threads[thread].filter((each) => each.name === name).at(nth);
    if (!event) throw new Failure(`the trace has no ${name}, with which "${stage}" ends`);
    const until = event.ts + (at === 'end' ? event.dur ?? 0 : 0), from = last;
    last = Math.max(last, until);
    return [until - since, last - from, ...[threads.page, threads.worker].map((own) => busy(own, from, last))].map((microseconds) => microseconds / 1000);
  });
}

/** Microseconds of a thread's own time within a stage: of tasks that are in part outside, that part. @param {TraceEvent[]} events @param {number} from @param {number} to */
function busy(events, from, to) {
  return events.filter(({ name }) => name === 'ThreadControllerImpl::RunTask').reduce((sum, { ts, dur = 0, tdur = 0 }) => sum + (dur && Math.max(0, Math.min(to, ts + dur) - Math.max(from, ts)) / dur * tdur), 0);
}

/** A line for each stage. @param {number[][][]} visits */
function table(visits) {
  const lines = STAGES.map(([stage], i) => `  ${[0, 1, 2, 3].map((k) => median(visits.map((stages) => stages[i][k])).toFixed(1).padStart(7)).join('  ')}  ${stage}`);
  return `    until     took     page   worker  stage (ms; page and worker: what their threads computed; medians of ${visits.length} visits)\n${lines.join('\n')}`;
}

/** @param {ChromiumPipe} browser @param {string} url @returns {Promise<TraceEvent[]>} */
async function trace(browser, url) {
  /** @type {TraceEvent[]} */
  const events = [];
  browser.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((done) => browser.on('Tracing.tracingComplete', done));
  await visit(browser, url, true, () => browser.send('Tracing.start', { traceConfig: { includedCategories: CATEGORIES } }));
  await browser.send('Tracing.end');
  await complete;
  return events;
}

/** @param {Record<string, number>[]} visits @param {string} moment */
const at = (visits, moment) => visits.map((moments) => moments[moment]);

/** @param {number[]} values */
function figures(values) {
  const { median: middle, spread: [least, most] } = summary(values);
  return `${middle.toFixed(0).padStart(6)} ms  ${least.toFixed(0)}–${most.toFixed(0)}`;
}

/** @param {ChromiumPipe} browser @param {string[]} urls @param {string[]} folders @param {number} n */
async function compare(browser, urls, folders, n) {
  /** @type {Record<string, number>[][]} */
  const visits = urls.map(() => []);
  for (let i = 0; i < n; i++) for (const [k, url] of urls.entries()) visits[k].push(await visit(browser, url, true));
  folders.forEach((folder, k) => say(`${folder}\n${MOMENTS.map((moment) => `  ${moment.padEnd(24)}${figures(at(visits[k], moment))}`).join('\n')}`));
  for (let k = 1; k < folders.length; k++) {
    const pairs = at(visits[k], 'first-update').map((value, i) => value - at(visits[0], 'first-update')[i]);
    say(`${folders[k]} less ${folders[0]}: first update ${median(pairs).toFixed(0)} ms, median of ${n} pairs, ${pairs.filter((difference) => difference < 0).length} of them sooner`);
  }
}

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { visits: { type: 'string', default: '7' }, busy: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false } } });
  const path = chromePath(), n = Number(values.visits);
  if (path === null) throw new Failure('No Chromium is here: node build/setup.mjs chromium');
  const folders = values.trace || positionals.length === 0 ? [SITE] : positionals;
  const servers = await Promise.all(folders.map((root) => serve({ root, port: 0 })));
  const browser = new ChromiumPipe(path);
  const other = values.busy ? spawn(process.execPath, ['-e', 'for (;;);']) : null;
  try {
    say(`${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}${other ? ', beside a busy program' : ''}`);
    for (const { url } of servers) await visit(browser, url, true); // the browser's own first page
    if (values.trace) {
      const visits = [];
      for (let i = 0; i < n; i++) {
        const events = await trace(browser, servers[0].url);
        visits.push(stagesOf(events));
        if (positionals[0]) writeFileSync(positionals[0], JSON.stringify({ traceEvents: events }));
      }
      say(table(visits));
    } else await compare(browser, servers.map(({ url }) => url), folders, n);
  } finally {
    other?.kill();
    await browser.close();
    await Promise.all(servers.map((server) => server.close()));
  }
});
