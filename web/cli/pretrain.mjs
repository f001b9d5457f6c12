// SPDX-License-Identifier: MIT
// `bellhop pretrain`: a language model from text files, or from examples of an environment of text.
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { BellhopError, load } from '../node/node.mjs';
import { decode } from '../lib/options.mjs';
import { findEnv } from '../lib/setup.mjs';
import { UsageError, flagOf, hyperparameterFlags, inFlags, optionsFrom, readArguments, wholeNumberFlag } from './args.mjs';
import { checkFolder, keptText, whereIn } from './claim.mjs';
import { PRETRAINING_FILES } from './contents.mjs';
import { DivergedError, interruptible, noteStop, toTheEnd } from './ending.mjs';
import { about, readBytes, readTextOf } from './files.mjs';
import { PretrainingFolder } from './folder.mjs';
import { checkpointInterval, commandOf, resumed, unusable } from './journal.mjs';
import { Progress, number, print, printJson, printTable } from './output.mjs';
import { joined, write } from './sample.mjs';
import { talkText } from './talk-text.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Env} Env */
/** @typedef {import('../bellhop.js').Field} Field */
/** @typedef {import('../bellhop.js').Pretraining} Pretraining */
/** @typedef {ReadonlyMap<string, string | true>} Flags */
/** @typedef {{ name: string, config: object, source: string | Env, options: object, env?: Env }} Corpus  config: what config.json says of it; env: it is one */
/** @typedef {import('./folder.mjs').Beginning & { out: string, json: boolean }} How */

export const summary = 'Train a language model on text';
export const help = `Usage: bellhop pretrain CORPUS.txt ... --out DIR [--overwrite] [--checkpoint-interval SECONDS] [--HYPERPARAMETER VALUE ...] [--json]
       bellhop pretrain --env ENV --out DIR [--overwrite] [--checkpoint-interval SECONDS] [--n-texts N] [--env-OPTION VALUE ...]
                        [--HYPERPARAMETER VALUE ...] [--json]
       bellhop pretrain --resume DIR [--checkpoint-interval SECONDS] [--HYPERPARAMETER VALUE ...] [--json]

A transformer learns to say what comes next in text, by cross-entropy; the last part of the text is held out. At the end its
perplexity there is compared with that of models which count tokens, and of triples of them. The same text and options give
the same bits on every machine.

  CORPUS.txt   UTF-8, at most 64 MB in all; several files are joined with a blank line between them; - reads stdin.
               Lines end with LF, characters are composed (NFC): a line says what was changed
  --env ENV    instead: examples of an environment of text, in its vocabulary: for bellhop train --language-model
  --n-texts N  how many of them (default 20000)
  --out DIR    write model.safetensors, training.csv and config.json there
  --overwrite  replace the run that it has, once the new one is complete; no other files
  --checkpoint-interval SECONDS  between full checkpoints in --out (default: 30), which --resume goes on from; 0: one where the run is ended
  --resume DIR  go on with the command that has written to DIR and was ended, as if it had not been: the same bits (docs/files.md).
               The text must be as it was, from stdin given again. Hyperparameters marked * may be given anew
  --json       one JSON object per line: "type" is train or eval; the last one is the summary

  --tokenizer KIND     char (default), word, or bpe; this and the next two are not for --env
  --vocab-size N       most tokens the vocabulary may have (default 512)
  --context N          tokens the model looks back on (default 64)
  --d-model N          channels of a position, a multiple of 4 times --n-heads (default 64)
  --n-heads N          (default 4)
  --n-layers N         (default 2)
  --tied BOOL          the output layer is the token embedding once more (default true)
  --gelu KIND          tanh (default) or erf
  --architecture KIND  decoder (default), or encoder-decoder for an --env whose texts have a source and a target (Translate-v0,
                       Summarize-v0): --n-layers each, and only targets are learned
  --validation SHARE   of the text that is held out (default 0.1)
  --seed N             everything random follows from it (default 0)
  --max-steps N *      optimizer steps (default 2000)
  --batch-size N       windows of text in a step (default 8)
  --learning-rate X *  (default 0.006)
  --learning-rate-schedule KIND *  constant, linear, exponential, cosine (default), or step
  --learning-rate-end X *          (default 0.0005)
  --learning-rate-warmup SHARE *   of the steps, over which it first rises from 0 (default 0.05)
  --learning-rate-steps N *        drops of the step schedule (default 2)
  --max-grad-norm X *  largest norm of a gradient; 0 does not clip (default 1)
  --eval-freq N *      steps between two evaluations on held-out text; 0 for none (default 100)
  --eval-windows N *   held-out windows of such an evaluation (default 32)
  --log-freq N *       steps between two training records (default 10)
  --optimizer KIND     adam, sgd, momentum, rmsprop, rmsprop-centered, or adamw (default)
  --momentum, --beta1, --beta2, --rms-alpha, --optimizer-eps, --weight-decay *  as bellhop options dqn has them

  bellhop pretrain stories.txt --out runs/lm
  bellhop pretrain --resume runs/lm
  bellhop pretrain --env TextGen-v1 --n-texts 5000 --d-model 32 --out runs/words
  bellhop pretrain --env Translate-v0 --architecture encoder-decoder --n-layers 1 --d-model 32 --out runs/translator

Ctrl-C stops, writes what there is and exits with 130; SIGTERM does so with 143, SIGHUP with 129. A training whose loss is no finite number any
more comes to its end; then the exit code is 3.
`;

