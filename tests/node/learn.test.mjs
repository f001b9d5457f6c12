// SPDX-License-Identifier: MIT
// learn() of a model and of a session in a worker: the same cases for both. And whether a run has diverged or learned nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connect, load } from '../../web/node/node.mjs';

const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, trainFreq: 1, evalFreq: 100, nEvalEpisodes: 2, logFreq: 10, totalTimesteps: 300, seed: 3 };
const DIVERGING = { ...SMALL, learningRate: 10, optimizer: 'sgd', loss: 'mse', maxGradNorm: 0 };
const ENDLESS = 1e9;

/** @typedef {import('../../web/bellhop.js').LearnOptions} LearnOptions */
/**
 * What learns, here or in a worker.
 * @typedef {{ learn: (options?: LearnOptions) => Promise<import('../../web/bellhop.js').LearnResult>, sha256: () => any, dispose: () => any }} Subject
 */

const bh = await load();
const env = bh.make('CartPole-v1');

function startThread() {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)], stderr: true });
  return { port: port1, thread };
}

const { port, thread } = startThread();
/** @type {import('../../web/bellhop.js').Trainer} */
let trainer;
before(async () => {
  trainer = await connect({ port });
});
after(async () => {
  env.dispose();
  trainer.terminate();
  await thread.terminate();
});

/** @type {Record<string, (options?: any, algo?: string) => Promise<Subject>>} */
const SUBJECTS = {
  'a model': async (options = SMALL, algo = 'dqn') => new bh.models[algo](env, options),
  'a session': async (options = SMALL, algo = 'dqn') => trainer.create({ env: 'CartPole-v1', algo, options }),
};

