// SPDX-License-Identifier: MIT
// Event files, down to the byte: checksums against published values, the first record against one written down, a run's
// file through a reader of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TensorBoardWriter, load } from '../../web/node/node.mjs';
import { readEvents, readRecords } from './event-file.mjs';
import { crc32c, fileHeader, maskedCrc32c, scalarEvent } from '../../web/lib/tensorboard.mjs';

/** @param {string} hex */
const bytesOf = (hex) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
/** @param {Uint8Array} bytes */
const hexOf = (bytes) => Buffer.from(bytes).toString('hex');

test('CRC-32C: the values of RFC 3720, appendix B.4, and the check value of the catalogue of CRCs', () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
});

test('masking: rotated right by 15, plus 0xa282ead8, modulo 2^32', () => {
  assert.equal(maskedCrc32c(new Uint8Array(0)), 0xa282ead8);
  // 0xe3069283 = 1110 0011 0000 0110 1|001 0010 1000 0011: its low 15 bits 0x1283 come first, 0x1c60d follows:
  // 0x1283 << 17 = 0x25060000, + 0x1c60d = 0x2507c60d, + 0xa282ead8 = 0xc78ab0e5.
  assert.equal(maskedCrc32c(new TextEncoder().encode('123456789')), 0xc78ab0e5);
});

test('the first record', () => {
  // Event: 09 wall_time 1.0 as a double; 1a 0d file_version, 13 bytes. 9 + 15 = 24 bytes.
  const event = `09 000000000000f03f 1a 0d ${hexOf(new TextEncoder().encode('brain.Event:2'))}`;
  const length = '18 00 00 00 00 00 00 00';
  // The four bytes after a length of 24 begin every event file there is.
  assert.equal(hexOf(fileHeader(1)).slice(0, 24), '1800000000000000a37f4b22');
  assert.equal(hexOf(fileHeader(1)).slice(24, 24 + 48), event.replaceAll(' ', ''));
  const { records } = readRecords(fileHeader(1));
  assert.deepEqual(records.map(hexOf), [event.replaceAll(' ', '')]);
  assert.equal(maskedCrc32c(bytesOf(length)), 0x224b7fa3);
});

test('an event with two scalars', () => {
  // step 300 = 0b10_0101100: ac 02. Values: 0a, length; tag: 0a, length, text; simple_value: 15, float.
  const value = (/** @type {string} */ tag, /** @type {string} */ float) => {
    const text = hexOf(new TextEncoder().encode(tag));
    const inner = `0a ${byte(text.length / 2)} ${text} 15 ${float}`;
    return `0a ${byte(bytesOf(inner).length)} ${inner}`;
  };
  const summary = `${value('a', '0000803f')} ${value('train/loss', '000020c0')}`; // 1 and -2.5
  const event = bytesOf(`09 0000000000000040 10 ac02 2a ${byte(bytesOf(summary).length)} ${summary}`);
  const { records } = readRecords(scalarEvent(2, 300, { 'a': 1, 'train/loss': -2.5 }));
  assert.deepEqual(records.map(hexOf), [hexOf(event)]);
});

test('a run that goes on: TensorBoard drops what other files have from that step on', () => {
  // Event: step 301 = 10 ad02, session_log 3a 02, its status 08 01 (START).
  const { records } = readRecords(new TensorBoardWriter(() => 2).header(300));
  assert.deepEqual(records.slice(1).map(hexOf), ['09000000000000004010ad023a020801']);
});

test('numbers longer than a byte', () => {
  const step = 2_000_000_000;
  const tag = 'x'.repeat(200);
  const [event] = readEvents(scalarEvent(1.5e9 + 0.25, step, { [tag]: 3 }));
  assert.deepEqual(event, { wallTime: 1.5e9 + 0.25, step, values: { [tag]: 3 } });
});

test("a run's file: Stable-Baselines3's names, every training record and evaluation, nothing that is no number", async () => {
  const bh = await load();
  const env = bh.make('GridWorld-v0');
  const model = new bh.DQN(env, { seed: 1, logFreq: 100, evalFreq: 500, learningStarts: 250 });
  let now = 1_700_000_000;
  const writer = new TensorBoardWriter(() => now);
  const parts = [writer.header()];
  const seen = /** @type {import('../../web/bellhop.js').RunRecord[]} */ ([]);
  await model.learn({
    totalTimesteps: 1000,
    onProgress({ records }) {
      now += 2;
      seen.push(...records);
      parts.push(writer.events(records));
    },
  });
  const [first, ...events] = readEvents(Buffer.concat(parts));
  assert.deepEqual(first, { wallTime: 1_700_000_000, version: 'brain.Event:2' });
  const train = events.filter(({ values }) => values && 'train/learning_rate' in values);
  const evals = events.filter(({ values }) => values && 'eval/mean_reward' in values);
  assert.deepEqual(train.map(({ step }) => step), [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  assert.deepEqual(evals.map(({ step }) => step), [500, 1000]);
  assert.equal(events.length, 12);
  assert.deepEqual(Object.keys(train[9].values ?? {}).sort(), [
    'rollout/ep_len_mean', 'rollout/ep_rew_mean', 'rollout/exploration_rate', 'time/fps', 'train/grad_norm', 'train/learning_rate',
    'train/loss', 'train/mean_q', 'train/n_updates',
  ]);
  assert.ok(!('train/loss' in (train[0].values ?? {})), 'nothing was learned yet');
  assert.deepEqual(Object.keys(evals[0].values ?? {}).sort(), [
    'eval/is_best', 'eval/max_reward', 'eval/mean_ep_length', 'eval/mean_reward', 'eval/min_reward', 'eval/std_reward',
  ]);
  const returns = seen.flatMap((record) => record.type === 'episode' && record.timestep <= 500 ? [record.return] : []).slice(-100);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  assert.equal(train[4].values?.['rollout/ep_rew_mean'], Math.fround(mean));
  assert.deepEqual(writer.events([]), new Uint8Array(0));
  model.dispose();
  env.dispose();
});

/** @param {number} value */
function byte(value) {
  return value.toString(16).padStart(2, '0');
}
