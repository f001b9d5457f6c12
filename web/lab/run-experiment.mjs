// SPDX-License-Identifier: MIT
// A run of an agent: its setup, the session that trains it in a worker, its latest frame and its history. Everything the reader
// does to a run goes through here; everything panels show is read from here.
//
// A failed start (a bad map, an option out of range) leaves the run that is there untouched and rethrows the library's sentence.
// Changes that cannot be made live wait in `staged` until the next reset; changes made live are kept in the setup with their step,
// so that a link replays them. Reset begins a run with the settings as they are now.
import { Experiment, Superseded } from './experiment.mjs';
import { algoOf, envOf, same, settingsOf } from './fields.mjs';
import { History } from './history.mjs';
import { RunList } from './run-list.mjs';
import { isLate } from './late-kinds.mjs';
import { assign, copyOf, plainSetup, recipeOf, switched, toQuery } from './run-setup.mjs';
import { bestOf, trueValues } from './true-values.mjs';
import { SPEEDS, envsOf, loadWorld, stepsPerSecond, worldOf } from './world-table.mjs';

/** @typedef {import('./run-setup.mjs').RunSetup} RunSetup */
/** @typedef {import('./fields.mjs').Setting} Setting */
/** @typedef {import('./fields.mjs').Value} Value */
/** @typedef {import('../worker/trainer.mjs').Session} Session */
/** @typedef {import('../worker/trainer-pool.mjs').Lease} Lease */
/** @typedef {import('../bellhop.js').Frame} Frame */
/** How a finished run did. @typedef {{ of: 'best' | 'policy', mean: number, std: number, episodes: number }} Score */

/** Steps a second that can no longer be told apart. */
const BLUR = 20;
const FINGERPRINT_DIGITS = 12;
/** So many steps at most until an update or the end of an episode: the worker answers nobody meanwhile. */
const STEPS_UNTIL = 10_000;

/** A run that was left: its full checkpoint, and what was shown of it; `setup`: of no other one. @typedef {{ checkpoint: Uint8Array, setup?: RunSetup, history?: unknown, first?: number, hand?: import('./run-list.mjs').ByHand | null }} Left */

export class RunExperiment extends Experiment {
  speeds = SPEEDS;
  /** @type {Session | null} */
  session = null;
  /** The run's latest. @type {Frame | null} */
  agentFrame = null;
  /** What somebody plays, shown in its place, see human-play.mjs. @type {Frame | null} */
  humanFrame = null;
  /** Reset-only changes that wait, by scope and key. @type {Map<string, { setting: Setting, value: Value }>} */
  staged = new Map();
  /** The true values, where they can be computed. @type {Float64Array | null} */
  truth = null;
  /** The discount of the true values; NaN before they were asked for. */
  #truthGamma = NaN;
  /** Its parameters where it last stood still. @type {{ step: number, hash: string } | null} */
  print = null;
  /** How the run that has ended did. @type {Score | null} */
  score = null;
  /** Runs that were left. */
  runs = new RunList();
  /** The drawing and the words of its environment. @type {import('./world-table.mjs').WorldModule | null} */
  worldModule = null;
  /** What was kept of its run, from which the next start goes on; a checkpoint that cannot be read begins the run anew. @type {Left | null | undefined} */
  left = null;
  /** What was done that no link holds. @type {import('./run-list.mjs').ByHand | null} */
  hand = null;
  /** It pauses when so many steps have been taken. */
  stopAt = Infinity;
  /** The step to which it plays as fast as it can, in another worker; null else. @type {number | null} */
  catchesUpTo = null;
  #started = 0;
  /** The step of the last change that was made live. */
  #changedAt = 0;
  /** Another worker takes it over. */
  isLifted = false;
  /** Its worker is gone, or does not answer: there is nothing to wait for. */
  #isAbandoned = false;
  /** Its frames have the numbers of the last update. */
  isWatched = false;

  /** @param {Lease} lease  of a worker; released by dispose() @param {RunSetup} setup */
  constructor(lease, setup) {
    super(lease);
    this.setup = setup;
    this.speed = this.world.speed;
    this.history = this.#newHistory(this.world);
  }

  get frame() {
    return this.humanFrame ?? this.agentFrame;
  }

  get world() {
    return this.rowOf(this.setup.env);
  }

  /** The row of an environment's world. @param {string} env @returns {import('./world-table.mjs').World} */
  rowOf(env) {
    return worldOf(env);
  }

  /** Fetches the file that draws it. @param {import('./world-table.mjs').World} row */
  loadWorld(row) {
    return loadWorld(row);
  }

