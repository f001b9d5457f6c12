// SPDX-License-Identifier: MIT
// Files that commands read: models, language models and demonstrations, with errors that name the file.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BellhopError, parseDemonstrations } from '../node.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */

/** @param {string} file @returns {Uint8Array} */
export function readBytes(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Error(code === 'ENOENT' ? `${file} does not exist` : `${file} could not be read: ${message}`, { cause: error });
  }
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

/** @param {Bellhop} bh @param {string} file @param {Uint8Array} [bytes] */
export function openModel(bh, file, bytes = readBytes(file)) {
  return about(file, () => bh.loadModel(bytes));
}

/** @param {Bellhop} bh @param {string} path  a file, or the folder that bellhop pretrain wrote */
export function openLanguageModel(bh, path) {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'model.safetensors') : path;
  const bytes = readBytes(file);
  return about(file, () => bh.LanguageModel.load(bytes));
}

/** @param {string} file */
export function readDemonstrations(file) {
  const bytes = readBytes(file);
  return about(file, () => parseDemonstrations(bytes));
}

/** @param {string} flag @param {string} file @param {string} text */
export function writeText(flag, file, text) {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Error(`--${flag} ${file} cannot be written: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}
