// SPDX-License-Identifier: MIT
// Runs that learn from demonstrations. Apart from run.mjs, so that a page's worker fetches it only when somebody demonstrates.
import { BellhopError } from './bellhop-error.mjs';
import { countTransitions, episodesOf, flatten } from './demonstrations.mjs';
import { inKeys } from './options.mjs';
import { CALL_MS, classOf } from './run.mjs';
import { LABELS, describeSetup, lookUp, takesDemonstrations, withSetup } from './setup.mjs';

/** @typedef {import('./run.mjs').Run} Run */
/** @typedef {import('./setup.mjs').Library} Library */

/**
 * Hands demonstrations to a run, before its first step; as many as `demoCapacity` has room for.
 * @param {Run} run @param {unknown} given @param {number} [milliseconds]  updates that take longer are left to steps()
 */
export const demonstrate = (run, given, milliseconds = Infinity) => take(run, episodesOf(given, run.env.id), milliseconds);

/** @param {Run} run @param {ReturnType<typeof episodesOf>} episodes @param {number} milliseconds */
function take(run, episodes, milliseconds) {
  const flat = flatten(episodes, run);
  const tables = [{ name: LABELS[run.algo.name] ?? run.algo.name, fields: run.algo.options, prefix: '' }];
  run.use((wasm, address) => inKeys(tables, () => wasm.scratch((scratch) => {
    const blocks = [flat.obsTm1, flat.actions, flat.rewards, flat.terminated, flat.truncated, flat.obs].map((each) => scratch.copy(each));
    const status = wasm.within(milliseconds, () => wasm.call.bhx_run_demonstrate(address, flat.n, ...blocks, flat.values === null ? 0 : scratch.copy(flat.values)));
    run.isUnderWay = wasm.check(status) > 0;
  })));
}

/** A run with room for the recipe's demonstrations, and with them. @param {Library} library @param {import('./setup.mjs').Recipe} recipe */
export function createDemonstrated(library, { demonstrations, ...rest }) {
  const episodes = episodesOf(demonstrations, lookUp(library, rest.env).entry.id);
  const { demoCapacity = countTransitions(episodes), ...options } = /** @type {{ demoCapacity?: number }} */ (rest.options ?? {});
  const recipe = { ...rest, options: { demoCapacity, ...options } };
  const run = withSetup(library, recipe, (setup, script) => new (classOf(library, recipe.env))(library, setup, script, recipe.env), canImitate(library));
  try {
    take(run, episodes, CALL_MS);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return run;
}

/** Throws where a setup's algorithm takes no demonstrations. @param {Library} library @returns {(setup: number) => void} */
function canImitate(library) {
  return (setup) => {
    const { algo } = describeSetup(library, setup);
    if (takesDemonstrations(library.catalog, algo)) return;
    const names = library.catalog.algos.filter(({ name }) => takesDemonstrations(library.catalog, name)).map(({ name }) => name);
    throw new BellhopError('BH_ERR_CONFIG', `${LABELS[algo] ?? algo} cannot learn from demonstrations; those that can are ${names.join(', ')}`);
  };
}
