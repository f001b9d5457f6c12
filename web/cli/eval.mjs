// SPDX-License-Identifier: MIT
// `bellhop eval`: plays a saved model.
import { evaluationSeed, load } from '../node/node.mjs';
import { UsageError, readArguments, wholeNumberFlag } from './args.mjs';
import { registerFile } from './env-file.mjs';
import { openModel } from './files.mjs';
import { number, print, printJson } from './output.mjs';

export const summary = 'Score a saved model';
export const help = `Usage: bellhop eval MODEL.safetensors [--episodes N] [--seed N] [--env FILE.mjs] [--json]

Plays greedy episodes with a model that \`bellhop train --out\` or model.save() wrote, in the environment it was trained
in, and prints the mean return. A folder that bellhop train wrote stands for its best parameters.

  --episodes N   how many (default: the run's --final-eval-episodes)
  --seed N       of the episodes (default: the run's seed + 2^40, which is what train's summary is measured with)
  --env FILE     where its environment is, if it was trained in one of your own
  --json         one JSON object
`;

/** @param {string[]} argv */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, new Map([['episodes', 'string'], ['seed', 'string'], ['env', 'string'], ['json', 'boolean']]));
  if (positionals.length !== 1) throw new UsageError('eval takes one file: bellhop eval MODEL.safetensors');
  const [file] = positionals;
  const episodes = wholeNumberFlag('episodes', flags.get('episodes'), 1, 1_000_000);
  const chosen = wholeNumberFlag('seed', flags.get('seed'), 0, Number.MAX_SAFE_INTEGER);
  const bh = await load();
  if (flags.has('env')) await registerFile(bh, String(flags.get('env')));
  const model = openModel(bh, file);
  const seed = chosen ?? evaluationSeed(Number(model.options.seed));
  const score = await model.evaluateAsync({ ...(episodes !== undefined && { episodes }), seed });
  if (flags.has('json')) {
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
