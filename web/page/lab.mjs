// SPDX-License-Identifier: MIT
// One experiment: a setup, the session that runs it in the worker, its latest frame and its history. Everything the
// reader does to a run goes through here; everything the page shows is read from here.
//
// A failed creation (a bad map, an option out of range) leaves the run that is there untouched and rethrows the
// library's sentence. Changes that cannot be made live wait in `staged` until the next reset.
import { History } from './history.mjs';
import { best } from '../draw/grid.mjs';
import { emit } from './events.mjs';
import { markOnce } from './marks.mjs';
import { algoOf, presetAlgos, same, settingsOf } from './fields.mjs';
import { fetchPart } from './parts.mjs';
import { loadLater } from './i18n.mjs';
import { plainSetup } from './link.mjs';
import { stepsPerSecond, worldOf } from './tabs.mjs';

/** @typedef {import('./link.mjs').Setup} Setup */
/** @typedef {import('./fields.mjs').Setting} Setting */
/** @typedef {import('./fields.mjs').Value} Value */
/** @typedef {'loading' | 'ready' | 'running' | 'paused' | 'finished' | 'diverged' | 'failed'} Phase */
/** @typedef {import('../worker/trainer.mjs').Trainer} Trainer */
/** @typedef {import('../worker/trainer.mjs').Session} Session */
/** @typedef {import('../worker/trainer.mjs').Frame} Frame */

/** Steps a second that can no longer be told apart. */
const BLUR = 20;

export class Lab {
  /** @type {Session | null} */
  session = null;
  /** The run's latest. @type {Frame | null} */
  own = null;
  /** What somebody plays at the keyboard, shown in its place, see demonstrate.mjs. @type {Frame | null} */
  guest = null;
  /** @type {Phase} */
  phase = 'loading';
  /** Reset-only changes that wait, by scope and key. @type {Map<string, { setting: Setting, value: Value }>} */
  staged = new Map();
  /** The true values, where they can be computed. @type {Float64Array | null} */
  truth = null;
  /** Of which discount; NaN before they were asked for. */
  truthGamma = NaN;
  /** Finished sentences, best and last ones, see sentences.mjs; kept with the run they belong to. @type {unknown} */
  notes = null;
  #made = 0;
  /** From when it is asked to pause until the frame of where it stands is here. @type {Promise<void> | null} */
  #pausing = null;

  /** @param {Trainer} trainer @param {Setup} setup */
  constructor(trainer, setup) {
    this.trainer = trainer;
    this.setup = setup;
    this.speed = this.world.speed;
    this.history = new History(this.world.window);
  }

  get frame() {
    return this.guest ?? this.own;
  }

  get world() {
    return worldOf(this.setup.env);
  }

  get isMap() {
    return this.world.part === 'map';
  }

  /** Whether what it believes are probabilities of actions, not values. */
  get isPolicy() {
    return algoOf(this.catalog, this.setup.algo).gives_log_probs;
  }

  /** Whether it explores by a bonus; all other ways draw lots. */
  get isUcb() {
    return this.session?.info.options.exploration === 'ucb';
  }

  get catalog() {
    return /** @type {import('./fields.mjs').Catalog} */ (/** @type {unknown} */ (this.trainer.catalog));
  }

  /** @returns {Setting[]} */
  get settings() {
    return settingsOf(this.catalog, this.setup);
  }

  /** The value a setting has now. @param {Setting} setting @returns {Value} */
  valueOf(setting) {
    const own = this.setup[setting.scope][setting.key];
    return own ?? (setting.key === 'seed' ? this.setup.seed : setting.preset);
  }

  /** Whether steps come faster than one can follow them: then words and numbers change at a readable pace. */
  get isBlur() {
    return this.phase === 'running' && stepsPerSecond(this.world, this.speed) > BLUR;
  }

  get hasSteps() {
    return (this.frame?.timesteps ?? 0) > 0;
  }

  /** A new run from a setup (by default the present one with what is staged). @param {Setup} [setup] */
  async start(setup = this.stagedSetup()) {
    const made = ++this.#made;
    const { env, algo, preset, seed, options, envOptions, demonstrations } = setup;
    const world = worldOf(env);
    const needed = Promise.all([fetchPart(world), isPlain(setup) ? null : loadLater()]);
    const session = await this.trainer.create({ env, algo, options: { logFreq: world.logFreq, ...preset && { preset }, ...options, seed }, envOptions, demonstrations });
    try {
      await needed;
    } catch (error) {
      await session.dispose();
      throw error;
    }
    if (made !== this.#made) { // another one was asked for meanwhile
      await session.dispose();
      throw new Superseded();
    }
    const old = this.session;
    if (env !== this.setup.env) this.speed = world.speed;
    Object.assign(this, { session, setup, own: null, guest: null, truth: null, truthGamma: NaN, notes: null, history: new History(world.window) });
    this.staged.clear();
    session.onFrame = (frame) => this.#receive(session, frame);
    await old?.dispose();
    session.requestFrame().catch(() => {}); // nobody waits for it: a run that is replaced at once needs no frame
    const resume = this.#goesOn; // also where Play was pressed a moment ago
    this.#enter('ready');
    emit('run');
    if (resume) this.play();
  }

