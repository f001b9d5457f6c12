// SPDX-License-Identifier: MIT
// Claims: numbers in a chapter that a run has to confirm. `{claim maze first_return_above(0) = 143}` says that of the setup `maze`; the
// build makes the run, reads the number off it, and fails where the text says another one. `= ?` is filled in by
// `node build/chapters.mjs --write`.
import { Failure } from '../run.mjs';
import { fact, factsOf, isFact } from './facts.mjs';
import { measure } from './measures.mjs';

/** @typedef {import('./figures.mjs').Setup} Setup */
/** `at`: the step at which it can be seen; Infinity: where the figure stops. @typedef {{ id: string, expression: string, written: string, value: number | string, at: number }} Claim */

const CLAIM = /\{claim\s+([\w-]+)\s+([^{}]+?)\s*=\s*([^={}]+?)\s*\}/g;
/** The same where a text begins with it. */
export const CLAIM_HERE = new RegExp(`^${CLAIM.source}`);
const NUMBER = /^([-−]?)(\d[\d,]*(?:\.\d+)?)(e-?\d+)?(\s*%)?$/;
const UNKNOWN = '?';

/**
 * The claims of a text, each checked against its runs. Throws a Failure that names every one that does not hold, with its line.
 * @param {{ file: string, text: string, setups: Map<string, Setup>, runs: import('./runs.mjs').Runs }} of
 * @returns {Promise<Map<string, Claim>>} by what stands in the text
 */
export async function checkedClaims({ file, text, setups, runs }) {
  /** @type {Map<string, Claim>} */
  const claims = new Map();
  /** @type {string[]} */
  const problems = [];
  await makeAll(text, setups, runs);
  for (const match of text.matchAll(CLAIM)) {
    const where = `${file}:${text.slice(0, match.index).split('\n').length}`;
    try {
      const claim = await readClaim(match, setups, runs);
      const is = isRight(claim.written, claim.value);
      if (!is) problems.push(`${where}: ${match[0]}, and the run says ${said(claim.value, claim.written)}.`);
      claims.set(match[0], claim);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(`${where}: ${match[0]}: ${error.message}`);
    }
  }
  const left = text.replace(CLAIM, '').indexOf('{claim');
  if (left >= 0) problems.push(`${file}: a claim that cannot be read, near "${text.replace(CLAIM, '').slice(left, left + 60)}": {claim SETUP MEASURE = NUMBER}.`);
  if (problems.length > 0) throw new Failure(`Claims that do not hold (node build/chapters.mjs --write takes what the runs say):\n${problems.join('\n')}`);
  return claims;
}

/** The text with what the runs say in place of the numbers that it has. @param {{ text: string, setups: Map<string, Setup>, runs: import('./runs.mjs').Runs }} of @returns {Promise<string>} */
export async function withNumbers({ text, setups, runs }) {
  /** @type {Map<string, string>} */
  const numbers = new Map();
  await makeAll(text, setups, runs);
  for (const match of text.matchAll(CLAIM)) {
    const { id, expression, written, value } = await readClaim(match, setups, runs);
    numbers.set(match[0], `{claim ${id} ${expression} = ${said(value, written)}}`);
  }
  return text.replace(CLAIM, (claim) => numbers.get(claim) ?? claim);
}

/** Makes what a text claims, several runs at a time; what goes wrong is said of the claim. @param {string} text @param {Map<string, Setup>} setups @param {import('./runs.mjs').Runs} runs */
async function makeAll(text, setups, runs) {
  const named = new Set([...text.matchAll(CLAIM)].map(([, id]) => id));
  await Promise.allSettled([...named].flatMap((id) => setups.get(id) ?? []).map((setup) => runs.traces(setup)));
}

/** @param {RegExpMatchArray} match @param {Map<string, Setup>} setups @param {import('./runs.mjs').Runs} runs @returns {Promise<Claim>} */
async function readClaim([, id, expression, written], setups, runs) {
  const setup = setups.get(id);
  if (!setup) throw new Failure(`there is no setup ${id}; there are ${[...setups.keys()].join(', ')}.`);
  return { id, expression, written, ...isFact(expression) ? fact(expression, await factsOf(setup)) : measure(expression, await runs.traces(setup)) };
}

/** Whether a number is that of a run, to the digits that are written. @param {string} written @param {number | string} value */
const isRight = (written, value) => written === value || (typeof value === 'number' && NUMBER.test(written) && said(value, written) === said(parsed(written), written));

/** @param {string} written */
function parsed(written) {
  const [, minus, digits, power = '', percent] = NUMBER.exec(written) ?? [];
  return Number(`${digits.replaceAll(',', '')}${power}`) * (minus ? -1 : 1) / (percent ? 100 : 1);
}

/** A value written as another one is: as many digits, a share in per cent. @param {number | string} value @param {string} written */
function said(value, written) {
  if (typeof value === 'string') return value;
  const [, , digits = '', power, percent] = NUMBER.exec(written) ?? [];
  const decimals = written === UNKNOWN ? (Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 3 : Math.abs(value) < 100 ? 1 : 0) : (digits.split('.')[1] ?? '').length;
  if (power) return value.toExponential(decimals).replace('e+', 'e').replace(/^-/, '−');
  const shown = percent ? value * 100 : value;
  return `${shown.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace(/^-(?=[0.,]*$)/, '').replace('-', '−')}${percent ? ' %' : ''}`;
}

/** A written number as HTML. @param {string} written */
export const shownNumber = (written) => written.replace(/^-/, '−').replace(/^([^a-z]*)e(-?)(\d+)$/, (_, digits, minus, power) => `${digits} × 10<sup>${minus && '−'}${power}</sup>`);
