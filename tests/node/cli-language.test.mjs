// SPDX-License-Identifier: MIT
// Language models on the command line: bellhop pretrain, bellhop sample, bellhop train --language-model.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-cli-language-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, refused } = cli(folder);

const TEXT = 'the cat sat on the mat. a dog ran to the cat and the mat was flat.\n'.repeat(30);
const file = (/** @type {string} */ name) => join(folder, name);
writeFileSync(file('cats.txt'), TEXT);
writeFileSync(file('dogs.txt'), `\ufeff${TEXT.replaceAll('cat', 'dog')}`);
const TINY = ['--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--batch-size', '4', '--max-steps', '20', '--eval-freq', '10'];

test('pretrain --json --out: lines, summary, files; the same again, and by hand', async () => {
  const first = bellhop('pretrain', 'cats.txt', '--out', 'a/lm', '--context', '16', '--seed', '3', '--log-freq', '4', ...TINY, '--json');
  assert.equal(first.status, 0, first.stderr);
  const lines = first.json();
  const result = lines.at(-1);
  assert.deepEqual(lines.map(({ type, step }) => `${type} ${step}`), ['train 4', 'train 8', 'eval 10', 'train 12', 'train 16', 'train 20', 'eval 20', 'summary undefined']);
  assert.deepEqual(Object.keys(lines[0]), ['type', 'step', 'loss', 'learning_rate', 'grad_norm']);
  assert.deepEqual(Object.keys(lines[2]), ['type', 'step', 'loss', 'perplexity', 'is_best']);
  assert.deepEqual([result.corpus, result.seed, result.steps, result.tokens, result.vocabulary], ['cats.txt', 3, 20, TEXT.length, new Set(TEXT).size + 1]);
  for (const name of ['time/seconds', 'time/tokens_per_second', 'eval/perplexity', 'unigram/perplexity', 'trigram/perplexity', 'trigram/k']) assert.ok(result[name] > 0, name);
  assert.equal(result.samples.length, 3);

  assert.deepEqual(readdirSync(file('a/lm')).sort(), ['config.json', 'model.safetensors', 'training.csv']);
  const rows = readFileSync(file('a/lm/training.csv'), 'utf8').trim().split('\n').map((row) => row.split(','));
  assert.deepEqual(rows[0], ['step', 'loss', 'learning_rate', 'grad_norm', 'eval_loss', 'eval_perplexity']);
  assert.deepEqual(rows.slice(1).map(([step, loss, , , evaluation]) => [Number(step), loss !== '', evaluation !== '']),
    [[4, true, false], [8, true, false], [10, false, true], [12, true, false], [16, true, false], [20, true, true]]);
  assert.ok(rows.every((row) => row.length === 6));
  assert.equal(Number(rows.at(-1)?.[1]), lines.at(-3).loss);
  const config = JSON.parse(readFileSync(file('a/lm/config.json'), 'utf8'));
  assert.deepEqual([config.corpus, config.options.d_model, config.options.seed, config.options.tokenizer], [['cats.txt'], 8, 3, 'char']);

  const again = bellhop('pretrain', 'cats.txt', '--out', 'a/lm', '--overwrite', '--context', '16', '--seed', '3', ...TINY, '--json').json().at(-1);
  assert.equal(again.params_sha256, result.params_sha256, 'and what was in the folder is written over');
  const bh = await load();
  const training = new bh.Pretraining(TEXT, { dModel: 8, nHeads: 2, nLayers: 1, batchSize: 4, context: 16, seed: 3, maxSteps: 20 });
  training.step(20);
  assert.equal(training.model.sha256(), result.params_sha256);
  const saved = bh.LanguageModel.load(readFileSync(file('a/lm/model.safetensors')));
  assert.equal(saved.sha256(), result.params_sha256);
  [training, saved].forEach((each) => each.dispose());
});

test('pretrain for people: a table and three samples', () => {
  const { status, stdout } = bellhop('pretrain', 'cats.txt', '--out', 'people', '--tokenizer', 'bpe', '--vocab-size', '40', '--context', '8', ...TINY);
  assert.equal(status, 0);
  assert.match(stdout, /cats\.txt · 1 layer of 8 channels, 2 heads, context 8 · seed 0/);
  for (const line of [/^tokens +[\d,]+, [\d,]+ of them held out$/, /^vocabulary +40 \(bpe\)$/, /^parameters +[\d,]+$/, /^steps +20 in [\d.]+ s \([\d,]+ tokens\/s\)$/,
    /^perplexity +[\d.]+ on held-out text$/, /^unigram +[\d.]+, [\d.]+ times that of the model$/, /^trigram +[\d.]+ \(k [\d.]+\), [\d.]+ times that of the model$/,
    /^sha256 +[0-9a-f]{64}$/, /^written +model\.safetensors, training\.csv, config\.json in people$/, /^sample 3$/]) {
    assert.match(stdout, new RegExp(line.source, 'm'));
  }
  assert.ok(!stdout.includes('\x1b') && !stdout.includes('\r'), 'no terminal codes where there is no terminal');
});

