// SPDX-License-Identifier: MIT
// Runs whose environments are one's own, and may answer later: where reset or step has returned a Promise, the C run stands still in the
// middle of a step or an evaluation, with nothing changed that it goes on from. What would change that has to wait, or is refused.
import { CALL_MS, Run } from './run.mjs';
import { LABELS } from './setup.mjs';
import { hosts } from './slots.mjs';
import { BellhopError } from './bellhop-error.mjs';

export class WaitingRun extends Run {
  /** Throws where a step or an evaluation waits. */
  needStill() {
    if (!this.owed && !this.evaluation) return;
    throw new BellhopError('BH_ERR_STATE', `this ${LABELS[this.algo.name] ?? this.algo.name} model waits for ${this.env.id} in the middle of a step or an evaluation: call this where that is over, as in onProgress or after await learn()`);
  }

  /** Where an environment answers later, `owed` is set. @param {(wasm: import('./wasm.mjs').Wasm, run: number) => number} use */
  attempt(use) {
    this.owed = null;
    const host = this.use((wasm) => /** @type {NonNullable<ReturnType<typeof hosts.get>>} */ (hosts.get(wasm)));
    const { status, answer } = host.ask(() => this.during((wasm, run) => wasm.within(CALL_MS, () => use(wasm, run))));
    this.owed = answer;
    return status;
  }

  // ---- what has to wait ----

  /** @param {object} options */
  set(options) {
    this.needStill();
    super.set(options);
  }

  resetTimesteps() {
    this.needStill();
    super.resetTimesteps();
  }
}