for (const [name, make] of Object.entries(SUBJECTS)) {
  describe(`learn of ${name}`, () => {
    test('resolves to how it stands, goes on where it was, and takes the option totalTimesteps each time', async () => {
      const subject = await make();
      const { timesteps, totalTimesteps, episodes, nUpdates, diverged, finished, solvedAt, ...metrics } = await subject.learn();
      assert.deepEqual([timesteps, totalTimesteps, nUpdates, diverged, finished, solvedAt], [300, 300, 280, false, false, null]);
      assert.ok(episodes > 0 && Number.isFinite(metrics['eval/mean_reward']) && metrics['time/total_timesteps'] === 300);
      assert.deepEqual(pick(await subject.learn({ totalTimesteps: 50 })), { timesteps: 350, totalTimesteps: 350 });
      assert.deepEqual(pick(await subject.learn({ totalTimesteps: undefined })), { timesteps: 650, totalTimesteps: 650 });
      await subject.dispose();
    });

    test('tells every record once, in order, the last ones too', async () => {
      const subject = await make();
      /** @type {import('../../web/bellhop.js').RunRecord[]} */
      const records = [];
      /** @type {any} */
      let last;
      const result = await subject.learn({ sliceMilliseconds: 0, onProgress: (progress) => {
        last = progress;
        records.push(...progress.records);
      } });
      const count = (/** @type {string} */ type) => records.filter((record) => record.type === type).length;
      assert.deepEqual([count('episode'), count('train'), count('eval')], [result.episodes, 30, 3]);
      assert.ok(records.every(({ timestep }, i) => i === 0 || timestep >= records[i - 1].timestep));
      assert.deepEqual([last.timesteps, last.episodes, last.nUpdates, last['train/loss']], [300, result.episodes, 280, result['train/loss']]);
      await subject.dispose();
    });

    test('a callback that returns false, or resolves to it, ends it', async () => {
      const subject = await make();
      for (const answer of [() => false, async () => false]) {
        const { timesteps } = await subject.learn({ totalTimesteps: ENDLESS, onProgress: answer });
        assert.ok(timesteps > 0 && timesteps < ENDLESS / 10);
      }
      await subject.dispose();
    });

    test('no step is taken until an async callback has settled', async () => {
      const subject = await make();
      /** @type {Set<number>} */
      const seen = new Set();
      let calls = 0;
      await subject.learn({ totalTimesteps: ENDLESS, onProgress: async () => {
        const first = await subject.sha256();
        for (let i = 0; i < 3; i++) await new Promise((done) => setTimeout(done, 5));
        assert.equal(await subject.sha256(), first);
        seen.add(first);
        return ++calls < 3;
      } });
      assert.equal(seen.size, 3, 'it learned between them');
      await subject.dispose();
    });

    test('what a callback throws rejects it; it can go on from there', async () => {
      const subject = await make();
      const own = new RangeError('mine');
      /** @type {number} */
      let at = 0;
      for (const fail of [() => { throw own; }, () => Promise.reject(own)]) {
        let calls = 0;
        await assert.rejects(subject.learn({ totalTimesteps: ENDLESS, onProgress: ({ timesteps }) => {
          at = timesteps;
          calls++;
          return fail();
        } }), (error) => error === own);
        assert.equal(calls, 1);
      }
      assert.equal((await subject.learn({ totalTimesteps: 10 })).timesteps, at + 10, 'it stood still meanwhile');
      await subject.dispose();
    });

    test('a signal ends it: before it begins, between two slices, while a callback is waited for', async () => {
      const subject = await make();
      assert.equal((await subject.learn({ signal: AbortSignal.abort() })).timesteps, 0);
      const [later, within] = [new AbortController(), new AbortController()];
      setTimeout(() => later.abort(), 20);
      const { timesteps } = await subject.learn({ totalTimesteps: ENDLESS, signal: later.signal });
      assert.ok(timesteps < ENDLESS / 10);
      const { timesteps: stopped } = await subject.learn({ totalTimesteps: ENDLESS, signal: within.signal, onProgress: () => {
        setTimeout(() => within.abort(), 5);
        return new Promise(() => {}); // never: it is not waited for
      } });
      assert.equal((await subject.learn({ totalTimesteps: 10 })).timesteps, stopped + 10, 'it stood still, and can go on');
      await subject.dispose();
    });

    test('a callback that aborts and then throws rejects; one that fails after the abort is nobody’s', async () => {
      const subject = await make();
      const own = new RangeError('mine');
      for (const fail of [() => { throw own; }, () => Promise.reject(own)]) {
        const stop = new AbortController();
        await assert.rejects(subject.learn({ totalTimesteps: ENDLESS, signal: stop.signal, onProgress: () => {
          stop.abort();
          return fail();
        } }), (error) => error === own);
      }
      const stop = new AbortController();
      let fail = (/** @type {Error} */ _error) => {};
      await subject.learn({ totalTimesteps: ENDLESS, signal: stop.signal, onProgress: () => {
        stop.abort();
        return new Promise((_, reject) => (fail = reject));
      } });
      fail(own);
      await new Promise((done) => setTimeout(done, 5));
      await subject.dispose();
    });

    test('a signal that many calls share keeps no listener of them', async () => {
      const subject = await make();
      const { signal } = new AbortController();
      let held = 0;
      for (const [name, by] of /** @type {const} */ ([['addEventListener', 1], ['removeEventListener', -1]])) {
        const call = signal[name].bind(signal);
        signal[name] = (/** @type {[any, any]} */ ...values) => {
          held += by;
          call(...values);
        };
      }
      for (let i = 0; i < 3; i++) await subject.learn({ signal, totalTimesteps: 50, sliceMilliseconds: 0, onProgress: async () => {} });
      assert.equal(held, 0);
      await subject.dispose();
    });

    test('the same run, however it is followed', async () => {
      const [plain, followed] = [await make(), await make()];
      await plain.learn();
      await followed.learn({ sliceMilliseconds: 0.1, onProgress: async () => {} });
      assert.equal(await plain.sha256(), await followed.sha256());
      await Promise.all([plain.dispose(), followed.dispose()]);
    });

    test('a second call is refused while it learns; one that is disposed rejects', async () => {
      const subject = await make();
      const stop = new AbortController();
      const learning = subject.learn({ totalTimesteps: ENDLESS, signal: stop.signal });
      await assert.rejects(subject.learn(), { status: 'BH_ERR_STATE', message: /is learning/ });
      stop.abort();
      await learning;
      const again = assert.rejects(subject.learn({ totalTimesteps: ENDLESS }), { status: 'BH_ERR_STATE', message: /disposed/ });
      await subject.dispose();
      await again;
    });

    test('options that are none', async () => {
      const subject = await make();
      /** @type {[object, RegExp][]} */
      const cases = [
        [{ onprogress: () => {} }, /^learn has no option 'onprogress'; did you mean 'onProgress'\?/],
        [{ total_timesteps: 5 }, /did you mean 'totalTimesteps'/],
        [{ totalTimesteps: 0 }, /totalTimesteps is 0, but must be a whole number between 1 and/],
        [{ onProgress: 3 }, /onProgress is 3, but must be a function/],
        [{ signal: {} }, /signal is an object, but must be an AbortSignal/],
        [{ signal: { aborted: false } }, /signal is an object, but must be an AbortSignal/],
        [{ sliceMilliseconds: '5' }, /sliceMilliseconds is '5', but must be a number between 0 and 2147483647/],
        [{ sliceMilliseconds: -1 }, /sliceMilliseconds is -1, but must be a number between 0 and 2147483647/],
      ];
      for (const [options, message] of cases) await assert.rejects(subject.learn(options), { status: 'BH_ERR_ARGUMENT', message });
      await subject.dispose();
    });

    test('stopAtThreshold ends it at the evaluation, and the result says so', async () => {
      const options = { seed: 2, stopAtThreshold: true };
      const subject = name === 'a model' ? new bh.ValueIteration(bh.make('GridWorld-v0'), options)
        : await trainer.create({ env: 'GridWorld-v0', algo: 'value-iteration', options });
      const result = await subject.learn();
      assert.deepEqual([result.finished, result.solvedAt], [true, result.timesteps]);
      assert.ok(result.timesteps < result.totalTimesteps);
      await subject.dispose();
    });

    test('a run that diverged says so', async () => {
      const subject = await make(DIVERGING);
      assert.equal((await subject.learn({ totalTimesteps: 2000 })).diverged, true);
      await subject.dispose();
    });
  });
}