  /** The environments that can be chosen beside this one. @returns {readonly string[]} */
  get envs() {
    return envsOf(this.world.tab);
  }

  /** How an action was chosen, as a key of the words. @param {boolean} explored @returns {string} */
  howChosen(explored) {
    if (this.humanFrame) return 'yours';
    if (this.isPolicy) return explored ? 'less.likely' : 'likeliest';
    return !explored ? 'greedy' : this.isUcb ? 'bonus' : 'random';
  }

  get isMap() {
    return this.world.world === 'grid-map';
  }

  get catalog() {
    return /** @type {import('./fields.mjs').Catalog} */ (/** @type {unknown} */ (this.trainer.catalog));
  }

  get env() {
    return envOf(this.catalog, this.setup.env);
  }

  get algo() {
    return algoOf(this.catalog, this.setup.algo);
  }

  /** Whether its output are probabilities of actions, not values. */
  get isPolicy() {
    return this.algo.gives_log_probs;
  }

  /** Whether it explores by a bonus; all other ways draw lots. */
  get isUcb() {
    return this.session?.info.options.exploration === 'ucb';
  }

  /** Whether it has learned anything yet. */
  get isTrained() {
    return (this.agentFrame?.nUpdates ?? 0) > 0 || (this.algo.needs_transitions && this.hasSteps);
  }

  /** @returns {any} what the environment says of itself */
  get layout() {
    return this.session?.info.layout ?? {};
  }

  /** @returns {Setting[]} */
  get settings() {
    return settingsOf(this.catalog, this.setup);
  }

  /** How far the run is known to be: a change may be ahead of the latest frame. */
  get #step() {
    return Math.max(this.agentFrame?.timesteps ?? 0, this.#changedAt);
  }

