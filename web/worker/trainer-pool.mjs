// SPDX-License-Identifier: MIT
// Workers that several experiments share: started when the first one asks, at most so many, ended with the last lease. The
// module is compiled once for all of them.
//
//     const pool = new TrainerPool({ start: startBeside() });
//     const lease = await pool.acquire();           // or acquire({ text: true }), for language models
//     const session = await lease.trainer.create({ env: 'CartPole-v1' });
//     lease.release();

/** @typedef {import('./trainer.mjs').Trainer} Trainer */
/**
 * `renew` is for a worker that is gone or does not answer: another one in its place, which nobody gets any more; `larger` gives one with the larger module
 * besides.
 * @typedef {{ trainer: Trainer, release: () => void, renew: () => Promise<Lease>, larger: () => Promise<Lease> }} Lease
 */
/** @typedef {{ coming: Promise<Trainer>, trainer: Trainer | null, leases: number }} Place */

/** Cores that are left to the page. */
const RESERVED = 1;
const MOST = 4;

export class TrainerPool {
  #size;
  #connect;
  /** @type {Record<'plain' | 'text', Set<Place>>} */
  #places = { plain: new Set(), text: new Set() };

  /**
   * @param {object} options
   * @param {(options: import('../bellhop.js').ConnectOptions) => Promise<Trainer>} options.start
   * @param {number} [options.size]  the most workers with the plain module; default: the processor's cores less one, 1 to 4.
   *   There is one with language models at most, so that experiments can start from each other's models
   */
  constructor({ start, size = Math.max(1, Math.min(MOST, (globalThis.navigator?.hardwareConcurrency ?? 2) - RESERVED)) }) {
    this.#size = size;
    this.#connect = start;
  }

  /** Starts a worker that is not shared. */
  get connect() {
    return this.#connect;
  }

  /** Workers that are there. */
  get workers() {
    return this.#places.plain.size + this.#places.text.size;
  }

  /**
   * The worker with the fewest leases, a new one while there is room. Where a new one cannot be started (without a connection) those that
   * are there serve all; rejects where there is none, and the next call tries again.
   * @param {{ text?: boolean }} [options] @returns {Promise<Lease>}
   */
  async acquire({ text = false } = {}) {
    const kind = text ? 'text' : 'plain';
    for (let place = this.#choose(kind); ;) {
      place.leases++;
      try {
        place.trainer = await place.coming;
        return this.#lease(kind, place, place.trainer);
      } catch (error) {
        this.#places[kind].delete(place);
        const other = this.#least(kind);
        if (!other) throw error;
        place = other;
      }
    }
  }

  /** Has the workers that are there fetch all parts of their script. */
  async prepare() {
    for (const { trainer } of this.#places.plain) await trainer?.prepare();
  }

  /** @param {'plain' | 'text'} kind @param {Place} place @param {Trainer} trainer @returns {Lease} */
  #lease(kind, place, trainer) {
    let held = true;
    const release = () => {
      if (held) this.#leave(kind, place);
      held = false;
    };
    return { trainer, release, larger: () => this.acquire({ text: true }), renew: () => {
      this.#places[kind].delete(place);
      release();
      return this.acquire({ text: kind === 'text' });
    } };
  }

  /** @param {'plain' | 'text'} kind @returns {Place} */
  #choose(kind) {
    const places = this.#places[kind];
    for (const place of places) if (place.trainer?.isGone) places.delete(place);
    const least = this.#least(kind);
    const isFull = places.size >= (kind === 'text' ? 1 : this.#size);
    // On the page's thread a second one would only take turns with the first.
    if (least && (least.leases === 0 || isFull || least.trainer?.isOffThread === false)) return least;
    const place = { coming: this.#connect({ text: kind === 'text' }), trainer: null, leases: 0 };
    places.add(place);
    return place;
  }

  /** @param {'plain' | 'text'} kind */
  #least(kind) {
    return [...this.#places[kind]].reduce((best, next) => (!best || next.leases < best.leases ? next : best), /** @type {Place | null} */ (null));
  }

  /** @param {'plain' | 'text'} kind @param {Place} place */
  #leave(kind, place) {
    place.leases--;
    if (place.leases > 0) return;
    this.#places[kind].delete(place);
    place.coming.then((trainer) => trainer.terminate(), () => {});
  }
}
