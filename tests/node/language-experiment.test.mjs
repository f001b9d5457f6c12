// SPDX-License-Identifier: MIT
// The training of a language model over a real port: made when it is wanted, trained, paused, stepped; a form that is refused
// leaves the model; files; links.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { LanguageExperiment } from '../../web/lab/language-experiment.mjs';
import {
  SIZES, Refusal, languageFromQuery, languageRecipe, languageToQuery, plainLanguageSetup, refusalOf, tokenizerOf,
} from '../../web/lab/language-setup.mjs';
import { phasesOf, startTrainer, when } from './experiments.mjs';

/** @typedef {import('../../web/lab/language-setup.mjs').LanguageSetup} LanguageSetup */
/** @typedef {import('../../web/lab/language-setup.mjs').CorpusId} CorpusId */

const STORIES = readFileSync(new URL('../../envs/data/corpus_en.txt', import.meta.url), 'utf8');
/** A tiny model. */
const SMALL = { dModel: 16, nLayers: 1, nHeads: 2, context: 16, maxSteps: 400, learningRate: 0.006 };
/** @type {Awaited<ReturnType<typeof startTrainer>>} */
let context;
/** @type {LanguageExperiment[]} */
const made = [];

before(async () => {
  context = await startTrainer();
});

after(async () => {
  await Promise.all(made.map((experiment) => experiment.dispose()));
  assert.equal(await context.trainer.liveBytes(), 0, 'nothing is left');
  await context.end();
});

/** An experiment that has started. @param {Partial<LanguageSetup>} [change] @param {(id: CorpusId) => Promise<string>} [fetchText] */
async function started(change, fetchText = async () => STORIES) {
  const experiment = new LanguageExperiment(context.lease(), { ...plainLanguageSetup('en'), sizes: SMALL, ...change }, fetchText);
  made.push(experiment);
  await experiment.start();
  return experiment;
}

/** @param {LanguageExperiment} experiment @param {number} steps */
const reaches = (experiment, steps) => when(experiment, () => (experiment.frame?.steps ?? 0) >= steps);

test('a model is made with Play, is trained and writes; Pause and Play go on with it', async () => {
  const experiment = await started({ sizes: { ...SMALL, maxSteps: 3000 } });
  assert.deepEqual([experiment.phase, experiment.kind, experiment.session, experiment.speeds], ['ready', 'language', null, [Infinity]]);
  assert.equal(experiment.text, STORIES);
  const phases = phasesOf(experiment);
  await experiment.play();
  assert.deepEqual(phases, ['preparing', 'ready', 'running']);
  const { about, curve } = experiment;
  assert.equal(about?.model.tokenizer, 'word');
  assert.deepEqual([curve.held.xs, curve.held.ys, experiment.until], [[0], [about?.start?.perplexity], 3000]);
  await when(experiment, () => experiment.written && (experiment.frame?.steps ?? 0) > 100);
  assert.deepEqual([experiment.written?.prompt, experiment.next.length], ['The', 8]);
  await experiment.pause();
  assert.equal(experiment.phase, 'paused');
  const { steps } = /** @type {any} */ (experiment.frame);
  assert.ok(Number(experiment.curve.held.ys.at(-1)) < Number(experiment.curve.held.ys[0]) * 0.8);
  await experiment.play();
  await reaches(experiment, steps + 1);
  await when(experiment, () => experiment.phase === 'finished');
  assert.equal(experiment.frame?.steps, 3000);
  const words = /** @type {any} */ ({ count: String, rate: String });
  assert.deepEqual(experiment.counters(words).map(({ id, text }) => [id, text]).slice(0, 2), [['count-steps', '3000 / 3000'], ['count-rate', '–']]);
  assert.deepEqual(experiment.kept, { step: 3000, history: experiment.curve });
});

