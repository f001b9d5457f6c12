// SPDX-License-Identifier: MIT
// node tests/bench/kill.mjs: `bellhop train --out run`, alone or with --overwrite over an old run, ended by kill -9 at a random moment from when it
// takes the folder; then --resume, ended likewise as often as not, until the run is done. After each kill every file of the folder must be absent,
// the old one or the new one, whole: full checkpoints must load, tables may end after any line, a best model may be an earlier one, and a model must
// be there where one was. In the end the folder must have the files of a run that was never killed, and no others. Prints where the kills fell, and
// exits with 1 if one of them lost something. Needs the module: npm run build.
//
//     node tests/bench/kill.mjs                     100 runs
//     node tests/bench/kill.mjs --runs 1000 --seed 7
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRng } from '../../web/lib/random.mjs';
import { CLI, canResume, differencesFrom, filesIn, outcomesOf, problemsIn, restore } from './faulty.mjs';

const { values: args } = parseArgs({ options: { runs: { type: 'string', default: '100' }, seed: { type: 'string', default: '0' } } });
const RUNS = Number(args.runs);
const KILLS_MAX = 4; // of one run
const random = createRng(Number(args.seed));
const TRAIN = ['train', 'CartPole-v1', '--total-timesteps', '6000', '--eval-freq', '500', '--n-eval-episodes', '2', '--final-eval-episodes', '2', '--checkpoint-interval', '0.1', '--out', 'run'];
const SCENARIOS = [{ name: 'train', args: [...TRAIN, '--seed', '1'] }, { name: 'train over a run', old: TRAIN, args: [...TRAIN, '--seed', '1', '--overwrite'] }];

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bellhop-kill-')));
const run = join(folder, 'run');

/** What the lock of the folder says; '' where there is none. */
function lockText() {
  try {
    return readFileSync(join(run, 'bellhop.lock'), 'utf8');
  } catch {
    return '';
  }
}

/**
 * Runs a command, for so many milliseconds at most from when it takes the folder.
 * @param {string[]} command @param {number} [milliseconds] @returns {Promise<{ status: number | null, milliseconds: number }>} for how many it had it
 */
async function runFor(command, milliseconds = Infinity) {
  const before = lockText(); // of one that was killed
  const child = spawn(process.execPath, [CLI, ...command], { cwd: folder, stdio: 'ignore' });
  const ended = once(child, 'close');
  while ([before, ''].includes(lockText()) && child.exitCode === null) await delay(1);
  const since = performance.now();
  if (milliseconds < Infinity) {
    await Promise.race([ended, delay(milliseconds)]);
    child.kill('SIGKILL');
  }
  const [status] = await ended;
  return { status, milliseconds: performance.now() - since };
}

/** How far the command had come. @param {import('./faulty.mjs').Files} fresh */
function stage(fresh) {
  const files = filesIn(run);
  const has = (/** @type {string} */ name) => files.has(name) || files.has(`unfinished/${name}`);
  if (has('complete.json')) return 'while the old run was being replaced';
  if (has('checkpoint.safetensors')) return has('best_model.safetensors') && has('journal.jsonl') ? 'after a full checkpoint and a best model' : 'after a full checkpoint';
  if (has('journal.jsonl')) return 'after the journal';
  return files.get('config.json')?.equals(/** @type {Buffer} */ (fresh.get('config.json'))) ? 'when the run was complete' : 'before the journal';
}

/** @type {Record<string, number>} */
const stages = {};
let kills = 0;

/**
 * A run until it is done, killed on its way; what was wrong.
 * @param {string[]} command @param {Awaited<ReturnType<typeof outcomesOf>>} outcomes @param {number} whole  milliseconds of a run that is not killed
 */
async function oneRun(command, { before, fresh }, whole) {
  restore(run, before);
  const problems = [];
  const next = () => canResume(filesIn(run)) ? ['train', '--resume', 'run'] : command;
  for (let kill = 0; kill < KILLS_MAX && (kill === 0 || random() < 0.5); kill++) {
    const { status } = await runFor(next(), random() * whole);
    if (status === null) {
      kills++;
      const at = stage(fresh);
      stages[at] = (stages[at] ?? 0) + 1;
    }
    problems.push(...problemsIn(run, before, fresh));
    if (!canResume(filesIn(run)) && differencesFrom(run, fresh).every((difference) => /^(bellhop\.lock|checkpoint\.safetensors|unfinished.*) is left$/.test(difference))) break;
  }
  const isDone = !canResume(filesIn(run)) && differencesFrom(run, fresh).length === 0;
  if (!isDone) await runFor(differencesFrom(run, fresh).every((difference) => difference.endsWith(' is left')) ? ['train', '--resume', 'run'] : next());
  return [...problems, ...differencesFrom(run, fresh)];
}

let lost = 0;
for (const scenario of SCENARIOS) {
  const outcomes = await outcomesOf(folder, scenario);
  restore(run, outcomes.before);
  const { milliseconds } = await runFor(scenario.args);
  for (let i = 0; i < RUNS / SCENARIOS.length; i++) {
    const problems = await oneRun(scenario.args, outcomes, milliseconds);
    problems.forEach((problem) => console.log(`${scenario.name}, run ${i + 1}: ${problem}`));
    lost += Number(problems.length > 0);
  }
}
rmSync(folder, { recursive: true });
Object.entries(stages).forEach(([name, count]) => console.log(`${String(count).padStart(5)}  ${name}`));
console.log(`${RUNS - lost} of ${RUNS} runs have the files of one that was never killed, after ${kills} kills`);
process.exitCode = lost === 0 ? 0 : 1;
