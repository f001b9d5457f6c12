// SPDX-License-Identifier: MIT
// What environments of one's own show of themselves: words, and pictures on a canvas that is handed to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEnv, load } from '../../web/node/node.mjs';
import { paintOwn } from '../../web/lib/own-picture.mjs';
import { GridWorld } from './js-envs.mjs';

const bh = await load();

test('describe() says the state; what is no text, or fails, is its id', (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  const said = (/** @type {any} */ describe) => {
    const env = bh.make(class extends GridWorld {
      describe = describe;
    });
    env.reset();
    const texts = [env.describe(), env.describe()];
    env.dispose();
    return texts;
  };
  let n = 0;
  assert.deepEqual(said(() => `cell ${n++}`), ['cell 0', 'cell 1']);
  assert.deepEqual(said(() => 5), ['JsGridWorld-v0', 'JsGridWorld-v0']);
  assert.deepEqual(said(undefined), ['JsGridWorld-v0', 'JsGridWorld-v0']);
  assert.equal(warn.mock.callCount(), 0);
  assert.deepEqual(said(() => {
    throw new Error('no words');
  }), ['JsGridWorld-v0', 'JsGridWorld-v0']);
  assert.deepEqual(warn.mock.calls.map(({ arguments: [text] }) => text), ['bellhop: JsGridWorld-v0: describe() threw Error: no words; it is not called any more']);
  assert.equal(bh.liveBytes(), 0);
});

test('what is no function is told', () => {
  class Odd extends GridWorld {
    draw = 'a picture';
    describe = {};
  }
  assert.deepEqual(checkEnv(Odd, { throws: false }).errors, [
    "JsGridWorld-v0: draw is 'a picture', but must be a function, or left out", 'JsGridWorld-v0: describe is an object, but must be a function, or left out',
  ]);
});

test('draw() gets a canvas as large as the look says, in CSS pixels, in the theme\'s ink; a new one each time', (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  /** @type {any[]} */
  const made = [];
  t.after(() => delete (/** @type {any} */ (globalThis).OffscreenCanvas));
  Object.assign(globalThis, { OffscreenCanvas: class {
    /** @param {number} width @param {number} height */
    constructor(width, height) {
      Object.assign(this, { width, height });
      made.push(this);
    }

    context = { scale: (/** @type {number[]} */ ...by) => void Object.assign(this.context, { by }), fillStyle: '', strokeStyle: '', font: '' };
    getContext = () => this.context;
    transferToImageBitmap = () => ({ of: this });
  } });
  const look = { width: 200, height: 101, pixelRatio: 1.5, theme: { ink: '#123456', font: 'serif', dark: true } };
  /** @type {any[]} */
  const calls = [];
  const env = { ...new GridWorld(), reset: () => [], step: () => [], draw: (/** @type {any[]} */ ...args) => void calls.push(args) };
  for (let i = 0; i < 2; i++) assert.equal(paintOwn('Drawn-v0', env, look).of, made[i]);
  assert.deepEqual([made.length, made[0].width, made[0].height, made[0].context.by], [2, 300, 152, [1.5, 1.5]]);
  assert.deepEqual(calls[0], [made[0].context, 200, 101, look.theme]);
  assert.deepEqual([made[0].context.fillStyle, made[0].context.strokeStyle, made[0].context.font], ['#123456', '#123456', '14px serif']);
  assert.equal(paintOwn('Plain-v0', { reset: () => [], step: () => [] }, look), null);
  const broken = { ...env, draw: () => {
    throw new Error('no brush');
  } };
  for (let i = 0; i < 2; i++) assert.equal(paintOwn('Broken-v0', broken, look), null);
  assert.equal(warn.mock.callCount(), 1);
});