test('a full checkpoint goes on to the end of the training that was never left, with its curve; of another text it begins anew', async () => {
  const text = { corpus: /** @type {const} */ ('own'), own: STORIES.slice(0, 20_000) };
  for (const change of /** @type {Partial<LanguageSetup>[]} */ ([{}, { corpus: 'task', task: 'TextGen-v1' }, text])) {
    const whole = await started(change);
    assert.equal(whole.canGoOn, false, 'there is nothing to go on with');
    await whole.play();
    await when(whole, () => whole.phase === 'finished');
    const left = await started(change);
    for (let i = 0; i < 3; i++) await left.step();
    await reaches(left, 3);
    assert.equal(left.canGoOn, true);
    const { history } = left.kept;
    const checkpoint = await left.save({ full: true });
    const own = change.own;
    const again = new LanguageExperiment(context.lease(), { ...plainLanguageSetup('en'), sizes: SMALL, ...change, own: '' }, async () => STORIES);
    made.push(again);
    Object.assign(again, { left: { checkpoint, history } });
    await again.start();
    if (own !== undefined) {
      assert.deepEqual([again.phase, again.session], ['ready', null], 'the text is not there yet');
      again.restoreText(own);
      await when(again, () => again.phase === 'paused');
    }
    assert.deepEqual([again.phase, again.frame?.steps, again.curve, again.refused], ['paused', 3, history, null]);
    await again.play();
    await when(again, () => again.phase === 'finished');
    assert.deepEqual(await again.save(), await whole.save());
    assert.deepEqual(again.curve, whole.curve);
  }
  const other = await started({ ...text, own: STORIES.slice(0, 30_000) });
  await other.step();
  const anew = new LanguageExperiment(context.lease(), { ...plainLanguageSetup('en'), sizes: SMALL, ...text }, async () => STORIES);
  made.push(anew);
  Object.assign(anew, { left: { checkpoint: await other.save({ full: true }) } });
  await anew.start();
  assert.deepEqual([anew.phase, anew.session, anew.refused], ['ready', null, null]);
});

test('Step takes one step of the optimizer; the same form and seed make the same model, another seed another one', async () => {
  const states = [];
  for (const seed of [1, 1, 2]) {
    const experiment = await started({ seed });
    for (const steps of [1, 2, 3]) {
      await experiment.step();
      await reaches(experiment, steps);
      assert.deepEqual([experiment.phase, experiment.frame?.steps], ['paused', steps]);
    }
    assert.ok(experiment.written);
    states.push(await experiment.save());
  }
  assert.deepEqual(states[0], states[1]);
  assert.notDeepEqual(states[0], states[2]);
});

test('a seed or size changed after training takes a new model with the next Play; Reset makes it at once', async () => {
  const experiment = await started();
  await experiment.step();
  experiment.changeSeed(7);
  assert.deepEqual([experiment.isStale, experiment.stagedSeed, experiment.setup.seed], [true, 7, 7]);
  const { session } = experiment;
  await experiment.reset();
  assert.deepEqual([experiment.phase, experiment.isStale, experiment.stagedSeed], ['ready', false, null]);
  assert.deepEqual([experiment.about?.options?.seed, experiment.frame], [7, null]);
  assert.notEqual(experiment.session, session);
  experiment.change({ sizes: { maxSteps: 200 } });
  assert.equal(experiment.setup.sizes.dModel, 16, 'the others stay');
  await experiment.play();
  await when(experiment, () => experiment.phase === 'finished');
  assert.equal(experiment.frame?.steps, 200);
});

test('a text that will not do is refused in words, and leaves the model', async () => {
  const experiment = await started();
  await experiment.step();
  await reaches(experiment, 1);
  const { session } = experiment;
  experiment.type('too little');
  assert.deepEqual([experiment.setup.corpus, experiment.text, experiment.isStale, experiment.sharedAs], ['own', 'too little', true, 'shared.text']);
  await experiment.play();
  assert.deepEqual(refusalOf(experiment.refused), { key: 'error.text.short', values: { tokens: 10, held: 1, least: 34 } });
  assert.deepEqual([experiment.phase, experiment.session, experiment.frame?.steps, experiment.isStale], ['paused', session, 1, true]);
  experiment.type('  ');
  assert.equal(experiment.refused, null);
  await experiment.reset();
  assert.deepEqual([refusalOf(experiment.refused), experiment.session], [{ key: 'lm.corpus.empty', values: {} }, session]);
  experiment.change({ corpus: 'stories-en' });
  await when(experiment, () => experiment.text === STORIES);
  assert.equal(experiment.setup.own, '  ', 'the own text is kept');
  experiment.change({ sizes: { dModel: 20, nHeads: 8 } });
  await experiment.play();
  assert.equal(refusalOf(experiment.refused), null);
  assert.match(String(experiment.refused), /dModel is 20/);
  experiment.change({ sizes: SMALL });
  await experiment.play();
  assert.deepEqual([experiment.phase, experiment.refused], ['running', null]);
  await experiment.pause();
});

