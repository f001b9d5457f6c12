// SPDX-License-Identifier: MIT
// The panels of experiments whose actions are numbers, in their order on the screen, and their looks: fetched when the first one is
// shown.
import { css } from './box-styles.mjs';
import { BoxValuesPanel } from './box-values.mjs';
import { ProgressPanel } from './progress.mjs';
import { WorldPanel } from './world.mjs';

export { css as styles };

/** @param {import('../lab-host.mjs').LabHost} host */
export function panelsOf(host) {
  const { shows } = host;
  return [
    ...shows('world') ? [new WorldPanel(host)] : [],
    ...['q', 'value-map'].some(shows) ? [new BoxValuesPanel(host)] : [],
    ...['return', 'loss', 'value', 'exploration'].some(shows) ? [new ProgressPanel(host)] : [],
  ];
}
