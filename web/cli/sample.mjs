// SPDX-License-Identifier: MIT
// `bellhop sample`: texts of a language model.
import process from 'node:process';
import { load } from '../node/node.mjs';
import { UsageError, numberFlag, readArguments, wholeNumberFlag } from './args.mjs';
import { openLanguageModel, readTextOf } from './files.mjs';
import { print, printJson } from './output.mjs';
import { languageFlag, talkText } from './talk-text.mjs';

/** @typedef {import('../bellhop.js').LanguageModel} LanguageModel */

export const summary = 'Write text with a language model';
export const help = `Usage: bellhop sample MODEL [--prompt TEXT] [--length N] [--n N] [--temperature T] [--top-k K] [--top-p P]
                      [--greedy] [--seed N] [--language L] [--json]

Writes on from a prompt with MODEL, a file or the folder that bellhop pretrain --out wrote. The same seed gives the same text
on every machine. Models of an environment's vocabulary stop at the word END; what one of Dialogue-v0's writes is shown as the talk of
a guest and a bellhop, its words in brackets.

  --prompt TEXT    how the text begins (default: with nothing)
  --length N       tokens to write (default 200)
  --n N            how many texts (default 1), with seeds one after the other
  --temperature T  above 1 more varied, below 1 more likely text (default 1)
  --top-k K        only the K most probable tokens (default 0: all)
  --top-p P        of those only the fewest that together have probability P (default 1: all)
  --greedy         always the most probable token, as --temperature 0
  --seed N         of the first text (default 0)
  --language L     of a talk: en or zh (default en)
  --json           one JSON object per text

  bellhop sample runs/lm --prompt "The cat" --temperature 0.8 --n 3
`;

const SAMPLES_MAX = 10_000;
const LENGTH_MAX = 1_000_000;
const BOOLEANS = ['greedy', 'json'];
const OWN = ['prompt', 'length', 'n', 'temperature', 'top-k', 'top-p', 'seed', 'language', ...BOOLEANS];

/** @param {string[]} argv */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, new Map(OWN.map((name) =>
    /** @type {[string, 'boolean' | 'string']} */ ([name, BOOLEANS.includes(name) ? 'boolean' : 'string']))));
  if (positionals.length !== 1) throw new UsageError('sample takes one model, a file or a folder: bellhop sample MODEL');
  if (flags.has('greedy') && flags.has('temperature')) throw new UsageError('--greedy and --temperature exclude each other');
  const whole = (/** @type {string} */ flag, /** @type {number} */ low, /** @type {number} */ high) => wholeNumberFlag(flag, flags.get(flag), low, high);
  const [n = 1, length = 200, seed = 0, topK = 0] = [
    whole('n', 1, SAMPLES_MAX), whole('length', 1, LENGTH_MAX), whole('seed', 0, Number.MAX_SAFE_INTEGER - SAMPLES_MAX), whole('top-k', 0, LENGTH_MAX),
  ];
  const language = languageFlag(flags);
  const temperature = flags.has('greedy') ? 0 : numberFlag('temperature', flags.get('temperature'), 0, 100) ?? 1;
  const topP = numberFlag('top-p', flags.get('top-p'), 1e-9, 1) ?? 1;
  const prompt = readTextOf('--prompt', String(flags.get('prompt') ?? ''));
  const bh = await load();
  const model = openLanguageModel(bh, positionals[0]);
  try {
    noteUnknown(model, prompt);
    for (let i = 0; i < n; i++) {
      const ids = write(model, { prompt, length, seed: seed + i, temperature, topK, topP });
      const text = model.decode(ids);
      const whole = joined(model, prompt, text), talk = model.talk(whole, { seed: seed + i });
      if (flags.has('json')) printJson({ type: 'sample', seed: seed + i, prompt, text, tokens: ids.length, ...talk && { talk } });
      else print(`${i > 0 ? '---\n' : ''}${talk ? talkText(talk, language) : whole}`);
    }
  } finally {
    model.dispose();
  }
  return 0;
}

/** Token ids; in an environment's vocabulary, up to the word that ends a text. @param {LanguageModel} model @param {import('../bellhop.js').SampleOptions} options */
export function write(model, options) {
  const { ids } = model.sample(options);
  const end = model.info.tokenizer === 'words' ? ids.indexOf(model.tokens.indexOf('END')) : -1;
  return end < 0 ? ids : ids.subarray(0, end);
}

/** @param {LanguageModel} model @param {string} prompt @param {string} text */
export function joined(model, prompt, text) {
  return model.info.tokenizer === 'words' ? [prompt, text].filter((part) => part !== '').join(' ') : prompt + text;
}

/** Says on stderr what of a prompt the model has never seen. @param {LanguageModel} model @param {string} prompt */
function noteUnknown(model, prompt) {
  const unknown = unknownIn(model, prompt);
  if (unknown.length === 0) return;
  const shown = `${unknown.slice(0, 10).map((part) => `'${part}'`).join(', ')}${unknown.length > 10 ? ` and ${unknown.length - 10} more` : ''}`;
  process.stderr.write(`bellhop: the model does not know ${shown} of the prompt, and reads a token for the unknown there\n`.replace(/[\r\n]+(?!$)/g, ' '));
}

/** The characters or words that are not in the vocabulary. @param {LanguageModel} model @param {string} prompt */
function unknownIn(model, prompt) {
  const isUnknown = (/** @type {string} */ part) => model.encode(part).includes(0);
  if (!isUnknown(prompt)) return [];
  const parts = [...new Set(partsOf(model, prompt))].filter((part) => part !== '' && isUnknown(part));
  return parts.length > 0 ? parts.map((part) => part.trim() || part) : [prompt];
}

/** @param {LanguageModel} model @param {string} prompt @returns {string[]} */
function partsOf({ info: { tokenizer } }, prompt) {
  if (tokenizer === 'words') return prompt.split(' ');
  if (tokenizer === 'word') return prompt.match(/ ?(\p{Script=Han}|[\p{L}\p{N}\p{M}'_]+|\p{RI}{2}|.(?:[\p{M}\p{EMod}\u{e0020}-\u{e007f}]|\u200d.)*)/gsu) ?? [];
  return [...prompt];
}
