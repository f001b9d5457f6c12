// SPDX-License-Identifier: MIT
// What the charts say when there is something to say: the episode at a step, from the records, and what was done by hand. Fetched with the first of it.

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

/** @param {any} host  of the panel with the charts */
export async function progressWords(host) {
  await host.needWords('update');
  return {
    /** The episode at a step; '' where no record of one is kept. @param {number} x @returns {string} */
    episode(x) {
      const { words, experiment: { history, trainer, world } } = host;
      const found = episodeAt(history, trainer.catalog.records, x), count = (/** @type {number} */ n) => words.count(n);
      return found ? words.t('episode.at', { n: count(found.n), step: count(found.step), value: words.value(found.return, world.digits || 1), length: count(found.length) }) : '';
    },
    /** @param {import('../run-list.mjs').ByHand} hand @returns {string} */
    hand: ({ at, by }) => host.words.t(`hand.${by}`, { step: host.words.count(at) }),
  };
}