test('pretrain: several files with a blank line between, without byte order marks; stdin', () => {
  const options = ['--context', '16', ...TINY, '--json'];
  const both = bellhop('pretrain', 'cats.txt', 'dogs.txt', '--out', 'both', ...options).json().at(-1);
  writeFileSync(file('joined.txt'), `${TEXT}\n${TEXT.replaceAll('cat', 'dog')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'pretrain', '-', '--out', 'stdin', ...options], { encoding: 'utf8', cwd: folder, input: readFileSync(file('joined.txt')) });
  assert.equal(status, 0, stderr);
  const joined = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.deepEqual([joined.corpus, joined.params_sha256], ['stdin', both.params_sha256]);
  assert.equal(both.corpus, 'cats.txt, dogs.txt');
});

test('pretrain --env, train --language-model, with seeds too', () => {
  const made = bellhop('pretrain', '--env', 'TextGen-v1', '--n-texts', '300', '--out', 'words', ...TINY, '--json');
  assert.equal(made.status, 0, made.stderr);
  const result = made.json().at(-1);
  assert.deepEqual([result.corpus, result.tokens, result.vocabulary], ['TextGen-v1', 300 * 15, 69]);
  assert.ok(result.samples.every((/** @type {string} */ text) => /^<\w+>/.test(text) && !text.includes('END')), result.samples.join('\n'));
  const config = JSON.parse(readFileSync(file('words/config.json'), 'utf8'));
  assert.deepEqual([config.env, config.n_texts, config.env_options.grammar_weight, 'tokenizer' in config.options], ['TextGen-v1', 300, 0.35, false]);

  const few = ['--eval-freq', '0', '--final-eval-episodes', '2', '--total-timesteps', '64', '--n-steps', '32', '--batch-size', '16', '--net-arch', ','];
  const alone = bellhop('train', 'TextGen-v1', '--algo', 'ppo', '--language-model', 'words', '--seed', '1', ...few, '--out', 'run', '--json');
  assert.equal(alone.status, 0, alone.stderr);
  const hash = alone.json().at(-1).params_sha256;
  const { options } = JSON.parse(readFileSync(file('run/config.json'), 'utf8'));
  assert.deepEqual([options.features_extractor, options.d_model, options.n_heads, options.n_layers, options.net_arch], ['transformer', 8, 2, 1, []]);
  const seeds = bellhop('train', 'TextGen-v1', '--algo', 'ppo', '--language-model', 'words/model.safetensors', '--seeds', '0-1', '--jobs', '2', ...few, '--json');
  assert.equal(seeds.status, 0, seeds.stderr);
  assert.deepEqual(seeds.json().map(({ type, seed }) => [type, seed]), [['summary', 0], ['summary', 1], ['aggregate', undefined]]);
  assert.equal(seeds.json()[1].params_sha256, hash);
  const without = bellhop('train', '--config', 'run/config.json', '--json').json().at(-1);
  assert.notEqual(without.params_sha256, hash, 'it started from the model');
});

test('pretrain --architecture encoder-decoder, train --language-model', () => {
  const pair = ['--architecture', 'encoder-decoder', '--n-texts', '200'];
  const made = bellhop('pretrain', '--env', 'Translate-v0', ...pair, '--out', 'translator', ...TINY);
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /Translate-v0 · encoder-decoder, each 1 layer of 8 channels, 2 heads/);
  const few = ['--eval-freq', '0', '--final-eval-episodes', '2', '--total-timesteps', '64', '--learning-starts', '40', '--json'];
  const trained = bellhop('train', 'Translate-v0', '--language-model', 'translator', ...few, '--out', 'translating');
  assert.equal(trained.status, 0, trained.stderr);
  const { options } = JSON.parse(readFileSync(file('translating/config.json'), 'utf8'));
  assert.deepEqual([options.features_extractor, options.d_model, options.n_layers], ['encoder-decoder', 8, 1]);
  refused(['pretrain', '--env', 'TextGen-v1', ...pair, '--out', 'x'], 2, /--architecture is encoder-decoder, but must be decoder here: only texts of a source and a target/);
  refused(['pretrain', 'cats.txt', '--architecture', 'encoder-decoder', '--out', 'x'], 2, /--architecture is encoder-decoder, but must be decoder here/);
  refused(['train', 'Translate-v0', '--language-model', 'translator', '--features-extractor', 'transformer', ...few], 1, /needs --features-extractor encoder-decoder, but here it is transformer/);
});

test('sample: prompts, seeds, options, files and folders', () => {
  bellhop('pretrain', 'cats.txt', '--out', 'lm', '--context', '16', ...TINY);
  const sample = (/** @type {string[]} */ ...args) => bellhop('sample', ...args);
  const three = sample('lm', '--prompt', 'the ', '--length', '20', '--n', '3', '--seed', '4', '--json').json();
  assert.deepEqual(three.map(({ type, seed, prompt, tokens }) => [type, seed, prompt, tokens]), [4, 5, 6].map((seed) => ['sample', seed, 'the ', 20]));
  const one = sample('lm/model.safetensors', '--prompt', 'the ', '--length', '20', '--seed', '5');
  assert.deepEqual([one.status, one.stdout, one.stderr], [0, `the ${three[1].text}\n`, '']);
});

test('sample: greedy in four ways; a prompt with characters that are unknown', () => {
  const sample = (/** @type {string[]} */ ...args) => bellhop('sample', ...args);
  const greedy = sample('lm', '--greedy', '--length', '20').stdout;
  assert.equal(sample('lm', '--temperature', '0', '--length', '20', '--seed', '9').stdout, greedy);
  assert.equal(sample('lm', '--top-k', '1', '--length', '20').stdout, greedy);
  assert.equal(sample('lm', '--top-p', '0.000001', '--length', '20').stdout, greedy);
  const strange = sample('lm', '--prompt', 'thé cat\t猫 猫', '--length', '5');
  assert.deepEqual([strange.status, strange.stdout.startsWith('thé cat\t猫 猫')], [0, true]);
  assert.match(strange.stderr, /^bellhop: the model does not know 'é', '\s', '猫' of the prompt[^\n]*\n$/);
});

test('sample: what is unknown is a word where words are tokens', () => {
  bellhop('pretrain', 'cats.txt', '--out', 'by-word', '--tokenizer', 'word', '--context', '4', ...TINY);
  assert.match(bellhop('sample', 'by-word', '--prompt', 'the zebra sat on Tom.', '--length', '3').stderr, /does not know 'zebra', 'Tom' of the prompt/);
});

/** @param {string[]} args */
const pretrain = (...args) => ['pretrain', ...args];

test('pretrain: flags that were typed wrongly are refused in one line', () => {
  refused(pretrain('cats.txt'), 2, /needs --out DIR/);
  refused(pretrain('--out', 'x'), 2, /pretrain needs text/);
  refused(pretrain('none.txt', '--out', 'x'), 1, /none\.txt does not exist/);
  refused(pretrain('cats.txt', '--out', 'cats.txt/x'), 1, /--out cats\.txt\/x cannot be written to/);
  refused(pretrain('cats.txt', '--out', 'x', '--d-model', '10'), 2, /--d-model is 10, but must be a multiple of 4 times --n-heads/);
  refused(pretrain('cats.txt', '--out', 'x', '--vocab-size', '9000'), 2, /--vocab-size is 9000, but must be between 2 and 8192/);
  refused(pretrain('cats.txt', '--out', 'x', '--context', 'wide'), 2, /--context is 'wide'/);
  refused(pretrain('cats.txt', '--out', 'x', '--learning-rat', '1'), 2, /did you mean '--learning-rate'/);
});

test('pretrain: files and environments are not mixed; each has to be there', () => {
  refused(pretrain('cats.txt', '--out', 'x', '--n-texts', '9'), 2, /--n-texts is for --env/);
  refused(pretrain('cats.txt', '--out', 'x', '--env', 'TextGen-v1'), 2, /but got 'cats\.txt' too/);
  refused(pretrain('--env', 'TextGen-v1', '--out', 'x', '--tokenizer', 'bpe'), 2, /--tokenizer is for text files/);
  refused(pretrain('--env', 'TextGen-v1', '--out', 'x', '--env-slip', '1'), 2, /TextGen-v1 has no option --env-slip/);
  refused(pretrain('--env', 'Translate-v1', '--out', 'x'), 2, /did you mean 'Translate-v0'/);
  refused(pretrain('--env', 'CartPole-v1', '--out', 'x'), 2, /CartPole-v1 has no vocabulary/);
});

test('pretrain: texts nobody can learn from; nothing is written then', () => {
  writeFileSync(file('empty.txt'), '');
  refused(pretrain('empty.txt', '--out', 'x'), 1, /^bellhop: empty\.txt: the text is empty/);
  writeFileSync(file('latin.txt'), Uint8Array.from([...TEXT].map((letter) => letter === 'c' ? 0xe7 : letter.charCodeAt(0))));
  refused(pretrain('latin.txt', '--out', 'x'), 1, /^bellhop: latin\.txt: the text is not UTF-8: byte 4 is 0xe7/);
  assert.ok(!readdirSync(folder).includes('x'), 'no folder is left of what did not begin');
});

test('sample: what is typed wrongly, files that are none', () => {
  refused(['sample'], 2, /sample takes one model/);
  refused(['sample', 'nowhere'], 1, /nowhere does not exist/);
  mkdirSync(file('bare'));
  refused(['sample', 'bare'], 1, /bare\/model\.safetensors does not exist/);
  refused(['sample', 'cats.txt'], 1, /^bellhop: cats\.txt: the checkpoint/);
  refused(['sample', 'lm', '--length', '0'], 2, /--length is '0'/);
  refused(['sample', 'lm', '--temperature', 'hot'], 2, /--temperature is 'hot', but must be a number/);
  refused(['sample', 'lm', '--greedy', '--temperature', '1'], 2, /exclude each other/);
});

/** @param {string} env @param {string[]} args */
const from = (env, ...args) => ['train', env, '--total-timesteps', '100', ...args];

test('train --language-model: what does not fit is refused in words', () => {
  refused(from('TextGen-v1', '--language-model', 'lm'), 1, /^bellhop: lm: the language model was made from text \(tokenizer char\), but TextGen-v1 needs/);
  refused(from('TextGen-v1', '--language-model', 'words', '--d-model', '32'), 1, /^bellhop: words: --d-model of the language model is 8, but here it is 32/);
  refused(from('TextGen-v1', '--language-model', 'words', '--seeds', '0-1', '--n-layers', '2'), 1, /--n-layers of the language model is 1, but here it is 2/);
});

test('train: what is asked of a language model needs one', () => {
  for (const flags of [['--prior'], ['--prior-beta', '0.1'], ['--random-actions', 'top-k']]) refused(from('TextGen-v1', ...flags), 2, new RegExp(`${flags[0]} does nothing without a language model`));
});

test('train --language-model: what has no place for one is refused in words', () => {
  refused(from('TextGen-v1', '--language-model', 'words', '--features-extractor', 'flatten'), 2, /needs an environment of text and --features-extractor transformer/);
  refused(from('Translate-v0', '--language-model', 'words'), 1, /^bellhop: words: .*the language model/);
  refused(from('CartPole-v1', '--language-model', 'words'), 2, /needs an environment of text/);
  refused(from('GridWorld-v0', '--algo', 'q-learning', '--language-model', 'words'), 2, /q-learning cannot start from a language model; use dqn, ppo or reinforce/);
  refused(from('TextGen-v1', '--language-model', 'nowhere'), 1, /nowhere does not exist/);
  refused(from('TextGen-v1', '--language-model', 'words', '--init-from', 'words/model.safetensors'), 2, /exclude each other/);
});

test('help: both commands, every flag of pre-training with its default, and whether it is live', async () => {
  assert.match(bellhop('--help').stdout, /\n {2}pretrain +Train a language model.*\n {2}sample +Write text/);
  for (const command of ['pretrain', 'sample']) {
    const { status, stdout } = bellhop(command, '--help');
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Usage: bellhop ${command}`));
  }
  assert.match(bellhop('train', '--help').stdout, /--language-model MODEL/);
  const { stdout } = bellhop('pretrain', '--help');
  for (const { name, default: value, choices, live } of (await load()).pretrainingOptions) {
    const flag = `--${name.replaceAll('_', '-')}`;
    const [line] = stdout.match(new RegExp(`^ {2}${flag} .*$`, 'm')) ?? stdout.match(new RegExp(`^ {2}.*${flag}\\b(?!-).*as bellhop options.*$`, 'm')) ?? [];
    assert.ok(line, flag);
    assert.equal(line.includes(' * '), live, `${flag}: * says whether --resume may change it`);
    if (!/as bellhop options/.test(line)) assert.match(line, choices ? new RegExp(`${value} \\(default\\)|default ${value}\\)|${value} \\(default`) : new RegExp(`default ${value.replace('.', '\\.')}\\)`), line);
    choices?.split('|').forEach((/** @type {string} */ choice) => assert.ok(line.includes(choice), `${flag} ${choice}`));
  }
});
