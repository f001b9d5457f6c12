// SPDX-License-Identifier: MIT
// Study files: YAML or JSON, with the environment of one's own that they name; and the study.json of a folder, which is read in the same way.
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { createStudy } from '../lib/study/create-study.mjs';
import { shown } from '../lib/messages.mjs';
import { readText } from '../lib/text.mjs';
import { BellhopError } from '../node/node.mjs';
import { UsageError } from './args.mjs';
import { firstBytes } from './durable.mjs';
import { isEnvFile, openEnv } from './env-file.mjs';
import { readProblem } from './files.mjs';
import { sha256OfFile } from './study-local.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').StudyDefinition} StudyDefinition */
/** @typedef {{ study: import('../bellhop.js').Study, name: string, definition: StudyDefinition }} Opened */

const BYTES_MAX = 1_000_000;
const NAME = /^[^/\\\0]{1,200}$/;

/** What a file says, as YAML or, where it is called .json, as JSON. @param {string} file @returns {Promise<any>} */
export async function readYaml(file) {
  const text = textOf(file);
  if (extname(file).toLowerCase() === '.json') {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new UsageError(`${file} is not valid JSON: ${/** @type {Error} */ (cause).message}`, { cause });
    }
  }
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: false });
  const [problem] = document.errors;
  const line = problem && text.slice(0, problem.pos[0]).split('\n').length;
  if (problem !== undefined) throw new UsageError(`${file}: line ${line} is not valid YAML: ${problem.message.replaceAll('\n', ' ')}`);
  try {
    return document.toJS();
  } catch (cause) {
    throw new UsageError(`${file} is not valid YAML: ${/** @type {Error} */ (cause).message}`, { cause }); // aliases of aliases that would fill memory
  }
}

/** @param {string} file */
function textOf(file) {
  let bytes;
  try {
    bytes = firstBytes(file, BYTES_MAX + 1);
  } catch (cause) {
    throw new UsageError(readProblem(file, cause), { cause });
  }
  if (bytes.length > BYTES_MAX) throw new UsageError(`${file} is too large: a study file has at most ${BYTES_MAX} bytes`);
  try {
    return readText(bytes).text;
  } catch (cause) {
    throw new UsageError(`${file} is not text: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/** Calls `use`; what it says of the study begins with the file. @template T @param {string} file @param {() => T} use @returns {T} */
function ofFile(file, use) {
  try {
    return use();
  } catch (error) {
    throw error instanceof BellhopError ? new UsageError(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

/**
 * The study of a file; an environment of one's own is registered, and checked, with the SHA-256 of its file.
 * @param {Bellhop} bh @param {string} file @param {string} [envFlag]  --env: where the environment is @returns {Promise<Opened>}
 */
export async function openStudy(bh, file, envFlag) {
  const given = await readYaml(file);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new UsageError(`${file} is not a study; it must have env, method and parameters (docs/studies.md)`);
  if (given.envFile !== undefined && !(typeof given.envFile === 'string' && isEnvFile(given.envFile))) throw new UsageError(`${file}: envFile is ${shown(given.envFile)}, but must be the file of an environment, such as tank.mjs`);
  const named = given.envFile === undefined || isAbsolute(String(given.envFile)) ? given.envFile : join(dirname(file), String(given.envFile));
  const own = envFlag ?? named;
  return openDefinition(bh, own === undefined ? given : await withEnv(bh, file, given, String(own)), file);
}

/**
 * The study of a folder. @param {Bellhop} bh @param {StudyDefinition} given @param {string} file @param {string} [envFlag] @returns {Promise<Opened>}
 */
export async function reopenStudy(bh, given, file, envFlag) {
  const own = envFlag ?? given.envFile;
  return openDefinition(bh, own === undefined ? given : await withEnv(bh, file, given, own), file);
}

/** @param {Bellhop} bh @param {StudyDefinition} given @param {string} file @returns {Opened} */
function openDefinition(bh, given, file) {
  const definition = { name: basename(file, extname(file)), ...given };
  const study = ofFile(file, () => createStudy(bh, definition));
  const name = String(definition.name);
  if (!NAME.test(name) || /^\.{1,2}$/.test(name)) throw new UsageError(`${file}: name is '${name}', but it names the folder of the results: leave out slashes`);
  return { study, name, definition };
}

/** @param {Bellhop} bh @param {string} file @param {any} given @param {string} path  with #ID, where it has several */
async function withEnv(bh, file, given, path) {
  const [, envFile, id] = /^(.+?)(?:#(.*))?$/.exec(path) ?? [];
  const sha256 = sha256OfFile(envFile);
  if (given.envSha256 !== undefined && given.envSha256 !== sha256) {
    throw new Error(`${envFile} has changed since ${file} was written: its SHA-256 was ${String(given.envSha256).slice(0, 12)}… and is ${sha256.slice(0, 12)}…; give the old file with --env FILE, or start another study`);
  }
  const wanted = id ?? given.env;
  const opened = await openEnv(bh, wanted === undefined ? envFile : `${envFile}#${wanted}`, Number(given.options?.evalFreq) === 0 ? { evalFreq: 0 } : {});
  return { ...given, env: opened.id, envFile: resolve(envFile), envSha256: sha256 };
}
