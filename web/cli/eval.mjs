// SPDX-License-Identifier: MIT
// `bellhop eval`: plays a saved model.
import { evaluationSeed, load } from '../node/node.mjs';
import { UsageError, readArguments, wholeNumberFlag } from './args.mjs';
import { registerFile } from './env-file.mjs';
import { openModel } from './files.mjs';
import { number, print, printJson } from './output.mjs';
import { showEpisodes } from './shown-episodes.mjs';
import { languageFlag } from './talk-text.mjs';

export const summary = 'Score a saved model';
export const help = `Usage: bellhop eval MODEL.safetensors [--episodes N] [--seed N] [--show N] [--language L] [--env FILE.mjs]
                    [--json]

Plays greedy episodes with a model that \`bellhop train --out\` or model.save() wrote, in the environment it was trained
in, and prints the mean return. A folder that bellhop train wrote stands for its best parameters.

  --episodes N   how many (default: the run's --final-eval-episodes)
  --seed N       of the episodes (default: the run's seed + 2^40, which is what train's summary is measured with)
  --show N       first tells N greedy episodes in words, the first from env.reset({ seed }): every state, or the whole text.
                 Dialogue-v0 is shown as a talk, with the words that the model reads in brackets
  --language L   of a talk: en or zh (default en)
  --env FILE     where its environment is, if it was trained in one of your own
  --json         one JSON object, with --show one more for each episode before it
`;

/** @param {string[]} argv */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, new Map([['episodes', 'string'], ['seed', 'string'], ['show', 'string'], ['language', 'string'], ['env', 'string'], ['json', 'boolean']]));
  if (positionals.length !== 1) throw new UsageError('eval takes one file: bellhop eval MODEL.safetensors');
  const [file] = positionals;
  const episodes = wholeNumberFlag('episodes', flags.get('episodes'), 1, 1_000_000);
  const chosen = wholeNumberFlag('seed', flags.get('seed'), 0, Number.MAX_SAFE_INTEGER);
  const shown = wholeNumberFlag('show', flags.get('show'), 0, 10_000) ?? 0, language = languageFlag(flags);
  const bh = await load();
  if (flags.has('env')) await registerFile(bh, String(flags.get('env')));
  const model = openModel(bh, file);
  const seed = chosen ?? evaluationSeed(Number(model.options.seed));
  const json = flags.has('json');
  showEpisodes(bh, model, { episodes: shown, seed, language, json });
  const score = await model.evaluateAsync({ ...(episodes !== undefined && { episodes }), seed });
  if (json) {
    printJson({
      type: 'evaluation', env: model.env.id, algo: model.algo, episodes: score.episodes, seed,
      'eval/mean_reward': score.mean, 'eval/std_reward': score.std, 'eval/min_reward': score.min,
      'eval/max_reward': score.max, 'eval/mean_ep_length': score.meanLength, params_sha256: model.sha256(),
    });
  } else {
    print(`${model.env.id} · ${model.algo} · ${number(score.episodes)} episodes, seed ${seed}`);
    print(`return  mean ${number(score.mean)}  std ${number(score.std)}  min ${number(score.min)}  max ${number(score.max)}`);
    print(`length  mean ${number(score.meanLength)}`);
  }
  model.dispose();
  return 0;
}
