// SPDX-License-Identifier: MIT
// `node tests/golden/update.mjs [NAME …]`: writes runs.json anew, after a change that is meant to change the bits of a run,
// or with further runs ("CartPole-v1 dqn preset=rainbow").
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { load } from '../../web/node/node.mjs';
import { TIMESTEPS, goldenRuns, goldenTexts } from './golden.mjs';

const file = new URL('./runs.json', import.meta.url);
const bh = await load();
const known = JSON.parse(readFileSync(file, 'utf8'));
const small = (await load({ text: false })).catalog.envs.map(({ id }) => id);
const names = [...new Set([...small, ...Object.keys(known.sha256), ...process.argv.slice(2)])];
const runs = await goldenRuns(bh, names);
const sha256 = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, run.sha256]));

// What the smaller module, and so tests/browser/suites/same.mjs, does not have.
const tasks = bh.catalog.envs.map(({ id }) => id).filter((id) => !small.includes(id)).map((id) => id === 'LearningRate-v0' ? `${id} dqn eval_freq=0` : `text ${id}`);
const corpora = ['pretraining corpus_en char', 'pretraining corpus_en bpe', 'pretraining corpus_zh word', 'sampling corpus_en char', 'sampling corpus_zh char'];
const others = ['CartPole-v1 pqn', 'Catch-v0 pqn features_extractor=minatar-cnn n_envs=4 batch_size=64'];
const texts = [...corpora, ...tasks, 'TextGen-v1 ppo kl_coef=0.1 d_model=16 n_heads=2 n_layers=1 eval_freq=0', ...others];
const textSha256 = await goldenTexts(bh, texts, (name) => readFile(new URL(`../../envs/data/${name}`, import.meta.url)));
writeFileSync(file, `${JSON.stringify({ timesteps: TIMESTEPS, seed: 0, sha256, text_sha256: textSha256 }, null, 2)}\n`);
