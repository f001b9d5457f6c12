// SPDX-License-Identifier: MIT
// What JavaScript modules import, read by es-module-lexer: static and dynamic imports, and the scripts of workers
// (`new URL('./x.mjs', import.meta.url)`). JSDoc types are comments and do not count.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { init, parse } from 'es-module-lexer';

/** @typedef {{ target: string, text: string, line: number }} Import  target: a path in the tree, npm:NAME, node:NAME, or `unknown` */

await init;

const SCRIPT = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.m?js)\1\s*,\s*import\.meta\.url\s*\)/g;

/** @param {string} root @param {string} file @returns {Import[]} */
export function importsOf(root, file) {
  const source = readFileSync(join(root, file), 'utf8');
  const [imports] = parse(source, file);
  const lineAt = (/** @type {number} */ index) => source.slice(0, index).split('\n').length;
  return [
    ...imports.filter(({ type }) => type !== 'import-meta').map(({ specifier, start, end, importStart }) => ({
      target: specifier ? resolve(root, file, specifier) : 'unknown', text: specifier ? `"${specifier}"` : source.slice(start, end), line: lineAt(importStart),
    })),
    ...[...source.matchAll(SCRIPT)].map((match) => ({ target: resolve(root, file, match[2]), text: `"${match[2]}"`, line: lineAt(match.index) })),
  ];
}

/** @param {string} root @param {string} file @param {string} name */
function resolve(root, file, name) {
  if (!name.startsWith('.')) return isBuiltin(name) ? `node:${name.replace(/^node:/, '')}` : `npm:${name}`;
  const path = posix.normalize(posix.join(posix.dirname(file), name));
  // The build names scripts .js where the sources are .mjs.
  return existsSync(join(root, path)) ? path : path.replace(/\.js$/, '.mjs');
}

/**
 * Circles of imports: of every knot of files that reach each other, a shortest way round.
 * @param {Map<string, Import[]>} imports @returns {string[][]} each begins and ends with the same file
 */
export function findCircles(imports) {
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {string[][]} */
  const circles = [];
  for (const file of imports.keys()) {
    if (known.has(file)) continue;
    const circle = wayRound(imports, file);
    if (!circle) continue;
    circle.forEach((each) => known.add(each));
    circles.push(circle);
  }
  return circles;
}

/** A shortest way from a file back to it. @param {Map<string, Import[]>} imports @param {string} start @returns {string[] | null} */
function wayRound(imports, start) {
  /** @type {Map<string, string>} */
  const from = new Map();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { target } of imports.get(file) ?? []) {
      if (target === start) {
        const way = [start];
        for (let at = file; at !== start; at = /** @type {string} */ (from.get(at))) way.unshift(at);
        return [start, ...way];
      }
      if (from.has(target) || !imports.has(target)) continue;
      from.set(target, file);
      queue.push(target);
    }
  }
  return null;
}
