// SPDX-License-Identifier: MIT
// The episode at a point of the charts, from the records: which one it was, where it ended, its return and its length. Fetched with the first look.

/** @typedef {{ n: number, step: number, return: number, length: number }} Episode */

/**
 * The episode that ended nearest to a step; null where no record of one is kept.
 * @param {Pick<import('../history.mjs').History, 'log' | 'episodes'>} history @param {{ width: number, episode: number }} layout  of rows of records @param {number} x
 * @returns {Episode | null}
 */
export function episodeAt({ log, episodes }, { width, episode }, x) {
  /** @type {Episode | null} */
  let found = null;
  let n = episodes;
  for (let k = log.length - 1; k >= 0; k--) {
    const rows = log[k];
    for (let i = rows.length - width; i >= 0; i -= width) {
      if (rows[i] !== episode) continue;
      const [, step, value, length] = rows.subarray(i, i + 4);
      if (found && Math.abs(step - x) > Math.abs(found.step - x)) return found; // the records are in the order of their steps
      found = { n: n--, step, return: value, length };
    }
  }
  return found;
}

/** What says it in words, '' where there is none. @param {any} host  of the panel with the charts @returns {Promise<(x: number) => string>} */
export async function said(host) {
  await host.needWords('update');
  return (x) => {
    const { words, experiment: { history, trainer, world } } = host;
    const found = episodeAt(history, trainer.catalog.records, x), count = (/** @type {number} */ n) => words.count(n);
    return found ? words.t('episode.at', { n: count(found.n), step: count(found.step), value: words.value(found.return, world.digits || 1), length: count(found.length) }) : '';
  };
}
