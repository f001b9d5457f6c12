// SPDX-License-Identifier: MIT
// Work that takes long is done in pieces: signals, timers and pauses have their turn within a second, in updates and in evaluations, and the
// bits are those of work that nobody interrupts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../web/node/node.mjs';
import { startTrainer } from './experiments.mjs';

const bh = await load();
const CLI = fileURLToPath(new URL('../../web/cli/cli.mjs', import.meta.url));
/** No answer takes so long, whatever else the processor does; the work that is asked to end would take far longer, or for ever. */
const SOON_MS = 5000;
const STEPS_MAX = 2_000_000_000;
/** A round of updates takes many seconds, each of them some 10 ms. */
const HEAVY = { batchSize: 256, netArch: [256, 256], gradientSteps: 1000, learningStarts: 1, trainFreq: 1, evalFreq: 0, preset: false };
/** An evaluation of them never ends. */
const ENDLESS = { maxEpisodeSteps: STEPS_MAX, evalFreq: 10, nEvalEpisodes: 1, netArch: [8], learningStarts: 1_000_000, preset: false };

/** What a promise comes to, and how long after the abort that was. @param {(signal: AbortSignal) => Promise<any>} use @param {number} milliseconds */
async function aborted(use, milliseconds) {
  const stop = new AbortController();
  let at = 0;
  setTimeout(() => {
    at = performance.now();
    stop.abort();
  }, milliseconds);
  const [outcome] = await Promise.allSettled([use(stop.signal)]);
  assert.ok(at > 0, 'it did not end before');
  return { outcome, after: performance.now() - at, stop };
}

describe('a model', () => {
  for (const [name, algo, options] of /** @type {const} */ ([
    ['updates of DQN', 'DQN', HEAVY],
    ['minibatches of PPO', 'PPO', { nSteps: 256, batchSize: 32, netArch: [512, 512], nEpochs: 1000, evalFreq: 0, preset: false }],
    ['an evaluation between two steps', 'SAC', ENDLESS],
  ])) {
    test(`learn, in the middle of ${name}: a signal ends it`, async () => {
      const model = new /** @type {any} */ (bh)[algo](algo === 'SAC' ? 'Pendulum-v1' : 'CartPole-v1', { seed: 3, ...options });
      const { outcome, after: late } = await aborted((signal) => model.learn({ signal }), 1000);
      assert.equal(outcome.status, 'fulfilled', String(/** @type {any} */ (outcome).reason));
      assert.ok(late < SOON_MS, `${late} ms`);
      model.dispose();
    });
  }

  test('what was stopped in the middle of an update goes on with the same bits, from a file too', async () => {
    const options = { seed: 5, batchSize: 256, netArch: [128, 128], gradientSteps: 64, learningStarts: 4, trainFreq: 4, evalFreq: 0, preset: false };
    const [plain, stopped] = [new bh.DQN('CartPole-v1', options), new bh.DQN('CartPole-v1', options)];
    let stops = 0, inTheMiddle = 0, again = stopped;
    while (again.timesteps < 24 || stops < 8) {
      const { timesteps } = again;
      const target = Math.max(1, 24 - timesteps);
      await again.learn({ steps: target, sliceMilliseconds: 1, onProgress: () => ++stops % 3 !== 0 });
      const file = again.save({ full: true });
      again.dispose();
      again = /** @type {typeof stopped} */ (bh.loadModel(file));
      inTheMiddle += Number(again.timesteps > 0 && again.timesteps % 4 === 0);
      if (again.timesteps >= 24 && stops >= 8) break;
    }
    await again.learn({ steps: 28 - again.timesteps });
    await plain.learn({ steps: again.timesteps });
    assert.ok(inTheMiddle > 0);
    assert.equal(again.timesteps, plain.timesteps);
    assert.equal(again.sha256(), plain.sha256());
    plain.dispose();
    again.dispose();
  });

  test('evaluateAsync: a signal ends it with its reason; the next one begins anew, and learning goes on', async () => {
    const model = new bh.SAC('Pendulum-v1', { ...ENDLESS, seed: 1, evalFreq: 0 });
    const { outcome, after: late, stop } = await aborted((signal) => model.evaluateAsync({ episodes: 1, signal }), 300);
    assert.ok(late < SOON_MS, `${late} ms`);
    assert.equal(/** @type {any} */ (outcome).reason, stop.signal.reason);
    await assert.rejects(model.evaluateAsync({ signal: AbortSignal.abort(new RangeError('mine')) }), /mine/);
    await assert.rejects(model.evaluateAsync(/** @type {any} */ ({ signal: 1 })), { status: 'BH_ERR_ARGUMENT' });
    const { timesteps } = await model.learn({ steps: 20 });
    assert.equal(timesteps, 20);
    model.dispose();
  });

  test('evaluateAsync gives others their turn, and the score of evaluate', async () => {
    const model = new bh.DQN('CartPole-v1', { seed: 2, netArch: [256, 256], preset: false });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const [later, other] = await Promise.all([model.evaluateAsync({ episodes: 1000 }), model.evaluateAsync({ episodes: 3, seed: 9 })]);
    clearInterval(timer);
    assert.ok(turns > 0, 'others had none');
    assert.deepEqual(later, model.evaluate({ episodes: 1000 }));
    assert.deepEqual(other, model.evaluate({ episodes: 3, seed: 9 }));
    model.dispose();
  });

  test('updates on demonstrations: learn does them bit by bit; who asks before has them done', async () => {
    const transitions = Array.from({ length: 40 }, (_, i) => i);
    const episode = { obs: [...transitions, 40].map((i) => [i / 50, 0, -i / 60, 0]), actions: transitions.map((i) => i % 2), rewards: transitions.map(() => 1), terminated: true, truncated: false };
    const make = (/** @type {number} */ demoUpdates) => new bh.DQN('CartPole-v1', /** @type {any} */ ({ seed: 4, demonstrations: [episode], demoUpdates, batchSize: 64, netArch: [64], evalFreq: 0, preset: false }));
    const [asked, learned] = [make(2000), make(2000)];
    const hash = asked.sha256(); // has them done
    assert.equal(asked.lastUpdate(), null);
    let told = 0;
    await learned.learn({ steps: 1, sliceMilliseconds: 1, onProgress: () => void told++ });
    assert.ok(told > 1, 'in slices');
    await asked.learn({ steps: 1 });
    assert.equal(asked.sha256(), learned.sha256());
    const endless = make(10_000_000);
    const { after: late } = await aborted((signal) => endless.learn({ signal }), 500);
    assert.ok(late < SOON_MS, `${late} ms`);
    assert.equal(endless.timesteps, 0);
    assert.notEqual(hash, '');
    [asked, learned, endless].forEach((model) => model.dispose());
  });

  test('what is set in the middle of an update holds from the next step on', async () => {
    const options = { seed: 6, batchSize: 256, netArch: [128, 128], gradientSteps: 64, learningStarts: 4, trainFreq: 4, evalFreq: 0, preset: false };
    const [model, plain] = [new bh.DQN('CartPole-v1', options), new bh.DQN('CartPole-v1', options)];
    let at = 0;
    await model.learn({ steps: 16, sliceMilliseconds: 1, onProgress: ({ timesteps, nUpdates }) => {
      if (at > 0 || nUpdates === 0 || nUpdates % 64 === 0) return;
      at = timesteps;
      model.set({ learningRate: 0.1, gradientSteps: 3 });
    } });
    assert.ok(at > 0, 'it was told in the middle of one');
    await plain.learn({ steps: at });
    plain.set({ learningRate: 0.1, gradientSteps: 3 });
    await plain.learn({ steps: 16 - at });
    assert.equal(model.sha256(), plain.sha256());
    model.dispose();
    plain.dispose();
  });
});

