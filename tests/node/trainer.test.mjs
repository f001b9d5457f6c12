// SPDX-License-Identifier: MIT
// The worker's protocol, with the worker as a thread of Node: sessions, frames, speeds, and errors across the line.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, mock, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startModule } from '../../web/lib/wasm.mjs';
import * as entry from '../../web/bellhop.mjs';
import { BellhopError, connect, load, serve } from '../../web/node/node.mjs';
import { serve as serveOver } from '../../web/worker/service.mjs';

const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, trainFreq: 1, evalFreq: 100, nEvalEpisodes: 2, logFreq: 10 };
/** @type {import('../../web/bellhop.js').Trainer} */
let trainer;
/** @type {Worker} */
let thread;

before(async () => {
  const { port1, port2 } = new MessageChannel();
  thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
  trainer = await connect({ port: port1 });
});

after(async () => {
  trainer.terminate();
  await thread.terminate();
});

/**
 * Collects frames until one fits, then resolves to all of them.
 * @param {import('../../web/bellhop.js').Session} session
 * @param {(frame: import('../../web/bellhop.js').Frame) => boolean} fits
 * @returns {Promise<import('../../web/bellhop.js').Frame[]>}
 */
function framesUntil(session, fits) {
  /** @type {import('../../web/bellhop.js').Frame[]} */
  const frames = [];
  return new Promise((done) => {
    session.onFrame = (frame) => {
      frames.push(frame);
      if (fits(frame)) done(frames);
    };
  });
}

/** @param {Promise<unknown>} promise @param {string} status @param {RegExp} message */
async function rejects(promise, status, message) {
  await assert.rejects(promise, (/** @type {any} */ error) => {
    assert.ok(error instanceof BellhopError, String(error));
    assert.equal(error.status, status);
    assert.match(error.message, message);
    return true;
  });
}

test('the catalogue is the library\'s', async () => {
  const bh = await load();
  assert.deepEqual(trainer.catalog, bh.catalog);
  assert.deepEqual(trainer.pretrainingOptions, bh.pretrainingOptions);
  assert.equal(trainer.simd, 'wasm-simd128');
});

test('a session tells what it is', async () => {
  const session = await trainer.create({ env: 'GridWorld-v0', options: { seed: 7 }, envOptions: { map: ['S.', '.G'] } });
  const { info } = session;
  assert.deepEqual([info.env, info.algo, info.options.seed, info.rewardThreshold, info.maxEpisodeSteps], ['GridWorld-v0', 'dqn', 7, 1, 100]);
  assert.deepEqual([info.layout.rows, info.observationSpace, info.actionSpace.n], [['S.', '.G'], { type: 'Discrete', n: 4 }, 4]);
  assert.equal(info.envOptions.map, 'S.\n.G');
  await session.dispose();
});

test('the first frame, before any step', async () => {
  const session = await trainer.create({ env: 'GridWorld-v0', options: SMALL });
  const frames = framesUntil(session, () => true);
  await session.requestFrame();
  const [frame] = await frames;
  assert.deepEqual([frame.running, frame.finished, frame.diverged, frame.timesteps, frame.episodes, frame.nUpdates, frame.solvedAt],
    [false, false, false, 0, 0, 0, null]);
  assert.equal(frame.last.action, -1);
  assert.deepEqual([frame.obs.length, frame.q.length, frame.qTm1.length, frame.table?.length, frame.records.length], [1, 4, 4, 36, 0]);
  assert.deepEqual([...frame.q], [.../** @type {Float64Array} */ (frame.table).subarray(0, 4)]);
  assert.ok(frame.text.length > 0 && frame.view.length > 0);
  assert.deepEqual(frame.envInfo, { prob: 1 });
  await session.dispose();
});

