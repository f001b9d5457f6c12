// SPDX-License-Identifier: MIT
// What a switch of environment or algorithm kept and what not, in words. Fetched with the first switch.

/** @param {import('./lab-host.mjs').LabHost} host @param {import('./run-setup.mjs').Switched} switched */
export async function noticeSwitch({ errorWords, fieldName, notice }, { setup, algoDropped, kept, dropped }) {
  const words = await errorWords();
  const name = (/** @type {string} */ algo) => words.tMaybe(`algo.${algo}`, algo);
  const list = (/** @type {string[]} */ names) => words.list(names.map((each) => fieldName(each, words)));
  const env = words.tMaybe(`env.${setup.env}`, setup.env), next = name(setup.preset ? `${setup.algo}/${setup.preset}` : setup.algo);
  const text = words.sentences([
    algoDropped && words.t('env.dropped', { env, algo: name(algoDropped), next }),
    dropped.length > 0 ? words.t('env.settings.dropped', { list: list(dropped) }) : '',
    kept.length > 0 ? words.t('env.kept', { list: list(kept) }) : '',
  ]);
  if (text) notice(text, algoDropped || dropped.length > 0 ? 'bad' : 'good');
}
