// SPDX-License-Identifier: MIT
// A session whose actions are numbers, for the worker's scripts that go with the larger module: the smaller one has no algorithm for these.
import { actionValues } from '../lib/actions.mjs';
import { Session } from './session.mjs';

export class BoxSession extends Session {
  #run;

  /** @param {import('../lib/run.mjs').Run} run @param {import('./service.mjs').Post} post @param {import('./session.mjs').Change[]} changes */
  constructor(run, post, changes) {
    super(run, post, changes);
    this.#run = run;
  }

  /** @param {unknown} observations @param {unknown} [actions]  whose values are asked for */
  qValues(observations, actions) {
    return actionValues(this.#run, observations, actions);
  }
}