  /** @returns {Setup} */
  stagedSetup() {
    const setup = { ...this.setup, options: { ...this.setup.options }, envOptions: { ...this.setup.envOptions } };
    for (const { setting, value } of this.staged.values()) assign(setup, setting, value);
    return setup;
  }

  /** @param {Session} session @param {Frame} frame */
  #receive(session, frame) {
    if (session !== this.session) return;
    if (this.isPolicy) for (const values of [frame.q, frame.qTm1, frame.table]) values?.forEach((v, i) => (values[i] = Math.exp(v)));
    this.own = frame;
    if (frame.firstUpdateAt !== null) markOnce('first-update', frame.firstUpdateAt - performance.timeOrigin);
    this.history.add(frame.records, frame.recordWidth, this.#startValue());
    if (frame.diverged) this.#enter('diverged');
    else if (this.phase === 'running' && !frame.running) this.#enter(frame.finished ? 'finished' : 'paused');
    emit('frame');
  }

  /** What the greedy policy expects from the start cell; null without a table. */
  #startValue() {
    const start = this.startState;
    return this.own?.table && start >= 0 && !this.isPolicy ? best(this.own.table, start, this.own.q.length) : null;
  }

  /** The state every episode starts in, by its number; -1 where there is no such one. */
  get startState() {
    const rows = this.session?.info.layout.rows;
    return Array.isArray(rows) ? rows.join('').indexOf('S') : this.world.part === 'deep-sea' ? 0 : -1;
  }

  /** @param {Phase} phase */
  #enter(phase) {
    if (this.phase === phase) return;
    this.phase = phase;
    emit('phase');
  }

  get #goesOn() {
    return this.phase === 'running' && !this.#pausing;
  }

  play() {
    if (!this.session || this.phase === 'diverged') return;
    this.guest = null;
    // Asked to go on after the end: the schedules stay where they are, the run goes on.
    this.session.play({ stepsPerSecond: stepsPerSecond(this.world, this.speed) });
    this.#enter('running');
  }

  /** Resolves when it stands still and that is shown. */
  async pause() {
    if (this.phase !== 'running' || !this.session) return;
    this.#pausing ??= this.session.pause().finally(() => (this.#pausing = null));
    await this.#pausing;
  }

  async step() {
    if (!this.session || this.phase === 'diverged') return;
    this.guest = null;
    await this.pause();
    await this.session.step(1);
    if (this.phase === 'ready') this.#enter('paused');
  }

  /** The same run from the beginning, with the changes that waited. */
  async reset() {
    await this.pause();
    await this.start();
  }

  /** @param {number} index into SPEEDS */
  setSpeed(index) {
    this.speed = index;
    if (this.#goesOn) this.play();
  }

  /**
   * Changes a setting: now where that is possible or nothing has happened yet, else with the next reset.
   * @param {Setting} setting @param {Value} value
   */
  async change(setting, value) {
    const id = `${setting.scope}.${setting.key}`;
    if (setting.field.live && this.session) {
      await this.session.set({ [setting.key]: value });
      assign(this.setup, setting, value);
    } else if (this.hasSteps) {
      if (same(value, this.valueOf(setting))) this.staged.delete(id);
      else this.staged.set(id, { setting, value });
    } else {
      const setup = this.stagedSetup();
      assign(setup, setting, value);
      await this.start(setup);
    }
    emit('setup');
  }

  /** Another environment, with the algorithm of now where that has a preset for it. @param {string} env */
  async chooseEnv(env) {
    const { algo, seed } = this.setup;
    await this.start(plainSetup(this.catalog, env, presetAlgos(this.catalog, env).includes(algo) ? algo : undefined, seed));
    emit('setup');
  }

  /** Another algorithm, with its preset. @param {string} choice its name, or one of its own presets: dqn/rainbow */
  async chooseAlgo(choice) {
    const { env, seed, envOptions } = this.setup;
    await this.start({ ...plainSetup(this.catalog, env, choice, seed), envOptions });
    emit('setup');
  }
}

/** Whether it is what the first view may be, whose words are there. @param {Setup} setup */
function isPlain({ algo, preset, options, envOptions }) {
  return algo === 'dqn' && preset === '' && Object.keys(options).length + Object.keys(envOptions).length === 0;
}

/** A start that a later one overtook: nothing to tell anybody. */
export class Superseded extends Error {}

/** @param {Setup} setup @param {Setting} setting @param {Value} value */
function assign(setup, setting, value) {
  if (setting.key === 'seed') setup.seed = Number(value);
  else if (same(value, setting.preset)) delete setup[setting.scope][setting.key];
  else setup[setting.scope][setting.key] = value;
}
