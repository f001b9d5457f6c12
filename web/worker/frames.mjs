// SPDX-License-Identifier: MIT
// Frames from a worker to a page: one is posted only after the last one was taken, so a slow page gets fewer of them, not a
// queue.

/** @template T */
export class Frames {
  #make;
  #taken = true; // the last one
  #due = false; // one is wanted
  /** @type {(() => void)[]} */
  #shown = [];

  /** @param {() => void} make  makes one of what there is now, and posts it */
  constructor(make) {
    this.#make = make;
  }

  /** Wants one, now or when the last one was taken. */
  request() {
    this.#due = true;
    this.#postIfTaken();
  }

  /** The page took the last one. */
  taken() {
    this.#taken = true;
    this.#postIfTaken();
    if (this.#taken) this.#shown.splice(0).forEach((done) => done());
  }

  /** Wants one, and resolves when the page took it, or there will be none any more. @returns {Promise<void>} */
  show() {
    this.request();
    return new Promise((done) => {
      this.#shown.push(done);
    });
  }

  /** No more of them. */
  end() {
    this.#due = false;
    this.#make = () => {};
    this.taken();
  }

  #postIfTaken() {
    if (!this.#due || !this.#taken) return;
    this.#due = this.#taken = false;
    this.#make();
  }
}
