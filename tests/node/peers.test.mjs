// SPDX-License-Identifier: MIT
// The plain JavaScript peer of `npm run bench:peers`, in both its versions, against PyTorch's numbers in tests/golden: what
// Bellhop is compared with must learn the same. And the JavaScript CartPole, against Gymnasium's. Needs no package.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CartPole } from '../../build/peers/cases.mjs';
import { readGolden, worst } from '../../build/peers/check.mjs';
import { blocked, simple } from '../../build/peers/loops.mjs';
import { PlainLearner } from '../../build/peers/plain.mjs';

const golden = readGolden();

/** @param {import('../../build/peers/loops.mjs').Loops} loops @param {number} maxNorm */
function learnerOf(loops, maxNorm = 10) {
  const learner = new PlainLearner({ sizes: golden.sizes, batch: 64, learningRate: 1e-3, maxNorm }, loops);
  learner.setParameters(golden.online, golden.target);
  return learner;
}

/** In PyTorch's order, every fifth. @param {Float32Array} all */
function everyFifth(all) {
  const flat = [];
  let at = 0;
  for (const [l, O] of golden.sizes.slice(1).entries()) {
    const I = golden.sizes[l];
    for (let o = 0; o < O; o++) for (let i = 0; i < I; i++) flat.push(all[at + i * O + o]);
    flat.push(...all.subarray(at + I * O, at + (I + 1) * O));
    at += (I + 1) * O;
  }
  return flat.filter((_, i) => i % 5 === 0);
}

for (const [name, loops] of Object.entries({ simple, blocked })) {
  test(`plain JavaScript, ${name} loops: values, gradient and ten Adam steps are PyTorch's`, () => {
    const fifth = golden.n_params / 5;
    const learner = learnerOf(loops);
    assert.ok(worst(learner.qValues(golden.batch.x_tm1), golden.doubles('Q_ONLINE_STATES', 128)) < 2e-6, 'values');
    learner.update(golden.batch);
    assert.ok(worst(everyFifth(learner.grads.all), golden.doubles('GRAD_DQN_HUBER_5', fifth)) < 1e-6, 'gradient');
    assert.ok(worst(everyFifth(learner.online.all), golden.doubles('ADAM_HUBER_1_5', fifth)) < 1e-5, 'one step');
    for (let k = 1; k < 10; k++) learner.update(golden.batch);
    assert.ok(worst(everyFifth(learner.online.all), golden.doubles('ADAM_HUBER_10_5', fifth)) < 1e-5, 'ten steps');
  });

  test(`plain JavaScript, ${name} loops: the global norm is clipped`, () => {
    const learner = learnerOf(loops, 0.05);
    learner.gradient(golden.batch);
    const norm = Math.hypot(...learner.grads.all);
    assert.ok(Math.abs(norm - 0.11393409288467622) < 1e-6, `${norm}`);
    assert.ok(Math.abs(learner.clipScale() - 0.05 / (norm + 1e-6)) < 1e-9);
  });
}

test('the JavaScript CartPole walks through the states of Gymnasium', () => {
  const header = readFileSync(new URL('../golden/cartpole.h', import.meta.url), 'utf8');
  const [, count, actions] = header.match(/\{(\d+), 1, 0,\s+"([01]+)"\}/) ?? [];
  const rows = header.slice(header.indexOf('golden_states[][4]')).matchAll(/\{([^{}]+)\}/g);
  const states = Array.from({ length: Number(count) + 1 }, () => rows.next().value?.[1].split(',').map(Number) ?? []);
  const env = new CartPole();
  [env.x, env.xDot, env.theta, env.thetaDot] = states[0];
  const fell = [...actions].map((action, k) => {
    const falls = env.step(Number(action));
    assert.ok(worst([env.x, env.xDot, env.theta, env.thetaDot], states[k + 1]) < 1e-12, `step ${k}`);
    return falls;
  });
  assert.equal(fell.indexOf(true), fell.length - 1);
});
