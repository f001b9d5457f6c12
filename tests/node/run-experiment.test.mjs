// SPDX-License-Identifier: MIT
// A run as labs have it, without any DOM: phases, staged and live changes, links that replay them to the bit, waiting while out of
// view, switching; over a worker that is a thread of Node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Superseded } from '../../web/lab/experiment.mjs';
import { RunExperiment } from '../../web/lab/run-experiment.mjs';
import { copyOf, fromQuery, plainSetup } from '../../web/lab/run-setup.mjs';
import { startTrainer, when } from './experiments.mjs';

/** @type {any} */
let trainer;
/** @type {Awaited<ReturnType<typeof startTrainer>>} */
let started;

before(async () => {
  started = await startTrainer({ text: false });
  ({ trainer } = started);
});
after(() => started.end());

/** @param {string} query */
async function open(query) {
  const { setup, ignored } = fromQuery(trainer.catalog, new URLSearchParams(query), 'GridWorld-v0', () => true);
  assert.deepEqual(ignored, []);
  const experiment = new RunExperiment(started.lease(), setup);
  await experiment.start();
  return experiment;
}

/** @param {RunExperiment} experiment @param {string} key */
const settingOf = (experiment, key) => {
  const found = experiment.settings.find((each) => each.key === key);
  assert.ok(found, key);
  return found;
};

const SMALL = 'env=GridWorld-v0&algo=dqn&netArch=8&learningStarts=20&bufferSize=200&batchSize=8&evalFreq=0';

/** Plays at full speed until so many steps have been taken. @param {RunExperiment} experiment @param {number} steps */
async function playTo(experiment, steps) {
  Object.assign(experiment, { stopAt: steps, speed: experiment.speeds.length - 1 });
  experiment.play();
  await when(experiment, () => experiment.phase === 'paused');
  assert.equal(experiment.frame?.timesteps, steps);
}

test('phases: ready, running, paused by itself at stopAt, finished with a score', async () => {
  const experiment = await open(`${SMALL}&seed=3&totalTimesteps=300`);
  /** @type {string[]} */
  const phases = [];
  experiment.addEventListener('phase', () => phases.push(experiment.phase));
  await playTo(experiment, 123);
  experiment.stopAt = Infinity;
  experiment.play();
  await when(experiment, () => experiment.score !== null);
  assert.deepEqual(phases, ['running', 'paused', 'running', 'finished']);
  assert.equal(experiment.score?.of, 'best');
  assert.match(experiment.print?.hash ?? '', /^[0-9a-f]{12}$/);
  await experiment.dispose();
});

test('a change while it runs goes into the link with its step, and the link gives the same bits', async () => {
  const first = await open(`${SMALL}&seed=5&totalTimesteps=600`);
  await playTo(first, 171);
  await first.change(settingOf(first, 'learningRate'), 0.01);
  assert.equal(first.valueOf(settingOf(first, 'learningRate')), 0.01);
  await playTo(first, 250);
  await first.change(settingOf(first, 'gamma'), 0.8);
  first.stopAt = Infinity;
  first.play();
  await when(first, () => first.phase === 'finished' && first.print?.step === 600);
  assert.match(first.query, /learningRate=0\.01@171&gamma=0\.8@250$/);

  const again = await open(first.query);
  again.speed = again.speeds.length - 1;
  assert.equal(again.valueOf(settingOf(again, 'learningRate')), settingOf(again, 'learningRate').preset, 'not yet');
  again.play();
  await when(again, () => again.phase === 'finished' && again.print?.step === 600);
  assert.equal(again.print?.hash, first.print?.hash);
  assert.equal(again.query, first.query);

  const plain = await open(`${SMALL}&seed=5&totalTimesteps=600`);
  plain.speed = plain.speeds.length - 1;
  plain.play();
  await when(plain, () => plain.print?.step === 600);
  assert.notEqual(plain.print?.hash, first.print?.hash, 'without the changes it is another run');
  await Promise.all([first, again, plain].map((each) => each.dispose()));
});

test('a change that is due when another is made comes before it', async () => {
  const first = await open(`${SMALL}&seed=4&gamma=0.5@7`);
  await playTo(first, 7);
  await first.change(settingOf(first, 'learningRate'), 0.01);
  assert.match(first.query, /gamma=0\.5@7&learningRate=0\.01@7$/);
  await playTo(first, 300);
  const second = await open(first.query);
  await playTo(second, 300);
  assert.equal(await second.fingerprint(), await first.fingerprint());
  await Promise.all([first.dispose(), second.dispose()]);
});

