// SPDX-License-Identifier: MIT
// The true values of a world whose transitions are known, from value iteration with the run's discount: what the agent's
// values are measured against, or of a policy its likeliest actions. Computed in a session of its own, once per run and discount; the run knows nothing of it.
import { best, forEachOpen } from '../draw/grid.mjs';
import { byId, setText, show } from './dom.mjs';
import { count, t, value } from './i18n.mjs';
import { emit, on, paced } from './events.mjs';
import { envOf } from './fields.mjs';
import { lab } from './app.mjs';

const SWEEPS = 4000;

export function wireTruth() {
  on(['run', 'setup'], () => requestAnimationFrame(compute)); // after the run has its frame and Play its turn
  on(['run', 'language', 'phase'], tell);
  on('frame', paced(120, () => lab().isBlur, tell));
}

async function compute() {
  const current = lab();
  const { session, trainer, setup, catalog } = current;
  const gamma = Number(session?.info.options.gamma);
  if (!session || current.truthGamma === gamma || !envOf(catalog, setup.env).has_transitions) return;
  current.truthGamma = gamma;
  const options = { gamma, totalTimesteps: SWEEPS, seed: 0, evalFreq: 0 };
  try {
    const planner = await trainer.create({ env: setup.env, algo: 'value-iteration', options, envOptions: setup.envOptions });
    const table = await new Promise((resolve) => {
      planner.onFrame = (frame) => {
        if (frame.timesteps >= SWEEPS) resolve(frame.table);
      };
      planner.step(SWEEPS);
    });
    await planner.dispose();
    if (current.session !== session || current.truthGamma !== gamma) return;
    current.truth = /** @type {Float64Array | null} */ (table);
    emit('frame');
  } catch {
    // Without true values the page shows none; the run is not touched.
  }
}

function tell() {
  const { frame, truth, catalog, setup, startState, isPolicy, session } = lab();
  const isJudged = !isPolicy && setup.algo !== 'policy-evaluation'; // whose values are those of the policy that was given
  const known = envOf(catalog, setup.env).has_transitions;
  show(byId('truth'), known);
  for (const id of ['truth-start', 'truth-error']) show(/** @type {HTMLElement} */ (byId(id).parentElement), isJudged);
  if (!known || !session) return;
  const table = frame?.table;
  if (!table || !truth || table.length !== truth.length) {
    for (const id of ['truth-start', 'truth-error', 'truth-policy']) setText(byId(id), '–');
    return;
  }
  const n = frame.q.length;
  const compared = compare(statesOf(/** @type {any} */ (session.info.layout)), table, truth, n);
  const start = startState < 0 ? null : [best(table, startState, n), best(truth, startState, n)];
  setText(byId('truth-start'), start ? t('truth.of', { learned: value(start[0], 3), true: value(start[1], 3) }) : '–');
  setText(byId('truth-error'), value(compared.error, 3));
  setText(byId('truth-policy'), t('truth.cells', { good: count(compared.good), all: count(compared.all) }));
}

/** The states an agent can stand in and act: open cells of a map; of DeepSea, those the diver can reach. @param {any} layout @returns {number[]} */
function statesOf(layout) {
  /** @type {number[]} */
  const states = [];
  if (layout.rows) forEachOpen(layout, (s) => states.push(s));
  else for (let row = 0; row < layout.size; row++) for (let column = 0; column <= row; column++) states.push(row * layout.size + column);
  return states;
}

/** How far a table is from the true one. @param {number[]} states @param {Float64Array} table @param {Float64Array} truth @param {number} n */
export function compare(states, table, truth, n) {
  let error = 0, good = 0, all = 0;
  for (const s of states) {
    const row = table.subarray(s * n, s * n + n);
    const top = best(truth, s, n);
    const chosen = row.indexOf(Math.max(...row));
    all++;
    if (truth[s * n + chosen] >= top - 1e-6) good++;
    for (let a = 0; a < n; a++) error = Math.max(error, Math.abs(row[a] - truth[s * n + a]));
  }
  return { error, good, all };
}