const TEXTS_MAX = 1_000_000;
const WINDOWS_MAX = 4096; // held-out windows that are scored in the end
const SAMPLES = 3;
const OF_TEXT = ['tokenizer', 'vocab_size', 'context'];

/** @param {string[]} argv @returns {Promise<number>} exit code */
export async function run(argv) {
  const bh = await load();
  const fields = bh.pretrainingOptions;
  const ofEnvs = [...hyperparameterFlags(bh.catalog)].filter(([name]) => name.startsWith('env-'));
  const { flags, lists, positionals } = readArguments(argv, new Map([
    ...fields.map((field) => /** @type {const} */ ([flagOf(field), field.type === 'bool' ? 'maybe' : 'string'])),
    ...ofEnvs,
    .../** @type {const} */ ([
      ['out', 'string'], ['overwrite', 'boolean'], ['json', 'boolean'], ['env', 'string'], ['n-texts', 'string'], ['checkpoint-interval', 'string'], ['resume', 'string'],
    ]),
  ]), bh.catalog);
  if (!flags.has('resume')) return begin(bh, { texts: positionals, flags });
  const typed = resumed('pretrain', { flags, lists, positionals, refused: ['out', 'overwrite', 'env', 'n-texts', ...ofEnvs.map(([name]) => name)] });
  if (typed === null) return 0;
  const settled = fields.find((field) => !field.live && typed.changed.has(flagOf(field)));
  if (settled !== undefined) throw new UsageError(`--${flagOf(settled)} is settled when a run begins; with --resume those can change that bellhop pretrain --help marks *`);
  return begin(bh, typed);
}

/** @param {Bellhop} bh @param {{ texts: string[], flags: Flags }} typed @returns {Promise<number>} exit code */
async function begin(bh, { texts, flags }) {
  if (!flags.has('out')) throw new UsageError('pretrain needs --out DIR, where the model is written');
  const how = {
    out: String(flags.get('out')), overwrite: flags.has('overwrite'), resume: flags.has('resume'), interval: checkpointInterval(flags),
    command: commandOf('pretrain', { texts, flags }), json: flags.has('json'),
  };
  if (!how.resume) checkFolder(how.out, { overwrite: how.overwrite, names: PRETRAINING_FILES });
  const corpus = flags.has('env') ? ofEnv(bh, flags, texts) : await ofFiles(bh, flags, texts);
  try {
    return await pretrain(bh, corpus, how);
  } finally {
    corpus.env?.dispose();
  }
}

