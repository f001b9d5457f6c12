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
const isSmall = (/** @type {string} */ name) => small.includes(name.split(' ')[0]) && name.split(' ')[1] !== 'pqn';
const others = process.argv.slice(2).filter((name) => !isSmall(name));
const asked = [...Object.keys(known.sha256), ...process.argv.slice(2).filter(isSmall)];
const names = [...new Set([...asked, ...small.filter((id) => !asked.some((name) => name.split(' ')[0] === id))])];
const runs = await goldenRuns(bh, names);
const sha256 = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, run.sha256]));

// What the smaller module, and so tests/browser/suites/same.mjs, does not have: the tasks of text by "text ENV".
const texts = [...new Set([...Object.keys(known.text_sha256), ...others])];
const textSha256 = await goldenTexts(bh, texts, (name) => readFile(new URL(`../../envs/data/${name}`, import.meta.url)));
writeFileSync(file, `${JSON.stringify({ timesteps: TIMESTEPS, seed: 0, sha256, text_sha256: textSha256 }, null, 2)}\n`);
