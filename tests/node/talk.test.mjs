// SPDX-License-Identifier: MIT
// The talk of Dialogue-v0: sentences for its words, the same ones wherever the same guest is met: in both modules, in a trainer's
// session, in its lab, on the command line. What networks read stays the words.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { lineOf } from '../../web/lab/panels/text-lines.mjs';
import { repliesOf, sentenceOf } from '../../web/lab/panels/talk.mjs';
import { load } from '../../web/node/node.mjs';
import { talkText } from '../../web/cli/talk-text.mjs';
import { cli } from './cli-process.mjs';
import { startTrainer } from './experiments.mjs';

/** @typedef {import('../../web/bellhop.js').Turn} Turn */

const folder = mkdtempSync(join(tmpdir(), 'bellhop-talk-'));
const { bellhop, refused } = cli(folder);
/** @type {import('../../web/bellhop.js').Bellhop} */
let bh;
before(async () => {
  bh = await load();
});
after(() => rmSync(folder, { recursive: true }));

/** Taken one after the other. @param {import('../../web/bellhop.js').Env} env @param {number} seed @param {readonly number[]} actions */
function talkOf(env, seed, actions) {
  let [, info] = env.reset({ seed });
  for (const action of actions) {
    const [, , terminated, , after] = env.step(action);
    info = after;
    if (terminated) break;
  }
  return info;
}

/** As the command line has words. @param {string} words */
const inBrackets = (words) => `[${words.replace(/^\[(.*)\]$/, '$1')}]`;

/** Where?, Broken?, a key, towels, Leaving?, a taxi. */
const ACTIONS = [0, 2, 4, 5, 3, 7];

test('a talk reads as one: guest and bellhop in turn, in English and in Chinese, and the words behind it are the text', () => {
  const env = bh.make('Dialogue-v0');
  const said = { en: new Set(), zh: new Set() };
  for (let seed = 0; seed < 200; seed++) {
    const { talk, text } = /** @type {{ talk: Turn[], text: string }} */ (talkOf(env, seed, ACTIONS));
    assert.deepEqual(talk.map(({ who }) => who), talk.map((_, i) => (i % 2 === 0 ? 'guest' : 'bellhop')));
    assert.equal(talk.map((turn) => turn.text).join(' '), text);
    for (const { en, zh } of talk) {
      assert.match(en, /^[A-Z][\w ,.’?!:-]+[.?!]$/);
      assert.match(zh, /^[\p{Script=Han}，。？！、]+[。？！]$/u);
      said.en.add(en);
      said.zh.add(zh);
    }
    const lines = talk.map(({ who, en }) => `${who === 'guest' ? 'Guest' : 'Bellhop'}: ${en}`).join(' ');
    assert.equal(env.describe(), lines, 'it is over, and nothing is left to say');
  }
  assert.ok(said.en.size > 90 && said.zh.size > 90, `${said.en.size} ${said.zh.size}`);
  const [, first] = env.reset({ seed: 0 });
  assert.equal(env.describe(), `Guest: ${first.talk[0].en} Bellhop: …`);
  assert.deepEqual(env.layout.replies.length, env.layout.replies_zh.length);
  env.dispose();
});

test('the same seed has the same talk in both modules; the words alone do not say which', async () => {
  const scalar = await load({ simd: false });
  const [one, other] = [bh.make('Dialogue-v0'), scalar.make('Dialogue-v0')];
  /** Sentences by words. @type {Map<string, Set<string>>} */
  const ways = new Map();
  for (let seed = 0; seed < 100; seed++) {
    const info = talkOf(one, seed, ACTIONS);
    assert.deepEqual(talkOf(one, seed, ACTIONS), info);
    assert.deepEqual(talkOf(other, seed, ACTIONS), info);
    for (const { text, zh } of info.talk) ways.set(text, (ways.get(text) ?? new Set()).add(zh));
  }
  assert.ok([...ways].filter(([, sentences]) => sentences.size >= 3).length >= ways.size - 3);
  [one, other].forEach((env) => env.dispose());
});

