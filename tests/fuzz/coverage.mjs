// SPDX-License-Identifier: MIT
// How many lines of some files were run: of C by gcov (the preset `coverage`), of JavaScript by what V8 has counted (NODE_V8_COVERAGE).
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesBelow } from '../../build/files.mjs';
import { OUT, ROOT } from '../../build/run.mjs';

/** @typedef {{ file: string, covered: number, lines: number }} Coverage */

const folder = join(OUT, 'coverage');

/** What gcov has counted so far. */
const counts = () => filesBelow(folder).filter((name) => name.endsWith('.gcda'));

/** Counting begins anew. */
export const forgetCounts = () => counts().forEach((name) => rmSync(join(folder, name)));

/** @param {string[]} files @returns {Coverage[]} */
export function coverageOfC(files) {
  const counted = counts();
  return files.flatMap((file) => {
    const data = counted.find((name) => name.endsWith(`/${file}.gcda`));
    if (data === undefined) return [];
    const said = execFileSync('gcov', ['-n', join(folder, data)], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, share, lines] = new RegExp(`File '[^']*${basename(file).replace('.', '\\.')}'\\nLines executed:([\\d.]+)% of (\\d+)`).exec(said) ?? [];
    return lines === undefined ? [] : [{ file, covered: Math.round(Number(share) / 100 * Number(lines)), lines: Number(lines) }];
  });
}

/** @typedef {{ startOffset: number, endOffset: number, count: number }} Range */

/** Ranges of a function come from the outside in, so the last one that a character lies in counts. @param {string} text @param {Range[]} ranges */
function countsOf(text, ranges) {
  const all = new Uint8Array(text.length).fill(1);
  for (const { startOffset, endOffset, count } of ranges) all.fill(Math.min(count, 1), startOffset, endOffset);
  return all;
}

/** @param {string} written  the folder of NODE_V8_COVERAGE @param {string[]} files @returns {Coverage[]} */
export function coverageOfScripts(written, files) {
  const reports = readdirSync(written).map((name) => JSON.parse(readFileSync(join(written, name), 'utf8')).result);
  return files.flatMap((file) => {
    const url = pathToFileURL(join(ROOT, file)).href, text = readFileSync(join(ROOT, file), 'utf8');
    const found = reports.flatMap((result) => result.filter((/** @type {{ url: string }} */ script) => script.url === url)
      .map((/** @type {{ functions: { ranges: Range[] }[] }} */ { functions }) => countsOf(text, functions.flatMap(({ ranges }) => ranges))));
    if (found.length === 0) return [];
    let at = 0, covered = 0, lines = 0;
    for (const line of text.split('\n')) {
      const isCode = /[^\s{}()[\];,]/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line);
      const places = isCode ? [...line].flatMap((character, i) => /\s/.test(character) ? [] : [at + i]) : [];
      if (isCode) lines++;
      if (isCode && found.some((all) => places.some((place) => all[place] > 0))) covered++;
      at += line.length + 1;
    }
    return [{ file, covered, lines }];
  });
}