  /** The value a setting has now. @param {Setting} setting @returns {Value} */
  valueOf(setting) {
    if (setting.key === 'seed') return this.setup.seed;
    const live = this.setup.changes.findLast(({ scope, key, at }) => scope === setting.scope && key === setting.key && at <= this.#step);
    return live?.value ?? this.setup[setting.scope][setting.key] ?? setting.preset;
  }

  /** The value it will have after a reset. @param {Setting} setting @returns {Value} */
  nextValueOf(setting) {
    return this.staged.get(idOf(setting))?.value ?? this.valueOf(setting);
  }

  get isBlur() {
    return this.phase === 'running' && this.pace.stepsPerSecond > BLUR;
  }

  /** How it plays. */
  get pace() {
    const { catchesUpTo: shown } = this;
    return shown === null ? { stepsPerSecond: this.stepsPerSecond, until: this.stopAt } : { stepsPerSecond: Infinity, until: shown };
  }

  /** At the present speed. */
  get stepsPerSecond() {
    return stepsPerSecond(this.world, this.speed);
  }

  /** The seed of the next run, where it is another one; null else. @returns {number | null} */
  get stagedSeed() {
    const staged = this.staged.get('options.seed');
    return staged ? Number(staged.value) : null;
  }

  get hasSteps() {
    return (this.frame?.timesteps ?? 0) > 0;
  }

  /** The state every episode starts in, by its number; -1 where there is no such one. */
  get startState() {
    const { rows } = this.layout;
    return Array.isArray(rows) ? rows.join('').indexOf('S') : this.world.world === 'deep-sea' ? 0 : -1;
  }

  /** Whether the transitions of its environment are known, so that there are true values. */
  get hasTruth() {
    return this.env.has_transitions;
  }

  // ---- runs ----

  /** A new run from a setup; by default the present one with what is staged. @param {RunSetup} [setup] */
  async start(setup = this.stagedSetup()) {
    const turn = ++this.#started, hand = this.left?.hand ?? null;
    const { session, worldModule, first, isWatched } = await this.#make(setup);
    if (turn !== this.#started) { // another one was asked for meanwhile
      await session.dispose();
      throw new Superseded();
    }
    const old = this.session;
    if (setup.env !== this.setup.env) this.speed = this.rowOf(setup.env).speed;
    this.keep();
    Object.assign(this, { session, worldModule, setup, agentFrame: null, humanFrame: null, truth: null, score: null, print: null, hand, history: this.#newHistory(this.rowOf(setup.env)) });
    [this.#truthGamma, this.#changedAt] = [NaN, 0];
    this.staged.clear();
    if (this.isWatched !== isWatched) session.watch(this.isWatched).catch(() => {}); // asked for meanwhile
    session.onFrame = (frame) => this.#receive(session, frame);
    const disposed = old?.dispose().catch(() => {});
    if (!this.#isAbandoned) await disposed;
    this.#isAbandoned = false;
    const resume = this.#goesOn; // also where Play was pressed a moment ago
    this.enter(first.timesteps > 0 ? 'paused' : 'ready');
    this.emit('run');
    this.#receive(session, first);
    if (resume) this.play();
  }

  /** Keeps the run, which is left. */
  keep() {
    if (!this.isLifted && this.history.episodes > 0) this.runs.add(this.result);
  }

  /** What is kept of it beside others. @returns {Omit<import('./run-list.mjs').KeptRun, 'n'>} */
  get result() {
    const { query: id, setup, history, agentFrame: frame } = this, step = frame?.timesteps ?? 0;
    const changes = setup.changes.filter(({ at }) => at < step); // the others took effect on no step
    return { id, setup: { ...setup, changes }, history, step, solvedAt: frame?.solvedAt ?? null, hand: this.hand };
  }

  /** What is shown of it, which another worker takes over: it is not one that is left. */
  lift() {
    const { score, print } = this;
    this.isLifted = true;
    return { score, print };
  }

  /** Shows it again. @param {any} lifted @param {boolean} isSame  it stands where it stood */
  putBack({ score, print }, isSame) {
    this.isLifted = false;
    if (isSame) Object.assign(this, { score, print });
  }

  /** @param {import('./world-table.mjs').World} world */
  #newHistory(world) {
    return new History(world.window, this.trainer.catalog.records);
  }

  /** A session with all that its first picture needs: what is shown of a run changes as a whole. @param {RunSetup} setup */
  async #make(setup) {
    const world = this.rowOf(setup.env);
    const coming = this.loadWorld(world);
    coming.catch(() => {}); // awaited below
    const session = await this.createSession(setup);
    const { isWatched } = this;
    try {
      if (isWatched) await session.watch();
      const first = await firstFrame(session);
      return { session, first, isWatched, worldModule: await coming };
    } catch (error) {
      await session.dispose();
      throw error;
    }
  }

  /** A session in the worker for a setup. @param {RunSetup} setup @returns {Promise<Session>} */
  createSession(setup) {
    const recipe = /** @type {any} */ (recipeOf(setup, { logFreq: this.rowOf(setup.env).logFreq }));
    const { left } = this;
    this.left = null;
    const anew = () => this.trainer.create(recipe);
    return left ? this.trainer.create({ checkpoint: left.checkpoint, changes: recipe.changes }).catch(anew) : anew();
  }

  /** Whether a full checkpoint of it is all that a later page needs to go on. */
  get canGoOn() {
    return true;
  }

  /** The setup of the next run: the settings as they are now, with what is staged. @returns {RunSetup} */
  stagedSetup() {
    const setup = copyOf(this.setup);
    const now = this.#step;
    for (const { at, scope, key, value } of this.setup.changes) {
      const setting = this.settings.find((each) => each.scope === scope && each.key === key);
      if (setting && at <= now) assign(setup, setting, value);
    }
    setup.changes = setup.changes.filter(({ at }) => at > now);
    for (const { setting, value } of this.staged.values()) assign(setup, setting, value);
    return setup;
  }

  /** @param {Session} session @param {Frame} frame */
  #receive(session, frame) {
    if (session !== this.session) return;
    if (this.isPolicy) for (const values of [frame.q, frame.qTm1, frame.table]) values?.forEach((v, i) => (values[i] = Math.exp(v)));
    this.agentFrame = frame;
    this.history.add(frame.records, frame.recordWidth, this.#startValue(), frame.diverged);
    if (frame.diverged) this.enter('diverged');
    else if (this.phase === 'running' && !frame.running && !this.isSuspended) this.#rest(frame);
    this.received(frame);
    this.emit('frame');
    if (this.phase === 'paused' && this.print?.step !== frame.timesteps) void this.#takeFingerprint();
    if (Number.isNaN(this.#truthGamma)) setTimeout(() => void this.#computeTruth()); // what is shown, and Play, come first
  }

  /** For kinds of runs that look into each frame. @param {Frame} _frame */
  received(_frame) {}

  /** @param {Frame} frame */
  #rest(frame) {
    this.enter(frame.finished ? 'finished' : 'paused');
    void this.#takeFingerprint();
    if (frame.finished) void this.#evaluate();
  }

  /** What the greedy policy expects from the start state; null without a table. */
  #startValue() {
    const { agentFrame: frame, startState: start } = this;
    return frame?.table && start >= 0 && !this.isPolicy ? bestOf(frame.table, start, frame.q.length) : null;
  }

  async #computeTruth() {
    const { session } = this;
    const gamma = Number(session?.info.options.gamma);
    if (!session || this.#truthGamma === gamma) return;
    this.#truthGamma = gamma;
    if (!this.hasTruth) return;
    const table = await trueValues(this.trainer, this.setup, gamma).catch(() => null); // without true values none are shown
    if (this.session !== session || this.#truthGamma !== gamma) return;
    this.truth = table;
    this.emit('frame');
  }

  /** When a run has come to its end: how its best parameters do, the same figure the command line ends with. A policy that was only evaluated is told by its own episodes. */
  async #evaluate() {
    const { session, history: { recent } } = this;
    if (!session) return;
    if (this.setup.algo === 'policy-evaluation') {
      if (recent.length === 0) return;
      const mean = recent.reduce((sum, r) => sum + r, 0) / recent.length;
      this.score = { of: 'policy', mean, std: Math.sqrt(recent.reduce((sum, r) => sum + (r - mean) ** 2, 0) / recent.length), episodes: recent.length };
    } else {
      const found = await session.evaluate({ which: 'best' }).catch(() => null); // the run was replaced meanwhile
      if (!found || this.session !== session || this.phase !== 'finished') return;
      this.score = { of: 'best', ...found };
    }
    this.emit('score');
  }

  /** The first digits of the SHA-256 of its parameters; '' where the run is gone. */
  async fingerprint() {
    return (await this.session?.sha256().catch(() => ''))?.slice(0, FINGERPRINT_DIGITS) ?? '';
  }

  /** Whether its frames have the numbers of the last update, from the next one on. @param {boolean} isWatched */
  async watch(isWatched) {
    this.isWatched = isWatched;
    await this.session?.watch(isWatched);
  }

  // ---- parameters ----

  /** A checkpoint. @param {import('../bellhop.js').SaveOptions} [options] @returns {Promise<Uint8Array>} */
  save(options) {
    return this.#session.save(options);
  }

  /** Takes a checkpoint's parameters; a run that goes on goes on with them. @param {Uint8Array} bytes */
  async load(bytes) {
    await this.#session.load(bytes);
    this.print = null;
    if (!this.isRunning) void this.#takeFingerprint();
  }

  /** SHA-256 of its parameters, in full. @returns {Promise<string>} */
  sha256() {
    return this.#session.sha256();
  }

  get #session() {
    if (!this.session) throw new Error('there is no run yet');
    return this.session;
  }

  async #takeFingerprint() {
    const { session, agentFrame } = this;
    const hash = await this.fingerprint();
    if (session !== this.session || agentFrame !== this.agentFrame || !agentFrame || hash === '') return;
    this.print = { step: agentFrame.timesteps, hash };
    this.emit('setup');
  }

  // ---- playing ----

  get #goesOn() {
    return this.phase === 'running' && !this.isPausing;
  }