test('step by step: the same run as the library\'s', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: { ...SMALL, totalTimesteps: 100, seed: 3 } });
  for (let i = 1; i <= 5; i++) {
    const frames = framesUntil(session, ({ timesteps }) => timesteps === i);
    await session.step();
    const frame = /** @type {any} */ ((await frames).at(-1));
    assert.ok([0, 1].includes(frame.last.action) && typeof frame.last.explored === 'boolean');
    assert.equal(frame.last.episodeLength, i);
    assert.notDeepEqual(frame.obs, frame.obsTm1);
    assert.equal(frame.table, null);
  }
  await session.step(95);
  const bh = await load();
  const env = bh.make('CartPole-v1');
  const model = new bh.DQN(env, { ...SMALL, seed: 3 });
  await model.learn({ totalTimesteps: 100 });
  assert.equal(await session.sha256(), model.sha256());
  const observations = [[0, 0, 0.1, 0], [0.5, 0, -0.1, 0]];
  assert.deepEqual(await session.qValues(observations), model.qValues(observations));
  assert.deepEqual(await session.qValues(Float32Array.from(observations.flat())), model.qValues(observations));
  assert.equal(await session.predict(observations[0]), model.predict(observations[0]));
  assert.deepEqual(await session.evaluate({ episodes: 3, seed: 1, which: 'best' }), model.evaluate({ episodes: 3, seed: 1, which: 'best' }));
  assert.deepEqual(await session.save(), model.save());
  await session.dispose();
});

test('full speed to the end: every record arrives, in order, once; play goes on afterwards', async () => {
  const session = await trainer.create({ env: 'GridWorld-v0', options: { ...SMALL, totalTimesteps: 3000 } });
  const watched = framesUntil(session, ({ finished }) => finished);
  await session.play({ stepsPerSecond: Infinity });
  const frames = await watched;
  const last = /** @type {any} */ (frames.at(-1));
  assert.deepEqual([last.running, last.timesteps, last.diverged], [false, 3000, false]);
  const rows = frames.flatMap(({ records, recordWidth: width }) => Array.from({ length: records.length / width }, (_, i) => records.subarray(width * i, width * (i + 1))));
  const count = (/** @type {number} */ kind) => rows.filter(([each]) => each === kind).length;
  assert.deepEqual([count(1), count(2), count(3)], [last.episodes, 300, 30]);
  assert.ok(rows.every((row, i) => i === 0 || row[1] >= rows[i - 1][1]), 'in order');
  assert.equal(last.nUpdates, 2980);
  const further = framesUntil(session, ({ timesteps }) => timesteps > 3000);
  await session.play();
  assert.equal((await further).at(-1)?.finished, false);
  await session.pause();
  await session.dispose();
});

test('a slow speed takes its time, and can be changed and paused', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const slow = framesUntil(session, ({ timesteps }) => timesteps >= 1);
  await session.play({ stepsPerSecond: 0.5 });
  const first = /** @type {any} */ ((await slow).at(-1));
  assert.deepEqual([first.timesteps, first.running], [1, true]);
  const fast = framesUntil(session, ({ timesteps }) => timesteps > 50);
  await session.play({ stepsPerSecond: 5000 });
  await fast;
  /** @type {any} */
  let last = null;
  session.onFrame = (frame) => (last = frame);
  await session.pause();
  assert.equal(last?.running, false, 'when it has paused, the frame that says so has been shown');
  const later = framesUntil(session, () => true);
  await session.requestFrame();
  assert.equal((await later)[0].timesteps, last.timesteps);
  await session.dispose();
});

test('a page that takes no frames misses no records', async () => {
  const session = await trainer.create({ env: 'GridWorld-v0', options: { ...SMALL, netArch: [1], trainFreq: 1000, totalTimesteps: 30_000 } });
  const watched = framesUntil(session, ({ finished }) => finished);
  await session.learn({ totalTimesteps: 30_000 });
  const frames = await watched;
  const rows = frames.reduce((sum, { records, recordWidth }) => sum + records.length / recordWidth, 0);
  assert.equal(rows, /** @type {any} */ (frames.at(-1)).episodes + 3000 + 300);
  assert.ok(frames.length < 1000, 'frames are not queued up');
  await session.dispose();
});

