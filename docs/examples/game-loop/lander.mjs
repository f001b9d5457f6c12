// A game with a loop of its own: a lander falls, and its engine is on or off for the next tick. It knows nothing of reinforcement learning.
export class Lander {
  #state = 1;
  height = 0;
  speed = 0;
  ticks = 0;

  /** Another flight. */
  start() {
    this.height = 8 + 4 * this.#random();
    this.speed = -1 + 0.5 * this.#random();
    this.ticks = 0;
  }

  /** One tick; it takes as long as the next frame is away, or as a radio link to a real one does. @param {boolean} isOn  the engine */
  async tick(isOn) {
    await nextFrame();
    this.speed += (isOn ? 0.35 : -0.2) + 0.05 * (this.#random() - 0.5);
    this.height += this.speed;
    this.ticks++;
  }

  get hasLanded() {
    return this.height <= 0;
  }

  get isLost() {
    return this.height > 15;
  }

  /** Everything random follows from the first number. */
  #random() {
    this.#state = (1664525 * this.#state + 1013904223) % 2 ** 32;
    return this.#state / 2 ** 32;
  }
}

/** In a page: requestAnimationFrame. */
const nextFrame = () => new Promise((done) => {
  setImmediate(done);
});
