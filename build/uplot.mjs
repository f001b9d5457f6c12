// SPDX-License-Identifier: MIT
// uPlot without what the page does not draw. Its one file hangs everything it can do on the function uPlot, so that a
// bundler has to keep all of it; without these lines esbuild leaves out bars, steps, splines, joins and date formats. A
// release of uPlot that has other lines fails the build, rather than growing unseen.
import { readFileSync } from 'node:fs';
import { Failure } from './run.mjs';

const UNUSED = [
  '(paths.stepped = stepped);', '(paths.bars    = bars);', '(paths.spline  = monotoneCubic);', 'uPlot.join = join;',
  'uPlot.fmtDate = fmtDate;', 'uPlot.tzDate  = tzDate;', 'uPlot.addGap = addGap;', 'uPlot.clipGaps = clipGaps;',
];

/** @type {import('esbuild').Plugin} */
export const slimUPlot = {
  name: 'slim-uplot',
  setup(build) {
    build.onLoad({ filter: /uPlot\.esm\.js$/ }, ({ path }) => ({ contents: withoutUnused(readFileSync(path, 'utf8')) }));
  },
};

/** @param {string} source */
export function withoutUnused(source) {
  return UNUSED.reduce((text, line) => {
    const parts = text.split(line);
    if (parts.length !== 2) throw new Failure(`uPlot has '${line}' ${parts.length - 1} times, not once: see build/uplot.mjs`);
    return parts.join('');
  }, source);
}
