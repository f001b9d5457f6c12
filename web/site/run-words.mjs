// SPDX-License-Identifier: MIT
// Runs in the reader's words: what they are, and what one has that the present one has not.
import { settingsOf } from '../lab/fields.mjs';
import { valueText } from '../lab/panels/value-text.mjs';
import { differences } from '../lab/run-differences.mjs';

/** @typedef {import('../lab/words.mjs').Words} Words */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */

/** In the middle of a sentence; what is no plain word, as ε, stays. @param {Words} words @param {string} text */
const inSentence = (words, text) => (words.language === 'en' && /^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text);

/** @param {Words} words @param {string} algo @param {string} name snake_case */
const fieldName = (words, algo, name) => inSentence(words, words.tMaybe(`field.${algo}.${name}`, words.tMaybe(`field.${name}`, name.replaceAll('_', ' '))));

/** What a run is: its algorithm and its seed. @param {Words} words @param {import('../lab/run-setup.mjs').RunSetup} setup */
export function aboutRun(words, { algo, preset, seed }) {
  const choice = preset ? `${algo}/${preset}` : algo;
  return [words.tMaybe(`algo.${choice}`, choice), `${fieldName(words, algo, 'seed')} ${words.exact(seed)}`];
}

/** The environment steps that a run takes in all. @param {import('../lab/fields.mjs').Catalog} catalog @param {import('../lab/run-setup.mjs').RunSetup} setup */
export const stepsOf = (catalog, setup) => Number(setup.options.totalTimesteps ?? settingsOf(catalog, setup).find(({ key }) => key === 'totalTimesteps')?.preset);

/** The settings that were changed before it began; '' where none was. @param {Words} words @param {RunExperiment} experiment */
export function changedText(words, { settings, setup }) {
  const changed = settings.filter(({ scope, key }) => setup[scope][key] !== undefined && key !== 'seed');
  return words.list(changed.map(({ scope, key, field }) => `${fieldName(words, setup.algo, field.name)} ${valueText(words, setup[scope][key])}`));
}

/** What a run has that the present one has not: "learning rate 0.5, seed 3". @param {Words} words @param {RunExperiment} experiment @param {Pick<KeptRun, 'setup' | 'band'>} run */
export function differsText(words, { catalog, setup }, run) {
  const texts = differences(catalog, run.band ? { ...run.setup, seed: setup.seed } : run.setup, setup).map((each) => oneDifference(words, run.setup.algo, each)).filter(Boolean);
  return texts.length === 0 ? words.t(run.band ? 'bench.same.setup' : 'bench.same') : words.list(texts);
}

/** @param {Words} words @param {string} algo @param {import('../lab/run-differences.mjs').Difference} difference @returns {string} */
function oneDifference(words, algo, difference) {
  switch (difference.kind) {
    case 'algo': return words.tMaybe(`algo.${difference.choice}`, difference.choice);
    case 'start': return words.tMaybe(`rl.start.${difference.start}`, difference.start);
    case 'demonstrations': return words.t(difference.has ? 'bench.demonstrations' : 'bench.no.demonstrations');
    case 'unchanged': return words.t('bench.unchanged');
    default: {
      const { kind, name, value } = difference;
      const values = { name: fieldName(words, algo, name), value: valueText(words, value) };
      return kind === 'change' ? words.t('bench.change', { ...values, step: words.count(difference.at) }) : `${values.name} ${values.value}`;
    }
  }
}
