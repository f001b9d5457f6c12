// SPDX-License-Identifier: MIT
// The figures of `npm run bench:peers` as a table for people.

/** @typedef {{ per_second: number, spread: [number, number] }} Rate */
/** @typedef {Rate & { name: string, label: string, version: string, note: string, ratio: number, ratio_of_fastest: number }} PeerRate */
/** @typedef {{ net: string, batch: number, bellhop: Rate, peers: PeerRate[] }} Comparison */
/** @typedef {{ updates: (Comparison & { algo: string })[], loop: (Comparison & { algo: string })[] }} Control */
/** @typedef {{ cpu: string, cores: number, runtime: string, load: number }} Machine */
/** @typedef {{ updates: Comparison[], loop: Comparison[], control: Control, absent: import('./open.mjs').Absent[], agreement: Record<'dqn' | 'control', Record<string, number>>, peak_gflops: number, peak_spread: [number, number], machine: Machine }} Report */

const worst = (/** @type {Record<string, number>} */ differences) => Math.max(...Object.values(differences)).toExponential(0);
const whole = (/** @type {number} */ x) => Math.round(x).toLocaleString('en-US');
/** Two digits at least. @param {number} x */
const times = (x) => `${x < 10 ? x.toFixed(2) : x.toFixed(1)} x`;

/** @param {Report} report */
export function table({ updates, loop, control, absent, agreement, peak_gflops, peak_spread, machine }) {
  const peak = `peak ${peak_gflops.toFixed(1)} GFLOP/s (${peak_spread.map((x) => x.toFixed(1)).join('–')})`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.runtime}; load ${machine.load.toFixed(1)} at the start; ${peak}`,
    ...updates.flatMap((one) => ['', `update ${one.net}, batch ${one.batch}, updates/s`, ...rows(one)]),
    ...loop.flatMap((one) => ['', `loop ${one.net}, batch ${one.batch}, CartPole-v1, an update per step, steps/s`, ...rows(one)]),
    ...control.updates.flatMap((one) => ['', `update of ${one.algo.toUpperCase()}, ${one.net}, batch ${one.batch}, updates/s`, ...rows(one)]),
    ...control.loop.flatMap((one) => ['', `loop of ${one.algo.toUpperCase()}, ${one.net}, batch ${one.batch}, Pendulum-v1, an update per step, steps/s`, ...rows(one)]),
    '', `Q-values of DQN after 10 updates agree to ${worst(agreement.dqn)}.`,
    ...(control.updates.length > 0 ? [`Parameters of DDPG, TD3 and SAC after 10 updates agree to ${worst(agreement.control)} in the mean; JavaScript peers have none of the three.`] : []),
    ...absent.map(({ label, absent: why }) => `Absent: ${label}: ${why}`),
  ].join('\n');
}

/** @param {Comparison} comparison */
function rows({ bellhop, peers }) {
  const lines = [
    ['Bellhop', whole(bellhop.per_second), bellhop.spread.map(whole).join('–'), 'median', 'fastest', ''],
    ...peers.map((peer) => [`${peer.label} ${peer.version}`, whole(peer.per_second), peer.spread.map(whole).join('–'), times(peer.ratio), times(peer.ratio_of_fastest), peer.note]),
  ];
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map(([what, rate, spread, ratio, fastest, note]) =>
    `  ${what.padEnd(widths[0])}  ${rate.padStart(widths[1])}  ${spread.padStart(widths[2])}  ${ratio.padStart(widths[3])}  ${fastest.padStart(widths[4])}  ${note}`.trimEnd());
}