test('what was to come is dropped by another change, and Reset begins with the settings of now', async () => {
  const experiment = await open(`${SMALL}&seed=1&learningRate=0.02@100&learningRate=0.03@400`);
  await playTo(experiment, 150);
  assert.equal(experiment.valueOf(settingOf(experiment, 'learningRate')), 0.02);
  await experiment.change(settingOf(experiment, 'learningRate'), 0.05);
  assert.match(experiment.query, /learningRate=0\.02@100&learningRate=0\.05@150$/);
  await experiment.reset();
  assert.equal(experiment.frame?.timesteps ?? 0, 0);
  assert.match(experiment.query, /[?&]learningRate=0\.05(&|$)/);
  assert.deepEqual(experiment.setup.changes, []);
  await experiment.dispose();
});

test('what needs a reset is staged while it runs or has steps, seed included; before that it is a new run at once', async () => {
  const experiment = await open(`${SMALL}&seed=0`);
  await experiment.changeSeed(4);
  assert.deepEqual([experiment.setup.seed, experiment.stagedSeed], [4, null]);
  experiment.play();
  await experiment.changeSeed(7);
  assert.deepEqual([experiment.setup.seed, experiment.stagedSeed], [4, 7]);
  await when(experiment, () => experiment.hasSteps);
  await experiment.change(settingOf(experiment, 'batchSize'), 16);
  assert.equal(experiment.staged.size, 2);
  assert.doesNotMatch(experiment.query, /seed=7|batchSize=16/);
  await experiment.change(settingOf(experiment, 'batchSize'), 8);
  assert.equal(experiment.staged.size, 1, 'back to what it is: nothing waits');
  await experiment.reset();
  assert.deepEqual([experiment.setup.seed, experiment.stagedSeed, experiment.staged.size], [7, null, 0]);
  await experiment.dispose();
});

test('a run that is left is kept with what it came to: by Reset, by another seed or algorithm, once for the same run; one without an episode is not', async () => {
  const experiment = await open(`${SMALL}&seed=3&totalTimesteps=2000`);
  experiment.runs.most = 12;
  await experiment.reset();
  assert.deepEqual(experiment.runs.items, []);
  await playTo(experiment, 400);
  const { history } = experiment;
  await experiment.reset();
  const [first] = experiment.runs.items;
  assert.deepEqual([first.n, first.step, first.history, first.setup.seed, first.id], [1, 400, history, 3, experiment.query]);
  await playTo(experiment, 200);
  await experiment.reset();
  assert.deepEqual(experiment.runs.items.map(({ n, step }) => [n, step]), [[1, 400]], 'the same run, which came less far');
  await playTo(experiment, 500);
  await experiment.changeSeed(4);
  await experiment.reset();
  assert.deepEqual(experiment.runs.items.map(({ n, step }) => [n, step]), [[1, 500]]);
  await playTo(experiment, 300);
  await experiment.switchTo({ choice: 'q-learning' });
  assert.deepEqual(experiment.runs.items.map(({ n, step, setup }) => [n, step, setup.algo, setup.seed]), [[1, 500, 'dqn', 3], [2, 300, 'dqn', 4]]);
  await playTo(experiment, 300);
  await experiment.switchTo({ env: 'CliffWalking-v1' });
  assert.deepEqual([experiment.runs.items.length, experiment.runs.drawn(experiment.setup)], [3, []], 'those of the other environment are not drawn here');
  await experiment.start(copyOf(first.setup));
  assert.deepEqual([experiment.query, experiment.runs.drawn(experiment.setup).length], [first.id, 3]);
  await experiment.dispose();
});

test('out of view it waits, and goes on as if it had not', async () => {
  const experiment = await open(`${SMALL}&seed=9&totalTimesteps=40000`);
  experiment.setSpeed(experiment.speeds.length - 1);
  experiment.play();
  await when(experiment, () => experiment.hasSteps);
  experiment.suspend();
  assert.equal(experiment.phase, 'running');
  await experiment.session?.pause(); // once more: resolves when the frame of where it stands is here
  const at = experiment.frame?.timesteps;
  for (let i = 0; i < 20; i++) await trainer.liveBytes();
  assert.equal(experiment.frame?.timesteps, at, 'it stands still');
  experiment.resume();
  await when(experiment, () => experiment.print?.step === 40_000);
  const other = await open(`${SMALL}&seed=9&totalTimesteps=40000`);
  other.setSpeed(other.speeds.length - 1);
  other.play();
  await when(other, () => other.print?.step === 40_000);
  assert.equal(experiment.print?.hash, other.print?.hash);
  experiment.suspend();
  await experiment.pause();
  await Promise.all([experiment.dispose(), other.dispose()]);
});