test('the talk in docs/language-model.md is the one there is', () => {
  const env = bh.make('Dialogue-v0');
  const { talk } = talkOf(env, 2, ['Leaving?', 'When?', '[bags]', '[taxi]'].map((word) => env.layout.actions.indexOf(word)));
  const page = readFileSync(new URL('../../docs/language-model.md', import.meta.url), 'utf8');
  assert.ok(page.includes(talkText(talk, 'en').replaceAll(/^/gm, '    ')));
  env.dispose();
});

test('a language model of the dialogue writes words, and talk() has the sentences; others have none', () => {
  const env = bh.make('Dialogue-v0');
  const training = new bh.Pretraining(env, { dModel: 8, nHeads: 2, nLayers: 1, maxSteps: 2, nTexts: 50 });
  const { model } = training;
  const text = 'please help me When? tomorrow [bags] that is wrong [taxi] thank you END please help';
  const talk = /** @type {Turn[]} */ (model.talk(text));
  assert.deepEqual(talk.map((turn) => turn.text), ['please help me', 'When?', 'tomorrow', '[bags]', 'that is wrong', '[taxi]', 'thank you'], 'END ends it');
  assert.deepEqual(model.talk(model.encode(text)), talk);
  assert.deepEqual(model.talk(text, { seed: 0 }), talk);
  assert.ok(Array.from({ length: 8 }, (_, seed) => model.talk(text, { seed })?.[2].en).some((en) => en !== talk[2].en));
  assert.deepEqual(model.talk('room room Where? room'), [
    { who: 'guest', text: 'room room', en: 'room room', zh: 'room room' }, /** @type {any} */ (model.talk('room room Where?'))[1],
    { who: 'guest', text: 'room', en: 'room', zh: 'room' },
  ], 'what no guest says stays as it is');
  assert.deepEqual(model.talk(''), []);
  assert.throws(() => model.talk(text, /** @type {any} */ ({ sead: 1 })), /sead/);
  assert.throws(() => model.talk(text, { seed: -1 }), /seed/);
  assert.throws(() => model.talk(Array(200_000).fill(model.encode('[key]')[0])), /200000 tokens is too long/);
  const own = bh.LanguageModel.load(training.save());
  assert.deepEqual(own.talk(text), talk, 'from its file, too');
  for (const source of ['the cat sat on the mat. '.repeat(20), bh.make('Translate-v0')]) {
    const other = new bh.Pretraining(/** @type {any} */ (source), { dModel: 8, nHeads: 2, nLayers: 1, maxSteps: 1, context: 8 });
    assert.equal(other.model.talk('the cat'), null);
    other.dispose();
  }
  [own, training, env].forEach((each) => each.dispose());
});

test('sessions show the talk of their frames and of what a model wrote; a lab has its line', async () => {
  const context = await startTrainer();
  const session = await context.trainer.create({ env: 'Dialogue-v0', algo: 'dqn', options: { seed: 5, totalTimesteps: 50, netArch: [8], featuresExtractor: 'flatten' } });
  /** @type {any[]} */
  const frames = [];
  session.onFrame = (frame) => frames.push(frame);
  for (let i = 0; i < 6; i++) {
    await session.step(1);
    await session.pause();
  }
  for (const { envInfo, text } of frames) {
    assert.equal(envInfo.talk.map((/** @type {Turn} */ { text: words }) => words).join(' '), envInfo.text);
    assert.ok(envInfo.talk.every((/** @type {Turn} */ { en }) => text.includes(en)));
  }
  const { envInfo, view } = frames.at(-1);
  for (const language of /** @type {const} */ (['en', 'zh'])) {
    const words = /** @type {any} */ ({ language });
    const line = lineOf(/** @type {any} */ ({}), { view, envInfo }, words);
    assert.equal(line, repliesOf(envInfo.talk, words));
    for (const turn of envInfo.talk) assert.equal(line.includes(sentenceOf(turn, words)), turn.who === 'bellhop');
  }
  const model = await context.trainer.createLanguageModel({ env: 'Dialogue-v0', options: { dModel: 8, nHeads: 2, nLayers: 1, nTexts: 50, maxSteps: 1 } });
  const how = { prompt: 'please help me', length: 12, seed: 3 };
  const { text, talk } = await model.sample({ ...how, talk: true });
  assert.equal(text, await model.sample(how));
  assert.equal(talk?.[0].text.startsWith('please help me'), true);
  assert.deepEqual((await model.sample({ ...how, prompt: [18], talk: true })).talk?.[0].who, 'guest');
  await Promise.all([session.dispose(), model.dispose()]);
  await context.end();
});

