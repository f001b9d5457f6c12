// SPDX-License-Identifier: MIT
// `node tests/golden/update.mjs`: writes runs.json anew, after a change that is meant to change the bits of a run.
import { writeFileSync } from 'node:fs';
import { load } from '../../web/node.mjs';
import { TIMESTEPS, goldenRuns } from './golden.mjs';

const runs = await goldenRuns(await load());
const sha256 = Object.fromEntries(Object.entries(runs).map(([id, run]) => [id, run.sha256]));
writeFileSync(new URL('./runs.json', import.meta.url), `${JSON.stringify({ timesteps: TIMESTEPS, seed: 0, sha256 }, null, 2)}\n`);
