// SPDX-License-Identifier: MIT
// The panels of experiments with text, in their order on the screen, and their looks: fetched when the first one is shown.
import { CorpusPanel } from './corpus.mjs';
import { LanguageWriterPanel } from './language-writer.mjs';
import { LearningCurvePanel } from './learning-curve.mjs';
import { RunComparisonPanel } from './run-comparison.mjs';
import { TextChoicesPanel } from './text-choices.mjs';
import { TextWorldPanel } from './text-world.mjs';

export { textStyles } from './text-styles.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */

/** Of a TextExperiment. @param {LabHost} host */
export const textPanels = (host) => [new TextWorldPanel(host), new TextChoicesPanel(host), new RunComparisonPanel(host)];

/** Of a LanguageExperiment. @param {LabHost} host */
export const languagePanels = (host) => [new CorpusPanel(host), new LanguageWriterPanel(host), new LearningCurvePanel(host)];