  play() {
    if (!this.session || this.phase === 'diverged') return;
    this.humanFrame = null;
    if (!this.isSuspended) this.go();
    this.enter('running');
  }

  go() {
    this.session?.play(this.pace).catch(() => {}); // a run that was replaced does not play
  }

  halt() {
    this.session?.pause().catch(() => {});
  }

  async pause() {
    this.catchesUpTo = null;
    if (this.phase !== 'running' || !this.session) return;
    if (this.isSuspended) {
      this.enter('paused');
      return;
    }
    const { session } = this;
    await this.rests(() => session.pause());
  }

  /** One environment step, or as many as it takes to the next update or the end of the episode. @param {'update' | 'episode'} [until] */
  async step(until) {
    if (!this.session || this.phase === 'diverged') return;
    this.humanFrame = null;
    await this.pause();
    const { session } = this;
    const left = this.stopAt - (this.agentFrame?.timesteps ?? 0);
    await session.step(until ? Math.min(STEPS_UNTIL, left > 0 ? left : Infinity) : 1, until);
    if (this.phase === 'ready') this.enter('paused');
    await session.pause(); // resolves when the step is shown: what is changed next is changed after it
  }

  /** The same run from the beginning, with the changes that waited. */
  async reset() {
    if (this.isBusy) {
      await this.restart();
      return;
    }
    await this.pause();
    await this.start();
  }

  abandon() {
    super.abandon();
    this.#started++;
    this.#isAbandoned = true;
    this.catchesUpTo = null;
  }

