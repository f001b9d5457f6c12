// SPDX-License-Identifier: MIT
// What of the shown experiment an element can carry: its attributes, the panels and controls that mean something for it, and what has
// to be left out, which the dialog says.
import { asText, presetAlgos, same, settingsOf } from '../lab/fields.mjs';
import { CONTROLS, PANELS } from '../embed/snippets.mjs';

/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/**
 * @typedef {object} EmbedSetup
 * @property {string} env
 * @property {string} algo                 '' for the environment's first
 * @property {string} preset
 * @property {number} seed
 * @property {Record<string, unknown>} settings
 * @property {readonly string[]} panels    those that can be chosen; none where all are shown in any case
 * @property {readonly string[]} controls
 * @property {number} changesLeftOut       made while it ran
 * @property {boolean} hasDemonstrations   which are left out
 * @property {import('../embed/snippets.mjs').ProgramRun | null} program  the run as a program can make it; null of tasks of text, which have presets of their own here
 */

/** @param {RunExperiment} experiment @returns {EmbedSetup} */
export function embedSetup(experiment) {
  const { setup, catalog } = experiment;
  const isFirst = presetAlgos(catalog, setup.env)[0] === (setup.preset ? `${setup.algo}/${setup.preset}` : setup.algo);
  const { settings, given, changesLeftOut } = changedSettings(experiment);
  return {
    env: setup.env, algo: isFirst ? '' : setup.algo, preset: isFirst ? '' : setup.preset, seed: setup.seed, settings, changesLeftOut,
    panels: experiment.kind === 'run' ? PANELS.filter((name) => hasPanel(experiment, name)) : [],
    controls: CONTROLS.filter((name) => hasControl(experiment, name)), hasDemonstrations: setup.demonstrations !== undefined,
    program: programOf(experiment, setup, given),
  };
}

/** A run as a program can make it. @param {RunExperiment} experiment @param {import('../lab/run-setup.mjs').RunSetup} setup @param {import('../embed/snippets.mjs').Given[]} [given] */
export function programOf({ kind, catalog }, setup, given = changedSettings({ catalog, setup }).given) {
  const { env, algo, preset, seed } = setup;
  return ['run', 'box', 'board'].includes(kind) ? { env, algo, preset, seed, given } : null;
}

/**
 * Changed settings by their names in links, and changes made while it ran (`"learningRate": "0.5@1710"`). A name stands once: of a
 * setting that changed more than once the later changes are left out.
 * @param {Pick<RunExperiment, 'setup' | 'catalog'>} experiment
 */
function changedSettings({ setup, catalog }) {
  const { changes, start } = setup;
  /** @type {Record<string, unknown>} */
  const settings = start === 'scratch' ? { start } : {};
  /** @type {import('../embed/snippets.mjs').Given[]} */
  const given = [];
  for (const { scope, key, preset, field: { name } } of settingsOf(catalog, { ...setup, demonstrations: undefined })) {
    const value = setup[scope][key];
    if (value === undefined || key === 'seed' || same(value, preset)) continue;
    settings[nameOf(scope, key)] = value;
    given.push({ scope, key, name, value });
  }
  let changesLeftOut = 0;
  for (const { at, scope, key, value } of changes) {
    const name = nameOf(scope, key);
    if (name in settings) changesLeftOut++;
    else settings[name] = `${asText(value)}@${at}`;
  }
  return { settings, given, changesLeftOut };
}

/** @param {string} scope @param {string} key */
const nameOf = (scope, key) => (scope === 'envOptions' ? `env.${key}` : key);

/** @param {RunExperiment} experiment @param {string} panel */
function hasPanel({ worldModule, hasTruth, session }, panel) {
  if (panel === 'value-map') return worldModule?.slice !== undefined;
  if (panel === 'exploration') return session?.info.options.exploration !== undefined;
  return panel !== 'truth' || hasTruth;
}

/** @param {RunExperiment} experiment @param {string} control */
function hasControl({ kind, setup }, control) {
  if (control === 'map') return setup.env === 'GridWorld-v0';
  return control !== 'human' || kind === 'run';
}