test('learn resolves at its end, tells its progress, and stops when asked to', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const result = await session.learn({ totalTimesteps: 500 });
  assert.deepEqual([result.timesteps, result.totalTimesteps], [500, 500]);
  assert.ok(Number.isFinite(result['eval/mean_reward']) && Number.isFinite(result['rollout/ep_rew_mean']));
  let calls = 0;
  const stopped = await session.learn({ totalTimesteps: 1e9, onProgress: () => ++calls < 2 });
  assert.ok(calls >= 2 && stopped.timesteps > 500 && stopped.timesteps < 1e8);
  await session.dispose();
});

const LONG = 20_000;

test('a learn that is refused stops no other: its signal and its options are its own', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const first = session.learn({ totalTimesteps: LONG });
  const stop = new AbortController();
  const second = session.learn({ signal: stop.signal });
  stop.abort();
  await rejects(second, 'BH_ERR_STATE', /is learning/);
  assert.equal((await first).timesteps, LONG);

  await session.play({ stepsPerSecond: 0.001 }); // one step now
  await rejects(session.learn({ totalTimesteps: -1 }), 'BH_ERR_ARGUMENT', /totalTimesteps is -1/);
  const frames = framesUntil(session, ({ timesteps }) => timesteps === LONG + 2);
  await session.step();
  assert.equal((await frames).at(-1)?.running, true, 'it goes on playing');
  await session.dispose();
});

test('a callback that is late, of a learn that was paused, does not stop the next one', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  /** @type {(goesOn: boolean) => void} */
  let answer = () => {};
  /** @type {Promise<boolean>} */
  const late = new Promise((done) => (answer = done));
  /** @type {Promise<import('../../web/bellhop.js').LearnResult>} */
  let paused = Promise.reject(new Error('not begun'));
  paused.catch(() => {});
  await new Promise((called) => {
    paused = session.learn({ totalTimesteps: 1e9, onProgress: () => {
      called(undefined);
      return late;
    } });
  });
  await session.pause();
  const next = session.learn({ totalTimesteps: LONG });
  answer(false);
  assert.equal((await next).timesteps, (await paused).timesteps + LONG);
  await session.dispose();
});

test('what cannot be sent to the worker is refused, and no call waits for an answer', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const func = /** @type {any} */ (() => 1);
  await rejects(session.predict(func), 'BH_ERR_ARGUMENT', /^predict got what cannot be sent to a worker: .*=> 1/);
  await rejects(session.load(func), 'BH_ERR_ARGUMENT', /^load got/);
  assert.equal(trainer.oldestCall, null);
  await session.dispose();
});

test('a speed of nearly nothing waits for as long as a timer can', async () => {
  const { port1, port2 } = new MessageChannel();
  serve({ port: port2 });
  const here = await connect({ port: port1 });
  const session = await here.create({ env: 'CartPole-v1', options: SMALL });
  const timers = mock.method(globalThis, 'setTimeout');
  const watched = framesUntil(session, ({ timesteps }) => timesteps === 1);
  await session.play({ stepsPerSecond: 1e-9 });
  await watched;
  await session.pause();
  timers.mock.restore();
  assert.equal(Math.max(...timers.mock.calls.map(({ arguments: [, milliseconds] }) => Number(milliseconds))), 2 ** 31 - 1);
  here.terminate();
});

test('stopAtThreshold: finished right at the evaluation, at any speed and in learn; play goes on', async () => {
  const options = { seed: 2, stopAtThreshold: true };
  const session = await trainer.create({ env: 'GridWorld-v0', algo: 'value-iteration', options });
  let frames = framesUntil(session, ({ finished }) => finished);
  await session.play({ stepsPerSecond: 1e5 });
  const last = /** @type {import('../../web/bellhop.js').Frame} */ ((await frames).at(-1));
  assert.deepEqual([last.running, last.timesteps], [false, last.solvedAt]);
  frames = framesUntil(session, ({ finished }) => finished);
  await session.play();
  assert.equal((await frames).at(-1)?.timesteps, Number(session.info.options.totalTimesteps));
  await session.dispose();

  const learner = await trainer.create({ env: 'GridWorld-v0', algo: 'value-iteration', options });
  assert.equal((await learner.learn()).timesteps, last.timesteps);
  await learner.dispose();
});

