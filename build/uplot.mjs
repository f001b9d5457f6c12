// SPDX-License-Identifier: MIT
// uPlot without what the page does not draw. Its one file hangs everything it can do on the function uPlot, so that a
// bundler has to keep all of it; with what is left out or decided here esbuild drops bars, steps, splines, joins, dates,
// legends and scatter plots. A release of uPlot that has other lines fails the build, rather than growing unseen.
import { readFileSync } from 'node:fs';
import { Failure } from './run.mjs';

/** What is replaced, by what, and how often it is there. @type {[pattern: RegExp, replacement: string, times: number][]} */
const UNUSED = [
  [/\(paths\.(stepped = stepped|bars {4}= bars|spline {2}= monotoneCubic)\);/g, '', 3],
  [/uPlot\.(join = join|fmtDate = fmtDate|tzDate {2}= tzDate|addGap = addGap|clipGaps = clipGaps);/g, '', 5],
  // Axes are numbers, never dates.
  [/let isTime = [^;]+;/g, '', 3],
  [/\bisTime\b/g, 'false', 7],
  [/const _(tzDate|fmtDate|timeAxisSplits|timeAxisVals|timeSeriesVal) *= .*;/g, '', 5],
  [/const \[ timeIncrs\w+, *_timeAxisStamps\w+, *timeAxisSplits\w+ *\] = genTimeStuffs\(.*\);/g, '', 2],
  // The page has readouts of its own in place of a legend.
  [/const showLegend = legend\.show;/g, '', 1],
  [/\bshowLegend\b/g, 'false', 9],
  [/\blegend\.(live|show)\b/g, 'false', 8],
  // Scales are linear or logarithmic.
  [/(?:\b(?:sc|scale)\.)?\bdistr == [24]\b/g, 'false', 15],
  // Every series has the same x.
  [/(?<![.\w])mode == 2\b/g, 'false', 16],
  [/(?<![.\w])mode == 1\b/g, 'true', 15],
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
  return UNUSED.reduce((text, [pattern, replacement, times]) => {
    const found = text.match(pattern)?.length ?? 0;
    if (found !== times) throw new Failure(`uPlot has ${pattern} ${found} times, not ${times}: see build/uplot.mjs`);
    return text.replace(pattern, replacement);
  }, source);
}