test('pre-training: a signal ends it in the middle of a step, and it goes on with the same bits', async () => {
  const text = await load({ text: true });
  const corpus = 'the cat sat on the mat and saw the dog. '.repeat(200);
  const options = { seed: 1, context: 64, dModel: 64, batchSize: 64, maxSteps: 6, evalFreq: 3, evalWindows: 40 };
  const [plain, stopped] = [new text.Pretraining(corpus, options), new text.Pretraining(corpus, options)];
  plain.step(6);
  let told = 0;
  while (stopped.steps < 6) await stopped.learn({ steps: 6 - stopped.steps, sliceMilliseconds: 1, onProgress: () => ++told % 4 !== 0 });
  await stopped.learn({ steps: 0 });
  assert.ok(told > 6, `${told} slices`);
  assert.equal(stopped.model.sha256(), plain.model.sha256());
  assert.deepEqual(stopped.save({ full: true }), plain.save({ full: true }));
  const heavy = new text.Pretraining(corpus, { ...options, dModel: 256, nLayers: 4, batchSize: 1024 });
  const { after: late } = await aborted((signal) => heavy.learn({ signal }), 500);
  assert.ok(late < SOON_MS, `${late} ms`);
  [plain, stopped, heavy].forEach((training) => training.dispose());
});