  /** @param {number} index */
  setSpeed(index) {
    super.setSpeed(index);
    if (this.#goesOn && !this.isSuspended) this.go();
  }

  // ---- changes ----

  /**
   * Changes a setting: now where that is possible or nothing has happened yet, else with the next reset.
   * @param {Setting} setting @param {Value} value
   */
  async change(setting, value) {
    if (setting.field.live && this.session) await this.#changeLive(setting, value);
    else if (this.hasSteps || this.phase === 'running') this.#stage(setting, value);
    else {
      const setup = this.stagedSetup();
      assign(setup, setting, value);
      await this.start(setup);
    }
    this.emit('setup');
  }

  /** @param {Setting} setting @param {Value} value */
  async #changeLive(setting, value) {
    const { session, setup } = this;
    const at = await session?.set({ [setting.key]: value }) ?? 0;
    if (session !== this.session) return;
    const { scope, key } = setting;
    this.#changedAt = at;
    // What was to come is no longer the run that is replayed.
    setup.changes = setup.changes.filter((change) => change.at < at || (change.at === at && !(change.scope === scope && change.key === key)));
    if (at === 0) assign(setup, setting, value);
    else setup.changes.push({ at, scope, key, value });
    if (key === 'gamma') void this.#computeTruth(); // no frame may come that asks for it
  }

  /** @param {Setting} setting @param {Value} value */
  #stage(setting, value) {
    if (same(value, this.valueOf(setting))) this.staged.delete(idOf(setting));
    else this.staged.set(idOf(setting), { setting, value });
  }

  /** Now where nothing has happened yet, else with the next reset. @param {number} seed */
  async changeSeed(seed) {
    const setting = this.settings.find(({ key }) => key === 'seed');
    if (setting) await this.change(setting, seed);
  }

  /** Drops what is staged. */
  unstage() {
    this.staged.clear();
    this.emit('setup');
  }

  /** Another environment or algorithm, with what applies there of the settings; says what was kept and what was not. @param {{ env?: string, choice?: string }} to */
  async switchTo(to) {
    const { lease } = this;
    if (isLate(this.catalog, to.choice)) await this.#enlarge();
    const result = switched(this.catalog, this.stagedSetup(), to);
    try {
      await this.start(result.setup);
    } finally {
      if (this.lease !== lease) lease.release();
    }
    this.emit('setup');
    return result;
  }

  /** Has a worker with the larger module from now on. */
  async #enlarge() {
    const { lease } = this, larger = await lease.larger();
    if (this.lease === lease) this.moveTo(larger);
    else larger.release(); // it has one meanwhile
  }

  // ---- what is shown ----

  /** @param {import('./words.mjs').Words} words @returns {import('./experiment.mjs').Counter[]} */
  counters(words) {
    const { frame, history, world } = this;
    return [
      { id: 'count-episodes', label: 'episode', text: words.count(frame?.episodes ?? 0) },
      { id: 'count-steps', label: 'steps', text: words.count(frame?.timesteps ?? 0), wide: true },
      { id: 'count-updates', label: 'updates', text: words.rate(this.phase === 'running' ? frame?.updatesPerSecond ?? 0 : 0) },
      { id: 'count-mean', label: 'mean', help: 'mean.help', values: { n: world.window }, text: words.value(history.meanReturn, world.digits || 1) },
    ];
  }

  /** The parameters of a link to it. */
  get query() {
    return toQuery(this.catalog, this.setup);
  }

  /** What is worth keeping of it when the page is left. */
  get kept() {
    return { step: this.agentFrame?.timesteps ?? 0, history: this.history.toJSON(), hand: this.hand };
  }

  /** The same without changed settings, for where those are refused. */
  plain() {
    const { env, algo, preset, seed } = this.setup;
    return plainSetup(this.catalog, env, preset ? `${algo}/${preset}` : algo, seed);
  }

  async dispose() {
    this.#started = NaN; // no later start is the last one either
    const { session } = this;
    this.session = null;
    session?.dispose().catch(() => {}); // a worker that is busy hears of it when it is done
    this.leave();
  }
}

/** Names a setting within a run. @param {{ scope: string, key: string }} setting */
export const idOf = ({ scope, key }) => `${scope}.${key}`;

/** What a session shows of where it stands. @param {Session} session @returns {Promise<Frame>} */
function firstFrame(session) {
  return new Promise((resolve, reject) => {
    session.onFrame = resolve;
    session.pause().catch(reject); // its answer comes when the frame was taken: nobody waits for it
  });
}
