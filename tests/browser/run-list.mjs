// SPDX-License-Identifier: MIT
// What the suites of the list of runs do alike: small runs, one after the other.
import { link, phase, setSpeed } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** A run of a moment. */
export const SMALL = '#env=GridWorld-v0&algo=q-learning&totalTimesteps=300&evalFreq=100';
/** What a key of the catalogues looks like where its words are missing. */
export const KEY = /\bbench\.[a-z][\w.]*/;

/** Plays to the end. @param {Page} page */
export async function finish(page) {
  await setSpeed(page, 5);
  await page.click('#play');
  await phase(page, 'finished');
}

/** The next run has another seed. @param {Page} page @param {number} seed */
export async function another(page, seed) {
  await page.fill('#seed', String(seed));
  await page.press('#seed', 'Tab');
  await page.click('#reset');
  await link(page, `seed=${seed}`);
}
