// SPDX-License-Identifier: MIT
// Opens what Export has saved: settings are the experiment again, a full checkpoint is the run, which goes on, a model is a new run that begins with its
// parameters, records are a grey curve. Whatever does not fit is told in a sentence, and nothing changes.
import { createExperiment, kindOf } from '../lab/create-experiment.mjs';
import { asText, camel, choicesFor, nameOf, noneOf, parse, settingsOf } from '../lab/fields.mjs';
import { History } from '../lab/history.mjs';
import { assign, copyOf, plainSetup, toQuery } from '../lab/run-setup.mjs';
import { trainers } from '../lab/trainers.mjs';
import { rowsOf, whatIs } from './file-kinds.mjs';
import { loadWorkbenchWords } from './workbench-words.mjs';

/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/words.mjs').Words} Words */
/** Shows the experiment of a link; `left` is what its run goes on from, null for its beginning. @typedef {(query: string, left: import('../lab/run-experiment.mjs').Left | null) => Promise<unknown>} Show */
/** What opening is made with. @typedef {{ words: Words, experiment: RunExperiment, lab: BellhopLab, show: Show }} Place */

/** The lab's longest name of a run. */
const NAME_MOST = 40;

/**
 * Opens files, one after the other. Resolves to '' or to what is to be told of those that do not fit.
 * @param {any} experiment  that is shown @param {import('../lab/words.mjs').Language} language @param {BellhopLab} lab @param {Show} show @param {readonly File[]} files
 */
export async function open(experiment, language, lab, show, files) {
  const words = await loadWorkbenchWords(language);
  const refused = [];
  for (const file of files) {
    const place = { words, lab, show, experiment: /** @type {RunExperiment} */ (lab.experiment ?? experiment) };
    const why = await openOne(file, place).catch((error) => lab.explain(error));
    if (why) refused.push(words.t('file.refused', { name: file.name }), why);
  }
  return words.sentences(refused);
}

/** @param {File} file @param {Place} place @returns {Promise<string>} why not; '' where it is open */
async function openOne(file, place) {
  const { words } = place, opened = await whatIs(file);
  if (opened.what === 'settings') return openSettings(file, opened.config, place);
  if (opened.what === 'checkpoint') return openCheckpoint(file, opened, place);
  if (opened.what === 'records') return openRecords(file, opened, place);
  return words.t(`file.is.${opened.what}`);
}

/**
 * The link of an experiment that can be made; or why there is none. Throws what the library refuses.
 * @param {URLSearchParams} query @param {string} env  that it is to be of @param {Words} words @returns {Promise<{ query: string } | { why: string }>}
 */
async function checked(query, env, words) {
  const { experiment, ignored } = await createExperiment(trainers, query, words.language);
  try {
    if (ignored.length > 0) return { why: words.unfit(ignored, true) };
    if (/** @type {any} */ (experiment).setup.env !== env) return { why: words.t('file.is.json') }; // a setting has the name of another part of a link
    await experiment.start();
    return { query: experiment.query };
  } finally {
    await experiment.dispose();
  }
}

/** @param {File} file @param {{ env: string, algo: string, options: Record<string, unknown>, env_options: Record<string, unknown> }} config @param {Place} place */
async function openSettings({ name }, { env, algo, options, env_options }, { words, lab, show }) {
  const query = new URLSearchParams({ env, algo });
  for (const [scope, values] of /** @type {const} */ ([['options', options], ['envOptions', env_options]])) {
    for (const [key, value] of Object.entries(values)) query.set(nameOf({ scope, key: camel(key) }), asText(value));
  }
  const found = await checked(query, env, words);
  if ('why' in found) return found.why;
  await show(found.query, null);
  lab.notice(words.t('file.settings', { name }));
  return '';
}