test('set changes live options and says what it cannot', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  await session.set({ learningRate: 0.002 });
  assert.equal(session.info.options.learningRate, 0.002);
  await rejects(session.set({ learningRate: -1 }), 'BH_ERR_CONFIG', /learningRate is -1/);
  await rejects(session.set({ netArch: [2] }), 'BH_ERR_CONFIG', /netArch cannot change/);
  await session.dispose();
});

test('checkpoints go in and out; bad ones change nothing', async () => {
  const [a, b] = [await trainer.create({ env: 'CartPole-v1', options: { ...SMALL, seed: 1 } }), await trainer.create({ env: 'CartPole-v1', options: SMALL })];
  const bytes = await a.save();
  assert.notEqual(await b.sha256(), await a.sha256());
  await rejects(b.load(bytes.subarray(0, 100)), 'BH_ERR_FORMAT', /./);
  await b.load(bytes);
  assert.equal(await b.sha256(), await a.sha256());
  await Promise.all([a.dispose(), b.dispose()]);
});

test('what cannot be made or done is an error here, and the worker goes on', async () => {
  await rejects(trainer.create({ env: 'CartPole-v9' }), 'BH_ERR_UNKNOWN', /did you mean 'CartPole-v1'/);
  await rejects(trainer.create({ env: 'GridWorld-v0', envOptions: { map: '...' } }), 'BH_ERR_CONFIG', /map/);
  await rejects(trainer.create({ env: 'CartPole-v1', algo: 'q-learning' }), 'BH_ERR_CONFIG', /Discrete/);
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  await rejects(session.play({ stepsPerSecond: 0 }), 'BH_ERR_ARGUMENT', /stepsPerSecond is 0/);
  await rejects(session.step(0.5), 'BH_ERR_ARGUMENT', /step is 0.5/);
  await rejects(session.predict([1, 2]), 'BH_ERR_ARGUMENT', /observation/);
  await session.dispose();
  await rejects(session.step(), 'BH_ERR_STATE', /disposed/);
});

test('a recipe that is refused leaves nothing behind, and says what is wrong with it', async () => {
  const before = await trainer.liveBytes();
  const create = (/** @type {any} */ recipe) => trainer.create(recipe);
  const at = (/** @type {number} */ step) => ({ at: step, options: { learningRate: 0.1 } });
  for (const [changes, message] of /** @type {[unknown, RegExp][]} */ ([
    [[at(-1)], /changes\[0\]\.at is -1/], [[at(9), at(3)], /changes\[1\]\.at is 3, but must be at least 9/], [null, /changes is null, but must be an array/],
    [5, /changes is 5, but must be an array/], [[null], /changes\[0\] takes an object, but got null/], [[{ at: 1 }], /changes\[0\]\.options is undefined/],
  ])) {
    for (const samples of [false, true]) await rejects(create({ env: 'CartPole-v1', options: SMALL, samples, changes }), 'BH_ERR_ARGUMENT', message);
  }
  for (const [options, message] of /** @type {[object, RegExp][]} */ ([
    [{ learningRat: 0.1 }, /^changes\[1\]\.options: DQN has no option 'learningRat'; did you mean 'learningRate'\?$/], [{ learningRate: 'x' }, /^changes\[1\]\.options: .*learningRate is 'x', but must be a number/],
    [{ learningRate: -1 }, /^changes\[1\]\.options: .*learningRate is -1, but must be /], [{ batchSize: 16 }, /^changes\[1\]\.options: .*batchSize/],
  ])) {
    for (const samples of [false, true]) await rejects(create({ env: 'CartPole-v1', options: SMALL, samples, changes: [at(0), { at: 5, options }] }), 'BH_ERR_CONFIG', message);
  }
  for (const env of [null, {}, { singleActionSpace: {} }]) await rejects(create({ env }), 'BH_ERR_UNKNOWN', /^the environment is (null|an object), but must be one of GridWorld-v0, /);
  for (const recipe of [null, undefined, 5]) await rejects(create(recipe), 'BH_ERR_ARGUMENT', new RegExp(`^create takes an object, but got ${recipe}`));
  await rejects(trainer.createLanguageModel(/** @type {any} */ (null)), 'BH_ERR_ARGUMENT', /^createLanguageModel takes an object, but got null/);
  assert.equal(await trainer.liveBytes(), before);
});

