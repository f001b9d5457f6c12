// SPDX-License-Identifier: MIT
// The panels of experiments whose actions are numbers, in their order on the screen, and their looks: fetched when the first one is
// shown. The world and the progress are those of every run, which the lab has already.
import { BoxValuesPanel } from './box-values.mjs';

export { styles } from './box-styles.mjs';

/** @param {import('../lab-host.mjs').LabHost} host @param {string} _kind @param {import('../lab-view.mjs').RunParts} parts */
export function panelsOf(host, _kind, { WorldPanel, ProgressPanel, MicroscopeSlot, algoChoice }) {
  const { shows } = host;
  return [
    ...shows('world') ? [new WorldPanel(host)] : [],
    ...['q', 'value-map'].some(shows) ? [new BoxValuesPanel(host, algoChoice, new MicroscopeSlot(host))] : [],
    ...['return', 'loss', 'value', 'exploration'].some(shows) ? [new ProgressPanel(host)] : [],
  ];
}
