// SPDX-License-Identifier: MIT
// Which command it is, and how errors end: one line for people on stderr and an exit code (bellhop --help lists them). Nothing prints a stack.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { BellhopError } from '../node/node.mjs';
import { suggestion } from '../lib/messages.mjs';
import { UsageError } from './args.mjs';
import { DivergedError, listen } from './ending.mjs';
import { withUntold } from './stray.mjs';

/** @typedef {{ summary: string, help: string, run: (argv: string[]) => Promise<number> }} Command */

/** One is loaded when it is asked for: each file costs 2 to 3 ms. @type {Record<string, () => Promise<Command>>} */
const COMMANDS = {
  envs: () => import('./envs.mjs'),
  options: () => import('./options-command.mjs'),
  train: () => import('./train.mjs'),
  compare: () => import('./compare.mjs'),
  sweep: () => import('./sweep.mjs'),
  study: () => import('./study.mjs'),
  agent: () => import('./agent.mjs'),
  queue: () => import('./queue.mjs'),
  eval: () => import('./eval.mjs'),
  record: () => import('./record.mjs'),
  clone: () => import('./clone.mjs'),
  distill: () => import('./distill.mjs'),
  pretrain: () => import('./pretrain.mjs'),
  sample: () => import('./sample.mjs'),
};

async function help() {
  const lines = Object.entries(COMMANDS).map(async ([name, command]) => `  ${name.padEnd(10)}${(await command()).summary}`);
  return `Usage: bellhop COMMAND [options]

${(await Promise.all(lines)).join('\n')}

  bellhop COMMAND --help   what a command takes
  bellhop --version        the version

Exit codes: 0 done; 1 an error; 2 typed wrongly; 3 a run diverged; 129, 130, 143 ended by SIGHUP, Ctrl-C, SIGTERM; 141 the reader
of a pipe has closed it. What was reached is written, unless the command was typed wrongly (docs/files.md).

Deep Q-learning in C and WebAssembly: the same seed gives the same bits on every machine.
`;
}

function version() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** @param {string[]} argv @returns {Promise<number>} exit code */
async function dispatch(argv) {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    (first === undefined ? process.stderr : process.stdout).write(await help());
    return first === undefined ? 2 : 0;
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (first === 'help') return dispatch([rest[0], '--help']);
  if (!Object.hasOwn(COMMANDS, first)) {
    const names = Object.keys(COMMANDS);
    throw new UsageError(`unknown command '${first}'${suggestion(first, names) || `; known: ${names.join(', ')}`}`);
  }
  const command = await COMMANDS[first]();
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(rest);
}

/** @param {unknown} error @returns {number} exit code */
function codeOf(error) {
  if (error instanceof DivergedError) return 3;
  const typedWrongly = error instanceof UsageError
    || (error instanceof BellhopError && (error.status === 'BH_ERR_CONFIG' || error.status === 'BH_ERR_UNKNOWN'));
  return typedWrongly ? 2 : 1;
}

/** @param {string[]} argv @returns {Promise<{ code: number, message?: string }>} message: what went wrong */
async function outcomeOf(argv) {
  try {
    return { code: await dispatch(argv) };
  } catch (error) {
    return { code: codeOf(error), message: /** @type {Error} */ (error).message };
  }
}

/** @param {string[]} argv @returns {Promise<number>} exit code */
export async function main(argv) {
  listen();
  const { code, message } = await outcomeOf(argv);
  const problem = withUntold(message);
  if (problem === undefined) return code;
  process.stderr.write(`bellhop: ${problem.replaceAll('\n', ' ')}\n`);
  return message === undefined ? 1 : code;
}
