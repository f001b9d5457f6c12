// SPDX-License-Identifier: MIT
// Text as it comes: the same text, however it was saved, is the same corpus and the same prompt in the library, in a worker and
// on the command line (tests/browser/suites/text.mjs has the page); what is no text is told.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { changesInWords } from '../../web/lib/text.mjs';
import { connect, load, readText } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';
import { PAIRS, PLAIN } from './text-pairs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-text-'));
const { bellhop, refused } = cli(folder);
const file = (/** @type {string} */ name) => join(folder, name);
const OPTIONS = { tokenizer: 'word', dModel: 8, nHeads: 2, nLayers: 1, context: 8, batchSize: 2, maxSteps: 3 };
const FLAGS = ['--tokenizer', 'word', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--batch-size', '2', '--max-steps', '3'];

/** @type {import('../../web/bellhop.js').Bellhop} */
let bh;
before(async () => {
  bh = await load();
});
after(() => rmSync(folder, { recursive: true }));

/** @param {string | Uint8Array} text */
function fingerprint(text) {
  const training = new bh.Pretraining(text, OPTIONS);
  training.step(OPTIONS.maxSteps);
  const { textChanges } = training, sha256 = training.model.sha256();
  training.dispose();
  return { sha256, textChanges };
}

test('pairs of one text have one fingerprint: strings, bytes, files and stdin', () => {
  const wanted = fingerprint(PLAIN);
  assert.equal(wanted.textChanges, null);
  for (const [name, { text, changes, words }] of Object.entries(PAIRS)) {
    assert.notEqual(text, PLAIN, name);
    assert.deepEqual(readText(text), { text: PLAIN, changes }, name);
    assert.deepEqual(readText(PLAIN), { text: PLAIN, changes: null });
    assert.deepEqual(fingerprint(text), { sha256: wanted.sha256, textChanges: changes }, name);
    assert.deepEqual(fingerprint(new TextEncoder().encode(text)), { sha256: wanted.sha256, textChanges: changes }, name);
    writeFileSync(file(`${name}.txt`), text);
    const { stderr, json } = bellhop('pretrain', `${name}.txt`, '--out', name, ...FLAGS, '--json');
    assert.equal(json().at(-1).params_sha256, wanted.sha256, name);
    assert.equal(stderr, `bellhop: ${name}.txt is read ${words}\n`, 'said once');
  }
});

test('pairs in a worker: the same fingerprint, and what was changed', async () => {
  const wanted = fingerprint(PLAIN);
  const thread = new Worker(new URL('envs-thread.mjs', import.meta.url));
  after(() => thread.terminate());
  const trainer = await connect({ worker: thread, text: true });
  for (const { text, changes } of Object.values(PAIRS)) {
    const session = await trainer.createLanguageModel({ corpus: text, options: OPTIONS });
    assert.deepEqual(session.info.textChanges, changes);
    await session.step(OPTIONS.maxSteps);
    const model = bh.LanguageModel.load(await session.save());
    assert.equal(model.sha256(), wanted.sha256);
    model.dispose();
    await session.dispose();
  }
  trainer.terminate();
});

test('a full checkpoint goes on with the same text, saved otherwise', () => {
  const training = new bh.Pretraining(PLAIN, OPTIONS);
  training.step(1);
  const bytes = training.save({ full: true });
  training.step(2);
  const again = bh.Pretraining.load(bytes, PAIRS.all.text);
  assert.deepEqual(again.textChanges, PAIRS.all.changes);
  again.step(2);
  assert.equal(again.model.sha256(), training.model.sha256());
  [training, again].forEach((each) => each.dispose());
});

test('a prompt is read as the corpus is: e and an accent are é', () => {
  const training = new bh.Pretraining(PLAIN, OPTIONS);
  const { model } = training;
  assert.ok(model.tokens.some((token) => token.trim() === 'café'));
  for (const [a, b] of [['Au café', 'Au cafe\u0301'], ['.\nAu café', '\ufeff.\r\nAu cafe\u0301']]) {
    assert.deepEqual(model.encode(b), model.encode(a));
    assert.deepEqual(model.next(b), model.next(a));
    assert.equal(model.perplexity(`${b} noir`), model.perplexity(`${a} noir`));
    assert.equal(model.sample({ prompt: b, seed: 1, length: 5 }).text, model.sample({ prompt: a, seed: 1, length: 5 }).text);
  }
  writeFileSync(file('model.safetensors'), model.save());
  training.dispose();
  const told = (/** @type {string} */ prompt) => bellhop('sample', 'model.safetensors', '--prompt', prompt, '--length', '5');
  assert.deepEqual([told('Au café').stderr, told('Au cafe\u0301').stderr], ['', 'bellhop: --prompt is read with 1 character composed (NFC)\n']);
  assert.equal(told('Au cafe\u0301').stdout, told('Au café').stdout);
});

test('half of a surrogate pair is refused, and never a token that is known, not even where U+FFFD is one', () => {
  const training = new bh.Pretraining(`\ufffd ${PLAIN}`, { ...OPTIONS, tokenizer: 'char', vocabSize: 100 });
  const { model } = training;
  assert.ok(model.encode('\ufffd')[0] > 0, 'a character like any other');
  for (const use of [() => model.encode('ab\ud83d'), () => model.sample({ prompt: 'ab\ud83d' }), () => model.next('ab\ud83d'), () => model.perplexity('ab\ud83d cd'), () => new bh.Pretraining(`ab\ud83d${PLAIN}`)]) {
    fails(use, 'BH_ERR_ARGUMENT', /^the text has half of a character at position 2: a lone surrogate, U\+D83D/);
  }
  fails(() => readText('\udc4d\ud83d'), 'BH_ERR_ARGUMENT', /position 0: a lone surrogate, U\+DC4D/);
  fails(() => model.encode(new Uint8Array([0x61, 0xed, 0xa0, 0xbd])), 'BH_ERR_ARGUMENT', /not UTF-8: byte 1 is 0xed/);
  training.dispose();
});

test('joined emoji, flags and accents are one token of `word` each', () => {
  const parts = ['👨‍👩‍👧‍👦', '👩🏽‍🚀', '🏳️‍🌈', '🇩🇪', '❤️', '☂️', '👍🏽', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'q\u0303u', '葛\u{e0100}'];
  const training = new bh.Pretraining(`${parts.join('')}. ${parts.join(' ')}\n`.repeat(30), { ...OPTIONS, vocabSize: 100 });
  const { model } = training;
  for (const part of parts) assert.deepEqual(Array.from(model.encode(part), (id) => model.tokens[id]), [part]);
  const [family] = parts;
  assert.equal(model.decode(model.encode(family + family)), family + family);
  writeFileSync(file('emoji.safetensors'), model.save());
  training.dispose();
  assert.match(bellhop('sample', 'emoji.safetensors', '--prompt', `${family}👨‍👨‍👦🇫🇷 new`, '--length', '2').stderr, /does not know '👨‍👨‍👦', '🇫🇷', 'new' of the prompt/);
});

test('UTF-16 and UTF-32 are named; other bytes are shown where they are', () => {
  const utf16 = (/** @type {string} */ text) => new Uint8Array(Uint16Array.from(text, (_, i) => text.charCodeAt(i)).buffer);
  const swapped = (/** @type {Uint8Array} */ bytes) => bytes.map((_, i) => bytes[i ^ 1]);
  const little = utf16(PLAIN), marked = utf16(`\ufeff${PLAIN}`);
  const cases = /** @type {[Uint8Array, RegExp][]} */ ([
    [little, /^the text is UTF-16 \(little-endian\), but must be UTF-8; save it as UTF-8$/], [marked, /UTF-16 \(little-endian\)/],
    [swapped(little), /UTF-16 \(big-endian\)/], [swapped(marked), /UTF-16 \(big-endian\)/], [utf16('\ufeff今天'), /UTF-16 \(little-endian\)/],
    [new Uint8Array([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /UTF-32 \(little-endian\)/], [new Uint8Array([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]), /UTF-32 \(big-endian\)/],
    [new Uint8Array([0x61, 0xc3, 0xa9, 0x80]), /not UTF-8: byte 3 is 0x80; save it as UTF-8/], [new Uint8Array([0x61, 0xe4, 0xb8]), /byte 1 is 0xe4/],
    [new Uint8Array([0xe0, 0x80, 0x80]), /byte 0 is 0xe0/], [new Uint8Array([0x61, 0xf5]), /byte 1 is 0xf5/],
  ]);
  for (const [bytes, message] of cases) {
    fails(() => readText(bytes), 'BH_ERR_ARGUMENT', message);
    fails(() => new bh.Pretraining(bytes), 'BH_ERR_ARGUMENT', message);
  }
  assert.equal(readText(new TextEncoder().encode('a\0b')).text, 'a\0b', 'a zero is a character of UTF-8');
  for (const wrong of [undefined, null, 7, {}, ['text']]) fails(() => readText(/** @type {any} */ (wrong)), 'BH_ERR_ARGUMENT', /the text is .*, but must be a string or UTF-8 bytes/);
  writeFileSync(file('utf16.txt'), marked);
  refused(['pretrain', 'utf16.txt', '--out', 'x'], 1, /^bellhop: utf16\.txt: the text is UTF-16 \(little-endian\)/);
});

test('settings somebody saved with Notepad are read: a byte order mark goes; UTF-16 is named', () => {
  const config = JSON.stringify({ env: 'GridWorld-v0', algo: 'q-learning', options: { total_timesteps: 20 } }, null, 1);
  const train = (/** @type {string} */ name) => bellhop('train', '--config', name, '--json');
  const [plain, marked] = ['', '\ufeff'].map((mark, i) => {
    writeFileSync(file(`config${i}.json`), mark + (mark ? config.replaceAll('\n', '\r\n') : config));
    return train(`config${i}.json`).json().at(-1).params_sha256;
  });
  assert.equal(marked, plain);
  writeFileSync(file('wide.json'), `\ufeff${config}`, 'utf16le');
  refused(['train', '--config', 'wide.json'], 2, /^bellhop: wide\.json could not be read: the text is UTF-16/);
});

test('several files: each is read by itself, with a line for each that was changed', () => {
  writeFileSync(file('one.txt'), PAIRS.crlf.text);
  writeFileSync(file('two.txt'), PLAIN);
  writeFileSync(file('both.txt'), `${PLAIN}\n${PLAIN}`);
  const both = bellhop('pretrain', 'one.txt', 'two.txt', '--out', 'two', ...FLAGS, '--json');
  assert.equal(both.stderr, `bellhop: one.txt is read ${PAIRS.crlf.words}\n`);
  assert.equal(both.json().at(-1).params_sha256, bellhop('pretrain', 'both.txt', '--out', 'one', ...FLAGS, '--json').json().at(-1).params_sha256);
});

test('composed: singletons, Hangul and marks in another order count; what has no composed form does not', () => {
  const cases = /** @type {[string, string, number][]} */ ([
    ['\u212b', '\u00c5', 1], ['\u1112\u1161\u11ab\u1100\u1173\u11af', '한글', 2], ['q\u0303', 'q\u0303', 0], ['a\u0323\u0301 e\u0301', 'ạ\u0301 é', 2],
    ['\u0958', '\u0915\u093c', 1], ['\u0340', '\u0300', 1],
  ]);
  for (const [given, text, n] of cases) {
    assert.deepEqual(readText(given), { text, changes: n === 0 ? null : { crlf: 0, cr: 0, byteOrderMarks: 0, composed: n } });
    assert.equal(readText(text).changes, null);
  }
  assert.equal(changesInWords({ crlf: 1, cr: 2, byteOrderMarks: 1, composed: 3 }), 'without its byte order mark, with LF for 1 CRLF and 2 CR, with 3 characters composed (NFC)');
});
