// SPDX-License-Identifier: MIT
// The figures of `npm run bench:peers` as a table for people.

/** @typedef {{ per_second: number, spread: [number, number] }} Rate */
/** @typedef {{ median: number, spread: [number, number], fastest: number }} Ratio */
/** @typedef {Rate & { name: string, label: string, version: string, note: string, bellhop: Ratio, native: Ratio }} PeerRate  Bellhop's module and native program over this peer */
/** @typedef {{ title: string, unit: string, bellhop: Rate, native: Rate & { of_bellhop: Ratio }, peers: PeerRate[] }} Comparison */
/** @typedef {{ cpu: string, cores: number, runtime: string, native: string, load: number }} Machine */
/** @typedef {{ comparisons: Comparison[], absent: import('./open.mjs').Absent[], agreement: ({ group: string } & Record<string, any>)[], peak_gflops: number, peak_spread: [number, number], machine: Machine }} Report */

const whole = (/** @type {number} */ x) => Math.round(x).toLocaleString('en-US');
/** @param {number} x */
const rate = (x) => (x < 100 ? x.toFixed(1) : whole(x));
/** Two digits at least. @param {number} x */
const digits = (x) => (x < 10 ? x.toFixed(2) : x.toFixed(1));
/** @param {Ratio} ratio */
const times = ({ median, spread }) => `${digits(median)} x (${spread.map(digits).join('–')})`;

/** @param {Report} report */
export function table({ comparisons, absent, agreement, peak_gflops, peak_spread, machine }) {
  const peak = `peak ${peak_gflops.toFixed(1)} GFLOP/s (${peak_spread.map((x) => x.toFixed(1)).join('–')})`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.runtime}, native ${machine.native}; load ${machine.load.toFixed(1)} at the start; ${peak}`,
    ...comparisons.flatMap((one) => ['', `${one.title}, ${one.unit}`, ...rows(one)]),
    '', ...agreement.map(({ group, ...differences }) => agreementOf(group, differences)).filter((line) => line !== ''),
    ...absent.map(({ label, absent: why }) => `Absent: ${label}: ${why}`),
  ].join('\n');
}

/** @param {string} group @param {Record<string, number>} differences */
function agreementOf(group, differences) {
  if (Object.keys(differences).length === 0) return '';
  const worst = Math.max(...Object.values(differences)).toExponential(0);
  return group === 'dqn' ? `${group}: Q-values agree to ${worst}.` : `${group}: what is learned agrees to ${worst} in the mean.`;
}

/** @param {Comparison} comparison */
function rows({ bellhop, native, peers }) {
  const lines = [
    ['', '', '', 'module', 'native', 'of the fastest rounds', ''],
    ['Bellhop', rate(bellhop.per_second), bellhop.spread.map(rate).join('–'), '', '', '', ''],
    ['Bellhop, native', rate(native.per_second), native.spread.map(rate).join('–'), '', '', '', `${times(native.of_bellhop)} the module`],
    ...peers.map((peer) => [`${peer.label} ${peer.version}`, rate(peer.per_second), peer.spread.map(rate).join('–'), times(peer.bellhop), times(peer.native),
      `${digits(peer.bellhop.fastest)}, ${digits(peer.native.fastest)}`, peer.note]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map(([what, ...rest]) => `  ${what.padEnd(widths[0])}  ${rest.map((text, i) => (i < 5 ? text.padStart(widths[i + 1]) : text)).join('  ')}`.trimEnd());
}
