// SPDX-License-Identifier: MIT
// What the worlds of the tab Control share: the value map and the network's inputs, wired once.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { wireInputs } from './inputs.mjs';
import { wireValueMap } from './value-map.mjs';

let wired = false;

export function wire() {
  if (wired) return;
  wired = true;
  wireValueMap();
  wireInputs();
}