/** @param {File} file @param {{ metadata: import('./file-kinds.mjs').Metadata, isFull: boolean }} opened @param {Place} place */
async function openCheckpoint(file, { metadata, isFull }, { words, lab, show }) {
  const { env, algo } = metadata, { name } = file;
  const kind = kindOf(new URLSearchParams({ env }));
  const lease = await trainers.acquire({ text: kind !== 'run' });
  try {
    const catalog = /** @type {import('../lab/fields.mjs').Catalog} */ (/** @type {unknown} */ (lease.trainer.catalog));
    const known = catalog.envs.map(({ id }) => id), algos = catalog.algos.map((each) => each.name);
    if (!known.includes(env)) return words.unfit([{ name: 'env', value: env, why: noneOf(known, env) }], true);
    if (!algos.includes(algo)) return words.unfit([{ name: 'algo', value: algo, why: noneOf(algos, algo) }], true);
    const found = await checked(new URLSearchParams(queryOf(catalog, metadata)), env, words);
    if ('why' in found) return found.why;
    const checkpoint = new Uint8Array(await file.arrayBuffer());
    await (await lease.trainer.create(/** @type {any} */ ({ checkpoint }))).dispose(); // throws what is wrong with it
    const at = isFull ? Number(metadata.timesteps) : 0, step = words.count(at);
    await show(found.query, { checkpoint, hand: { at, by: 'file' } });
    lab.notice(words.t(kind === 'text' ? 'file.text' : isFull ? 'file.checkpoint' : 'file.model', { name, step }));
    return '';
  } finally {
    lease.release();
  }
}

/** The link of a checkpoint's setup, by the preset from which it differs least. @param {import('../lab/fields.mjs').Catalog} catalog @param {import('./file-kinds.mjs').Metadata} metadata */
function queryOf(catalog, metadata) {
  const { env, algo } = metadata;
  const choices = choicesFor(catalog, env).filter((choice) => choice.split('/')[0] === algo);
  const links = (choices.length > 0 ? choices : [algo]).map((choice) => {
    const setup = choices.length > 0 ? plainSetup(catalog, env, choice) : { ...plainSetup(catalog, env), algo };
    for (const setting of settingsOf(catalog, setup)) {
      const text = metadata[`config.${setting.scope === 'envOptions' ? 'env.' : ''}${setting.field.name}`], value = text === undefined ? null : parse(setting.field, text);
      if (value !== null) assign(setup, setting, value);
    }
    return toQuery(catalog, setup);
  });
  return links.sort((a, b) => a.length - b.length)[0];
}

/** @param {File} file @param {{ columns: string[], lines: string[][] }} table @param {Place} place */
async function openRecords({ name, size }, table, { words, experiment, lab }) {
  if (!experiment.runs) return words.t('file.records.none');
  const { setup, catalog, world, runs } = experiment, { env } = setup;
  const of = catalog.envs.map(({ id }) => id).filter((id) => name.startsWith(`${id}-`)).sort((a, b) => b.length - a.length)[0];
  if (of && of !== env) return words.t('file.records.other', { of: words.tMaybe(`env.${of}`, of), env: words.tMaybe(`env.${env}`, env) });
  const layout = /** @type {any} */ (experiment.trainer.catalog).records, history = new History(world.window, layout);
  const rows = rowsOf(table, layout);
  history.add(rows, layout.width, null);
  const [xs, , , ys] = history.returns, called = name.replace(/\.csv$/i, '').slice(0, NAME_MOST);
  const drawn = xs.map((_, i) => i).filter((i) => ys[i] !== null);
  const curve = /** @type {any} */ ({ algo: setup.algo, start: setup.start ?? 'lm', seed: setup.seed, xs: drawn.map((i) => xs[i]), ys: drawn.map((i) => ys[i]), changedAt: null, custom: false, again: 1, name: called });
  runs.add({ id: `file ${name} ${size}`, file: name, name: called, setup: { ...copyOf(setup), changes: [] }, step: Number(table.lines.at(-1)?.[1]), solvedAt: null, history, ...experiment.kind === 'text' && { curve } });
  experiment.emit('setup');
  lab.notice(words.t('file.records', { name }));
  return '';
}
