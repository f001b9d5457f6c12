// SPDX-License-Identifier: MIT
// Listing files, for the scripts that look over the repository's own sources.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Every file below a folder, sorted, as paths relative to it with forward slashes.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    // `path` is what Node 20.0 to 20.11 call it
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * Files below some folders of a tree whose path matches, relative to the tree.
 * @param {string} root
 * @param {string[]} folders
 * @param {RegExp} pattern
 */
export function filesIn(root, folders, pattern) {
  return folders.flatMap((folder) => filesBelow(join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((file) => pattern.test(file));
}
