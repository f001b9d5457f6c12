// SPDX-License-Identifier: MIT
// Runs on tasks of text over a real port: what is known before a run, the language model that is trained first, curves and texts,
// weights that change while it runs and the link that repeats them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fromQuery, plainSetup, toQuery } from '../../web/lab/run-setup.mjs';
import { TextExperiment, textSetup } from '../../web/lab/text-experiment.mjs';
import { TEXT_IDS, isTextTask } from '../../web/lab/text-kind.mjs';
import { TASKS, runOptions, taskOf, textCatalog, weightFields } from '../../web/lab/text-tasks.mjs';
import { phasesOf, startTrainer, when } from './experiments.mjs';

/** @typedef {import('../../web/lab/run-setup.mjs').RunSetup} RunSetup */

/** Learns early, little at a time, and is not evaluated on the way. */
const QUICK = { learningStarts: 40, batchSize: 8, evalFreq: 0, totalTimesteps: 5000 };
/** @type {Awaited<ReturnType<typeof startTrainer>>} */
let context;
/** @type {import('../../web/lab/fields.mjs').Catalog} */
let catalog;
/** @type {TextExperiment[]} */
const made = [];

before(async () => {
  context = await startTrainer();
  catalog = /** @type {any} */ (context.trainer.catalog);
});

after(async () => {
  await Promise.all(made.map((experiment) => experiment.dispose()));
  await context.end();
});

/** @param {string} env @param {Partial<RunSetup>} [change] */
function setupOf(env, change = {}) {
  return { ...plainSetup(textCatalog(catalog, change.start), env), ...change };
}

/** An experiment that has started. @param {string} env @param {Partial<RunSetup>} [change] */
async function started(env, change) {
  const experiment = new TextExperiment(context.lease(), setupOf(env, change));
  made.push(experiment);
  await experiment.start();
  return experiment;
}

/** @param {TextExperiment} experiment @param {number} steps that it has taken at least when it pauses */
async function runTo(experiment, steps) {
  experiment.play();
  await when(experiment, () => (experiment.agentFrame?.timesteps ?? 0) >= steps);
  await experiment.pause();
}

/** One step after the other. @param {TextExperiment} experiment @param {number} [steps] that it has taken then */
async function stepTo(experiment, steps = 1) {
  for (let taken = experiment.agentFrame?.timesteps ?? 0; taken < steps; taken++) await experiment.step();
  await when(experiment, () => experiment.agentFrame?.timesteps === steps);
}

test('a link knows the tasks there are', () => assert.deepEqual(TEXT_IDS, TASKS.map(({ id }) => id)));

test('before a run the layout and the baselines are there; a link says nothing of the presets', async () => {
  const experiment = new TextExperiment(context.lease(), setupOf('TextGen-v1'));
  made.push(experiment);
  const phases = phasesOf(experiment);
  assert.deepEqual([experiment.phase, experiment.kind, experiment.can.play], ['loading', 'text', false]);
  await experiment.start();
  assert.deepEqual(phases, ['ready']);
  assert.equal(experiment.session, null);
  assert.deepEqual(experiment.parts.map(({ name, weight, sign }) => [name, weight, sign]),
    [['grammar', 0.35, 1], ['topic', 0.25, 1], ['length', 0.1, 1], ['repetition', 0.1, 1], ['sentiment', 0.2, 1]]);
  await when(experiment, () => experiment.baselines.random !== null);
  const { random, lm, optimum, threshold } = experiment.baselines;
  assert.ok(Number(random) > 0 && Number(random) < 0.6, `${random}`);
  assert.deepEqual([lm, optimum, threshold], [null, 1, 0.9236142]);
  assert.equal(experiment.query, 'env=TextGen-v1&algo=dqn&seed=0');
  assert.deepEqual([experiment.curves, experiment.speeds.at(-1), experiment.speed], [[], Infinity, 3]);
});

