// SPDX-License-Identifier: MIT
// The panels of experiments with text, in their order on the screen, and their looks: fetched when the first one is shown.
import { CorpusPanel } from './corpus.mjs';
import { LanguageWriterPanel } from './language-writer.mjs';
import { LearningCurvePanel } from './learning-curve.mjs';
import { RunComparisonPanel } from './run-comparison.mjs';
import { TextChoicesPanel } from './text-choices.mjs';
import { TextWorldPanel } from './text-world.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */

export { textStyles as styles } from './text-styles.mjs';

/** @param {LabHost} host @param {import('../create-experiment.mjs').Kind} kind @param {import('../lab-view.mjs').RunParts} parts */
export function panelsOf(host, kind, { MicroscopeSlot }) {
  if (kind === 'text') return [new TextWorldPanel(host), new TextChoicesPanel(host, new MicroscopeSlot(host)), new RunComparisonPanel(host)];
  return [new CorpusPanel(host), new LanguageWriterPanel(host), new LearningCurvePanel(host)];
}
