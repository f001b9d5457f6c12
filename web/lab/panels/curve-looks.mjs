// SPDX-License-Identifier: MIT
// How the curve of a run of a text task looks and what it is called: a hue for each algorithm and start, dashes for its second run and those after it.
import { hue } from '../charts/chart-colours.mjs';

/** @typedef {{ algo: string, start: string, xs: number[], ys: number[], changedAt: number | null, custom: boolean, again: number, name?: string }} RunCurve */

/** The order of hues. */
const KINDS = Object.freeze(['dqn.scratch', 'dqn.lm', 'ppo.lm', 'ppo.scratch']);
/** Dashes of the second, third and fourth run of a kind. */
const DASHES = Object.freeze([[6, 3], [2, 3], [8, 3, 2, 3]]);

/** @param {RunCurve} curve */
const kindOf = ({ algo, start }) => `${algo}.${start}`;

/** @param {RunCurve} curve */
export const curveDash = ({ again }) => (again === 0 ? undefined : DASHES[(again - 1) % DASHES.length]);

/** @param {RunCurve} curve @param {boolean} dark */
export const curveColour = (curve, dark) => hue(KINDS.indexOf(kindOf(curve)), dark);

/** @param {{ t(key: string): string }} words @param {RunCurve} curve */
export const curveName = (words, curve) => curve.name ?? words.t(`rl.run.${kindOf(curve)}`) + (curve.again > 0 ? ` ${curve.again + 1}` : '');