test('a corpus that cannot be fetched is a sentence, and is fetched again', async () => {
  let fails = true;
  const experiment = await started({}, async () => {
    if (fails) throw new Refusal('lm.corpus.failed');
    return STORIES;
  });
  assert.deepEqual([refusalOf(experiment.textProblem)?.key, experiment.text], ['lm.corpus.failed', null]);
  await experiment.play();
  assert.deepEqual([refusalOf(experiment.refused)?.key, experiment.phase], ['lm.corpus.failed', 'ready']);
  assert.equal(experiment.refused, experiment.textProblem, 'it is one problem');
  fails = false;
  await experiment.loadText();
  assert.deepEqual([experiment.textProblem, experiment.text], [null, STORIES]);
  await experiment.play();
  assert.equal(experiment.phase, 'running');
  await experiment.pause();
  fails = true;
  const other = await started({}, async () => {
    if (fails) throw new Refusal('lm.corpus.failed');
    return STORIES;
  });
  fails = false;
  await other.play(); // fetches it, too
  assert.deepEqual([other.phase, other.refused, other.textProblem, other.text], ['running', null, null, STORIES]);
  await other.pause();
  other.refuse(new Refusal('error.text.encoding'));
  assert.deepEqual([refusalOf(other.refused)?.key, other.phase], ['error.text.encoding', 'paused']);
  other.type('another text');
  assert.deepEqual([other.refused, other.ownText], [null, 'another text']);
});

test('Pause ends what is being made: it does not begin; out of view nothing is trained', async () => {
  const experiment = await started();
  const playing = experiment.play();
  assert.deepEqual([experiment.phase, experiment.can], ['preparing', { play: true, step: false, reset: false }]);
  await experiment.pause();
  await playing;
  assert.deepEqual([experiment.phase, experiment.frame], ['ready', null]);
  experiment.suspend();
  await experiment.play();
  assert.equal(experiment.phase, 'running');
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(experiment.frame, null, 'nobody sees it');
  experiment.resume();
  await reaches(experiment, 2);
  await experiment.pause();
});

test('a model is saved and opened; what is no model leaves the one that is there', async () => {
  const experiment = await started({ corpus: 'task', task: 'TextGen-v1' });
  await experiment.step();
  await experiment.setSampling({ prompt: 'the dog', greedy: true });
  assert.match(/** @type {any} */ (experiment.written).text, /^ \S/, 'words of a task stand apart from the prompt');
  assert.deepEqual(experiment.next.map(({ p }) => p), [1]);
  const bytes = /** @type {Uint8Array} */ (await experiment.save());
  assert.equal(await experiment.open(new TextEncoder().encode('nothing')), false);
  assert.deepEqual([refusalOf(experiment.refused)?.key, experiment.phase, experiment.isOpened], ['error.model.file', 'paused', false]);
  assert.equal(await experiment.open(bytes), true);
  assert.deepEqual([experiment.phase, experiment.isOpened, experiment.about?.options, experiment.refused], ['finished', true, null, null]);
  assert.ok(experiment.written);
  assert.deepEqual(await experiment.save(), bytes);
  await experiment.play(); // takes a new one
  assert.deepEqual([experiment.phase, experiment.isOpened], ['running', false]);
  await experiment.pause();
});