// ---- what it learns from ----

/** @param {Bellhop} bh @param {Flags} flags @param {string[]} files @returns {Promise<Corpus>} */
async function ofFiles(bh, flags, files) {
  if (files.length === 0) throw new UsageError('pretrain needs text: bellhop pretrain CORPUS.txt --out DIR, or --env ENV');
  const stray = [...flags.keys()].find((flag) => flag.startsWith('env-') || flag === 'n-texts');
  if (stray !== undefined) throw new UsageError(`--${stray} is for --env`);
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('- stands for stdin, which can only be read once');
  /** @type {string[]} */
  const texts = [];
  for (const file of files) texts.push(file === '-' ? readTextOf('stdin', await readStdin()) : readTextOf(file, readBytes(file)));
  const name = files.join(', ').replace(/^-$/, 'stdin');
  const options = optionsFrom(flags, bh.pretrainingOptions);
  return { name, config: { corpus: files }, source: joinTexts(texts), options };
}

async function readStdin() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** With a blank line between. @param {string[]} texts */
function joinTexts(texts) {
  return texts.map((text, i) => i === texts.length - 1 ? text : text.endsWith('\n') ? `${text}\n` : `${text}\n\n`).join('');
}

/** @param {Bellhop} bh @param {Flags} flags @param {string[]} positionals @returns {Corpus} */
function ofEnv(bh, flags, positionals) {
  if (positionals.length > 0) throw new UsageError(`--env takes its text from the environment, but got '${positionals.join(' ')}' too`);
  const { id, options: envFields } = findEnv(bh.catalog, flags.get('env'));
  const nTexts = wholeNumberFlag('n-texts', flags.get('n-texts'), 2, TEXTS_MAX) ?? 20_000;
  for (const flag of flags.keys()) {
    if (OF_TEXT.some((name) => flagOf(/** @type {Field} */ ({ name })) === flag)) throw new UsageError(`--${flag} is for text files; ${id} has a vocabulary and a length of its own`);
    if (flag.startsWith('env-') && !envFields.some((field) => flagOf(field, 'env-') === flag)) throw new UsageError(`${id} has no option --${flag}; see bellhop options ${id}`);
  }
  const env = inFlags(envFields, 'env-', () => bh.make(id, optionsFrom(flags, envFields, 'env-')));
  const options = { ...optionsFrom(flags, bh.pretrainingOptions), nTexts };
  const envOptions = Object.fromEntries(envFields.map((field) => [field.name, env.options[field.key]]));
  return { name: id, config: { env: id, env_options: envOptions, n_texts: nTexts }, env, source: env, options };
}

// ---- learning ----

/**
 * The training and its folder: one that begins has the training first, so that nothing is made where that is refused.
 * @param {Bellhop} bh @param {Corpus} corpus @param {How} how @returns {{ training: Pretraining, folder: PretrainingFolder }}
 */
function open(bh, corpus, how) {
  let folder = how.resume ? new PretrainingFolder(how.out, how) : undefined;
  /** @type {Pretraining | undefined} */
  let training;
  try {
    training = folder?.checkpoint === undefined ? made(bh, corpus) : continued(bh, corpus, folder.checkpointFile, folder.checkpoint);
    folder ??= new PretrainingFolder(how.out, how);
    return { training, folder };
  } catch (error) {
    folder?.close();
    training?.dispose();
    throw error;
  }
}

/** @param {Bellhop} bh @param {Corpus} corpus @returns {Pretraining} */
function made(bh, { name, source, options, env }) {
  const make = () => inFlags(bh.pretrainingOptions, '', () => new bh.Pretraining(source, options));
  return env ? make() : about(name, make, 'BH_ERR_CONFIG');
}

