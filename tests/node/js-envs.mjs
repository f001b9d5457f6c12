// SPDX-License-Identifier: MIT
// Environments written in JavaScript, as a user would: shipped ones again, to be compared with those in C.

/** Numbers in [0, 1) (Mulberry32). @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** CartPole-v1 as envs/cartpole.c has it, but for the starts. */
export class CartPole {
  static id = 'JsCartPole-v1';
  static observationSpace = { type: 'Box', shape: [4], low: [-4.8, -Infinity, -0.42, -Infinity], high: [4.8, Infinity, 0.42, Infinity] };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 500;
  static rewardThreshold = 475;
  #random = random(0);
  #x = 0;
  #xDot = 0;
  #theta = 0;
  #thetaDot = 0;

  /** @param {{ seed?: number }} options @returns {[number[], object]} */
  reset({ seed }) {
    if (seed !== undefined) this.#random = random(seed);
    const small = () => -0.05 + 0.1 * this.#random();
    [this.#x, this.#xDot, this.#theta, this.#thetaDot] = [small(), small(), small(), small()];
    return [this.#observation(), {}];
  }

  /** @param {number} action @returns {[number[], number, boolean, boolean, object]} */
  step(action) {
    const force = action === 1 ? 10 : -10;
    const cos = Math.cos(this.#theta), sin = Math.sin(this.#theta);
    const temp = (force + 0.05 * (this.#thetaDot * this.#thetaDot) * sin) / 1.1;
    const thetaAcc = (9.8 * sin - cos * temp) / (0.5 * (4 / 3 - 0.1 * (cos * cos) / 1.1));
    const xAcc = temp - 0.05 * thetaAcc * cos / 1.1;
    this.#x += 0.02 * this.#xDot;
    this.#xDot += 0.02 * xAcc;
    this.#theta += 0.02 * this.#thetaDot;
    this.#thetaDot += 0.02 * thetaAcc;
    const fell = Math.abs(this.#x) > 2.4 || Math.abs(this.#theta) > 12 * Math.PI / 180;
    return [this.#observation(), 1, fell, false, {}];
  }

  #observation() {
    return [this.#x, this.#xDot, this.#theta, this.#thetaDot];
  }
}

/** GridWorld-v0 on its own map: no chance in it, so everything is the same as in C. */
export class GridWorld {
  static id = 'JsGridWorld-v0';
  static observationSpace = { type: 'Discrete', n: 9 };
  static actionSpace = { type: 'Discrete', n: 4 };
  static maxEpisodeSteps = 100;
  static rewardThreshold = 1;
  #cell = 0;

  /** @returns {[number, object]} */
  reset() {
    this.#cell = 0;
    return [0, {}];
  }

  /** @param {number} action @returns {[number, number, boolean, boolean, object]} */
  step(action) {
    if (this.#cell === 5 || this.#cell === 7) throw new Error('step was called after the end');
    const [row, column] = [Math.floor(this.#cell / 3), this.#cell % 3];
    const [down, right] = [[-1, 0], [0, 1], [1, 0], [0, -1]][action];
    this.#cell = Math.min(2, Math.max(0, row + down)) * 3 + Math.min(2, Math.max(0, column + right));
    const isTrap = this.#cell === 5, isGoal = this.#cell === 7;
    return [this.#cell, isTrap ? -1 : isGoal ? 1 : 0, isTrap || isGoal, false, {}];
  }
}
