// SPDX-License-Identifier: MIT
// Chapters: a number in a text that a run does not confirm fails the build and is named with its line; every measure is the number it
// says; formulas, figures and questions become HTML that the policy of the site allows; both languages say the same of the same runs.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SITE } from '../../build/build.mjs';
import { checkedClaims, withNumbers } from '../../build/chapters/claims.mjs';
import { FACTS, fact, factsOf } from '../../build/chapters/facts.mjs';
import { attributesOf, queryText, setupsOf } from '../../build/chapters/figures.mjs';
import { Styles, render } from '../../build/chapters/markdown.mjs';
import { MEASURES, measure } from '../../build/chapters/measures.mjs';
import { Runs } from '../../build/chapters/runs.mjs';
import { ROOT, Failure } from '../../build/run.mjs';
import { createExperiment } from '../../web/lab/create-experiment.mjs';
import { load } from '../../web/node/node.mjs';
import { PAGES } from '../../web/site/chapters/pages.mjs';
import { TrainerPool } from '../../web/worker/trainer-pool.mjs';
import { startTrainer } from './experiments.mjs';

const SOURCES = join(ROOT, 'web/site/chapters');
const LANGUAGES = /** @type {const} */ (['en', 'zh']);
const folder = mkdtempSync(join(tmpdir(), 'bellhop-chapters-'));
const runs = new Runs(folder);
after(async () => {
  await runs.end();
  rmSync(folder, { recursive: true });
});

const SETUPS = setupsOf({
  maze: { env: 'GridWorld-v0', algo: 'q-learning', seed: 3, stopAt: 500, show: 'world' },
  'maze-slippery': { like: 'maze', settings: { 'env.slip': 0.2 } },
  'maze-seeds': { like: 'maze', seeds: 3 },
  short: { env: 'GridWorld-v0', algo: 'q-learning', seed: 3, settings: { totalTimesteps: 500 } },
  whole: { env: 'GridWorld-v0', algo: 'q-learning', settings: { totalTimesteps: 400, evalFreq: 100 } },
});
const of = (/** @type {string} */ text) => ({ file: 'text.md', text, setups: SETUPS, runs });

/** @param {string} text */
async function html(text) {
  const claims = await checkedClaims(of(text));
  return render(text, { setups: SETUPS, claims, styles: new Styles(), words: (key) => `<${key}>`, file: 'text.md' });
}

test('a claim is the number of the run that the library makes', async () => {
  const bh = await load();
  const env = bh.make('GridWorld-v0'), model = new bh.QLearning(env, { seed: 3 });
  /** @type {number[]} */
  const returns = [];
  await model.learn({ totalTimesteps: 500, onProgress: ({ records }) => void returns.push(...records.flatMap((record) => (record.type === 'episode' ? [record.return] : []))) });
  const text = `{claim short fingerprint = ${model.sha256().slice(0, 12)}} {claim short episodes = ${returns.length}} {claim short first_return_above(0) = ${returns.findIndex((each) => each > 0) + 1}}`;
  assert.equal((await checkedClaims(of(text))).size, 3);
  model.dispose();
  env.dispose();
});

test('a number the run does not say fails, with file, line and what it says; so do a setup and a measure that are not there', async () => {
  const right = await withNumbers(of('{claim maze episodes = ?}'));
  const [, number] = /** @type {RegExpExecArray} */ (/= (\d+)}/.exec(right));
  await assert.rejects(checkedClaims(of(`one\n\ntwo {claim maze episodes = ${Number(number) + 1}}`)), (error) => error instanceof Failure && error.message.includes(`text.md:3: {claim maze episodes = ${Number(number) + 1}}, and the run says ${number}.`));
  for (const [wrong, why] of [
    ['{claim mase episodes = 1}', /there is no setup mase; there are maze, /], ['{claim maze episode = 1}', /episode is no measure; there are steps, /], ['{claim maze return_of(99999) = 1}', /no such number/],
    ['{claim maze-seeds episodes = 1}', /is of one run, and there are 3/], ['{claim maze-seeds count(episodes) = 1}', /needs a comparison/], ['{claim maze episodes}', /cannot be read, near "\{claim maze episodes\}/],
    ['{claim maze episodes = many}', /and the run says/], ['{claim maze value(x) = 1}', /its arguments are numbers/],
  ]) await assert.rejects(checkedClaims(of(String(wrong))), why, String(wrong));
});