/** The training of a full checkpoint, which must be of this command, with the live options that were typed. @param {Bellhop} bh @param {Corpus} corpus @param {string} file @param {Uint8Array} bytes @returns {Pretraining} */
function continued(bh, { source, options, env }, file, bytes) {
  const settled = bh.pretrainingOptions.filter(({ name, live }) => !live && !(env && OF_TEXT.includes(name)));
  const usual = Object.fromEntries(settled.map((field) => [field.key, decode(field, field.default)]));
  try {
    return inFlags(bh.pretrainingOptions, '', () => bh.Pretraining.load(bytes, source, { ...usual, ...options }));
  } catch (error) {
    throw error instanceof BellhopError && error.status !== 'BH_ERR_CONFIG' ? unusable(file, error.message) : error;
  }
}

/** @param {Bellhop} bh @param {Corpus} corpus @param {How} how @returns {Promise<number>} exit code */
function pretrain(bh, corpus, how) {
  const { training, folder } = open(bh, corpus, how);
  return interruptible(async (signal) => {
    try {
      return await learn(bh, { training, folder, corpus, how, signal });
    } finally {
      folder.close();
    }
  }).finally(() => training.dispose());
}

/**
 * @param {Bellhop} bh @param {{ training: Pretraining, folder: PretrainingFolder, corpus: Corpus, how: How, signal: AbortSignal }} run
 * @returns {Promise<number>} exit code
 */
async function learn(bh, { training, folder, corpus, how: { out, json }, signal }) {
  const progress = json ? null : new Progress();
  const from = { steps: training.steps, tokens: training.tokensSeen, at: performance.now() };
  const isDone = () => training.steps >= Number(training.options.maxSteps);
  const named = bh.pretrainingOptions.filter(({ name }) => !corpus.env || !OF_TEXT.includes(name));
  folder.begin(training, { ...corpus.config, options: Object.fromEntries(named.map((field) => [field.name, training.options[field.key]])) });
  const listening = listener(training, folder, { progress, before: from.tokens });
  const failure = await toTheEnd(async () => {
    await training.learn({ signal, sliceMilliseconds: 50, onProgress: listening.tell });
    return isDone();
  }, (isComplete, hasFailed) => folder.end(training, { isComplete, hasFailed }));
  progress?.end();
  const kept = keptText(out);
  if (failure !== undefined) throw new Error([failure, kept].filter((text) => text !== '').join('; '));
  const result = summarize(training, corpus, { ...from, seconds: (performance.now() - from.at) / 1000, isComplete: isDone(), hasBadLoss: listening.hasBadLoss() });
  if (json) printJson(result);
  else printSummary(training, result, whereIn(out));
  if (result.diverged && !signal.aborted) throw new DivergedError(corpus.name);
  if (kept !== '') noteStop(signal, kept);
  return 0;
}

/**
 * Writes and shows what comes.
 * @param {Pretraining} training @param {PretrainingFolder} folder @param {{ progress: Progress | null, before: number }} how  progress null: as lines of JSON; before: tokens that
 *   it went on from
 */
function listener(training, folder, { progress, before }) {
  const latest = { loss: /** @type {number | undefined} */ (undefined), perplexity: /** @type {number | undefined} */ (undefined) };
  let hasBadLoss = false;
  const tell = (/** @type {{ steps: number, maxSteps: number, records: import('../bellhop.js').PretrainingRecord[] }} */ { steps, maxSteps, records }) => {
    folder.writeRecords(records, training);
    folder.saveInTime(training);
    for (const record of records) {
      hasBadLoss ||= !Number.isFinite(record.loss);
      if (record.type === 'train') latest.loss = record.loss;
      else latest.perplexity = record.perplexity;
      if (progress === null) printJson(lineOf(record));
    }
    progress?.show({ timesteps: steps, totalTimesteps: maxSteps, tokens: training.tokensSeen - before, ...latest });
  };
  return { tell, hasBadLoss: () => hasBadLoss };
}

/** @param {import('../bellhop.js').PretrainingRecord} record */
function lineOf(record) {
  const { type, step, loss } = record;
  return record.type === 'train'
    ? { type, step, loss, learning_rate: record.learningRate, grad_norm: record.gradNorm }
    : { type, step, loss, perplexity: record.perplexity, is_best: record.isBest };
}

