// SPDX-License-Identifier: MIT
// Environments of one's own in a worker: serve({ envs }) in its script, connect({ worker }) here; in a browser the same, see the suite package.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BellhopError, connect, load, serve } from '../../web/node/node.mjs';
import { serve as serveInBrowsers } from '../../web/worker/serve.mjs';
import { readFile } from 'node:fs/promises';
import { fails } from './fails.mjs';
import { CartPole, GridWorld } from './js-envs.mjs';

const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, trainFreq: 1, evalFreq: 100, nEvalEpisodes: 2, logFreq: 10, totalTimesteps: 300, seed: 3 };
const start = (/** @type {unknown} */ workerData = null) => new Worker(new URL('./envs-thread.mjs', import.meta.url), { workerData });

/** @type {import('../../web/bellhop.js').Trainer} */
let trainer;
before(async () => {
  trainer = await connect({ worker: start() });
});
after(() => trainer.terminate());

test('a session in an environment of one\'s own is the model\'s run', async () => {
  const entry = trainer.catalog.envs.find(({ id }) => id === 'JsCartPole-v1');
  assert.deepEqual(entry?.action_space, { type: 'Discrete', n: 2 });
  const session = await trainer.create({ env: 'JsCartPole-v1', algo: 'dqn', options: { ...SMALL, nEnvs: 2 } });
  assert.deepEqual([session.info.env, session.info.rewardThreshold, session.info.maxEpisodeSteps], ['JsCartPole-v1', 475, 500]);
  const bh = await load();
  const model = new bh.DQN(CartPole, { ...SMALL, nEnvs: 2 });
  const [there, here] = [await session.learn(), await model.learn()];
  assert.deepEqual(there, here);
  assert.equal(await session.sha256(), model.sha256());
  assert.deepEqual(await session.evaluate({ episodes: 3 }), model.evaluate({ episodes: 3 }));
  await session.dispose();
  model.dispose();
});

test('frames of an environment of one\'s own', async () => {
  const session = await trainer.create({ env: GridWorld.id, algo: 'q-learning' });
  const frame = new Promise((done) => {
    session.onFrame = done;
  });
  await session.step(3);
  const { timesteps, obs, view, failure, table } = /** @type {import('../../web/bellhop.js').Frame} */ (await frame);
  assert.deepEqual([timesteps, obs.length, view.length, failure], [3, 1, 0, null]);
  assert.ok(table && table.length > 4);
  await session.dispose();
});

test('when one fails: learn and step reject, after what happened before is told; a frame says why playing stopped; all go on', async () => {
  const failed = { status: 'BH_ERR_ENV', message: /Failing-v0: step\([01]\) threw RangeError: the 30th/ };
  const session = await trainer.create({ env: 'Failing-v0', algo: 'q-learning', options: { evalFreq: 0, logFreq: 10 } });
  let episodes = 0;
  await assert.rejects(session.learn({ onProgress: ({ records }) => {
    episodes += records.filter(({ type }) => type === 'episode').length;
  } }), failed);
  assert.equal(episodes, 5);
  await assert.rejects(session.step(100), failed);
  const told = new Promise((done) => {
    session.onFrame = (frame) => frame.failure && done(frame);
  });
  await session.play();
  const { running, failure } = /** @type {import('../../web/bellhop.js').Frame} */ (await told);
  assert.equal(running, false);
  assert.equal(failure?.status, 'BH_ERR_ENV');
  assert.match(String(failure?.message), failed.message);
  const further = new Promise((done) => {
    session.onFrame = (frame) => !frame.failure && done(frame);
  });
  await session.step(3);
  const { envInfo } = /** @type {import('../../web/bellhop.js').Frame} */ (await further);
  assert.ok(envInfo.steps > 60, 'what the environment says beside the rest');
  await session.dispose();
});

test('what cannot be copied of an info is left out, and the frame comes', async () => {
  const session = await trainer.create({ env: 'Failing-v0', algo: 'q-learning' });
  const frame = new Promise((done) => {
    session.onFrame = done;
  });
  await session.requestFrame();
  assert.deepEqual(/** @type {any} */ (await frame).envInfo, {});
  await session.dispose();
});

test('a language model in the same worker, and an agent of text that starts from it', async () => {
  const model = await trainer.createLanguageModel({ env: 'TextGen-v1', options: { nTexts: 50, dModel: 16, nHeads: 2, nLayers: 1, maxSteps: 5 } });
  await model.step(5);
  assert.equal(typeof await model.sample({ length: 3 }), 'string');
  const options = { featuresExtractor: /** @type {const} */ ('transformer'), dModel: 16, nHeads: 2, nLayers: 1, netArch: [], nSteps: 8, batchSize: 8, nEnvs: 1 };
  const session = await trainer.create({ env: 'TextGen-v1', algo: 'ppo', options, startFrom: model.key });
  assert.equal((await session.learn({ totalTimesteps: 8 })).timesteps, 8);
  await session.dispose();
  await model.dispose();
});

test('a definition that is wrong, or a script that throws, rejects connect and ends the thread', async () => {
  for (const [how, message] of /** @type {[string, RegExp][]} */ ([['wrong', /Wrong-v0: observationSpace is undefined/], ['broken', /the worker failed: this script is broken/]])) {
    const thread = start(how);
    const ended = new Promise((done) => thread.once('exit', done));
    await assert.rejects(connect({ worker: thread }), (/** @type {any} */ error) => error instanceof BellhopError && message.test(error.message));
    await ended;
  }
});

test('terminate ends the thread; a thread that ends rejects what is pending', async () => {
  const threads = [start(), start()];
  const ended = Promise.all(threads.map((thread) => new Promise((done) => thread.once('exit', done))));
  const [first, second] = await Promise.all(threads.map((worker) => connect({ worker })));
  first.terminate();
  const session = await second.create({ env: 'JsCartPole-v1', algo: 'dqn', options: SMALL });
  const learning = assert.rejects(session.learn({ totalTimesteps: 1e9 }), { message: /the worker failed/ });
  await threads[1].terminate();
  await learning;
  await ended;
});

test('serve says where it belongs and what it takes', () => {
  const { port1 } = new MessageChannel();
  const wrong = (/** @type {any} */ options) => () => serve(options);
  fails(() => serve(), 'BH_ERR_STATE', /is for the script of a worker_threads Worker/);
  fails(wrong(port1), 'BH_ERR_ARGUMENT', /serve takes \{ port, envs \}, but got a port/);
  fails(wrong({ environments: [] }), 'BH_ERR_ARGUMENT', /serve has no option 'environments'/);
  fails(wrong({ envs: CartPole }), 'BH_ERR_ARGUMENT', /envs is a function, but must be an array/);
  fails(wrong({ port: 3 }), 'BH_ERR_ARGUMENT', /port is 3/);
  port1.close();
});

test('the one for browsers: the page sends the module', async () => {
  const wasmBinary = await readFile(new URL('../../build/out/wasm-simd/bellhop.wasm', import.meta.url));
  const { port1, port2 } = new MessageChannel();
  serveInBrowsers({ port: /** @type {any} */ (port2), envs: [CartPole] });
  const own = await connect({ port: port1, wasmBinary });
  assert.ok(own.catalog.envs.some(({ id }) => id === 'JsCartPole-v1'));
  own.terminate();
  const other = new MessageChannel();
  serveInBrowsers({ port: /** @type {any} */ (other.port2) });
  await assert.rejects(connect({ port: other.port1 }), { status: 'BH_ERR_LOAD', message: /got no module/ });
});
