// SPDX-License-Identifier: MIT
// The types of the package in a strict project that knows Node and no DOM.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the types need no DOM, and take ports and modules of Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-types-'));
  try {
    writeFileSync(join(folder, 'use.mts'), `
      import { readFileSync } from 'node:fs';
      import { MessageChannel } from 'node:worker_threads';
      import { connect, load, serve, type CustomEnv } from '${ROOT}web/bellhop.js';
      import { createStudy, fallsBelow } from '${ROOT}web/bellhop-studies.js';
      const { port1, port2 } = new MessageChannel();
      serve({ port: port2 });
      const trainer = await connect({ port: port1, wasmBinary: readFileSync('x.wasm') });
      trainer.terminate();
      const env: CustomEnv = {
        observationSpace: { type: 'Discrete', n: 2 }, actionSpace: { type: 'Discrete', n: 2 },
        reset: ({ seed }) => [0, { seed }], step: (action) => [action, 0, true, false, {}],
      };
      const bh = await load();
      const n: number = new bh.DQN(env).timesteps;
      const model = new bh.PPO('CartPole-v1', { seed: undefined });
      const { nUpdates, diverged, finished, solvedAt }: { nUpdates: number; diverged: boolean; finished: boolean; solvedAt: number | null } =
        await model.learn({ onProgress: async ({ records }) => records.length > 0, signal: AbortSignal.abort() });
      const action: number = model.predict([0, 0, 0, 0], { deterministic: false, seed: nUpdates });
      const values: Float64Array = diverged || model.diverged ? model.predictValues([action]) : model.logProbs([[0, 0, 0, 0]]);
      const session = await trainer.create({ env: 'CartPole-v1' });
      session.onFrame = ({ failure }) => console.log(failure?.message, finished, solvedAt, values);
      const result: number = (await session.learn({ totalTimesteps: n, signal: AbortSignal.abort() })).nUpdates + await session.predict([0], { deterministic: false });
      serve({ envs: [env, () => env] });
      const study = createStudy(bh, { env: 'CartPole-v1', method: 'tpe', run_cap: 20, parameters: { learningRate: { min: 1e-5, max: 1e-2, distribution: 'log_uniform' }, 'env.leak': { values: [1, true, 'x'] } }, early_terminate: { type: 'median' } });
      for (let job = study.ask(); job; job = study.ask()) {
        const model = new bh.models[job.algo](bh.make(job.env, job.envOptions), { ...job.options, seed: job.seed });
        study.tell({ id: job.id, outcome: fallsBelow(job.stopBelow, [[1, 2]]) ? 'pruned' : 'finished', score: model.evaluate({ which: 'best' }).mean, timesteps: model.timesteps, fingerprint: model.sha256() });
      }
      // @ts-expect-error: no such method
      createStudy(bh, { env: 'CartPole-v1', method: 'bayes', parameters: {} });
      class Tank { constructor(readonly options: { leak: number }) {} reset() { return [0, {}]; } step() { return [this.options.leak, 0, true, false, {}]; } }
      bh.make(Tank, { leak: 0.1, maxEpisodeSteps: 5 });
      bh.makeVec('Tank-v0', { leak: 0.1, numEnvs: 2 });
      // @ts-expect-error: no such option of a shipped environment
      bh.make('FrozenLake-v1', { isSlipery: false });
      // @ts-expect-error: no number
      bh.make('CartPole-v1', { maxEpisodeSteps: 'many' });
      // @ts-expect-error: no such key
      model.predict([0], { determinstic: false });
      // @ts-expect-error: no such key
      serve({ environments: [env] }, result);
      // @ts-expect-error: no such option
      new bh.DQN(env, { gama: n });
    `);
    writeFileSync(join(folder, 'options.mts'), `
      import { createRng, flatdim, flatten, load, makeSpace, unflatten, type AlgoName, type AnyOptions, type EnvId, type GridWorldEnvOptions, type MultiDiscreteSpace } from '${ROOT}web/bellhop.js';
      const bh = await load();
      const algo: AlgoName = 'double-q-learning';
      const options: AnyOptions = { seed: 7, totalTimesteps: 1000 };
      new bh.models[algo](bh.make('Bandit-v0', { k: 4 }), options);
      const world: GridWorldEnvOptions = { map: ['S..', '..G'], slip: 0.1 };
      const id: EnvId = 'Mine-v0';
      const env = bh.make('GridWorld-v0', world);
      bh.makeVec(id, { numEnvs: 2 });
      new bh.DQN(env, { preset: 'rainbow', exploration: 'ucb', netArch: [32, 32], optimizer: 'adamw', demonstrations: [] }).set({ learningRate: 0.1, topicWeight: 1 });
      const robot = bh.make<MultiDiscreteSpace>({ id: 'Robot-v0', observationSpace: { type: 'Dict', spaces: { at: { type: 'Discrete', n: 2, start: 1 }, legs: { type: 'MultiBinary', n: [2, 2] } } },
        actionSpace: { type: 'MultiDiscrete', nvec: [2, 3] }, reset: () => [{ at: 1, legs: [0, 0, 0, 0] }, {}], step: (action: Int32Array) => [action, 0, false, false] });
      const chosen: Int32Array = new bh.DQN(robot).predict({ at: 1, legs: [[0, 1], [1, 0]] });
      const both: Int32Array[] = new bh.DQN(robot).predict([{ at: 1, legs: [0, 1, 1, 0] }]);
      robot.step(robot.actionSpace.sample(3)), robot.step([1, both.length]), robot.actionSpace.nvec.length;
      const bits = makeSpace({ type: 'MultiBinary', n: 3 }), stream: () => number = createRng(2);
      const flat: Float32Array = flatten(bits, bits.sample(stream));
      unflatten(bits, flat), flatdim(bits), bits.contains(chosen), bits.n;
      // @ts-expect-error: a MultiDiscrete is several numbers
      robot.step(1);
      // @ts-expect-error: no such key
      makeSpace({ type: 'Discrete', n: 3, begin: 1 });
      new bh.SARSA(env, { initialQ: 1, exploringStarts: true });
      new bh.PolicyEvaluation(env, { policy: ['0123', '****'] });
      new bh.PPO(env, { preset: false, klCoef: 0.1 });
      new bh.Clone(env, { demonstrations: [], temperature: 1 });
      new bh.Pretraining(env, { nTexts: 10, tokenizer: 'bpe', tied: false }).set({ maxSteps: 10 });
      // @ts-expect-error: no such preset
      new bh.DQN(env, { preset: 'snow' });
      // @ts-expect-error: no such choice
      new bh.DQN(env, { optimizer: 'adagrad' });
      // @ts-expect-error: an array of numbers
      new bh.PPO(env, { netArch: 64 });
      // @ts-expect-error: an option of Q-learning alone
      new bh.SARSA(env, { explorationBonusInTarget: true });
      // @ts-expect-error: Clone has no transformer
      new bh.Clone(env, { featuresExtractor: 'transformer' });
      // @ts-expect-error: true or false
      bh.make('FrozenLake-v1', { isSlippery: 1 });
      // @ts-expect-error: no such option
      bh.make('FrozenLake-v1', { slippery: true });
      // @ts-expect-error: not while it goes on
      new bh.Pretraining(env).set({ batchSize: 8 });
    `);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { noEmit: true, strict: true, skipLibCheck: false, target: 'es2023', lib: ['es2023'], module: 'nodenext', types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
      files: ['use.mts', 'options.mts'],
    }));
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/@typescript/native/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
