// SPDX-License-Identifier: MIT
// Registers <bellhop-lab>. Twice is once; another version that is there already stays, with a warning. Does nothing in Node.
import { BellhopLab } from './bellhop-lab.mjs';

const TAG = 'bellhop-lab';

if (typeof document !== 'undefined') {
  const known = customElements.get(TAG);
  if (!known) customElements.define(TAG, BellhopLab);
  else if (known !== BellhopLab) console.warn(`<${TAG}> was defined before, by another copy of Bellhop; that one is used`);
}

export { BellhopLab };
