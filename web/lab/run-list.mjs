// SPDX-License-Identifier: MIT
// Runs that were left, kept beside the present one: the last one, or several where there is a list to choose among them. Of too many the oldest one that is not
// pinned goes. A run that was made twice is kept once, with the curve that goes further.

/**
 * @typedef {object} KeptRun
 * @property {number} n                         its number in the list
 * @property {string} id                        its link: the same run has the same one
 * @property {import('./run-setup.mjs').RunSetup} setup
 * @property {number} step                      environment steps it has taken
 * @property {number | null} solvedAt
 * @property {import('./history.mjs').History} [history]             its curves; of several seeds that of their mean
 * @property {import('./text-experiment.mjs').RunCurve} [curve]      of tasks of text
 * @property {import('./seed-band.mjs').SeedBand} [band]             of several seeds
 * @property {string} [file]                   whose records these are: of its setup only the environment is known
 * @property {ByHand | null} [hand]             what no link holds of it
 * @property {'low'} [colour]                   of its curve; by default it is muted
 * @property {string} [name]                    as the reader calls it
 * @property {boolean} [isHidden] @property {boolean} [isPinned]
 */
/** At which step of a run something was done that its link does not hold: the agent was put into a state, or all is from a file. @typedef {{ at: number, by: 'place' | 'file' }} ByHand */
/** What draws further curves of the returns. @typedef {(host: any) => import('./charts/chart.mjs').Series[]} DrawMore */

export class RunList {
  /** The oldest one first. @type {KeptRun[]} */
  items = [];
  /** So many are kept. */
  most = 1;
  /** The one that is drawn alone. @type {KeptRun | undefined} */
  solo;
  /** Counts changes, so that charts know when to draw. */
  version = 0;
  /** @type {DrawMore} */
  more = () => [];
  /** The largest number there was. */
  count = 0;

  /** @param {Omit<KeptRun, 'n'>} run */
  add(run) {
    const { items } = this;
    const known = items.find(({ id, setup, hand }) => id === run.id && setup.demonstrations === run.setup.demonstrations && hand?.at === run.hand?.at);
    if (!known) items.push({ n: ++this.count, ...run });
    else if (known.step < run.step) Object.assign(known, run);
    if (items.length > this.most) items.splice(items.findIndex((each) => !each.isPinned), 1);
    this.version++;
  }

  /** Those that are drawn beside a run. @param {{ env: string }} setup of the run */
  drawn({ env }) {
    return this.items.filter((run) => run.setup.env === env && (this.solo ? run === this.solo : !run.isHidden));
  }
}
