// SPDX-License-Identifier: MIT
// The figures of `npm run bench` as a table for people.

/** @typedef {Awaited<ReturnType<typeof import('./all.mjs').measureAll>>} Figures */
/** @typedef {ReturnType<typeof import('./sizes.mjs').sizes>} Sizes */
/** @typedef {{ cpu: string, cores: number, runtime: string, load: number }} Machine */
/** @typedef {import('./visit.mjs').Milliseconds | null} Time  null: there was no browser */
/** @typedef {{ page_ready_ms: Time, first_update_ms: Time, first_update_at_first_speed_ms: Time }} Visits */
/** @typedef {Figures & Visits & { sizes: Sizes, machine: Machine }} Report */
/** @typedef {string[]} Row  what, figure, spread, and then what it is a fraction of */

/** @param {Report} report @returns {string} */
export function table(report) {
  const { machine } = report;
  const sections = [gemmRows, updateRows, scalingRows, partRows, controlRows, imageRows, ppoRows, loopRows, envRows, prioritizedRows, languageRows, productRows, pageRows].map((rows) => rows(report));
  const head = `${machine.cpu}, ${machine.cores} cores, ${machine.runtime}; load ${machine.load.toFixed(1)} at the start`;
  return [head, '', ...align([peakRow(report), ...sections.flatMap((rows) => [[], ...rows])])].join('\n');
}

/** @param {Row[]} rows */
function align(rows) {
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map(([what = '', figure = '', spread = '', rest = '']) =>
    `${what.padEnd(widths[0])}  ${figure.padStart(widths[1])}  ${spread.padStart(widths[2])}  ${rest}`.trimEnd());
}

/** @param {number} x */
const percent = (x) => `${(100 * x).toFixed(1)} %`;
/** @param {number} x */
const whole = (x) => (Number.isFinite(x) ? Math.round(x).toLocaleString('en-US') : '–');
/** @param {number} x */
const tenth = (x) => x.toFixed(1);
/** @param {[number, number]} spread @param {(x: number) => string} show */
const between = ([least, most], show) => `${show(least)}–${show(most)}`;
/** @param {{ of_native?: number }} figure */
const native = ({ of_native }) => (of_native === undefined ? '' : `, ${percent(of_native)} of native`);

/** @param {Report} r @returns {Row} */
function peakRow(r) {
  return ['peak, SIMD mul + add', `${tenth(r.peak_gflops)} GFLOP/s`, between(r.peak_spread, tenth)];
}

/** @param {Report} r @returns {Row[]} */
function gemmRows({ gemm }) {
  return gemm.map((g) => [`gemm ${g.op} ${g.m}x${g.n}x${g.k}`, `${tenth(g.gflops)} GFLOP/s`, between(g.spread, tenth),
    `${percent(g.of_peak)} of peak${native(g)}`]);
}

/** @param {Report} r @returns {Row[]} */
function languageRows({ language: l }) {
  const model = `language model, d_model ${l.d_model}, ${l.n_layers} layers`;
  return [
    [`${model}, batch ${l.batch} x ${l.context}`, `${whole(l.tokens_per_second)} tokens/s`, between(l.spread, whole),
      `${percent(l.of_peak)} of peak, ${l.of_scalar.toFixed(2)} x scalar${native(l)}`],
    [`${model}, writes ${l.context - 1} tokens`, `${whole(l.decode.tokens_per_second)} tokens/s`, between(l.decode.spread, whole), `${percent(l.decode.of_peak)} of peak${native(l.decode)}`],
  ];
}

/** @param {Report} r @returns {Row[]} */
function updateRows({ updates }) {
  return updates.map((u) => [`update ${u.net}, batch ${u.batch}`, `${whole(u.per_second)} /s`, between(u.spread, whole),
    `${percent(u.of_peak)} of peak, ${u.of_scalar.toFixed(2)} x scalar (${whole(u.scalar_per_second)} /s)${native(u)}`]);
}

/** @param {Report} r @returns {Row[]} */
function scalingRows({ scaling }) {
  /** @type {Row[]} */
  const rows = scaling.ns_per_flop.map((s) => [`update, hidden ${s.hidden}`, `${whole(s.per_second)} /s`, between(s.spread, whole),
    `${s.ns.toFixed(4)} ns a flop, ${percent(s.of_peak)} of peak${native(s)}`]);
  return [...rows, ['time per flop, hidden 512', `${scaling.growth.toFixed(3)} x`, '', 'that of hidden 128']];
}

/** @param {Report} r @returns {Row[]} */
function imageRows({ images }) {
  return images.map((i) => [`update, ${i.net} network, batch ${i.batch}`, `${i.per_second.toFixed(1)} /s`, between(i.spread, tenth), `${percent(i.of_peak)} of peak${native(i)}`]);
}

