// SPDX-License-Identifier: MIT
// Which command it is, and how errors end: one line for people on stderr, exit code 1 for failures and 2 for commands
// that were typed wrongly. Nothing prints a stack.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { BellhopError } from '../node/node.mjs';
import { suggestion } from '../lib/messages.mjs';
import { UsageError } from './args.mjs';
import * as clone from './clone.mjs';
import * as compare from './compare.mjs';
import * as distill from './distill.mjs';
import { listen } from './ending.mjs';
import * as envs from './envs.mjs';
import * as evaluate from './eval.mjs';
import * as options from './options-command.mjs';
import * as pretrain from './pretrain.mjs';
import * as record from './record.mjs';
import * as sample from './sample.mjs';
import { withUntold } from './stray.mjs';
import * as train from './train.mjs';

/** @typedef {{ summary: string, help: string, run: (argv: string[]) => Promise<number> }} Command */

/** @type {Record<string, Command>} */
const COMMANDS = { envs, options, train, compare, eval: evaluate, record, clone, distill, pretrain, sample };

const HELP = `Usage: bellhop COMMAND [options]

${Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`).join('\n')}

  bellhop COMMAND --help   what a command takes
  bellhop --version        the version

Deep Q-learning in C and WebAssembly: the same seed gives the same bits on every machine.
`;

function version() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** @param {string[]} argv @returns {Promise<number>} exit code */
async function dispatch(argv) {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    (first === undefined ? process.stderr : process.stdout).write(HELP);
    return first === undefined ? 2 : 0;
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (first === 'help') return dispatch([rest[0], '--help']);
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (!command) {
    const names = Object.keys(COMMANDS);
    throw new UsageError(`unknown command '${first}'${suggestion(first, names) || `; known: ${names.join(', ')}`}`);
  }
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? rest.length : end).some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(rest);
}

/** @param {unknown} error @returns {number} exit code */
function codeOf(error) {
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
