// SPDX-License-Identifier: MIT
// The words of the lab: the catalogues of both languages agree, every key is used and every used key is there, Chinese
// reads as Chinese, and numbers and plurals are written as each language writes them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import en from '../../web/lab/strings/en.mjs';
import enBox from '../../web/lab/strings/en-box.mjs';
import enChapters from '../../web/lab/strings/en-chapters.mjs';
import enEmbed from '../../web/lab/strings/en-embed.mjs';
import enErrors from '../../web/lab/strings/en-errors.mjs';
import enFields from '../../web/lab/strings/en-fields.mjs';
import enPlay from '../../web/lab/strings/en-play.mjs';
import enSettings from '../../web/lab/strings/en-settings.mjs';
import enSite from '../../web/lab/strings/en-site.mjs';
import enText from '../../web/lab/strings/en-text.mjs';
import enTour from '../../web/lab/strings/en-tour.mjs';
import enUpdate from '../../web/lab/strings/en-update.mjs';
import enWorkbench from '../../web/lab/strings/en-workbench.mjs';
import zh from '../../web/lab/strings/zh.mjs';
import zhBox from '../../web/lab/strings/zh-box.mjs';
import zhChapters from '../../web/lab/strings/zh-chapters.mjs';
import zhEmbed from '../../web/lab/strings/zh-embed.mjs';
import zhErrors from '../../web/lab/strings/zh-errors.mjs';
import zhFields from '../../web/lab/strings/zh-fields.mjs';
import zhPlay from '../../web/lab/strings/zh-play.mjs';
import zhSettings from '../../web/lab/strings/zh-settings.mjs';
import zhSite from '../../web/lab/strings/zh-site.mjs';
import zhText from '../../web/lab/strings/zh-text.mjs';
import zhTour from '../../web/lab/strings/zh-tour.mjs';
import zhUpdate from '../../web/lab/strings/zh-update.mjs';
import zhWorkbench from '../../web/lab/strings/zh-workbench.mjs';
import zhHelp from '../../web/lab/strings/zh-help.mjs';
import enHelp from '../../web/lib/help.mjs';
import { LOCALES, Words, loadWords } from '../../web/lab/words.mjs';
import { load } from '../../web/node/node.mjs';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
/** Of each topic both languages' words. */
const PAIRS = [[en, zh], [enErrors, zhErrors], [enText, zhText], [enBox, zhBox], [enPlay, zhPlay], [enUpdate, zhUpdate], [enEmbed, zhEmbed], [enSite, zhSite], [enSettings, zhSettings], [enFields, zhFields], [enTour, zhTour], [enWorkbench, zhWorkbench], [enChapters, zhChapters]];
/** @type {Record<string, string>} */
const english = Object.assign({}, ...PAIRS.map(([words]) => words));
/** @type {Record<string, string>} */
const chinese = Object.assign({}, ...PAIRS.map(([, words]) => words));
const PLACE = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;
const HAN = /\p{Script=Han}/u;
/** Names that are the same in Chinese. */
const NAMES = new Set(['DQN', 'UCB', 'DDPG', 'TD3', 'SAC', 'Pendulum', 'Rainbow', 'PPO', 'PQN', 'REINFORCE', 'SARSA', 'Double DQN', 'Adam β₁', 'Adam β₂', 'RMSprop α', 'GAE λ',
  'ROUGE-1', 'top-k', 'top-p', 'PPO + KL', 'Markdown', 'Q(s, a)', 'π(a | s)', 'k', '、', '。', '{good} / {all}']);
/** Keys that are put together at run time. */
const MADE = [
  /^tour\./, /^chapter\.(shown(\.seeds)?|back|restore)$/, /^(algo|action|field|group|input|map2d|need|note|part|phase|policy|q)\./, /^env\.[A-Z]/, /^world\.[a-z]/, /^tab\./, /^view\./,
  /^error\.map\.(start|goal)$/, /^map\.(chapter|corridor|fork|bridge|rooms|maze|open)$/, /^you\.(end|discard|save|load|learn)$/,
  /^lm\.(corpus|tokenizer)\.\w/, /^update\.(next|how|errors|row|why)\./, /^rl\.(start|algo|run|summary)\.\w/, /^lr\.keep$/, /^bench\.(only|pin|open|beside|delete)(\.of)?$/, /^bench\.(export|hand)\./, /^hand\./, /^file\.is\./,
];

