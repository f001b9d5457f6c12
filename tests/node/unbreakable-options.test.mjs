// SPDX-License-Identifier: MIT
// Every option, argument and message of the public calls is checked: wrong ones are answered with a BellhopError whose message is a sentence, nothing
// hangs, nothing is lost. What is called is read off the declarations (attack/public-surface.mjs); each attack runs in a thread of its own with a
// deadline for every try. Here a part of all tries is made; BELLHOP_ATTACK=all node --test tests/node/unbreakable-options.test.mjs makes all, in about
// half an hour.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, Recorder } from '../../web/node/node.mjs';
import { attack } from './attack/attack.mjs';
import { publicSurface } from './attack/public-surface.mjs';
import { ARGUMENTS, MAKERS, kept } from './attack/receivers.mjs';
import { fails } from './fails.mjs';

const ALL = process.env.BELLHOP_ATTACK === 'all';
/** Functions of other entries are theirs. */
const surface = [...publicSurface(), ...publicSurface('web/bellhop-studies.d.ts').map((each) => ({ ...each, owner: each.owner || 'bellhop/studies' }))];

/** Attacks, prints how many tries were made, and fails with what was found. @param {any} context @param {string} topic @param {{ every: number } & Record<string, any>} options */
async function survives(context, topic, options) {
  const { tries, made, failures } = await attack(topic, ALL ? { ...options, every: 1 } : options);
  context.diagnostic(`${made} of ${tries} tries made`);
  assert.ok(made > 20, `only ${made} tries were made`);
  assert.deepEqual(failures, []);
}

test('everything in the declarations that is called is attacked', () => {
  const isLeftOut = ({ owner }) => owner === 'BellhopError' || owner === 'ConnectOptions.worker'; // an error of the caller's; a worker of the caller's
  for (const { owner, name, parameters } of surface.filter((each) => !isLeftOut(each))) {
    assert.ok(MAKERS[owner], `attack/receivers.mjs does not say how to make ${owner}`);
    if (parameters.length > 0) assert.ok(ARGUMENTS[`${owner}.${name}`], `attack/receivers.mjs has no right arguments of ${owner}.${name}`);
  }
  assert.ok(surface.length > 90, `${surface.length} calls`);
});

for (const [name, owners, every] of /** @type {[string, string[], number][]} */ ([
  ['functions', [''], 29], ['the library', ['Bellhop', 'Bellhop.LanguageModel', 'Bellhop.Pretraining'], 83], ['classes of models', ['ModelClass'], 97], ['environments and spaces', ['Env', 'VecEnv', 'SpaceMethods'], 11],
  ['models', ['Model'], 59], ['language models', ['LanguageModel', 'Pretraining'], 17], ['recorders and writers', ['Recorder', 'TensorBoardWriter'], 5], ['studies', ['bellhop/studies', 'Study'], 11], ['sessions', ['Trainer', 'Session', 'LanguageSession'], 89],
])) {
  test(`hostile arguments and options: ${name}`, (context) => survives(context, 'surface-attack.mjs', { surface, owners, every }));
}

test('hostile environments, and callbacks that call the library', (context) => survives(context, 'env-attack.mjs', { every: 47 }));

test('hostile messages to a worker', (context) => survives(context, 'protocol-attack.mjs', { every: 37 }));

test('random sequences of calls', (context) => survives(context, 'sequence-attack.mjs', { surface, from: 1, sequences: ALL ? 20_000 : 60, every: 1 }));