test('the command line tells the talk that the API has, in the language asked for', () => {
  const trained = bellhop('train', 'Dialogue-v0', '--total-timesteps', '40', '--eval-freq', '0', '--final-eval-episodes', '1', '--features-extractor', 'flatten', '--net-arch', '8', '--out', 'run');
  assert.equal(trained.status, 0, trained.stderr);
  const told = bellhop('eval', 'run', '--show', '3', '--seed', '11', '--episodes', '1', '--json').json();
  assert.deepEqual(told.map(({ type }) => type), ['episode', 'episode', 'episode', 'evaluation']);
  const env = bh.make('Dialogue-v0');
  env.reset({ seed: 11 });
  for (const [i, { talk, return: total, length, states }] of told.slice(0, 3).entries()) {
    if (i > 0) env.reset();
    let sum = 0, info = /** @type {Record<string, any>} */ ({}), n = 0;
    for (const { text } of talk.filter((/** @type {Turn} */ { who }) => who === 'bellhop')) {
      const [, reward, , , after] = env.step(env.layout.actions.indexOf(text));
      [sum, info, n] = [sum + reward, after, n + 1];
    }
    assert.deepEqual([info.talk, sum, n, [env.describe()]], [talk, total, length, states]);
  }
  const plain = bellhop('eval', 'run', '--show', '1', '--seed', '11', '--episodes', '1', '--language', 'zh').stdout;
  const [first, ...lines] = plain.split('\n');
  assert.match(first, /^episode 1 · return -?[\d.]+ · \d steps?$/);
  assert.deepEqual(lines.slice(0, told[0].talk.length), told[0].talk.map((/** @type {Turn} */ { who, zh, text }) => `${who === 'guest' ? '客人' : '前台'}：${zh}  ${inBrackets(text)}`));
  assert.match(plain, /\n\nDialogue-v0 · dqn · 1 episodes, seed 11\n/);
  refused(['eval', 'run', '--show', '1', '--language', 'fr'], 2, /--language is 'fr', but must be en or zh/);
  env.dispose();
});

test('eval --show tells every state where there is no text', () => {
  assert.equal(bellhop('train', 'GridWorld-v0', '--algo', 'q-learning', '--total-timesteps', '50', '--out', 'grid').status, 0);
  const [{ states, length, talk }] = bellhop('eval', 'grid', '--show', '1', '--json', '--episodes', '1').json();
  assert.equal(states.length, length + 1);
  assert.ok(states.every((/** @type {string} */ state) => state.length > 5) && talk === undefined);
});

test('pretrain and sample tell the talk of a model of the dialogue', () => {
  const made = bellhop('pretrain', '--env', 'Dialogue-v0', '--n-texts', '200', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--max-steps', '60', '--out', 'lm');
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /\nsample 1\n {2}Guest: .+ {2}\[.+\]\n/);
  const asked = ['sample', 'lm', '--prompt', 'please help me Where?', '--seed', '4', '--length', '20'];
  const [{ prompt, text, talk }] = bellhop(...asked, '--json').json();
  assert.equal(`${prompt} ${text}`.trim(), talk.map((/** @type {Turn} */ turn) => turn.text).join(' '));
  assert.equal(bellhop(...asked).stdout, `${talk.map((/** @type {Turn} */ { who, en, text: words }) => `${who === 'guest' ? 'Guest' : 'Bellhop'}: ${en}  ${inBrackets(words)}`).join('\n')}\n`);
});