test('disposing while it plays or learns', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const learning = rejects(session.learn({ totalTimesteps: 1e9 }), 'BH_ERR_STATE', /disposed/);
  await session.dispose();
  await learning;
  const playing = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  await playing.play();
  const paused = playing.pause();
  await playing.dispose();
  await paused;
  assert.equal(await trainer.liveBytes(), 0);
});

test('a diverged run says so', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: { ...SMALL, learningRate: 10, optimizer: 'sgd', loss: 'mse', maxGradNorm: 0, gamma: 1, targetUpdateInterval: 1 } });
  const watched = framesUntil(session, ({ diverged }) => diverged);
  await session.play();
  await watched;
  await session.pause();
  await session.dispose();
});

test('a frame says when the first update was done, and goes on saying it', async () => {
  const before = Date.now();
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const watched = framesUntil(session, ({ timesteps }) => timesteps >= 40);
  await session.step(10);
  await session.step(30);
  const frames = await watched;
  const first = frames.find(({ firstUpdateAt }) => firstUpdateAt !== null);
  assert.ok(first && first.timesteps > SMALL.learningStarts);
  assert.ok(Number(first.firstUpdateAt) >= before - 1 && Number(first.firstUpdateAt) <= Date.now() + 1);
  assert.equal(frames.at(-1)?.firstUpdateAt, first.firstUpdateAt);
  await session.dispose();
});

test('connect takes a module that was compiled here, or is being compiled', async () => {
  const scalar = await readFile(new URL('../../build/out/wasm-scalar/bellhop.wasm', import.meta.url));
  for (const wasmBinary of [await WebAssembly.compile(scalar), WebAssembly.compile(scalar)]) {
    const { port1, port2 } = new MessageChannel();
    const other = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
    const second = await connect({ port: port1, wasmBinary });
    assert.equal(second.simd, 'scalar');
    second.terminate();
    await other.terminate();
  }
});

test('where there are no web workers, connect says so', async () => {
  for (const options of [{}, { workerUrl: 'https://example.org/worker.mjs' }]) await rejects(connect(options), 'BH_ERR_LOAD', /^Node has no web workers: start a thread .*serve\(\).*connect\(\{ worker: thread \}\); or use load\(\)$/);
  await rejects(entry.connect(), 'BH_ERR_LOAD', /no web workers/);
});

test('changes that were tried are not made before their step', async () => {
  const recipe = { env: 'CartPole-v1', options: { ...SMALL, seed: 5 } };
  const [plain, changed] = [await trainer.create(recipe), await trainer.create({ ...recipe, changes: [{ at: 100, options: { learningRate: 0.5, gamma: 0.5 } }] })];
  for (const session of [plain, changed]) await session.step(100);
  assert.equal(await changed.sha256(), await plain.sha256());
  for (const session of [plain, changed]) await session.step(100);
  assert.notEqual(await changed.sha256(), await plain.sha256());
  await Promise.all([plain.dispose(), changed.dispose()]);
});

test('play with what cannot be sent is refused, and frames still say that the run stands still', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  await rejects(session.play(/** @type {any} */ ({ until: () => {} })), 'BH_ERR_ARGUMENT', /^play got what cannot be sent to a worker/);
  const frames = framesUntil(session, () => true);
  await session.requestFrame();
  assert.equal((await frames)[0].running, false);
  await session.dispose();
});

test('a frame is shown once, also where onFrame throws; the error is not caught, and the run goes on', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const others = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  /** @type {unknown[]} */
  const uncaught = [];
  process.on('uncaughtException', (error) => uncaught.push(error));
  try {
    /** @type {unknown[]} */
    const shown = [];
    const enough = new Promise((done) => {
      session.onFrame = (frame) => {
        if (shown.push(frame) === 4) done(null);
        throw new Error(`frame ${shown.length}`);
      };
    });
    await session.play();
    await enough;
    session.onFrame = () => {};
    await session.pause();
    assert.equal(new Set(shown).size, shown.length);
    assert.deepEqual(uncaught.map((error) => /** @type {Error} */ (error).message), ['frame 1', 'frame 2', 'frame 3', 'frame 4']);
  } finally {
    process.removeAllListeners('uncaughtException');
    others.forEach((listener) => process.on('uncaughtException', /** @type {any} */ (listener)));
  }
  await session.dispose();
});

