// SPDX-License-Identifier: MIT
// node tests/bench/faults.mjs: every call with which a command opens, writes, flushes, renames or removes something in its --out folder fails
// once (faults.c), then every one is the last of its process (kill -9). After a failure: one sentence, an exit code other than 0. After both:
// every file of the folder is the old one or the new one, whole; the model is there; and the same command, given again, gets the files it would
// have got, as does --resume where the command had begun. Prints how many faults there were, and exits with 1 if something was lost. Needs the
// module (npm run build), Linux and a C compiler.
//
//     node tests/bench/faults.mjs                     all commands
//     node tests/bench/faults.mjs --only 'train over'  those whose name begins so
//     node tests/bench/faults.mjs --every 10           of each command every tenth call
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { SCENARIOS, buildFaults, canResume, differencesFrom, faultsReason, filesIn, outcomesOf, problemsIn, restore, withFault } from './faulty.mjs';

const { values: args } = parseArgs({ options: { only: { type: 'string', default: '' }, every: { type: 'string', default: '1' } } });
const { ENOSPC, EIO, EACCES } = constants.errno;
const reason = faultsReason();
if (reason !== undefined) throw new Error(reason);

const folder = mkdtempSync(join(tmpdir(), 'bellhop-faults-'));
const library = buildFaults(folder);
const counts = { faults: 0, kills: 0, problems: 0 };

/** States of a folder that the command was given in again. @type {Set<string>} */
const tried = new Set();

/**
 * What is wrong after the same command is given again, and after --resume. One state of the folder needs it once; numbers of processes do not count.
 * @param {string} run @param {import('./faulty.mjs').Files} fresh @param {string[]} command @param {Parameters<typeof withFault>[2]} how @returns {string[]}
 */
function tryAgain(run, fresh, command, how) {
  const left = filesIn(run);
  const state = JSON.stringify([command, ...[...left].map(([name, bytes]) => [name.replace(/\d+\.tmp/, 'tmp'), name.endsWith('bellhop.lock') ? '' : bytes.toString('base64')])]);
  if (tried.has(state)) return [];
  tried.add(state);
  const isResumed = command.includes('--resume');
  const overwrite = command.includes('--overwrite') ? command : [...command, '--overwrite'];
  const resume = [command[0], '--resume', run, ...command.includes('--jobs') ? ['--jobs', '1'] : []];
  return [...isResumed ? [] : [overwrite], ...canResume(left) ? [resume] : []].flatMap((next) => {
    restore(run, left);
    const { status, stderr } = withFault(library, next, { ...how, at: 0 });
    const problems = status === 0 ? differencesFrom(run, fresh) : [`it ended with ${status}: ${stderr}`];
    return problems.map((problem) => `${next === resume ? 'gone on with' : 'given again'}: ${problem}`);
  });
}

/** @param {typeof SCENARIOS[number]} scenario @param {Awaited<ReturnType<typeof outcomesOf>>} outcomes @param {number} at @param {number | 'kill'} error */
function tryOne(scenario, { run, before, begun, fresh }, at, error) {
  restore(run, begun);
  const command = scenario.args.map((word) => word === 'run' ? run : word);
  const how = { below: run, at, error, log: join(folder, 'log'), cwd: folder };
  const { status, signal, stderr, fault } = withFault(library, command, how);
  if (fault === undefined) return false;
  const problems = problemsIn(run, before, fresh);
  if (error === 'kill' ? signal !== 'SIGKILL' : !(status === 1 && /^bellhop: [^\n]+\n$/.test(stderr))) problems.push(`it ended with ${status ?? signal}: ${stderr}`);
  if (scenario.whole !== undefined && !canResume(filesIn(run))) problems.push(...differencesFrom(run, fresh).filter((problem) => !/^bellhop\.lock|checkpoint\.safetensors is left/.test(problem)));
  problems.push(...tryAgain(run, fresh, command, how));
  counts[error === 'kill' ? 'kills' : 'faults']++;
  counts.problems += problems.length;
  problems.forEach((problem) => console.log(`${scenario.name}, call ${at} (${fault}), ${error}: ${problem}`));
  return true;
}

for (const scenario of SCENARIOS.filter(({ name }) => name.startsWith(args.only))) {
  const outcomes = await outcomesOf(folder, scenario);
  const before = { ...counts };
  for (let at = 1, isLeft = true; isLeft; at += Number(args.every)) {
    isLeft = tryOne(scenario, outcomes, at, [ENOSPC, EIO, EACCES][at % 3]) && tryOne(scenario, outcomes, at, 'kill');
  }
  console.log(`${scenario.name}: ${counts.faults - before.faults} faults, ${counts.kills - before.kills} kills`);
}
rmSync(folder, { recursive: true });
console.log(`${counts.faults} faults and ${counts.kills} kills, ${counts.problems === 0 ? 'nothing was lost' : `${counts.problems} problems`}`);
process.exitCode = counts.problems === 0 ? 0 : 1;