/** @param {import('../../web/bellhop.js').LearnResult} result */
const pick = ({ timesteps, totalTimesteps }) => ({ timesteps, totalTimesteps });

test('an improvement of a policy, which has no loss, is no divergence', async () => {
  const env = bh.make('GridWorld-v0'), model = new bh.PolicyIteration(env, { evaluationSweeps: 2, logFreq: 10 });
  const { diverged, nUpdates } = await model.learn({ totalTimesteps: 400 });
  assert.deepEqual([diverged, nUpdates > 10], [false, true]);
  model.dispose();
  env.dispose();
});

test('model.diverged: not at first, then it is, and of what is loaded too', async () => {
  const model = new bh.DQN(env, DIVERGING);
  const first = model.save();
  assert.equal(model.diverged, false);
  await model.learn({ totalTimesteps: 2000 });
  assert.equal(model.diverged, true);
  const copy = bh.DQN.load(model.save());
  assert.equal(copy.diverged, true);
  model.loadParameters(first);
  assert.equal(model.diverged, false);
  [model, copy].forEach((each) => each.dispose());
});

/** What the console was told while `use` ran. @param {() => Promise<unknown>} use */
async function warningsOf(use) {
  const { warn } = console;
  /** @type {string[]} */
  const told = [];
  console.warn = (text) => void told.push(text);
  try {
    await use();
  } finally {
    console.warn = warn;
  }
  return told;
}

/** @type {[algo: string, options: object, message: RegExp][]} */
const WITHOUT_UPDATE = [
  ['ppo', { preset: false, nSteps: 2048 }, /^bellhop: PPO has made no update after 100 steps: the first one waits for nSteps \(2048\) and nEnvs \(1\)$/],
  ['pqn', { preset: false }, /^bellhop: PQN .*nSteps \(128\) and nEnvs \(1\)$/],
  ['dqn', { ...SMALL, learningStarts: 5000 }, /^bellhop: DQN .*learningStarts \(5000\)/],
  ['reinforce', { episodesPerUpdate: 500 }, /^bellhop: REINFORCE .*episodesPerUpdate \(500\)$/],
  ['clone', { demoCapacity: 10 }, /^bellhop: Clone .*demonstrations/],
];
for (const [algo, options, message] of WITHOUT_UPDATE) {
  test(`${algo}: steps without an update are told, once`, async () => {
    const model = new bh.models[algo](env, options);
    const told = await warningsOf(async () => {
      assert.equal((await model.learn({ totalTimesteps: 100 })).nUpdates, 0);
      await model.learn({ totalTimesteps: 10 });
    });
    assert.equal(told.length, 1);
    assert.match(told[0], message);
    model.dispose();
  });
}

test('who ends it early, learned, or shall not learn is not warned', async () => {
  const told = await warningsOf(async () => {
    const [ppo, dqn] = [new bh.PPO(env, { preset: false }), new bh.DQN(env, SMALL)];
    await ppo.learn({ totalTimesteps: ENDLESS, signal: AbortSignal.abort() });
    await dqn.learn();
    const idle = new bh.DQN(env, { ...SMALL, learningStarts: 1e9 });
    await idle.learn({ totalTimesteps: 100 });
    idle.dispose();
    [ppo, dqn].forEach((each) => each.dispose());
  });
  assert.deepEqual(told, []);
});

test('play is refused while a session learns; pause ends it, and then play goes on', async () => {
  const session = await trainer.create({ env: 'CartPole-v1', options: SMALL });
  const learning = session.learn({ totalTimesteps: ENDLESS });
  await assert.rejects(session.play(), { status: 'BH_ERR_STATE', message: /is learning; pause it first/ });
  await session.pause();
  const { timesteps } = await learning;
  const further = new Promise((done) => {
    session.onFrame = (frame) => frame.timesteps > timesteps && frame.running && done(null);
  });
  await session.play();
  await further;
  await session.dispose();
});

test('learn rejects when its worker ends', async () => {
  const other = startThread();
  const own = await connect({ port: other.port });
  const session = await own.create({ env: 'CartPole-v1', options: SMALL });
  const learning = assert.rejects(session.learn({ totalTimesteps: ENDLESS, onProgress: () => {} }), { name: 'BellhopError', message: /the worker failed: its port was closed/ });
  await other.thread.terminate();
  await learning;
  await assert.rejects(session.learn(), { name: 'BellhopError' });
});
