// SPDX-License-Identifier: MIT
// `bellhop clone`: behaviour cloning, which is `bellhop train` with the algorithm clone.
import { UsageError } from './args.mjs';
import { readDemonstrations } from './files.mjs';
import * as train from './train.mjs';

export const summary = 'Train a policy from demonstrations alone';
export const help = `Usage: bellhop clone [ENV] --demonstrations FILE.jsonl [flags of bellhop train]

Behaviour cloning: a policy network learns what the demonstrations do. What bellhop train ENV --algo clone is; ENV is the
file's, unless given, with its options. --total-timesteps steps are played with the policy as it gets, each with
--gradient-steps updates. Its model.safetensors can start PPO: bellhop train ENV --algo ppo --init-from model.safetensors

  bellhop record CartPole-v1 --policy teacher --episodes 20 --out cartpole.jsonl
  bellhop clone --demonstrations cartpole.jsonl --out runs/clone
`;

/** @param {string[]} argv */
export async function run(argv) {
  const at = argv.findIndex((arg) => arg === '--demonstrations' || arg.startsWith('--demonstrations='));
  if (at < 0) throw new UsageError('clone needs --demonstrations FILE; bellhop record makes one');
  if (argv.some((arg) => arg === '--algo' || arg.startsWith('--algo='))) throw new UsageError('clone has its algorithm; for another one there is bellhop train');
  const file = argv[at].includes('=') ? argv[at].slice(argv[at].indexOf('=') + 1) : argv[at + 1];
  if (file === undefined || file === '' || file.startsWith('--')) throw new UsageError('--demonstrations needs a value');
  const { env, envOptions = {} } = readDemonstrations(file);
  return train.runWith([...argv, '--algo', 'clone'], { env, envOptions });
}