test('shown twice, it waits when neither is seen', async () => {
  const experiment = await open(SMALL);
  for (const lab of ['one', 'other']) experiment.resume(lab);
  experiment.suspend('one');
  assert.equal(experiment.isSuspended, false);
  experiment.suspend('other');
  assert.equal(experiment.isSuspended, true);
  experiment.resume('one');
  assert.equal(experiment.isSuspended, false);
  await experiment.dispose();
});

test('a checkpoint brings its parameters, and their fingerprint, into another run', async () => {
  const [experiment, other] = [await open(`${SMALL}&seed=9`), await open(`${SMALL}&seed=10`)];
  for (const each of [experiment, other]) await each.step();
  const [hash, bytes] = [await experiment.sha256(), await experiment.save()];
  assert.match(hash, /^[0-9a-f]{64}$/);
  await when(other, () => other.print);
  const before = other.print?.hash;
  await other.load(bytes);
  assert.equal(await other.sha256(), hash);
  await when(other, () => other.print && other.print.hash !== before);
  assert.ok(hash.startsWith(other.print?.hash ?? '-'));
  await Promise.all([experiment.dispose(), other.dispose()]);
  await assert.rejects(async () => other.save(), /no run yet/);
});

test('pressed while out of view, Play and Pause count', async () => {
  const experiment = await open(`${SMALL}&seed=9`);
  experiment.suspend();
  experiment.play();
  assert.equal(experiment.phase, 'running');
  await experiment.pause();
  assert.equal(experiment.phase, 'paused');
  experiment.play();
  experiment.resume();
  await when(experiment, () => experiment.hasSteps);
  await experiment.dispose();
});

test('another environment keeps the algorithm and the settings that apply, and says what it does not keep', async () => {
  const experiment = await open('env=GridWorld-v0&algo=dqn&seed=2&learningRate=0.002&env.slip=0.1');
  const toCartPole = await experiment.switchTo({ env: 'CartPole-v1' });
  assert.deepEqual({ ...toCartPole, setup: undefined }, { setup: undefined, algoDropped: '', dropped: ['slip'], kept: ['learning_rate'] });
  assert.match(experiment.query, /^env=CartPole-v1&algo=dqn&seed=2&learningRate=0\.002$/);
  const back = await experiment.switchTo({ env: 'FrozenLake-v1', choice: 'value-iteration' });
  assert.equal(back.algoDropped, '');
  assert.deepEqual(back.dropped, ['learning_rate']);
  const again = await experiment.switchTo({ env: 'CartPole-v1' });
  assert.equal(again.algoDropped, 'value-iteration');
  assert.equal(experiment.setup.algo, 'dqn');
  await experiment.dispose();
});

test('a refused start leaves the run that is there; a later start overtakes an earlier one', async () => {
  const experiment = await open(`${SMALL}&seed=0`);
  await experiment.step();
  const bad = { ...experiment.stagedSetup(), envOptions: { map: 'S..' } };
  await assert.rejects(experiment.start(bad), /goal/);
  assert.equal(experiment.setup.envOptions.map, undefined);
  await experiment.step();
  await when(experiment, () => experiment.frame?.timesteps === 2);
  const overtaken = experiment.start(plainSetup(experiment.catalog, 'GridWorld-v0', 'dqn', 1));
  const last = experiment.start(plainSetup(experiment.catalog, 'GridWorld-v0', 'dqn', 2));
  await assert.rejects(overtaken, Superseded);
  await last;
  assert.equal(experiment.setup.seed, 2);
  await experiment.dispose();
});

test('policy evaluation is told by its own episodes, not by what greedy moves on its values would score', async () => {
  const experiment = await open('env=GridWorld-v0&algo=policy-evaluation&totalTimesteps=400&seed=0');
  experiment.setSpeed(experiment.speeds.length - 1);
  experiment.play();
  await when(experiment, () => experiment.score !== null);
  assert.equal(experiment.score?.of, 'policy');
  assert.ok(Number(experiment.score?.mean) < 0.9, `a random policy scores ${experiment.score?.mean}`);
  await experiment.dispose();
});

test('what is under way when it is disposed begins no run', async () => {
  const experiment = await open(SMALL);
  await experiment.step();
  const begun = [experiment.reset(), experiment.start()];
  await experiment.dispose();
  for (const refused of await Promise.allSettled([...begun, experiment.start()])) assert.ok(refused.status === 'rejected' && refused.reason instanceof Superseded);
});

test('live bytes return to zero', async () => {
  const experiment = await open(`${SMALL}&seed=0`);
  await experiment.step();
  await when(experiment, () => experiment.truth !== null);
  await experiment.reset();
  await when(experiment, () => experiment.truth !== null);
  await experiment.dispose();
  assert.equal(await trainer.liveBytes(), 0);
});