const places = (/** @type {string} */ text) => [...text.matchAll(PLACE)].map(([, name]) => name).sort();
const withoutPlaces = (/** @type {string} */ text) => text.replace(PLACE, ' ');

/** The files under a folder of web/ whose names end so, but for the catalogues. @param {string} folder @param {RegExp} end */
function sources(folder, end) {
  const root = join(WEB, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => end.test(file) && !/(^|[\\/])strings[\\/]/.test(file)).map((file) => readFileSync(join(root, file), 'utf8'));
}

/** Everything that may use a key. */
function code() {
  const pages = readdirSync(WEB).filter((file) => file.endsWith('.html')).map((file) => readFileSync(join(WEB, file), 'utf8'));
  const [module, page] = [/\.mjs$/, /\.html$/];
  return { modules: [...sources('lab', module), ...sources('site', module), ...sources('../build/chapters', module)], pages: [...pages, ...sources('site', page), ...sources('embed', page)] };
}

/** Names of values of settings, which in English are the library's own. */
const CHOICE = /^choice\./;

test('the catalogues of both languages have the same keys, each in one topic', () => {
  for (const [words, theirs] of PAIRS) assert.deepEqual(Object.keys(theirs).filter((key) => !CHOICE.test(key)), Object.keys(words), 'same keys in the same order');
  assert.equal(Object.keys(english).length, PAIRS.reduce((sum, [words]) => sum + Object.keys(words).length, 0));
});

