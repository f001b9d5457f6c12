// SPDX-License-Identifier: MIT
// node tests/hosts/golden-lines.mjs simd|scalar: the golden runs in this Node, a line "name, tab, SHA-256" for each, as bellhop_golden_run prints
// them natively. In a process of its own, since tests/hosts/differential.mjs gives it to other releases of Node.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { load } from '../../web/node/node.mjs';
import { goldenRuns, goldenTexts } from '../golden/golden.mjs';

const { sha256, text_sha256: ofText } = JSON.parse(readFileSync(new URL('../golden/runs.json', import.meta.url), 'utf8'));
const bh = await load({ simd: process.argv[2] === 'simd' });
const runs = await goldenRuns(bh, Object.keys(sha256));
const texts = await goldenTexts(bh, Object.keys(ofText), (file) => readFile(new URL(`../../envs/data/${file}`, import.meta.url)));
for (const [name, hash] of [...Object.entries(runs).map(([id, run]) => [id, run.sha256]), ...Object.entries(texts)]) console.log(`${name}\t${hash}`);