/** @param {Report} r @returns {Row[]} */
function ppoRows({ ppo: p }) {
  return [
    [`PPO update ${p.net}, ${p.cells} steps, ${p.epochs} epochs of batches of ${p.batch}`, `${p.per_second.toFixed(1)} /s`, between(p.spread, tenth), `${percent(p.of_peak)} of peak${native(p)}`],
    ...p.rollout.map((r) => [`PPO rollout ${p.net}, CartPole-v1, ${r.n_envs} at once`, `${whole(r.steps_per_second)} steps/s`, between(r.spread, whole), native(r).slice(2)]),
  ];
}

/** @param {Report} r @returns {Row[]} */
function prioritizedRows({ prioritized }) {
  return prioritized.map((p) => [`prioritized replay of ${whole(p.transitions)}, batch ${p.batch}`, `${whole(p.per_second)} /s`, between(p.spread, whole),
    `${p.growth.toFixed(2)} x the time of the first${native(p)}`]);
}

/** @param {Report} r @returns {Row[]} */
function partRows({ updates }) {
  return updates.flatMap(({ net, parts, per_second }) => Object.entries(parts).map(([part, us]) =>
    [`${net}: ${part.replaceAll('_', ' ')}`, `${tenth(us)} us`, '', `${percent(us * per_second / 1e6)} of the update`]));
}

/** @param {Report} r @returns {Row[]} */
function controlRows({ control }) {
  return control.map((c) => [`${c.algo} update ${c.net}, batch ${c.batch}`, `${whole(c.per_second)} /s`, between(c.spread, whole), `${percent(c.of_peak)} of peak${native(c)}`]);
}

/** @param {Report} r @returns {Row[]} */
function loopRows({ loop }) {
  return [
    [`loop ${loop.net}, batch ${loop.batch}`, `${whole(loop.steps_per_second)} steps/s`, between(loop.spread, whole),
      `${percent(loop.of_update_rate)} of the update rate${native(loop)}`],
    ['act, one observation', `${loop.act_microseconds.toFixed(2)} us`, '', `${percent(loop.act_microseconds * loop.steps_per_second / 1e6)} of a step`],
  ];
}

/** @param {Report} r @returns {Row[]} */
function envRows({ env }) {
  return env.map((e) => [`${e.id}, ${e.n_envs} at once`, `${whole(e.steps_per_second)} steps/s`, between(e.spread, whole),
    `${whole(e.per_second_at_50_gflops)} at a peak of 50 GFLOP/s${native(e)}`]);
}

/** @param {string} what @param {import('./sizes.mjs').Size} s @param {string} [note] @returns {Row} */
function sizeRow(what, s, note = '') {
  const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  return [what, `${kb(s.gzip)} gzip`, '', `${kb(s.brotli)} brotli, ${kb(s.raw)} raw${note}`];
}

/** @param {Report} r @returns {Row[]} */
function productRows({ load_ms, solve }) {
  /** @type {Row[]} */
  const rows = [['load, from bytes to answers', `${tenth(load_ms)} ms`]];
  if (!solve) return rows;
  const { env, seconds, steps, solved, seeds } = solve;
  return [...rows, [`${env} solved, median`, `${seconds.toFixed(2)} s`, '', `${whole(steps)} steps; ${solved} of ${seeds} seeds`]];
}

/** @param {Report} r @returns {Row[]} */
function pageRows({ sizes, ...times }) {
  const { first_load: first, later } = sizes;
  const time = (/** @type {string} */ what, /** @type {Time} */ t, note = '') =>
    (t ? [what, `${whole(t.median)} ms`, between(t.spread, whole), note] : [what, 'not measured', '', 'no Chromium is here']);
  return [
    time('page, until Play can be pressed', times.page_ready_ms, 'since navigation began, fresh profile each'),
    time('page, until the first update', times.first_update_ms, 'Play pressed at once, full speed'),
    time('page, until the first update', times.first_update_at_first_speed_ms, 'Play pressed at once, speed left at 4x'),
    sizeRow('first load of the page', first, first.measured ? '' : '; from a list, no browser told'),
    ...first.files.map((file) => sizeRow(`  ${plain(file.file)}`, file)),
    sizeRow('a lab embedded elsewhere, not near', sizes.element),
    sizeRow('a lab embedded elsewhere, seen', sizes.lab),
    sizeRow('the charts of either, with the first data', sizes.charts),
    ['fetched later, when asked for', ''],
    ...later.map((file) => sizeRow(`  ${plain(file.file)}`, file)),
  ];
}

/** A file's name without esbuild's hash. @param {string} file */
const plain = (file) => file.replace(/-[A-Z0-9]{8}(?=\.js$)/, '');
