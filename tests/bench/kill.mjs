// SPDX-License-Identifier: MIT
// node tests/bench/kill.mjs: `bellhop train --out run --overwrite` over an old run, ended by kill -9 at a random moment from when it takes the
// folder, again and again. After each kill every file of the folder must be the old one or the new one, whole (in run/unfinished the table may
// end after any line, and the best model be an earlier one), and a model must be there. At the end the command, given once more, gets the files
// of a run that was never killed. Prints where the kills fell, and exits with 1 if one of them lost something. Needs the module: npm run build.
//
//     node tests/bench/kill.mjs                     100 kills
//     node tests/bench/kill.mjs --kills 1000 --seed 7
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomFrom } from '../../web/cli/play.mjs';
import { CLI, filesIn, outcomesOf, problemsIn, restore } from './faulty.mjs';

const { values: args } = parseArgs({ options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '0' } } });
const KILLS = Number(args.kills);
const random = randomFrom(Number(args.seed));
const TRAIN = ['train', 'CartPole-v1', '--total-timesteps', '6000', '--eval-freq', '500', '--n-eval-episodes', '2', '--final-eval-episodes', '2', '--out', 'run'];
const SCENARIO = { name: 'train over a run', old: TRAIN, args: [...TRAIN, '--seed', '1', '--overwrite'] };

const folder = mkdtempSync(join(tmpdir(), 'bellhop-kill-'));
const { run, before, fresh } = outcomesOf(folder, SCENARIO);

/**
 * Runs the command, for so many milliseconds at most from when it takes the folder.
 * @param {number} [milliseconds] @returns {Promise<number>} for how many it had it
 */
async function runFor(milliseconds = Infinity) {
  const child = spawn(process.execPath, [CLI, ...SCENARIO.args], { cwd: folder, stdio: 'ignore' });
  const ended = once(child, 'close');
  while (!existsSync(join(run, 'bellhop.lock'))) await delay(1);
  const since = performance.now();
  if (milliseconds < Infinity) {
    await Promise.race([ended, delay(milliseconds)]);
    child.kill('SIGKILL');
  }
  await ended;
  return performance.now() - since;
}

/** How far the command had come. */
function stage() {
  const files = filesIn(run);
  const inner = [...files.keys()].filter((name) => name.startsWith('unfinished/'));
  if (inner.includes('unfinished/complete.json')) return 'while the old run was being replaced';
  if (inner.length > 0) return inner.some((name) => name.endsWith('best_model.safetensors')) ? 'after a best model was found' : 'before a best model was found';
  return files.get('config.json')?.equals(/** @type {Buffer} */ (fresh.get('config.json'))) ? 'after the old run was replaced' : 'before anything was written';
}

restore(run, before);
const whole = await runFor();
/** @type {Record<string, number>} */
const stages = {};
let lost = 0;
for (let i = 0; i < KILLS; i++) {
  restore(run, before);
  const after = random() * whole;
  await runFor(after);
  const problems = problemsIn(run, before, fresh);
  problems.forEach((problem) => console.log(`kill ${i + 1}, after ${after.toFixed(0)} ms: ${problem}`));
  lost += Number(problems.length > 0);
  stages[stage()] = (stages[stage()] ?? 0) + 1;
}
await runFor();
const rest = problemsIn(run, fresh, new Map());
rest.forEach((problem) => console.log(`given once more: ${problem}`));
rmSync(folder, { recursive: true });
Object.entries(stages).forEach(([name, count]) => console.log(`${String(count).padStart(5)}  ${name}`));
console.log(`${KILLS - lost} of ${KILLS} kills lost nothing; the run after them ${rest.length === 0 ? 'is that of no kill' : 'differs'}`);
process.exitCode = lost === 0 && rest.length === 0 ? 0 : 1;
