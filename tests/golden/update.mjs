// SPDX-License-Identifier: MIT
// `node tests/golden/update.mjs [NAME …]`: writes runs.json anew, after a change that is meant to change the bits of a run,
// or with further runs ("CartPole-v1 dqn preset=rainbow").
import { readFileSync, writeFileSync } from 'node:fs';
import { load } from '../../web/node.mjs';
import { TIMESTEPS, goldenRuns } from './golden.mjs';

const file = new URL('./runs.json', import.meta.url);
const bh = await load();
const known = Object.keys(JSON.parse(readFileSync(file, 'utf8')).sha256);
const names = [...new Set([...bh.catalog.envs.map(({ id }) => id), ...known, ...process.argv.slice(2)])];
const runs = await goldenRuns(bh, names);
const sha256 = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, run.sha256]));
writeFileSync(file, `${JSON.stringify({ timesteps: TIMESTEPS, seed: 0, sha256 }, null, 2)}\n`);
