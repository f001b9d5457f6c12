// SPDX-License-Identifier: MIT
// Files that commands read: models, language models and demonstrations, with errors that name the file.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { metadataOf } from '../lib/setup.mjs';
import { changesInWords, readText } from '../lib/text.mjs';
import { BellhopError, parseDemonstrations } from '../node/node.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */

/** @param {string} file @param {unknown} error  of reading it */
export function readProblem(file, error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  switch (code) {
    case 'ENOENT': return `${file} does not exist`;
    case 'EISDIR': return `${file} is a folder, but must be a file`;
    case 'ENOTDIR': return `${file} does not exist: a part of its path is a file, not a folder`;
    case 'EACCES': case 'EPERM': return `${file} could not be read: you have no permission to`;
    case 'ERR_FS_FILE_TOO_LARGE': return `${file} could not be read: it is larger than 2 GB`;
    default: return `${file} could not be read: ${message}`;
  }
}

/** @param {string} file @returns {Uint8Array} */
export function readBytes(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(readProblem(file, error), { cause: error });
  }
}

/** What somebody wrote, as it is learned from; a line on stderr says what was changed. @param {string} name @param {string | Uint8Array} source */
export function readTextOf(name, source) {
  const { text, changes } = about(name, () => readText(source));
  if (changes) process.stderr.write(`bellhop: ${name} is read ${changesInWords(changes)}\n`);
  return text;
}

/** @param {string} path */
function isFolder(path) {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // reading it says why
  }
}

/** The file that is meant: of a folder that bellhop train wrote, the best parameters it has. @param {string} path */
export function modelFile(path) {
  if (!isFolder(path)) return path;
  const names = ['best_model.safetensors', 'model.safetensors'];
  const name = names.find((each) => existsSync(join(path, each)));
  if (name === undefined) throw new Error(`${path} is a folder without a model: there is neither ${names.join(' nor ')} in it`);
  return join(path, name);
}

/**
 * Runs `use`; its errors begin with the file's name, but for those of a status that is not about it.
 * @template T @param {string} file @param {() => T} use @param {string} [status] @returns {T}
 */
export function about(file, use, status) {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof BellhopError) || error.status === status) throw error;
    throw new Error(`${file}: ${error.message}`, { cause: error });
  }
}

/** @param {Bellhop} bh @param {string} path  a file, or the folder of one */
export function openModel(bh, path) {
  const file = modelFile(path);
  const bytes = readBytes(file);
  const id = metadataOf(bytes)?.env;
  if (id !== undefined && !bh.catalog.envs.some((env) => env.id === id)) {
    throw new Error(`${file} was trained in '${id}', which bellhop envs does not list; give --env FILE.mjs, the file of that environment`);
  }
  return about(file, () => bh.loadModel(bytes));
}

/** @param {Bellhop} bh @param {string} path  a file, or the folder that bellhop pretrain wrote */
export function openLanguageModel(bh, path) {
  const file = isFolder(path) ? join(path, 'model.safetensors') : path;
  const bytes = readBytes(file);
  return about(file, () => bh.LanguageModel.load(bytes));
}

/** @param {string} file */
export function readDemonstrations(file) {
  if (isFolder(file)) throw new Error(`${file} is a folder, but --demonstrations takes a file that bellhop record wrote`);
  const bytes = readBytes(file);
  return about(file, () => parseDemonstrations(bytes));
}
