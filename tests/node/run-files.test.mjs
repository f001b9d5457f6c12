// SPDX-License-Identifier: MIT
// What is exported of a run: names of files, records as the command line writes them, settings that give the same run, the chart as SVG.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../web/lab/history.mjs';
import { chartSvg } from '../../web/lab/charts/chart-svg.mjs';
import { plainSetup } from '../../web/lab/run-setup.mjs';
import { Words } from '../../web/lab/words.mjs';
import { configOf, csvOf, eventsOf, fileName, missingUntil } from '../../web/site/run-files.mjs';
import { load } from '../../web/node/node.mjs';
import en from '../../web/lab/strings/en.mjs';
import { readEvents } from './event-file.mjs';

const bh = await load();
const catalog = /** @type {import('../../web/lab/fields.mjs').Catalog} */ (/** @type {unknown} */ (bh.catalog));
const { records: LAYOUT } = bh.catalog;
const setup = plainSetup(catalog, 'CartPole-v1', 'ppo', 3);

/** A run with these rows of records. @param {number[][]} rows */
function resultOf(rows) {
  const history = new History(10, LAYOUT);
  for (const row of rows) history.add(Float64Array.from({ length: LAYOUT.width }, (_, i) => row[i] ?? NaN), LAYOUT.width, null);
  return { setup, history, step: 300 };
}
const RUN = resultOf([
  [LAYOUT.episode, 20, 20, 20, 0], [LAYOUT.train, 100, 0.5, NaN, 0.1, 3e-4, 10, 0.7, 0.01], [LAYOUT.episode, 150, 130, 130, 0], [LAYOUT.eval, 200, 99.5, 1, 1, 98, 101, 99],
]);

test('names of files', () => {
  assert.equal(fileName(RUN, 'csv'), 'CartPole-v1-ppo-seed3-step300.csv');
  assert.equal(fileName({ ...RUN, setup: { ...setup, algo: 'dqn', preset: 'rainbow' } }, 'full.safetensors'), 'CartPole-v1-dqn-rainbow-seed3-step300.full.safetensors');
});

test('CSV: a line for each record under the names of the field; figures of the algorithm\'s own; empty where there is none', () => {
  const [heading, ...lines] = csvOf(catalog, RUN).trimEnd().split('\n').map((line) => line.split(','));
  assert.deepEqual(heading.slice(0, 4), ['type', 'time/total_timesteps', 'rollout/ep_rew', 'rollout/ep_len']);
  assert.ok(heading.includes('train/approx_kl'));
  assert.ok(lines.every(({ length }) => length === heading.length));
  const rows = lines.map((cells) => Object.fromEntries(heading.map((name, i) => [name, cells[i]])));
  assert.deepEqual(rows.map(({ type }) => type), ['episode', 'train', 'episode', 'eval']);
  assert.deepEqual([rows[0]['rollout/ep_rew'], rows[0]['train/loss'], rows[1]['train/loss'], rows[1]['train/mean_q'], rows[3]['eval/mean_reward']], ['20', '', '0.5', '', '99.5']);
  assert.equal(missingUntil(catalog, RUN), 0);
  const later = resultOf([[LAYOUT.episode, 20, 20, 20, 0], [LAYOUT.episode, 40, 20, 20, 0]]);
  later.history.log.shift();
  assert.equal(missingUntil(catalog, later), 40);
  later.history.log.shift();
  assert.equal(missingUntil(catalog, later), 300, 'all of them');
});

test('TensorBoard: training records with the means so far, and evaluations', async () => {
  const events = readEvents(new Uint8Array(await eventsOf(catalog, RUN, () => 5).arrayBuffer()));
  assert.deepEqual(events.slice(1).map(({ step }) => step), [100, 200]);
  assert.equal(events[1].values['rollout/ep_rew_mean'], 20);
  assert.equal(events[2].values['eval/mean_reward'], 99.5);
});

test('settings: complete, and the same run', async () => {
  for (const given of [{ ...plainSetup(catalog, 'GridWorld-v0', 'q-learning', 7), options: { totalTimesteps: 300, gamma: 0.8 }, envOptions: { slip: 0.1 } }, { ...plainSetup(catalog, 'GridWorld-v0', 'dqn/rainbow', 2), options: { totalTimesteps: 40 } }]) {
    const { env, algo, options: all, env_options: own } = JSON.parse(configOf(catalog, given));
    const camel = (/** @type {object} */ values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase()), value]));
    const hashes = [[camel(all), camel(own)], [{ ...given.preset && { preset: given.preset }, seed: given.seed, ...given.options }, given.envOptions]].map(async ([options, envOptions]) => {
      const world = bh.make(env, envOptions), model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (algo)](world, options);
      await model.learn();
      return model.sha256();
    });
    const [first, second] = await Promise.all(hashes);
    assert.equal(first, second);
  }
});

