// SPDX-License-Identifier: MIT
// node tests/bench/checkpoint.mjs: a full checkpoint of the CartPole-v1 preset whose replay is full: its size, how long it takes to write and to read, and
// what checkpoints every 30 seconds cost a run. Medians of --repeat, with the least and the greatest. Needs the module: npm run build.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFile } from '../../web/cli/durable.mjs';
import { median } from '../../web/lib/statistics.mjs';
import { load } from '../../web/node/node.mjs';

const { values: args } = parseArgs({ options: { repeat: { type: 'string', default: '9' }, steps: { type: 'string', default: '50000' } } });
const INTERVAL = 30;
const bh = await load();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-checkpoint-'));
const file = join(folder, 'checkpoint.safetensors');

/** Seconds of a call, in the middle of several. @param {() => unknown} use */
function seconds(use) {
  const all = Array.from({ length: Number(args.repeat) }, () => {
    const since = performance.now();
    use();
    return (performance.now() - since) / 1000;
  });
  return { middle: median(all), text: `${(1000 * median(all)).toFixed(1)} ms (${(1000 * Math.min(...all)).toFixed(1)} to ${(1000 * Math.max(...all)).toFixed(1)})` };
}

const model = new bh.DQN('CartPole-v1', { totalTimesteps: Number(args.steps), evalFreq: 0, bufferSize: Number(args.steps) });
const since = performance.now();
await model.learn();
const trained = (performance.now() - since) / 1000;
const bytes = model.save({ full: true });
const [save, write] = [seconds(() => model.save({ full: true })), seconds(() => writeFile(file, bytes))];
const read = seconds(() => bh.loadModel(readFileSync(file)).dispose());
console.log(`CartPole-v1, dqn, after ${model.timesteps} steps in ${trained.toFixed(1)} s, ${bh.simd}, Node ${process.version}`);
console.log(`size                   ${(bytes.length / 1e6).toFixed(2)} MB`);
console.log(`model.save({ full })   ${save.text}`);
console.log(`to the disk            ${write.text}, flushed and renamed`);
console.log(`from the disk to a run ${read.text}`);
console.log(`every ${INTERVAL} s             ${(100 * (save.middle + write.middle) / INTERVAL).toFixed(2)} % of the time`);
model.dispose();
rmSync(folder, { recursive: true });