test('from scratch: a run, its texts, its curve, its numbers', async () => {
  const experiment = await started('TextGen-v1', { start: 'scratch', options: { evalFreq: 100, nEvalEpisodes: 2 } });
  const phases = phasesOf(experiment);
  await runTo(experiment, 300);
  assert.deepEqual(phases, ['preparing', 'ready', 'running', 'paused']);
  const { shown, prior, timesteps } = /** @type {import('../../web/lab/text-experiment.mjs').TextFrame} */ (experiment.textFrame);
  assert.equal(prior, null, 'there is no language model');
  assert.ok(shown.text && shown.rated && shown.best && shown.last.length > 0 && shown.last.length <= 3);
  assert.ok(shown.last.every(({ reward }) => reward <= /** @type {any} */ (shown.best).reward));
  const [curve] = experiment.curves;
  const { xs, ys, ...rest } = curve;
  assert.deepEqual(rest, { algo: 'dqn', start: 'scratch', seed: 0, again: 0, custom: false, changedAt: null });
  assert.deepEqual(xs.slice(0, 3), [0, 100, 200]);
  assert.ok(ys.length === xs.length && ys.every(Number.isFinite) && experiment.curves.length === 1);
  const words = /** @type {any} */ ({ count: String, rate: String, value: (/** @type {number} */ n) => n.toFixed(2) });
  assert.deepEqual(experiment.counters(words).map(({ id }) => id), ['count-steps', 'count-rate', 'count-mean']);
  assert.equal(experiment.counters(words)[0].text, String(timesteps));
  assert.equal(experiment.phaseText(words), undefined);
});

test('a link repeats a run with weights that were changed while it ran, to the bit', async () => {
  const experiment = await started('TextGen-v1', { start: 'scratch', seed: 3, options: QUICK, envOptions: { grammarWeight: 0.5 } });
  assert.ok(experiment.isCustom);
  await stepTo(experiment, 60);
  await experiment.weigh({ topicWeight: 2, lengthWeight: 0 });
  const change = (/** @type {string} */ key, /** @type {number} */ value) => ({ at: 60, scope: 'envOptions', key, value });
  assert.deepEqual(experiment.setup.changes, [change('topicWeight', 2), change('lengthWeight', 0)]);
  await experiment.weigh({ topicWeight: 1, grammarWeight: 0.5 });
  assert.deepEqual(experiment.setup.changes, [change('lengthWeight', 0), change('topicWeight', 1)], 'the last one at a step holds; what is no change is none');
  await stepTo(experiment, 100);
  await experiment.weigh({ lengthWeight: 0.1 });
  await stepTo(experiment, 160);
  assert.equal(experiment.curves[0].changedAt, 60);
  const link = experiment.query;
  assert.equal(link, 'env=TextGen-v1&algo=dqn&seed=3&start=scratch&learningStarts=40&batchSize=8&totalTimesteps=5000&evalFreq=0&env.grammarWeight=0.5'
    + '&env.lengthWeight=0@60&env.topicWeight=1@60&env.lengthWeight=0.1@100');

  const { setup, ignored } = fromQuery(textCatalog(catalog, 'scratch'), new URLSearchParams(link), TASKS[0].id, isTextTask);
  assert.deepEqual(ignored, []);
  const again = new TextExperiment(context.lease(), textSetup(catalog, setup));
  made.push(again);
  await again.start();
  assert.equal(again.weights.topicWeight, 0.25, 'not yet');
  await stepTo(again, 160);
  assert.deepEqual(again.weights, experiment.weights);
  assert.equal(again.curves[0].changedAt, 60);
  const hash = await experiment.fingerprint();
  assert.equal(await again.fingerprint(), hash);
  assert.match(hash, /^[0-9a-f]{12}$/);

  const plain = await started('TextGen-v1', { start: 'scratch', seed: 3, options: QUICK, envOptions: { grammarWeight: 0.5 } });
  await stepTo(plain, 160);
  assert.notEqual(await plain.fingerprint(), hash);
  await plain.reset();
  await stepTo(plain, 160);
  await experiment.reset();
  const { changes, envOptions } = experiment.setup;
  assert.deepEqual([changes, envOptions], [[], { grammarWeight: 0.5, topicWeight: 1 }], 'Reset begins with the weights as they are');
  assert.deepEqual(experiment.curves.map(({ again: n, custom }) => [n, custom]), [[0, true], [1, true]]);
});

