// SPDX-License-Identifier: MIT
// What the commands print with: tables, numbers, JSON lines, a progress bar.
import process from 'node:process';

/** @param {string} text */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/** One object on one line; what is not a finite number becomes null. @param {object} value */
export function printJson(value) {
  print(JSON.stringify(value));
}

/** Columns as wide as they need to be. @param {string[][]} rows  the first is the heading */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) print(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

/** The same for a Markdown document. @param {string[][]} rows  the first is the heading */
export function printMarkdownTable(rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [heading, ...rest] = rows;
  [line(heading), line(heading.map(() => '---')), ...rest.map(line)].forEach(print);
}

/**
 * 12345.678 as "12,345.68": what toLocaleString gives in English, whose first number costs a command 30 ms.
 * @param {number} value @param {number} [digits]
 */
export function number(value, digits = 2) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e9) return value.toLocaleString('en-US', { maximumFractionDigits: digits, signDisplay: 'negative' });
  // The digits that the number is written with are rounded: 1.005 becomes 1.01. What is written with an exponent is too small to be seen.
  const [before, after = ''] = String(size < 1e-6 ? 0 : size).split('.');
  const units = String(Number(before + after.slice(0, digits).padEnd(digits, '0')) + Number(after[digits] >= '5')).padStart(digits + 1, '0');
  const whole = units.slice(0, units.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = units.slice(units.length - digits).replace(/0+$/, '');
  return `${value < 0 && /[1-9]/.test(units) ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

/** A threshold or another constant, without the noise of its last digits. @param {number} value */
export function constant(value) {
  return String(Number(value.toPrecision(6)));
}

/** "9.4 ± 0.5" @param {number} mean @param {number} std */
export function scoreText(mean, std) {
  return Number.isNaN(mean) ? 'not scored' : `${number(mean)} ± ${number(std)}`;
}

/** What rollout/exploration_rate is. @type {Record<string, string>} */
const RATES = { boltzmann: 'T', gaussian: 'σ', ucb: 'c' };

/**
 * loss, perplexity and tokens (seen) are of pre-training; from: steps that a resumed run went on from.
 * @typedef {import('../bellhop.js').MetricValues & { timesteps: number, totalTimesteps: number, exploration?: unknown, from?: number, runs?: string, loss?: number, perplexity?: number, tokens?: number }} Shown
 */

/** How far a run, or several, have come: a bar on a terminal, now and then a line elsewhere. */
export class Progress {
  #since = performance.now();
  #shown = -Infinity;
  #terminal = process.stdout.isTTY === true;

  /** @param {Shown} progress */
  show(progress) {
    const now = performance.now();
    if (now - this.#shown < (this.#terminal ? 100 : 5000)) return;
    this.#shown = now;
    const line = this.#line(progress);
    process.stdout.write(this.#terminal ? `\r\x1b[K${bar(progress.timesteps / progress.totalTimesteps)} ${line}` : `${line}\n`);
  }

  /** Takes the bar away. */
  end() {
    if (this.#terminal) process.stdout.write('\r\x1b[K');
  }

  /** @param {Shown} progress */
  #line(progress) {
    const { timesteps, totalTimesteps, tokens, from = 0 } = progress;
    const seconds = (performance.now() - this.#since) / 1000;
    const parts = [`${number(timesteps)}/${number(totalTimesteps)} steps`];
    const add = (/** @type {string} */ label, /** @type {number | undefined} */ value) => {
      if (value !== undefined) parts.push(`${label} ${number(value)}`);
    };
    add('return', progress['rollout/ep_rew_mean']);
    add('eval', progress['eval/mean_reward']);
    add(RATES[String(progress.exploration)] ?? 'ε', progress['rollout/exploration_rate']);
    add('loss', progress.loss);
    add('held-out perplexity', progress.perplexity);
    if (progress.runs !== undefined) parts.push(progress.runs);
    parts.push(tokens === undefined ? `${number((timesteps - from) / seconds, 0)} steps/s` : `${number(tokens / seconds, 0)} tokens/s`);
    return parts.join('  ');
  }
}

/** @param {number} share */
function bar(share) {
  const width = 24;
  const full = Math.min(width, Math.floor(share * width));
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}