/**
 * @param {Pretraining} training @param {Corpus} corpus
 * @param {{ steps: number, tokens: number, seconds: number, isComplete: boolean, hasBadLoss: boolean }} run  steps, tokens: that it went on from
 */
function summarize(training, { name, env }, { steps, tokens: before, seconds, isComplete, hasBadLoss }) {
  const { tokens, trainTokens, unigram, trigram, k } = training.ngrams();
  const { loss, perplexity } = training.validate({ windows: WINDOWS_MAX });
  const { model } = training;
  return {
    type: 'summary', corpus: name, seed: Number(training.options.seed), tokens, train_tokens: trainTokens,
    vocabulary: model.info.vocabulary, parameters: model.info.parameters, steps: training.steps,
    ...steps > 0 && { resumed_at_step: steps },
    'time/seconds': seconds, 'time/tokens_per_second': (training.tokensSeen - before) / seconds,
    'eval/perplexity': perplexity, 'unigram/perplexity': unigram, 'trigram/perplexity': trigram, 'trigram/k': k,
    samples: Array.from({ length: SAMPLES }, (_, i) => sampleOf(training, i, env)),
    params_sha256: model.sha256(),
    ...(hasBadLoss || !Number.isFinite(loss)) && { diverged: true },
    ...!isComplete && { stopped: true },
  };
}

/** Some text; in an environment, what follows one of its beginnings. @param {Pretraining} training @param {number} seed @param {Env} [env] */
function sampleOf({ model }, seed, env) {
  if (!env) return model.decode(write(model, { length: model.info.tokenizer === 'char' ? 200 : 60, seed }));
  const [obs] = env.reset({ seed });
  const prompt = obs.subarray(0, (obs.indexOf(0) + obs.length + 1) % (obs.length + 1));
  return joined(model, model.decode(prompt), model.decode(write(model, { prompt, length: obs.length, seed })));
}

/** @param {Pretraining} training @param {ReturnType<typeof summarize>} result @param {string} out */
function printSummary({ model }, result, out) {
  const { 'eval/perplexity': own, 'unigram/perplexity': unigram, 'trigram/perplexity': trigram } = result;
  const { architecture, dModel, nHeads, nLayers, context, tokenizer } = model.info;
  const times = (/** @type {number} */ theirs) => `${number(theirs / own)} times that of the model`;
  const some = (/** @type {number} */ n, /** @type {string} */ what) => `${n} ${what}${n === 1 ? '' : 's'}`;
  print(`${result.corpus} · ${architecture === 'decoder' ? '' : `${architecture}, each `}${some(nLayers, 'layer')} of ${dModel} channels, ${some(nHeads, 'head')}, context ${context} · seed ${result.seed}`);
  printTable([
    ['tokens', `${number(result.tokens)}, ${number(result.tokens - result.train_tokens)} of them held out`],
    ['vocabulary', `${number(result.vocabulary)} (${tokenizer})`],
    ['parameters', number(result.parameters)],
    ['steps', `${number(result.steps)} in ${number(result['time/seconds'])} s (${number(result['time/tokens_per_second'], 0)} tokens/s)`],
    ...result.resumed_at_step === undefined ? [] : [['resumed', `at step ${number(result.resumed_at_step)}`]],
    ['perplexity', `${number(own)} on held-out text`],
    ['unigram', `${number(unigram)}, ${times(unigram)}`],
    ['trigram', `${number(trigram)} (k ${result['trigram/k']}), ${times(trigram)}`],
    ['sha256', result.params_sha256],
    ['written', `${PRETRAINING_FILES.join(', ')} in ${out}`],
  ]);
  result.samples.forEach((sample, i) => {
    const talk = model.talk(sample, { seed: i });
    print(`\nsample ${i + 1}\n  ${(talk ? talkText(talk, 'en') : sample).replaceAll('\n', '\n  ')}`);
  });
}