test('what the worker\'s script fetches later: calls are answered in order, one that failed is tried again', async () => {
  const { port1, port2 } = new MessageChannel();
  const module = await WebAssembly.compile(await readFile(new URL('../../build/out/wasm-simd/bellhop.wasm', import.meta.url)));
  let fetched = 0;
  const later = async () => {
    if (++fetched === 1) throw new TypeError('no connection');
    return import('../../web/worker/session-calls.mjs');
  };
  serveOver(/** @type {any} */ (port2), () => startModule(module), { later });
  const here = await connect({ port: port1 });
  try {
    const session = await here.create({ env: 'CartPole-v1', options: SMALL });
    await session.step(3);
    assert.equal(fetched, 0, 'a new run plays without it');
    const failed = rejects(session.save(), 'BH_ERR_LOAD', /^a part of the worker's script could not be loaded: no connection$/);
    await session.set({ learningRate: 0.01 }); // it came after save, and is answered all the same
    await failed;
    const full = session.save({ full: true });
    const stepped = session.step(4); // of which that checkpoint knows nothing
    const resumed = await here.create({ checkpoint: await full });
    await stepped;
    assert.equal(fetched, 2);
    const frames = framesUntil(resumed, () => true);
    await resumed.requestFrame();
    assert.equal((await frames)[0].timesteps, 3);
    const same = await load();
    const direct = same.loadModel(await full);
    assert.equal(await resumed.sha256(), direct.sha256());
    direct.dispose();
    await here.prepare();
    assert.equal(fetched, 2, 'once is enough');
  } finally {
    here.terminate();
  }
});

test('a session whose description cannot be made leaves nothing behind', async () => {
  const { port1, port2 } = new MessageChannel();
  /** @type {any} */
  let inside;
  const module = await WebAssembly.compile(await readFile(new URL('../../build/out/wasm-simd/bellhop.wasm', import.meta.url)));
  serveOver(/** @type {any} */ (port2), () => startModule(module), { later: () => import('../../web/worker/session-calls.mjs'), prepare: (library) => (inside = library) });
  const here = await connect({ port: port1 });
  try {
    const before = await here.liveBytes();
    const { json } = inside.wasm;
    inside.wasm.json = (/** @type {number} */ address) => {
      const read = json.call(inside.wasm, address);
      if ('actions' in read) throw new BellhopError('BH_ERR_MEMORY', 'out of memory: 5 bytes'); // it is the layout, which info() reads when all is made
      return read;
    };
    await rejects(here.create({ env: 'CartPole-v1', options: SMALL }), 'BH_ERR_MEMORY', /out of memory/);
    assert.equal(await here.liveBytes(), before);
  } finally {
    here.terminate();
  }
});

test('place: the next step is taken where the agent was put; not where an episode ends, and not by what is no observation', async () => {
  const session = await trainer.create({ env: 'GridWorld-v0', algo: 'q-learning', options: { seed: 1 } });
  await session.step(5);
  assert.equal(await session.place([6]), 5);
  const [placed] = (await framesUntil(session, ({ obs, last }) => obs[0] === 6 && last.episodeLength === 0)).slice(-1);
  assert.deepEqual([placed.last.action, placed.last.episodeReturn, placed.timesteps], [-1, 0, 5]);
  assert.equal(await session.place([7]), null, 'the goal');
  await session.step();
  const [after6] = (await framesUntil(session, ({ timesteps }) => timesteps === 6)).slice(-1);
  assert.equal(after6.obsTm1[0], 6);
  await assert.rejects(session.place([1, 2]), { status: 'BH_ERR_ARGUMENT' });
  await assert.rejects(session.place([NaN]), { status: 'BH_ERR_ARGUMENT' });
  await session.dispose();
  const pole = await trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: SMALL });
  assert.equal(await pole.place([0, 0, 0, 0]), null);
  await pole.dispose();
});