test('the calls that were reported', async () => {
  const bh = /** @type {any} */ (await load());
  const model = new bh.DQN('CartPole-v1', { netArch: [4], evalFreq: 0, totalTimesteps: 20 });
  for (const value of [NaN, -1, Infinity, 1e300, '5', null]) {
    await assert.rejects(model.learn({ sliceMilliseconds: value }), { name: 'BellhopError', status: 'BH_ERR_ARGUMENT', message: /^sliceMilliseconds is .*, but must be a number between 0 and 2147483647$/ });
  }
  fails(() => bh.make({}), 'BH_ERR_UNKNOWN', /^the environment is an object, but must be one of /);
  fails(() => bh.make(null), 'BH_ERR_UNKNOWN', /^the environment is null, but must be one of /);
  await assert.rejects(load(/** @type {any} */ (null)), { name: 'BellhopError', message: /^load\(\) takes an object, but got null$/ });
  fails(() => new (/** @type {any} */ (Recorder))(), 'BH_ERR_ARGUMENT', /^new Recorder takes an object, but got undefined$/);
  fails(() => model.predict(null), 'BH_ERR_ARGUMENT', /^the observation is null, but must be 4 numbers$/);
  fails(() => model.predict([0, 0, 0, 0], { sed: 1 }), 'BH_ERR_ARGUMENT', /^predict has no option 'sed'; did you mean 'seed'\?$/);
  fails(() => model.predict(Object.assign([[0, 0, 0, 0]], { length: 2 ** 32 - 1 })), 'BH_ERR_ARGUMENT', /^the observation has 4294967295 entries, but at most 134217728 can be read$/);
  fails(() => bh.loadModel(new Uint8Array(2 ** 32)), 'BH_ERR_ARGUMENT', /^the checkpoint has 4294967296 bytes, but must have at most 2147483647$/);
  model.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('an observation is read before anything else is done: one that disposes its model is no use after free', async () => {
  const bh = /** @type {any} */ (await load());
  const model = new bh.DQN('CartPole-v1', { netArch: [4], evalFreq: 0 });
  const obs = Object.defineProperty([0, 0, 0, 0], 3, { get: () => (model.dispose(), 0) });
  fails(() => model.predict(obs), 'BH_ERR_STATE', /was disposed/);
  assert.equal(bh.liveBytes(), 0);
});

test('a method called on another this throws a TypeError of the engine, or does what needs none; nothing is left behind', async (context) => {
  const bh = /** @type {any} */ (await load({ text: true }));
  const thises = [undefined, null, 5, {}, Object.create(bh.DQN.prototype), new Recorder({ env: 'CartPole-v1' }), [], globalThis, Proxy.revocable({}, {}).proxy];
  let tries = 0;
  for (const owner of ['Env', 'VecEnv', 'Model', 'LanguageModel', 'Pretraining', 'Recorder', 'TensorBoardWriter', 'SpaceMethods', 'Bellhop']) {
    const maker = Object.values(MAKERS[owner](bh))[0], receiver = await maker();
    const others = [...thises, Object.create(receiver)];
    for (const { name } of surface.filter((each) => each.owner === owner && typeof receiver[each.name] === 'function')) {
      for (const other of others) {
        const args = ARGUMENTS[`${owner}.${name}`]?.(bh, receiver) ?? [];
        tries++;
        try {
          const made = await receiver[name].call(other, ...args);
          if (typeof made?.dispose === 'function') made.dispose();
        } catch (error) {
          assert.ok(error instanceof TypeError || (error instanceof Error && error.name === 'BellhopError'), `${owner}.${name}: ${error}`);
        }
        for (const each of args) if (typeof each?.perplexity === 'function') each.dispose();
      }
    }
    if (owner !== 'Bellhop') receiver.dispose?.();
  }
  context.diagnostic(`${tries} tries`);
  assert.ok(tries > 300);
  kept()?.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('the attack itself: a try that hangs, one that ends its thread and one that throws are told, and the rest is tried', async () => {
  const { tries, made, failures } = await attack('broken-attack.mjs', { every: 1, deadline: 1500 });
  assert.equal(tries, 5);
  assert.equal(made, 5);
  assert.deepEqual(failures.map((each) => each.replace(/:.*/s, '')).sort(), ['it ends', 'it hangs', 'it throws']);
});