test('the language model of the examples is trained first; Pause ends that, and the next Play goes on from there', async () => {
  const experiment = await started('CodeGen-v0', { options: QUICK });
  const phases = phasesOf(experiment);
  const playing = experiment.play();
  await when(experiment, () => (experiment.progress?.step ?? 0) > 5);
  const reached = /** @type {any} */ (experiment.progress).step;
  const t = (/** @type {string} */ key, /** @type {object} */ values) => [key, ...Object.keys(values)].join();
  assert.equal(experiment.phaseText(/** @type {any} */ ({ t, count: String, value: String })), 'phase.pretraining,step,steps,perplexity');
  assert.deepEqual(experiment.can, { play: true, step: false, reset: false });
  await experiment.pause();
  await playing;
  assert.deepEqual([experiment.phase, experiment.session, experiment.progress, phases], ['ready', null, null, ['preparing', 'ready']]);

  const other = await started('CodeGen-v0', { options: QUICK, seed: 1 }); // shares the model
  const [first, second] = [experiment.play(), other.play()];
  await when(experiment, () => experiment.progress);
  assert.ok(/** @type {any} */ (experiment.progress).step >= reached, 'from where it was');
  other.suspend();
  await other.pause();
  await second;
  assert.equal(other.phase, 'ready');
  await first;
  assert.equal(experiment.phase, 'running', 'that another one does not wait any more makes no difference');
  await when(experiment, () => (experiment.agentFrame?.timesteps ?? 0) > 20);
  await experiment.pause();
  assert.ok(Number(experiment.baselines.lm) > Number(experiment.baselines.random), 'it has learned the form of programs');
  const prior = /** @type {Float64Array} */ (experiment.textFrame?.prior);
  assert.ok(Math.abs(prior.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
  assert.ok(experiment.curves[0].ys[0] > Number(experiment.baselines.random) - 0.2);

  other.resume();
  await other.step();
  assert.deepEqual([other.phase, other.progress], ['paused', null], 'the model is there');
});

test('a run that was left goes on to the bits of one that was not, with its language model, its weights and its curve', async () => {
  for (const [env, start] of /** @type {const} */ ([['TextGen-v1', 'scratch'], ['CodeGen-v0', 'lm'], ['LearningRate-v0', 'scratch']])) {
    const options = env === 'LearningRate-v0' ? {} : { ...QUICK, evalFreq: 40, nEvalEpisodes: 2 };
    const whole = await started(env, { start, seed: 2, options });
    await stepTo(whole, 60);
    const [weight] = Object.keys(whole.weights);
    if (weight !== undefined) await whole.weigh({ [weight]: 0.6 });
    await stepTo(whole, 100);
    const { kept, query } = whole;
    const checkpoint = await whole.save({ full: true });
    const { setup, ignored } = fromQuery(textCatalog(catalog, start), new URLSearchParams(query), TASKS[0].id, isTextTask);
    assert.deepEqual(ignored, []);
    const again = new TextExperiment(context.lease(), textSetup(catalog, setup));
    made.push(again);
    Object.assign(again, { left: { checkpoint, ...structuredClone(kept) } });
    const phases = phasesOf(again);
    await again.start();
    assert.deepEqual([again.phase, again.agentFrame?.timesteps, again.left, phases.slice(-2)], ['paused', 100, null, ['preparing', 'paused']]);
    assert.deepEqual([again.weights, again.curves[0].ys[0]], [whole.weights, whole.curves[0].ys[0]]);
    assert.equal(again.textFrame?.prior === null, whole.textFrame?.prior === null);
    for (const experiment of [whole, again]) await stepTo(experiment, 150);
    assert.equal(await again.fingerprint(), await whole.fingerprint());
    assert.equal(again.query, whole.query);
  }
});

test('what was left and cannot be read begins anew; another setup than that it was left with has a run of its own', async () => {
  const setup = setupOf('TextGen-v1', { start: 'scratch', options: QUICK });
  const anew = new TextExperiment(context.lease(), setup);
  made.push(anew);
  Object.assign(anew, { left: { checkpoint: new Uint8Array(9), first: 7 } });
  await anew.start();
  assert.deepEqual([anew.phase, anew.agentFrame?.timesteps, anew.left], ['ready', 0, null]);
  assert.notEqual(anew.curves[0].ys[0], 7);
  Object.assign(anew, { left: { checkpoint: await anew.save({ full: true }) } });
  await anew.choose({ algo: 'ppo' });
  assert.deepEqual([anew.phase, anew.session, anew.left], ['ready', null, null]);
});

test('nobody sees it: nothing is trained, also not the language model', async () => {
  const experiment = await started('Summarize-v0');
  experiment.suspend();
  const playing = experiment.play();
  await when(experiment, () => experiment.phase === 'preparing');
  const quiet = new Promise((done) => setTimeout(done, 400));
  await quiet;
  assert.equal(experiment.progress, null);
  experiment.resume();
  await when(experiment, () => (experiment.progress?.step ?? 0) > 1);
  await experiment.pause();
  await playing;
});

test('weights chosen while a run is prepared are the run\'s; those chosen at step 0 are its own', async () => {
  const experiment = await started('TextGen-v1', { start: 'scratch', options: QUICK });
  const playing = experiment.play();
  assert.equal(experiment.phase, 'preparing');
  await experiment.weigh({ topicWeight: 1 });
  assert.equal(experiment.weights.topicWeight, 1, 'the slider says so at once');
  await playing;
  await experiment.pause();
  const at = /** @type {any} */ (experiment.setup.changes[0])?.at ?? 0;
  assert.equal(experiment.weights.topicWeight, 1);
  assert.ok(at === 0 ? experiment.setup.envOptions.topicWeight === 1 : at < 5);
  await experiment.reset();
  const before = experiment.curves.at(-1)?.ys[0];
  await experiment.weigh({ topicWeight: 0, grammarWeight: 0, sentimentWeight: 0 });
  assert.notEqual(experiment.curves.at(-1)?.ys[0], before, 'measured anew');
  assert.deepEqual([experiment.setup.changes, experiment.curves.at(-1)?.custom], [[], true]);
  await assert.rejects(experiment.weigh({ topicWeight: 99 }), /99/);
  assert.equal(experiment.weights.topicWeight, 0);
  await when(experiment, () => Math.abs(Number(experiment.baselines.optimum) - 0.2) < 1e-9); // length and repetition
  assert.equal(experiment.baselines.threshold, null);
});

test('curves of a task stay until they are cleared; none has a name twice; an unplayed one leaves none', async () => {
  const experiment = await started('TextGen-v1', { start: 'scratch', options: QUICK });
  await stepTo(experiment);
  await experiment.reset();
  await experiment.reset();
  await stepTo(experiment);
  assert.deepEqual(experiment.curves.map(({ again }) => again), [0, 1]);
  experiment.clearCurves();
  assert.deepEqual(experiment.curves.map(({ again }) => again), [1]);
  await experiment.reset();
  assert.deepEqual(experiment.curves.map(({ again }) => again), [1, 2]);
  await experiment.choose({ algo: 'ppo' });
  assert.deepEqual([experiment.phase, experiment.session, experiment.textFrame], ['ready', null, null]);
  assert.deepEqual(experiment.curves.map(({ algo, again }) => [algo, again]), [['dqn', 1]]);
  await stepTo(experiment);
  assert.deepEqual(experiment.curves.map(({ algo, again }) => [algo, again]), [['dqn', 1], ['ppo', 0]]);
  const values = /** @type {Float64Array} */ (experiment.textFrame?.qTm1);
  assert.ok(Math.abs(values.reduce((sum, p) => sum + p, 0) - 1) < 1e-6, 'of a policy, probabilities');
});

test('a run that was left keeps its curve; a run beside it, from its language model, is the same run', async () => {
  for (const start of /** @type {const} */ (['scratch', 'lm'])) {
    const experiment = await started('CodeGen-v0', { start, seed: 4, options: { ...QUICK, evalFreq: 20, nEvalEpisodes: 2 } });
    await stepTo(experiment, 60);
    const [{ xs, ys }] = experiment.curves, hash = await experiment.sha256();
    assert.deepEqual(xs, [0, 20, 40, 60]);
    const beside = await context.lease().trainer.create(experiment.recipeBeside(experiment.setup));
    await beside.learn({ steps: 60 });
    assert.equal(await beside.sha256(), hash, start);
    await beside.dispose();
    await experiment.reset();
    assert.deepEqual(experiment.curves.map((curve) => [curve.xs, curve.ys, curve.again]), [[xs, ys, 0], [[0], ys.slice(0, 1), 1]]);
    assert.deepEqual(experiment.runs.items.map(({ step, curve }) => [step, curve?.xs]), [[60, xs]]);
  }
});

test('another task or algorithm keeps what applies, and says what does not', async () => {
  const experiment = await started('TextGen-v1', { start: 'scratch', seed: 9, options: { ...QUICK, learningRate: 0.002 }, envOptions: { topicWeight: 1 } });
  await stepTo(experiment);
  const { algoDropped, dropped } = await experiment.choose({ algo: 'ppo', start: 'lm' });
  assert.deepEqual([algoDropped, dropped, experiment.setup.algo, experiment.startsFrom, experiment.setup.seed], ['', ['learning_starts'], 'ppo', 'lm', 9]);
  assert.deepEqual(experiment.setup.envOptions, { topicWeight: 1 });
  const phases = phasesOf(experiment);
  const training = await experiment.switchTo({ env: 'LearningRate-v0' });
  assert.deepEqual(phases, ['loading', 'ready']);
  assert.deepEqual([training.algoDropped, training.dropped], ['ppo', ['topic_weight']]);
  assert.deepEqual([experiment.setup.algo, experiment.isText, experiment.startsFrom], ['dqn', false, 'scratch']);
  assert.deepEqual([experiment.setup.options.learningRate, experiment.weights, experiment.isCustom], [0.002, {}, false]);
  await stepTo(experiment);
  assert.ok(experiment.textFrame?.shown.text && experiment.textFrame.shown.last.length === 0, 'there are no texts');
  assert.equal(experiment.curves.length, 1);
});

test('a run that diverges says so, and Reset makes another one', async () => {
  const experiment = await started('TextGen-v1', {
    start: 'scratch',
    options: { ...QUICK, logFreq: 10, learningRate: 10, optimizer: 'sgd', loss: 'mse', maxGradNorm: 0, trainFreq: 1, gamma: 1, targetUpdateInterval: 1 },
  });
  experiment.play();
  await when(experiment, () => experiment.phase === 'diverged');
  assert.deepEqual(experiment.can, { play: false, step: false, reset: true });
  await experiment.reset();
  assert.equal(experiment.phase, 'ready');
});

test('what a setup names that this lab has not becomes DQN; presets are those of the runs here', () => {
  for (const { id } of TASKS) {
    for (const start of /** @type {const} */ (['lm', 'scratch'])) {
      for (const choice of ['dqn', 'ppo', 'reinforce', 'dqn/rainbow']) {
        const setup = textSetup(catalog, { ...plainSetup(catalog, id, choice), start });
        const isPpo = choice === 'ppo' && taskOf(id).kind === 'text';
        assert.deepEqual([setup.algo, setup.preset, setup.start], [isPpo ? 'ppo' : 'dqn', '', start]);
        const { preset, ...options } = runOptions(taskOf(id), isPpo ? 'ppo' : 'dqn', start);
        assert.equal(preset, isPpo ? false : undefined);
        const query = new URLSearchParams({ env: id, algo: setup.algo, start });
        for (const [key, value] of Object.entries(options)) query.set(key, String(value));
        const { setup: back, ignored } = fromQuery(textCatalog(catalog, start), query, id, isTextTask);
        assert.deepEqual([back.options, ignored], [{}, []], `${id} ${setup.algo} ${start}: each is a setting of it, and unchanged`);
      }
    }
  }
  assert.equal(textCatalog(catalog, 'lm'), textCatalog(catalog, 'lm'), 'made once');
  assert.equal(toQuery(textCatalog(catalog), plainSetup(catalog, 'GridWorld-v0')), toQuery(catalog, plainSetup(catalog, 'GridWorld-v0')));
  assert.deepEqual(TASKS.map(({ id }) => weightFields(catalog, id).length), [5, 3, 3, 0, 0, 0]);
  assert.throws(() => taskOf('Poem-v0'), /unknown text task Poem-v0/);
});