test('after a training that diverged, only another form or Reset can try again', async () => {
  const experiment = await started();
  await experiment.step();
  experiment.enter('diverged'); // AdamW with clipped gradients stays finite at any rate
  assert.deepEqual(experiment.can, { play: false, step: false, reset: true });
  experiment.change({ sizes: { learningRate: 0.001 } });
  assert.deepEqual(experiment.can, { play: true, step: true, reset: true });
  await experiment.play();
  assert.equal(experiment.phase, 'running');
  await experiment.pause();
});

test('a link has all but the reader\'s own text', () => {
  const fields = context.trainer.pretrainingOptions;
  const plain = plainLanguageSetup('en');
  const parse = (/** @type {string} */ link, /** @type {'en' | 'zh'} */ language = 'en') => languageFromQuery(fields, new URLSearchParams(link), language);
  assert.equal(languageToQuery(plain), 'view=language&corpus=stories-en&seed=0');
  assert.deepEqual(parse('view=language&lang=en'), { setup: plain, ignored: [] });
  assert.equal(parse('view=language', 'zh').setup.corpus, 'stories-zh');
  assert.deepEqual([tokenizerOf(plain), tokenizerOf({ ...plain, corpus: 'stories-zh' }), tokenizerOf({ ...plain, tokenizer: 'bpe' })], ['word', 'char', 'bpe']);
  const setups = /** @type {LanguageSetup[]} */ ([
    plain, { ...plain, corpus: 'task', task: 'Dialogue-v0', seed: 12 },
    { ...plain, corpus: 'stories-zh', tokenizer: 'bpe', sizes: { ...SMALL, dModel: 24, learningRate: 0.0123 } },
  ]);
  for (const setup of setups) assert.deepEqual(parse(languageToQuery(setup)), { setup, ignored: [] });
  assert.deepEqual(parse(languageToQuery({ ...plain, corpus: 'own', own: 'mine' })).setup, { ...plain, corpus: 'own' });
  for (const bad of ['corpus=bible', 'tokenizer=words', 'task=GridWorld-v0', 'dModel=0', 'dModel=1e9', 'dModel=', 'learningRate=x',
    'seed=-1', 'seed=0.5', 'batchSize=4', '__proto__=1']) {
    const { setup, ignored } = parse(`view=language&${bad}`);
    assert.deepEqual([setup, ...ignored.map(({ name, value }) => `${name}=${value}`)], [plain, bad]);
  }
});

test('sizes are in the library\'s range; recipes say what decides a model', () => {
  const { pretrainingOptions: fields } = context.trainer;
  for (const { name, values, preset } of SIZES) {
    const field = /** @type {any} */ (fields.find((each) => each.name === name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
    assert.ok(values.includes(preset) && values.every((value) => value >= field.min && value <= field.max), name);
  }
  const plain = plainLanguageSetup('en');
  assert.deepEqual(Object.keys(languageRecipe(plain, 'text').options ?? {}).sort(),
    ['context', 'dModel', 'evalFreq', 'evalWindows', 'learningRate', 'maxSteps', 'nHeads', 'nLayers', 'seed', 'tokenizer']);
  assert.deepEqual(Object.keys(languageRecipe({ ...plain, corpus: 'task' }, '')).sort(), ['env', 'options']);
  assert.throws(() => languageRecipe({ ...plain, corpus: 'own' }, ' \n'), Refusal);
});

test('what the library says of texts is taken apart for the words', async () => {
  const refused = async (/** @type {object} */ recipe) => {
    const error = await context.trainer.createLanguageModel(recipe).then(() => null, (problem) => problem);
    return refusalOf(error)?.key;
  };
  assert.equal(await refused({ corpus: '' }), 'lm.corpus.empty');
  assert.equal(await refused({ corpus: 'a few words', options: { tokenizer: 'char' } }), 'error.text.short');
  const words = new Error('every word of the text is longer than 64 bytes; use the tokenizer char or bpe');
  assert.deepEqual(refusalOf(words), { key: 'error.text.words', values: { max: 64 } });
  assert.equal(await refused({ model: new Uint8Array(100) }), 'error.model.file');
  assert.equal(refusalOf(new TypeError('other')), null);
  assert.equal(refusalOf(null), null);
});
