// SPDX-License-Identifier: MIT
// Environments of one's own on the command line: where a command takes ENV, FILE.mjs is a module whose default export is what
// bh.register takes, or an array of such. FILE.mjs#ID is one of several.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { isSource, thrownText } from '../lib/definition.mjs';
import { unlessAborted } from '../lib/loop.mjs';
import { suggestion } from '../lib/messages.mjs';
import { UsageError } from './args.mjs';
import { about } from './files.mjs';
import { beforeCodeOf, guarded } from './stray.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').CustomEnvSource} Source */

const FILE = /^(.+\.[cm]?[jt]sx?)(?:#(.*))?$/;
const TYPESCRIPT = /\.([cm]?)tsx?$/;

/**
 * Calls `use` with the environments of a file; what the file does meanwhile that would end the process is thrown.
 * @template T @param {string} path @param {(sources: Source[]) => T | Promise<T>} use @returns {Promise<T>}
 */
async function withSources(path, use) {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  if (TYPESCRIPT.test(path)) throw new UsageError(typescriptAdvice(path));
  beforeCodeOf(path);
  return guarded(path, undefined, async (stop) => {
    const module = await unlessAborted(imported(path), stop);
    return module === false ? /** @type {T} */ (undefined) : use(sourcesOf(path, module));
  });
}

/** @param {string} path @returns {Promise<any>} */
function imported(path) {
  return import(pathToFileURL(resolve(path)).href).catch((cause) => {
    throw new Error(`${path} could not be imported: ${thrownText(cause)}`, { cause });
  });
}

/** @param {string} path @param {any} module @returns {Source[]} */
function sourcesOf(path, module) {
  // What a compiler made of `export default` for CommonJS is within the module's exports.
  const given = module.default?.__esModule === true ? module.default.default : module.default;
  const sources = Array.isArray(given) ? given : [given];
  if (sources.length > 0 && sources.every(isSource)) return sources;
  const [named] = module.default === undefined ? Object.keys(module).filter((name) => isSource(module[name])) : [];
  const advice = named === undefined ? '' : `; it exports ${named} by name only: add "export default ${named};"`;
  throw new Error(`${path}: its default export must be an environment, a class or function that makes one, or an array of such${advice}`);
}

/** @param {string} path */
function typescriptAdvice(path) {
  const script = path.replace(TYPESCRIPT, (_, kind) => `.${kind === 'c' ? 'cjs' : 'mjs'}`);
  const format = script.endsWith('.cjs') ? 'cjs' : 'esm';
  return `${path} is TypeScript, which is to be compiled first: npx esbuild ${path} --bundle --platform=node --format=${format} --outfile=${script}; then give ${script}`;
}

/** @param {Bellhop} bh @param {string} path @param {Source[]} sources @returns {string[]} their ids */
function register(bh, path, sources) {
  return sources.map((source) => about(path, () => bh.register(source).id));
}

/**
 * Makes the environments of a file known that jobs may name later.
 * @param {Bellhop} bh @param {string} path @returns {Promise<{ file: string, ids: string[] }>} file: its absolute path
 */
export async function openEnvFile(bh, path) {
  if (!isEnvFile(path)) throw new UsageError(`--env is '${path}', but must be the file of an environment, such as corridor.mjs`);
  return { file: resolve(path), ids: await withSources(path, (sources) => register(bh, path, sources)) };
}

/** Makes the environments of a file known, unchecked. @param {Bellhop} bh @param {string} path */
export async function registerFile(bh, path) {
  await withSources(path, (sources) => register(bh, path, sources));
}

/** Throws with everything that is wrong; what is likely a mistake is said on stderr. @param {Bellhop} bh @param {string} path @param {Source} source @param {import('../bellhop.js').CheckEnvOptions} how */
async function check(bh, path, source, how) {
  const { errors, warnings } = await bh.checkEnvAsync(source, { ...how, throws: false });
  if (errors.length > 0) throw new Error(`${path}: ${errors.join('; ')}`);
  warnings.forEach((warning) => process.stderr.write(`bellhop: ${path}: warning: ${warning.replaceAll('\n', ' ')}\n`));
}

/** Whether an argument names the file of an environment. @param {string} arg */
export const isEnvFile = (arg) => !arg.startsWith('--') && FILE.test(arg);

/** What checkEnv is told of a run with these flags; a value that is none is told of later. @param {ReadonlyMap<string, string | true>} flags */
export const evaluating = (flags) => Number(flags.get('eval-freq')) === 0 ? { evalFreq: 0 } : {};

/**
 * The id of what was typed as ENV; if that is a file, its environments are known then, and the one that is meant is checked.
 * @template {string | undefined} T
 * @param {Bellhop} bh @param {T} typed @param {import('../bellhop.js').CheckEnvOptions} [how]
 * @returns {Promise<{ id: T | string, file?: string }>} file: its absolute path
 */
export async function openEnv(bh, typed, how = {}) {
  const [, path, wanted] = FILE.exec(typed ?? '') ?? [];
  if (path === undefined) return { id: typed };
  return withSources(path, async (sources) => {
    const ids = register(bh, path, sources);
    if (wanted === undefined && ids.length > 1) throw new UsageError(`${path} has ${ids.join(', ')}: say which, such as ${path}#${ids[0]}`);
    const id = wanted ?? ids[0];
    if (!ids.includes(id)) throw new UsageError(`${path} has no environment '${id}'${suggestion(id, ids) || `, but ${ids.join(', ')}`}`);
    await check(bh, path, sources[ids.indexOf(id)], how);
    return { id, file: resolve(path) };
  });
}