test('both languages fill in the same places, and nothing is empty', () => {
  for (const [key, text] of Object.entries(english)) {
    assert.deepEqual(places(chinese[key]), places(text), key);
    assert.ok(text.trim() !== '' && chinese[key].trim() !== '', key);
    assert.doesNotMatch(withoutPlaces(text) + withoutPlaces(chinese[key]), /[{}|]{2}|[{}]/, `${key}: a brace outside of a place`);
    for (const [, name, one, other] of text.matchAll(PLACE)) {
      if (other !== undefined) assert.ok(one !== '' && other !== '' && one !== other, `${key}: {${name}|singular|plural}`);
    }
    assert.doesNotMatch(chinese[key], /\{\w+\|/, `${key}: Chinese has no plural`);
  }
});

test('every key that is used is there', () => {
  const { modules, pages } = code();
  const used = [...modules.flatMap((source) => [...source.matchAll(/\.t\(\s*'([^']+)'/g)]),
    ...pages.flatMap((page) => [...page.matchAll(/data-t(?:-\w+)?="([^"]+)"/g)])].map(([, key]) => key);
  assert.ok(used.length > 100, `only ${used.length} uses were found`);
  assert.deepEqual([...new Set(used)].filter((key) => !Object.hasOwn(english, key)), []);
});

test('every key is used', () => {
  const { modules, pages } = code();
  const all = [...modules, ...pages].join('\n');
  const unused = Object.keys(english).filter((key) => !MADE.some((pattern) => pattern.test(key)) && !all.includes(`'${key}'`) && !all.includes(`"${key}"`));
  assert.deepEqual(unused, []);
});

test('typography: ε is the small letter, quotes and apostrophes are curly', () => {
  for (const [key, text] of [...Object.entries(english), ...Object.entries(chinese), ...Object.entries(zhHelp)]) {
    assert.doesNotMatch(text, /\u0395/, `${key}: a capital epsilon`);
    assert.doesNotMatch(text, /["']/, `${key}: a straight quote`);
    if (key !== 'comma') assert.equal(text.trim(), text, key);
    assert.doesNotMatch(text, /(^|[\s（(])-\d/, `${key}: a hyphen for a minus sign`);
  }
});

test('Chinese is Chinese: no sentence is left in Latin letters, punctuation is full-width', () => {
  for (const [key, text] of [...Object.entries(chinese), ...Object.entries(zhHelp)]) {
    const plain = withoutPlaces(text);
    if (!HAN.test(plain)) assert.ok(NAMES.has(text), `${key}: ${text}`);
    assert.doesNotMatch(plain, /[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}/, `${key}: three Latin words in a row`);
    assert.doesNotMatch(plain, /\p{Script=Han}[,.;:?!()]|[,;:?!()]\p{Script=Han}/u, `${key}: half-width punctuation`);
    assert.doesNotMatch(plain, /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u, `${key}: no space between Chinese and Latin letters`);
  }
});

test('every option has a name in both languages and a line of help in Chinese', async () => {
  const { catalog } = await load();
  const options = [...catalog.algos, ...catalog.envs].flatMap((owner) => owner.options);
  const names = [...new Set([...options, ...catalog.run].map(({ name }) => name))];
  assert.ok(names.length > 80);
  assert.deepEqual(names.filter((name) => !Object.hasOwn(english, `field.${name}`)), []);
  const choices = new Set(options.flatMap(({ choices: all = '' }) => all.split('|')));
  assert.deepEqual(Object.keys(chinese).filter((key) => CHOICE.test(key) && !choices.has(key.replace(CHOICE, ''))), [], 'values that no option has');
  const lines = Object.keys(enHelp).filter((key) => !key.endsWith('.summary'));
  assert.deepEqual(lines.filter((key) => !Object.hasOwn(zhHelp, key)), []);
  assert.deepEqual(Object.keys(zhHelp).filter((key) => !lines.includes(key)), [], 'help on options that do not exist');
});

// ---- words.mjs ----

const speak = (/** @type {'en' | 'zh'} */ language) => new Words(language === 'en' ? english : chinese, language);

test('sentences are filled in; what is missing stands for itself', () => {
  const words = new Words({ a: '{x} and {y}', ...english }, 'en');
  const t = (/** @type {string} */ key, /** @type {Record<string, string | number>} */ values = {}) => words.t(/** @type {any} */ (key), values);
  assert.equal(t('a', { x: 1 }), '1 and {y}');
  assert.equal(t('a', { x: '{y}', y: -0.5 }), '{y} and −0.5');
  assert.equal(t('no.such.key'), 'no.such.key');
  assert.equal(t('toString'), 'toString');
  assert.equal(words.has('play'), true);
  assert.equal(words.has('toString'), false);
  assert.equal(words.tMaybe('action.up', 'other'), 'up');
  assert.equal(words.tMaybe('action.none', 'other'), 'other');
  assert.equal(words.list(['a', 'b']), 'a, b');
  assert.equal(words.sentences(['A.', '', 'B.']), 'A. B.');
  assert.equal(speak('zh').sentences(['甲。', '乙。']), '甲。乙。');
  assert.equal(words.sentence('discount factor'), 'Discount factor.');
  assert.equal(words.sentence('ε at the end'), 'ε at the end.');
  assert.equal(speak('zh').sentence('ε 的初值'), 'ε 的初值。');
  assert.deepEqual([words.locale, LOCALES.zh], ['en-US', 'zh-CN']);
});

test('counts take the singular or the plural', () => {
  const words = new Words({ n: '{n|step|steps}', two: '{a|row|rows} × {b|column|columns}' }, 'en');
  const n = (/** @type {number | string} */ value) => words.t(/** @type {any} */ ('n'), { n: value });
  assert.deepEqual([0, 1, 2, 0.5, 1234, NaN].map(n), ['0 steps', '1 step', '2 steps', '0.5 steps', '1,234 steps', '– steps']);
  assert.deepEqual(['1', '1,234', '1.0', '17.2K', '–'].map(n), ['1 step', '1,234 steps', '1.0 steps', '17.2K steps', '– steps']);
  assert.equal(words.t(/** @type {any} */ ('two'), { a: 1, b: 3 }), '1 row × 3 columns');
  assert.equal(speak('en').t('you.pace.rate', { n: 1 }), '1 step/s');
  assert.equal(speak('en').t('score', { mean: '1.00', std: '0.00', n: 1 }), 'Finished. The best greedy policy found scores 1.00 ± 0.00 over 1 test episode.');
  assert.equal(speak('zh').t('you.pace.rate', { n: 1 }), '每秒 1 步');
});

test('numbers have separators, true minus signs and fixed decimals in both languages', () => {
  for (const words of [speak('en'), speak('zh')]) {
    assert.deepEqual([0, 7, 999, 1000, 5620, 1234567].map((v) => words.count(v)), ['0', '7', '999', '1,000', '5,620', '1,234,567']);
    assert.deepEqual([words.value(5620), words.value(5620.126, 1), words.value(-5620, 0)], ['5,620.00', '5,620.1', '−5,620']);
    assert.deepEqual([words.value(0.5), words.value(-0.5, 1), words.value(-0.001), words.value(999.995)], ['0.50', '−0.5', '0.00', '1,000.00']);
    assert.deepEqual([words.value(9999.994, 2), words.value(-53187.12, 3), words.value(999999.4), words.value(-1234567), words.value(6.8e8)], ['9,999.99', '−53,187', '999,999', '−1.2×10⁶', '6.8×10⁸']);
    assert.deepEqual([words.value(NaN), words.value(Infinity), words.figure(NaN), words.count(NaN), words.rate(NaN), words.exact(NaN)], Array(6).fill('–'));
    assert.deepEqual([0.000123, -0.5, 0, 0.1234, 5623, 12345678].map((v) => words.figure(v)), ['1.2×10⁻⁴', '−0.5', '0', '0.123', '5,620', '1.2×10⁷']);
    assert.deepEqual([1e-8, 1e-3, 0.01, 1, 1000, 1e4, 1e12].map((v) => words.powerOfTen(v)), ['10⁻⁸', '10⁻³', '0.01', '1', '1,000', '10⁴', '10¹²']);
    assert.deepEqual([0.1, 1 / 3, 1e-7, -2, 1234.1, 9007199254740991].map((v) => words.exact(v)),
      ['0.1', '0.3333333333333333', '0.0000001', '−2', '1,234.1', '9,007,199,254,740,991']);
    assert.equal(words.t('at.step', { step: 5620 }).includes('5,620'), true, 'also where a sentence is given a number');
  }
});

test('rates are short, with the unit of the language', () => {
  assert.deepEqual([0, 12.4, 999, 5620, 17234].map((v) => speak('en').rate(v)), ['0', '12', '999', '5.62K', '17.2K']);
  assert.deepEqual([0, 12.4, 999, 5620, 17234].map((v) => speak('zh').rate(v)), ['0', '12', '999', '5,620', '1.72万']);
});

test('words are loaded once; after a failure they are fetched again', async () => {
  const words = await loadWords('en');
  assert.equal(await loadWords('en', []), words);
  assert.equal(words.has('lm.intro'), false);
  const more = await loadWords('zh', ['text', 'help']);
  assert.equal(await loadWords('zh', ['help', 'text', 'help']), more);
  assert.deepEqual([more.language, more.t('lm.corpus'), more.t('play')], ['zh', '语料', '播放']);
  assert.equal(more.tHelp('sarsa', 'learning_rate', ''), zhHelp['sarsa.learning_rate']);
  assert.equal(more.tHelp('dqn', 'learning_rate', ''), zhHelp.learning_rate);
  assert.equal(more.tHelp('dqn', 'no_such_option', 'its own'), 'its own');
  assert.equal((await loadWords('en', ['help'])).tHelp('dqn', 'gamma', ''), enHelp.gamma);
  const language = /** @type {any} */ ('xx');
  const refused = loadWords(language);
  await assert.rejects(refused);
  const again = loadWords(language);
  assert.notEqual(again, refused);
  await assert.rejects(again);
});