describe('a session', () => {
  /** @type {any} */
  let trainer;
  /** @type {Awaited<ReturnType<typeof startTrainer>>} */
  let started;
  before(async () => {
    started = await startTrainer({ text: false });
    trainer = started.trainer;
  });
  after(() => started.end());

  /** How long a call takes. @param {() => Promise<unknown>} use */
  async function taking(use) {
    const since = performance.now();
    await use();
    return performance.now() - since;
  }

  test('Pause is answered in the middle of an update; the step is ended meanwhile, and its parameters are those of a run that was not paused', async () => {
    const options = { ...HEAVY, gradientSteps: 200 };
    const session = await trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: { seed: 8, ...options } });
    /** @type {any} */
    let frame;
    session.onFrame = (/** @type {any} */ next) => {
      frame = next;
    };
    await session.play();
    while (!(frame?.nUpdates > 0)) await new Promise((done) => setTimeout(done, 10));
    const late = await taking(() => session.pause());
    assert.ok(late < SOON_MS, `${late} ms`);
    assert.equal(frame.running, false);
    const { timesteps, nUpdates } = frame;
    const hash = await session.sha256();
    const model = new bh.DQN('CartPole-v1', { seed: 8, ...options });
    await model.learn({ steps: timesteps });
    assert.equal(hash, model.sha256());
    while (frame.nUpdates % 200 !== 0) await new Promise((done) => setTimeout(done, 10));
    assert.equal(frame.timesteps, timesteps);
    assert.ok(frame.nUpdates >= nUpdates && !frame.running);
    model.dispose();
    await session.dispose();
  });

  test('an evaluation without end: Pause, another session and learn are not held up', async () => {
    const session = await trainer.create({ env: 'Pendulum-v1', algo: 'ppo', options: { seed: 1, ...ENDLESS, nSteps: 64, batchSize: 64, learningStarts: undefined } }).catch(() => null)
      ?? await trainer.create({ env: 'MountainCar-v0', algo: 'dqn', options: { seed: 1, ...ENDLESS } });
    await session.play();
    await new Promise((done) => setTimeout(done, 300));
    const late = await taking(() => session.pause());
    assert.ok(late < SOON_MS, `${late} ms`);
    const other = await trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: { seed: 1 } });
    assert.ok(await taking(() => other.learn({ steps: 100 })) < 5 * SOON_MS);
    await session.dispose();
    await other.dispose();
  });

  test('a run that pauses at a step has that step whole, with its update and its evaluation', async () => {
    const options = { seed: 2, batchSize: 512, netArch: [128, 128], gradientSteps: 30, learningStarts: 1, trainFreq: 4, evalFreq: 8, nEvalEpisodes: 20, preset: false };
    const session = await trainer.create({ env: 'CartPole-v1', algo: 'dqn', options });
    const evaluations = [];
    const standing = new Promise((done) => {
      session.onFrame = (/** @type {any} */ frame) => {
        for (let i = 0; i < frame.records.length; i += frame.recordWidth) if (frame.records[i] === trainer.catalog.records.eval) evaluations.push(frame.records[i + 1]);
        if (!frame.running && frame.timesteps === 16) done(frame.nUpdates);
      };
    });
    await session.play({ until: 16 });
    assert.equal(await standing, 120);
    assert.deepEqual(evaluations, [8, 16]);
    await session.dispose();
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-interrupt-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Starts a command, sends a signal when it is time, and says when it had ended. @param {string[]} args @param {NodeJS.Signals} signal @param {() => boolean} when */
  async function ended(args, signal, when) {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const closed = new Promise((done) => child.on('close', done));
    for (const since = Date.now(); !when() && Date.now() - since < 60_000;) await new Promise((done) => setTimeout(done, 50));
    await new Promise((done) => setTimeout(done, 700));
    const at = performance.now();
    child.kill(signal);
    const code = await closed;
    return { code, stderr, output, late: performance.now() - at };
  }

  const heavy = ['train', 'CartPole-v1', '--algo', 'dqn', '--preset', 'false', '--seed', '3', '--batch-size', '256', '--net-arch', '256,256', '--gradient-steps', '1000', '--learning-starts', '1', '--train-freq', '1', '--eval-freq', '0', '--total-timesteps', '40'];
  const endless = ['train', 'MountainCar-v0', '--algo', 'dqn', '--seed', '3', '--max-episode-steps', String(STEPS_MAX), '--eval-freq', '50', '--n-eval-episodes', '1', '--learning-starts', '1000000'];

  for (const [signal, exit] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143]])) {
    for (const [name, args] of /** @type {const} */ ([['update', heavy], ['evaluation', endless]])) {
      test(`train: ${signal} in the middle of an ${name} ends it, and what there is is saved`, async () => {
        const out = `${name}-${signal}`;
        const result = await ended([...args, '--out', out], signal, () => existsSync(join(folder, out, 'config.json')));
        assert.equal(result.code, exit, result.stderr);
        assert.ok(result.late < 3 * SOON_MS, `${result.late} ms`); // it also scores for half a second, and writes
        const checkpoint = readFileSync(join(folder, out, 'checkpoint.safetensors'));
        const model = bh.loadModel(checkpoint);
        assert.equal(model.algo, 'dqn');
        model.dispose();
      });
    }
  }

  test('train --resume goes on in the middle of the update', async () => {
    const checkpoint = readFileSync(join(folder, 'update-SIGINT', 'checkpoint.safetensors'));
    const resumed = bh.loadModel(checkpoint), { timesteps } = resumed;
    const plain = new bh.DQN('CartPole-v1', { .../** @type {any} */ (resumed.options) });
    await resumed.learn({ steps: 1 });
    await plain.learn({ steps: timesteps + 1 });
    assert.equal(resumed.sha256(), plain.sha256());
    resumed.dispose();
    plain.dispose();
  });
});