test('a number is compared to its digits, as a share, with separators and a minus; written anew it keeps its form', async () => {
  const { value } = measure('mean_return', await runs.traces(/** @type {any} */ (SETUPS.get('maze'))));
  const texts = [Number(value).toFixed(3), Number(value).toFixed(1), `${(Number(value) * 100).toFixed(0)} %`].map((number) => `{claim maze mean_return = ${number}}`);
  assert.equal((await checkedClaims(of(texts.join(' ')))).size, 3);
  for (const [old, shape] of [['9.99', /= [-−]?\d\.\d\d}$/], ['1 %', /= [-−]?\d+ %}$/], ['1.0e9', /= [-−]?\d\.\de-?\d+}$/], ['?', /= [-−]?[\d.]+}$/]]) assert.match(await withNumbers(of(`{claim maze mean_return = ${old}}`)), /** @type {RegExp} */ (shape));
  assert.equal(await withNumbers(of('{claim maze steps = 5}')), '{claim maze steps = 500}');
  await checkedClaims(of('{claim maze steps = 500} {claim maze-slippery steps = 500}'));
});

test('every measure of a run by hand', () => {
  const episodes = [[10, -1], [20, 0], [26, 1], [30, 1]].map(([step, value], i, rows) => ({ step, return: value, length: step - (rows[i - 1]?.[0] ?? 0) }));
  /** @type {import('../../build/chapters/runs.mjs').Trace} */
  const trace = {
    episodes, evaluations: [{ step: 15, mean: 0.5, std: 0 }, { step: 25, mean: 2, std: 0 }, { step: 30, mean: 1, std: 0 }],
    training: [{ step: 5, loss: null, q: null, rate: 1 }, { step: 16, loss: 0.25, q: 7, rate: 0.5 }, { step: 30, loss: null, q: 3, rate: 0.1 }],
    steps: 30, updates: 12, diverged: true, table: [1, 2, 3, 0], truth: [4, 5, 6, 7], actions: 2, sha256: '0123456789abcdef', score: { mean: 2, std: 0.5, episodes: 10 },
  };
  const expected = {
    steps: [30, 30], updates: [12, 30], episodes: [4, 30], 'first_return_above(0)': [3, 26], 'step_of_first_return_above(0)': [26, 26], 'return_of(1)': [-1, 10], 'length_of(3)': [6, 26],
    mean_return: [0.25, 30], 'mean_return(2)': [1, 30], 'mean_return_between(2, 3)': [0.5, 26], mean_length: [7.5, 30], 'mean_length(1)': [4, 30], best_return: [1, 30], 'first_evaluation_from(1)': [25, 25],
    last_evaluation: [1, 30], best_evaluation: [2, 25], score: [2, Infinity], score_std: [0.5, Infinity], loss: [0.25, 16], mean_q: [3, 30], rate: [0.1, 30], highest_mean_q: [7, 16],
    'value(0)': [2, 30], 'value(1)': [3, 30], 'q(1, 1)': [0, 30], 'true_value(0)': [5, 30], 'true_q(1, 0)': [6, 30], diverged: [1, Infinity], fingerprint: ['0123456789ab', 30],
  };
  for (const [expression, [value, at]] of Object.entries(expected)) assert.deepEqual(measure(expression, [trace]), { value, at }, expression);
  assert.deepEqual(new Set(Object.keys(expected).map((each) => each.replace(/\(.*/, ''))), new Set(Object.keys(MEASURES)));
  const others = [trace, { ...trace, steps: 40, diverged: false }, { ...trace, steps: 60 }];
  for (const [expression, value] of Object.entries({ 'median(steps)': 40, 'mean(steps)': 130 / 3, 'min(steps)': 30, 'max(steps)': 60, 'count(steps >= 40)': 2, 'count(steps < 40)': 1, 'count(steps = 60)': 1, 'count(diverged = 1)': 2, 'count(mean_return(2) > 0)': 3 })) assert.equal(measure(expression, others).value, value, expression);
});

test('facts of an environment: its threshold, the exact means of its header, the arms of a bandit', async () => {
  const text = await factsOf({ env: 'TextGen-v1' }), pole = await factsOf({ env: 'CartPole-v1' }), arms = await factsOf({ env: 'Bandit-v0', settings: { 'env.instanceSeed': 204, gamma: 0.5, 'env.nothing_yet': '1@5' } });
  const bh = await load(), bandit = bh.make('Bandit-v0', { instanceSeed: 204 }), { means } = /** @type {any} */ (bandit.layout);
  bandit.dispose();
  const all = means.reduce((/** @type {number} */ sum, /** @type {number} */ each) => sum + each, 0) / 10;
  /** @type {[string, import('../../build/chapters/facts.mjs').Facts, number][]} */
  const expected = [
    ['optimum', text, 1], ['random_mean', text, 0.236142], ['reward_threshold', pole, 475], ['arm_mean(4)', arms, means[4]], ['best_arm_mean', arms, Math.max(...means)], ['mean_of_arms', arms, all],
    ['epsilon_bound(0.1)', arms, 0.9 * Math.max(...means) + 0.1 * all],
  ];
  for (const [expression, facts, value] of expected) assert.deepEqual(fact(expression, facts), { value, at: Infinity }, expression);
  assert.deepEqual(new Set(expected.map(([each]) => each.replace(/\(.*/, ''))), new Set(Object.keys(FACTS)));
  assert.equal((await factsOf({ env: 'Dialogue-v0' })).randomMean, -0.737374);
  for (const [expression, facts] of /** @type {const} */ ([['optimum', pole], ['random_mean', pole], ['arm_mean(10)', arms], ['best_arm_mean', pole]])) assert.throws(() => fact(expression, facts), /nothing is known/, expression);
  await checkedClaims(of('{claim maze-seeds reward_threshold = 1}')); // of several seeds too
  await assert.rejects(checkedClaims(of('{claim maze optimum = 1}')), /nothing is known/);
});

test('the chapters: the exact means of an environment are claimed, not typed', async () => {
  for (const slug of PAGES) {
    const table = join(SOURCES, 'figures', `${slug}.mjs`);
    if (!existsSync(table)) continue;
    const known = new Set();
    for (const setup of setupsOf((await import(table)).default).values()) {
      const { armMeans, optimum, randomMean } = await factsOf(setup);
      for (const value of armMeans) known.add(Math.abs(value).toFixed(2));
      for (const value of [optimum, randomMean]) if (value !== null && !Number.isInteger(value)) known.add(Math.abs(value).toFixed(3));
    }
    for (const language of LANGUAGES) {
      const prose = readFileSync(join(SOURCES, language, `${slug}.md`), 'utf8').replace(/\{claim [^{}]*\}|\$\$[^$]*\$\$|`[^`]*`/g, ' ');
      for (const [number] of prose.matchAll(/(?<![\w.])\d+\.\d{2,3}(?!\d)/g)) assert.ok(!known.has(number), `${slug} (${language}): ${number} is a fact of an environment: {claim SETUP optimum = …}`);
    }
  }
});

test('setups: what one is like is taken and changed; a wrong table is refused', () => {
  assert.deepEqual(attributesOf(/** @type {any} */ (SETUPS.get('maze-slippery'))), { env: 'GridWorld-v0', algo: 'q-learning', preset: '', seed: '3', settings: '{"env.slip":0.2}' });
  assert.equal(queryText(/** @type {any} */ (SETUPS.get('maze-slippery'))), 'env=GridWorld-v0&algo=q-learning&seed=3&env.slip=0.2');
  assert.deepEqual([...SETUPS.values()].map(({ figure }) => figure), ['maze', 'maze', 'maze', 'short', 'whole']);
  assert.equal(setupsOf({ a: { env: 'GridWorld-v0', seeds: 4 }, b: { like: 'a', isFigure: true } }).get('b')?.seeds, undefined);
  assert.throws(() => setupsOf({ a: { like: 'b' }, b: { like: 'a' } }), /in a circle/);
  assert.throws(() => setupsOf({ a: { like: 'c' } }), /no setup c, which a is like/);
  assert.throws(() => setupsOf({ a: {} }), /needs an env/);
});

test('a setting that does not fit fails, it is not left out', async () => {
  const setups = setupsOf({ wrong: { env: 'GridWorld-v0', settings: { gamma: 7 } }, none: { env: 'GridWorld-v0', settings: { gama: 0.5 } } });
  for (const id of setups.keys()) await assert.rejects(checkedClaims({ file: 'text.md', text: `{claim ${id} steps = 1}`, setups, runs }), /does not fit/);
});

test('HTML: claims are buttons with the whole run, figures are labs, questions open, formulas have no style attributes', async () => {
  const text = await withNumbers(of('# A <title>\n\n## One\n\nText {claim maze-slippery first_return_above(0) = ?}, $\\hat{A}_t$。\n\n::: figure maze\nSee $\\gamma$.\n:::\n\n::: question What if $\\gamma$ is 0?\nAn answer {claim whole score = ?}.\n:::\n\n$$\n\\begin{aligned} a &= b \\end{aligned}\n$$\n'));
  const { html: made, title, sections } = await html(text);
  assert.equal(title, 'A &lt;title&gt;');
  assert.deepEqual(sections, [{ id: 's1', text: 'One' }]);
  assert.match(made, /<button type="button" class="claim" data-figure="maze" data-lab="\{&quot;env&quot;:&quot;GridWorld-v0&quot;,[^"]*slip[^"]*" data-stop="\d+"/);
  assert.match(made, /data-figure="whole" data-lab="[^"]*" data-stop=""/, 'a score is seen at the end');
  assert.match(made, /<bellhop-lab id="maze" env="GridWorld-v0" algo="q-learning" seed="3" show="world" stop-at="500" autoplay><\/bellhop-lab>/);
  assert.match(made, /<details class="question"><summary><span class="kind">&lt;chapter\.question&gt;<\/span> What if <math/);
  assert.equal(made.match(/<span class="joined">(?:(?!<\/span>).)*(<\/button>|<\/math>)[,。]<\/span>/g)?.length, 2, 'neither is parted from its punctuation');
  assert.doesNotMatch(made, / style=/);
  assert.match(made, /<math display="block"/);
  await assert.rejects(html('::: figure maze-slippery\n:::'), /needs a setup of that name/);
  await assert.rejects(html('$\\nothing{$'), Failure);
});

test('the chapters: 1,500 words and five figures in both languages, each followed by a question; the same setups are claimed in both', () => {
  for (const slug of PAGES) {
    const [en, zh] = LANGUAGES.map((language) => readFileSync(join(SOURCES, language, `${slug}.md`), 'utf8'));
    const figures = (/** @type {string} */ text) => [...text.matchAll(/^::: figure (\S+)/gm)].map(([, id]) => id);
    const claims = (/** @type {string} */ text) => [...new Set([...text.matchAll(/\{claim ([^{}]+?) =/g)].map(([, what]) => what))].sort();
    assert.deepEqual(figures(zh), figures(en), slug);
    assert.deepEqual(claims(zh), claims(en), slug);
    if (['index', 'proofs', 'glossary'].includes(slug)) continue;
    assert.equal(zh.match(/^## /gm)?.length, en.match(/^## /gm)?.length, slug);
    assert.ok(figures(en).length >= 5, `${slug}: ${figures(en).length} figures`);
    assert.ok(claims(en).length >= 12, `${slug}: ${claims(en).length} claims`);
    for (const [text, language] of /** @type {const} */ ([[en, 'en'], [zh, 'zh']])) {
      const words = wordsIn(text, language);
      assert.ok(words >= 1500, `${slug} (${language}): ${words} words`);
      const blocks = [...text.matchAll(/^::: (figure|question)/gm)].map(([, kind]) => kind);
      blocks.forEach((kind, i) => kind === 'figure' && assert.equal(blocks[i + 1], 'question', `${slug} (${language}): a question after each figure`));
    }
  }
});

/** @param {string} text @param {string} language */
function wordsIn(text, language) {
  const plain = text.replace(/\{claim [^{}]*= ([^{}]*)\}/g, '$1').replace(/\$\$[^$]*\$\$|\$[^$]*\$|\]\([^)]*\)|^:::.*?(figure \S+)?$/gm, ' ');
  return [...new Intl.Segmenter(language, { granularity: 'word' }).segment(plain)].filter(({ isWordLike }) => isWordLike).length;
}

test('the built pages: every link leads somewhere, every id is there once, no style attributes, no script inside', () => {
  for (const language of LANGUAGES) {
    for (const slug of PAGES) {
      const file = join(SITE, `chapters/${language}/${slug}.html`), page = readFileSync(file, 'utf8');
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `${slug}: an id twice`);
      assert.doesNotMatch(page, / style=|<script(?![^>]* src=)|<style/);
      assert.doesNotMatch(page.replace(/<code>.*?<\/code>|"[^"]*"/g, ''), /\*\*|:::|\{claim/, `${language}/${slug}: Markdown that is not read as such; bold in Chinese must not end with a full stop`);
      for (const [, href] of page.matchAll(/ (?:href|src)="([^"]+)"/g)) {
        const [path, hash] = href.split('#');
        if (/^https:\/\/(arxiv\.org|doi\.org)\//.test(href)) continue;
        assert.doesNotMatch(href, /^\w+:/, `${slug}: ${href}`);
        const target = path === '' ? file : join(file, '..', path);
        assert.ok(existsSync(target), `${slug}: ${href}`);
        if (hash && !path.endsWith('index.html')) assert.ok(readFileSync(target, 'utf8').includes(` id="${decodeURIComponent(hash)}"`), `${slug}: ${href}`);
      }
      for (const [, figure] of page.matchAll(/data-figure="([^"]+)"/g)) assert.ok(ids.includes(figure), `${language}/${slug}: the claims of ${figure} have no figure`);
    }
  }
});

test('every figure, and every run that a claim speaks of, is one that a lab makes as it is written: nothing of it is left out', async () => {
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  const trainers = new TrainerPool({ size: 1, start: async (options) => {
    const { trainer, end } = await startTrainer(options);
    ends.push(end);
    return trainer;
  } });
  const held = await Promise.all([trainers.acquire(), trainers.acquire({ text: true })]); // else each experiment would start a worker
  let checked = 0;
  for (const slug of PAGES) {
    const file = join(SOURCES, `figures/${slug}.mjs`);
    if (!existsSync(file)) continue;
    for (const setup of setupsOf((await import(file)).default).values()) {
      const { experiment, ignored } = await createExperiment(trainers, new URLSearchParams(queryText(setup)));
      assert.deepEqual(ignored, [], setup.id);
      const made = /** @type {any} */ (experiment).setup;
      assert.deepEqual([made.env, made.algo ?? setup.algo, made.seed ?? setup.seed], [setup.env, setup.algo ?? made.algo, setup.seed], setup.id);
      await experiment.dispose();
      checked++;
    }
  }
  held.forEach(({ release }) => release());
  await Promise.all(ends.map((end) => end()));
  assert.ok(checked > 100, `${checked} setups`);
});