// ---- the chart ----

const THEME = { dark: false, panel: '#ffffff', ink: '#1b1d21', muted: '#5b6169', line: '#d9dad6', font: 'system-ui, "Segoe UI"' };
const LOOK = { title: 'A & <B> "C"', about: 'ε 0.5', xTitle: 'environment steps', yTitle: 'return per episode', theme: THEME, words: new Words(en, 'en') };
/** @type {import('../../web/lab/charts/chart.mjs').Content} */
const CONTENT = {
  series: [
    { name: 'Run 1: seed <3>', xs: [0, 50, 100], ys: [0, null, 5], kind: 'faint', colour: '#5b6169', dash: [6, 3] },
    ...[[3, 4, 6], [1, 2, 3]].map((ys) => ({ name: '5 seeds', xs: [0, 50, 100], ys, kind: /** @type {const} */ ('band'), colour: '#c24e0c' })),
    { name: 'returns', xs: [1, 2, 3, 4], ys: [1, NaN, Infinity, 8], kind: 'dots', colour: '#5b6169' },
    { name: 'mean', xs: [1, 2, 3, 4], ys: [1, 2, NaN, 4], kind: 'line', colour: '#0069a8', width: 2.5 },
    { name: 'nothing', xs: [1], ys: [null], kind: 'rings', colour: '#007a59' },
  ],
  levels: [{ name: 'threshold 7', value: 7, where: 'below' }], marks: [{ x: 60, text: '★' }], zero: 'near', until: 100,
};

/** Throws unless the tags of an XML document are closed, its attributes are in quotes and stand once, and its entities are known. @param {string} xml @returns {string[]} the tags */
function parseXml(xml) {
  /** @type {string[]} */
  const open = [], seen = [];
  const rest = xml.replace(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (_, end, name, attributes, isEmpty) => {
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, each]) => each);
    assert.equal(new Set(names).size, names.length, `${name}: an attribute twice`);
    if (end) assert.equal(open.pop(), name);
    else seen.push(name);
    if (!end && !isEmpty) open.push(name);
    return '';
  });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(xml, /&(?!#\d+;)/);
  return seen;
}

test('the chart as SVG: valid, with title, axes, units, level, mark and a legend that has every curve once', () => {
  const svg = chartSvg(CONTENT, LOOK);
  const tags = parseXml(svg);
  assert.deepEqual([tags[0], tags[1], tags[2]], ['svg', 'title', 'desc']);
  assert.match(svg, /<title id="title">A &#38; &#60;B&#62; &#34;C&#34;<\/title>/);
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  for (const wanted of ['ε 0.5', 'environment steps', 'return per episode', 'threshold 7', '★', 'Run 1: seed &#60;3&#62;', '5 seeds', 'returns', 'mean', '0', '100']) assert.equal(texts.filter((text) => text === wanted).length, wanted === '0' ? 2 : 1, wanted);
  assert.ok(!texts.includes('nothing'), 'a curve without points has no line in the legend');
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  assert.match(svg, /stroke-dasharray="6 3"/);
  assert.equal(svg.match(/<circle /g)?.length, 2 + 1, 'two dots that are numbers, one sign');
  assert.match(svg, /M[\d.]+ [\d.]+L[\d.]+ [\d.]+M[\d.]+ [\d.]+"/, 'NaN is a gap');
});

test('the chart as SVG: without any curve, on a log scale, in Chinese', () => {
  parseXml(chartSvg({ series: [], until: 100 }, LOOK));
  const log = chartSvg({ series: [{ name: '损失', xs: [1, 2], ys: [1e-3, 10], kind: 'line', colour: '#000000' }], log: true }, { ...LOOK, words: new Words(en, 'zh') });
  parseXml(log);
  assert.match(log, />损失</);
  const many = Array.from({ length: 20 }, (_, i) => ({ name: `Run ${i}: a long name of a run`, xs: [0, 1], ys: [0, i], kind: /** @type {const} */ ('faint'), colour: '#000000' }));
  assert.ok(Number(/height="(\d+)"/.exec(chartSvg({ series: many }, LOOK))?.[1]) > 550, 'the legend has lines');
});
