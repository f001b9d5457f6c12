// SPDX-License-Identifier: MIT
// What tells of a run that has begun; fetched with the first step.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { wireHappened } from './happened.mjs';
import { wireScore } from './score.mjs';
import { wireTable } from './chart-table.mjs';

export function wire() {
  wireHappened();
  wireScore();
  wireTable();
}
