// SPDX-License-Identifier: MIT
// A run on a task of text: a run of an agent with more to show. It may start from the language model of the task's examples, which
// is trained first (phase `preparing`, Pause ends it); the weights of the reward change while it runs; each run leaves a curve.
//
// The session is made with the first Play, Step or Reset: until then only the task's layout and baselines are there. Reset makes a
// new run with the same seed, so it repeats the run before unless the seed or a setting was changed: what a link says is what one
// sees. Weights changed while it runs are kept in the setup with their step, as all live changes are.
import { Superseded } from './experiment.mjs';
import { same } from './fields.mjs';
import { lessonsOf } from './lessons.mjs';
import { RunExperiment } from './run-experiment.mjs';
import { assign, copyOf, recipeOf, switched } from './run-setup.mjs';
import { TEXT_ALGOS, loadTaskWorld, optimumUnder, runOptions, taskOf, taskWorld, textCatalog, weightFields } from './text-tasks.mjs';

/** @typedef {import('./run-setup.mjs').RunSetup} RunSetup */
/** @typedef {import('./fields.mjs').Setting} Setting */
/** @typedef {import('./text-tasks.mjs').TextAlgo} TextAlgo */
/** @typedef {import('./text-tasks.mjs').Start} Start */
/** @typedef {import('../worker/trainer.mjs').Session} Session */
/** A text of the agent, finished or not. @typedef {{ view: Float32Array, text: string, envInfo: Record<string, any> }} Written */
/** A finished text; `step` of the run that finished it, -1 for a sample of the policy. @typedef {Written & { reward: number, step: number }} Sample */
/**
 * What the panels show beside a frame's own numbers; it comes with the frame.
 * @typedef {{ text: Written | null, rated: Written | null, last: readonly Sample[], best: Sample | null }} Shown
 */
/** @typedef {import('../bellhop.js').Frame & { prior: Float64Array | null, written: Written | null, shown: Shown }} TextFrame */
/**
 * Mean returns of evaluations over environment steps.
 * @typedef {object} RunCurve
 * @property {TextAlgo} algo @property {Start} start @property {number} seed
 * @property {number[]} xs @property {number[]} ys
 * @property {number | null} changedAt   the step at which its weights changed
 * @property {boolean} custom            whether it began with other weights than the task's
 * @property {number} again              runs of this algorithm and start before it, cleared ones too
 * @property {string} [name]              as the reader calls it
 */
/**
 * Mean returns to compare with; null: unknown.
 * @typedef {{ random: number | null, lm: number | null, optimum: number | null, threshold: number | null }} Baselines
 */
/**
 * A part of the reward; without `setting` its weight is fixed.
 * @typedef {{ name: string, nameZh: string, setting: Setting | null, sign: number, weight: number }} RewardPart
 */
/** A run that is being made. @typedef {{ abort: AbortController, settled: Promise<boolean> }} Preparation */
/** @typedef {import('./run-setup.mjs').Switched} Switched */

/** Factors of the pace; the last one is as fast as possible. */
const SPEEDS = Object.freeze([1, 4, 15, Infinity]);
const RUNS_MOST = 8, SAMPLES = 3, MEASURE_MS = 700, EVALUATION_SEED = 1;
/** For so long a talk stays, while whole ones follow each other. */
const READ_MS = 4000;
/** @type {Readonly<Shown>} */
const NOTHING = Object.freeze({ text: null, rated: null, last: Object.freeze([]), best: null });

/**
 * A setup that this lab can run: of the task's algorithms, DQN where it names another one.
 * @param {import('./fields.mjs').Catalog} catalog @param {RunSetup} setup @returns {RunSetup}
 */
export function textSetup(catalog, setup) {
  const algos = taskOf(setup.env).kind === 'text' ? TEXT_ALGOS : TEXT_ALGOS.slice(0, 1);
  if (algos.some((algo) => algo === setup.algo) && !setup.preset) return copyOf(setup);
  return { ...switched(catalog, setup, { choice: algos.find((algo) => algo === setup.algo) ?? algos[0] }).setup, start: setup.start };
}

export class TextExperiment extends RunExperiment {
  kind = /** @type {const} */ ('text');
  speeds = /** @type {readonly number[]} */ (SPEEDS);
  /** How far the language model of the examples is, while it is trained. @type {import('./lessons.mjs').Progress | null} */
  progress = null;
  #lessons;
  /** Of the task, before there is a session. @type {import('../bellhop.js').SessionInfo | null} */
  #info = null;
  /** @type {Preparation | null} */
  #preparation = null;
  /** For the language model. @type {import('./lessons.mjs').Wait | null} */
  #wait = null;
  #turn = 0;
  /** The first evaluation of the session that was made last. */
  #firstMean = NaN;
  /** Of the present run. @type {RunCurve | null} */
  #curve = null;
  /** How many runs of a task, an algorithm and a start were played. @type {Map<string, number>} */
  #again = new Map();
  #isPlayed = false;
  /** @type {Map<string, Baselines>} */
  #baselines = new Map();
  #measurements = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #measureTimer;
  /** The weights that are in force and known to be, as JSON. */
  #weightsKey = '';
  /** Weights the reader has asked for that no frame was made with yet, and from which step they hold. @type {Record<string, number>} */
  #wanted = {};
  #wantedAt = Infinity;
  /** @type {Readonly<Shown>} */
  #shown = NOTHING;
  /** What was shown of a run that begins anew in another worker. @type {Readonly<Shown> | null} */
  #carried = null;
  /** When the talk that is shown came. */
  #toldAt = -Infinity;

  /** @param {import('../worker/trainer-pool.mjs').Lease} lease  of a worker with language models @param {RunSetup} setup */
  constructor(lease, setup) {
    super(lease, textSetup(/** @type {any} */ (lease.trainer.catalog), setup));
    this.#lessons = lessonsOf(lease.trainer);
    this.runs.most = RUNS_MOST;
  }

  // ---- what it is ----

  get task() {
    return taskOf(this.setup.env);
  }

  /** Else it steers a training: there are no tokens and no language model, and only DQN learns it. */
  get isText() {
    return this.task.kind === 'text';
  }

  /** @returns {Start} */
  get startsFrom() {
    return this.isText ? this.setup.start ?? 'lm' : 'scratch';
  }

  get catalog() {
    return textCatalog(super.catalog, this.setup.start);
  }

  /** @returns {any} */
  get layout() {
    return this.session?.info.layout ?? this.#info?.layout ?? {};
  }

  get stepsPerSecond() {
    return this.world.pace * SPEEDS[this.speed];
  }

  /** @param {string} env */
  rowOf(env) {
    return taskWorld(env);
  }

  /** @param {import('./world-table.mjs').World} row */
  loadWorld({ id }) {
    return loadTaskWorld(id);
  }

  get can() {
    const { play, step, reset } = super.can;
    const idle = this.phase !== 'preparing';
    return { play, step: step && idle, reset: reset && (idle || this.isBusy) };
  }

  /** The frame, with what is shown beside it. @returns {TextFrame | null} */
  get textFrame() {
    return /** @type {TextFrame | null} */ (this.agentFrame);
  }

  /** The curves of the task's runs that are shown, the present one last. @returns {RunCurve[]} */
  get curves() {
    return [...this.runs.drawn(this.setup).flatMap(({ curve }) => curve ?? []), ...this.#curve ? [this.#curve] : []];
  }

  keep() {
    if (this.#curve && this.#isPlayed && !this.isLifted) this.runs.add(this.result); // the next run's first frame comes before its curve
  }

  get result() {
    return { ...super.result, ...this.#curve && { curve: { ...this.#curve } } };
  }

  lift() {
    return { ...super.lift(), curve: this.#curve, isPlayed: this.#isPlayed, shown: this.#shown };
  }

  /** @param {any} lifted @param {boolean} isSame */
  putBack(lifted, isSame) {
    super.putBack(lifted, isSame);
    const { curve, isPlayed, shown } = lifted;
    if (this.#curve && curve) Object.assign(this.#curve, isSame ? curve : { again: curve.again });
    this.#isPlayed = isPlayed; // it is counted already
    if (this.session) this.#show(shown);
    else this.#carried = shown;
    if (this.agentFrame) this.received(this.agentFrame);
  }

  /** @returns {Baselines} */
  get baselines() {
    return this.#baselines.get(this.task.id) ?? { random: null, lm: null, optimum: this.task.optimum, threshold: this.env.reward_threshold };
  }

  /** Where the axis of the curves ends: where the run does. */
  get until() {
    return Math.min(this.stopAt, Number(this.session?.info.options.totalTimesteps ?? this.setup.options.totalTimesteps ?? this.task.steps));
  }

  /** Forgets the runs of the task that were left and are not pinned. */
  clearCurves() {
    const { runs, setup: { env } } = this;
    runs.items = runs.items.filter((run) => run.isPinned || run.setup.env !== env);
    runs.version++;
    this.emit('setup');
  }

  // ---- weights ----

  /** The parts of the reward in the order of the environment. @returns {RewardPart[]} */
  get parts() {
    const { parts = [], parts_zh: partsZh = [] } = this.layout;
    const fields = weightFields(this.catalog, this.setup.env);
    return parts.map((/** @type {string} */ name, /** @type {number} */ i) => {
      const setting = fields.length === parts.length ? this.#weightSetting(fields[i].key) : null;
      return { name, nameZh: partsZh[i] ?? name, setting, sign: setting ? fields[i].sign : 1, weight: setting ? Number(this.valueOf(setting)) : 1 };
    });
  }

  /** All weights as they are now, by option. @returns {Record<string, number>} */
  get weights() {
    return Object.fromEntries(weightFields(this.catalog, this.setup.env).map(({ key }) => [key, Number(this.valueOf(this.#weightSetting(key)))]));
  }

  /** Whether the weights are not the task's own. */
  get isCustom() {
    return weightFields(this.catalog, this.setup.env).some(({ key, field }) => this.weights[key] !== Number(field.default));
  }

  /** @param {string} key @returns {Setting} */
  #weightSetting(key) {
    const { field } = /** @type {ReturnType<typeof weightFields>[number]} */ (weightFields(this.catalog, this.setup.env).find((each) => each.key === key));
    return { field, key, scope: 'envOptions', preset: Number(field.default) };
  }

  /** @param {Setting} setting */
  valueOf(setting) {
    return setting.scope === 'envOptions' && Object.hasOwn(this.#wanted, setting.key) ? this.#wanted[setting.key] : super.valueOf(setting);
  }

  /** Changes weights, at once where it runs; all of them in one step. @param {Record<string, number>} weights by option */
  async weigh(weights) {
    Object.assign(this.#wanted, weights);
    this.#wantedAt = Infinity;
    this.emit('setup');
    await this.#applyWeights();
  }

  async #applyWeights() {
    const wanted = { ...this.#wanted };
    if (this.#preparation || Object.keys(wanted).length === 0) return; // the run that comes gets them
    const { session } = this;
    let at;
    try {
      at = await session?.set(wanted) ?? 0;
    } catch (error) {
      if (session === this.session) this.#wanted = {};
      throw error;
    }
    if (session !== this.session) {
      await this.#applyWeights();
      return;
    }
    this.#record(at, wanted);
    this.#wantedAt = at;
    if ((this.agentFrame?.timesteps ?? 0) >= at) this.#wanted = {};
    if (session && at === 0) await this.#evaluateAnew(session);
    this.#noticeWeights();
    this.emit('setup');
  }

  /** Keeps weights in the setup. @param {number} at @param {Record<string, number>} weights */
  #record(at, weights) {
    const { setup } = this;
    if (this.session) setup.changes = setup.changes.filter((change) => change.at <= at); // the run that was to be replayed is another one now
    for (const [key, value] of Object.entries(weights)) {
      const setting = this.#weightSetting(key);
      setup.changes = setup.changes.filter((change) => change.at !== at || change.key !== key);
      const before = setup.changes.findLast((change) => change.key === key && change.at <= at)?.value ?? setup.envOptions[key] ?? setting.preset;
      if (at === 0) assign(setup, setting, value);
      else if (!same(before, value)) setup.changes.push({ at, scope: 'envOptions', key, value });
    }
  }

  /** Under the weights of now, before the first step. @param {Session} session */
  async #evaluateAnew(session) {
    const { mean } = await this.#evaluate(session);
    if (session !== this.session || !this.#curve) return;
    [this.#curve.ys[0], this.#curve.custom] = [mean, this.isCustom];
  }

  /** Under other weights the best text of before means nothing, and baselines are others. */
  #noticeWeights() {
    const key = JSON.stringify(this.weights);
    if (key === this.#weightsKey) return;
    this.#weightsKey = key;
    this.#show({ ...this.#shown, best: null });
    clearTimeout(this.#measureTimer);
    this.#measureTimer = setTimeout(() => this.#measure().catch(() => {}), MEASURE_MS); // the lines of before stay
  }

  // ---- baselines ----

  /** What random actions and the language model get under the weights of now; measured once for each. */
  async #measure() {
    const { task, weights, isCustom } = this;
    const turn = ++this.#measurements;
    const model = this.#lessons.trained(task);
    const [random, lm] = await Promise.all([this.#lessons.measure(task, weights).mean, model ? this.#lessons.measure(task, weights, true).mean : null]);
    if (turn !== this.#measurements || task !== this.task) return;
    const optimum = isCustom ? optimumUnder(task, Object.values(weights)) : task.optimum;
    this.#baselines.set(task.id, { random, lm, optimum, threshold: isCustom ? null : this.env.reward_threshold });
    this.emit('setup');
  }

  // ---- runs ----

  /** Another setup, by default the present one with what is staged. Nothing is made of it before Play, Step or Reset. @param {RunSetup} [setup] */
  async start(setup = this.stagedSetup()) {
    const turn = ++this.#turn;
    this.#lessons = lessonsOf(this.trainer);
    await this.#stopPreparing();
    if (turn !== this.#turn) throw new Superseded();
    const dropped = this.#drop();
    [this.setup, this.#carried] = [setup, null];
    if (this.#info?.env !== setup.env) await this.#learnOf(turn);
    this.#weightsKey = JSON.stringify(this.weights);
    this.enter('ready');
    this.emit('run');
    this.#measure().catch(() => {}); // Play asks again, and tells
    await dropped;
    if (turn > 1 && this.left?.setup !== setup) this.left = null; // it was of the first setup
    if (this.left) await this.#prepare().catch(() => {}); // where that fails Play does it again, and tells
  }

  /** Fetches what a task looks like: its layout and the drawing of its world. @param {number} turn */
  async #learnOf(turn) {
    this.#info = null;
    this.enter('loading');
    const [info, worldModule] = await Promise.all([this.#lessons.measure(this.task, this.weights).info, this.loadWorld(this.world)]);
    if (turn !== this.#turn) throw new Superseded();
    [this.#info, this.worldModule] = [info, worldModule];
  }

  /** Drops the run that is there, with what is shown of it. */
  async #drop() {
    const { session } = this;
    this.keep();
    Object.assign(this, { session: null, agentFrame: null, humanFrame: null, score: null });
    this.staged.clear();
    this.#forget();
    await session?.dispose().catch(() => {});
  }

  #forget() {
    this.#shown = NOTHING;
    this.#leaveCurve();
    if (!this.#preparation) [this.#wanted, this.#wantedAt] = [{}, Infinity];
  }

  async #stopPreparing() {
    const preparation = this.#preparation;
    preparation?.abort.abort();
    await preparation?.settled.catch(() => {}); // whoever pressed Play hears of it
  }

  /** Makes a run of the present setup with what is staged; resolves to whether it is there and nobody pressed Pause. */
  #prepare() {
    const abort = new AbortController();
    const preparation = { abort, settled: Promise.resolve(false) };
    this.#preparation = preparation;
    preparation.settled = this.#makeRun(abort.signal);
    return preparation.settled;
  }

  /** @param {AbortSignal} signal */
  async #makeRun(signal) {
    const before = this.phase;
    const setup = this.stagedSetup();
    this.enter('preparing');
    try {
      await super.start(setup);
    } catch (error) {
      this.#preparation = null;
      if (this.phase === 'preparing') this.enter(before);
      if (error instanceof Superseded || this.trainer.isGone) return false; // of a worker that is gone its rescue tells
      throw error;
    }
    this.#preparation = null;
    this.#begin();
    await this.#applyWeights();
    return !signal.aborted;
  }

  /** The run that has just come into the place of the one before gets its curve. */
  #begin() {
    const { setup, startsFrom } = this;
    this.#leaveCurve();
    [this.#shown, this.#carried] = [this.#carried ?? NOTHING, null];
    const algo = /** @type {TextAlgo} */ (setup.algo);
    // Numbers go on where curves were cleared: none is there twice.
    const name = `${this.task.id} ${algo} ${startsFrom}`, again = this.#again.get(name) ?? 0;
    this.#curve = { algo, start: startsFrom, seed: setup.seed, xs: [0], ys: [this.#firstMean], changedAt: null, custom: this.isCustom, again };
    this.#weightsKey = JSON.stringify(this.weights);
    this.emit('setup');
  }

  /** The curve of a run stays, unless it never took a step. */
  #leaveCurve() {
    [this.#curve, this.#isPlayed] = [null, false];
  }

  /** Before it, the language model where it starts from one. @param {RunSetup} setup @returns {Promise<Session>} */
  async createSession(setup) {
    const { signal } = /** @type {Preparation} */ (this.#preparation).abort;
    const task = taskOf(setup.env);
    const model = this.startsFrom === 'lm' ? await this.#pretrain(task, signal) : this.#lessons.trained(task);
    await until(signal, this.#measure());
    const making = this.#openFor(setup, model?.key);
    let taken = false;
    try {
      const { session, mean } = await until(signal, making);
      taken = true;
      this.#firstMean = mean;
      return session;
    } finally {
      if (!taken) making.then(({ session }) => session.dispose()).catch(() => {}); // nobody wants it any more
    }
  }

  /** @param {RunSetup} setup @param {number} [prior]  the key of the language model @returns {any} */
  #recipe(setup, prior) {
    const recipe = recipeOf(setup, runOptions(taskOf(setup.env), /** @type {TextAlgo} */ (setup.algo), this.startsFrom));
    return { ...recipe, samples: true, ...prior !== undefined && { prior }, ...prior !== undefined && this.startsFrom === 'lm' && { startFrom: prior } };
  }

  /** What a run beside this one is made from, in the same worker; this one has trained the language model. @param {RunSetup} setup */
  recipeBeside(setup) {
    return this.#recipe(setup, this.#lessons.trained(this.task)?.key);
  }

  /** The run that was left, where its checkpoint can be read and nothing was changed since; else a new one. @param {RunSetup} setup @param {number} [prior]  the key of the language model */
  #openFor(setup, prior) {
    const left = this.staged.size > 0 ? null : this.left;
    this.left = null;
    const { startFrom, ...recipe } = this.#recipe(setup, prior);
    const anew = () => this.#open({ ...recipe, ...startFrom !== undefined && { startFrom } });
    const { changes, samples } = recipe;
    return left ? this.#open({ checkpoint: left.checkpoint, changes, samples, ...prior !== undefined && { prior } }, left.first).catch(anew) : anew();
  }

  /** @param {object} recipe @param {number} [first]  the mean of its first evaluation, where it is known */
  async #open(recipe, first) {
    const session = await this.trainer.create(/** @type {any} */ (recipe));
    try {
      return { session, mean: first ?? (await this.#evaluate(session)).mean };
    } catch (error) {
      await session.dispose().catch(() => {});
      throw error;
    }
  }

  /** @param {Session} session */
  #evaluate(session) {
    return session.evaluate({ episodes: this.task.firstEpisodes, seed: EVALUATION_SEED });
  }

  /** @param {import('./text-tasks.mjs').Task} task @param {AbortSignal} signal */
  async #pretrain(task, signal) {
    const wait = this.#wait = this.#lessons.pretrain(task, (progress) => {
      this.progress = progress;
      this.emit('frame');
    });
    if (this.isSuspended) wait.hold();
    try {
      return await until(signal, wait.done);
    } finally {
      wait.leave();
      [this.#wait, this.progress] = [null, null];
    }
  }

  /**
   * Another task, algorithm or start, with what applies there of the settings; says what was kept and what was not.
   * @param {{ env?: string, choice?: string, start?: Start }} to @returns {Promise<Switched>}
   */
  async switchTo({ start = this.setup.start, ...to }) {
    const catalog = textCatalog(super.catalog, start);
    const result = switched(catalog, this.stagedSetup(), to);
    const setup = textSetup(catalog, { ...result.setup, start });
    const algoDropped = setup.algo === result.setup.algo ? result.algoDropped : result.setup.algo;
    await this.start(setup);
    this.emit('setup');
    return { ...result, setup, algoDropped };
  }

  /** @param {{ algo?: TextAlgo, start?: Start }} change */
  choose({ algo, start }) {
    return this.switchTo({ ...algo && { choice: algo }, ...start && { start } });
  }

  /** What is worth keeping of it when the page is left. */
  get kept() {
    return { ...super.kept, first: this.#curve?.ys[0] };
  }

  // ---- playing ----

  /** @returns {unknown} */
  play() {
    if (this.#preparation) return undefined;
    return this.session ? super.play() : this.#prepareAndPlay();
  }

  async #prepareAndPlay() {
    if (this.can.play && await this.#prepare()) super.play();
  }

  async pause() {
    this.catchesUpTo = null;
    if (this.#preparation) await this.#stopPreparing();
    else await super.pause();
  }

  /** @param {'update' | 'episode'} [until] */
  async step(until) {
    if (this.#preparation || !this.can.step) return;
    if (this.session || await this.#prepare()) await super.step(until);
  }

  async reset() {
    if (this.isBusy) {
      await this.restart();
      return;
    }
    if (this.#preparation || !this.can.reset) return;
    await this.pause();
    await this.#prepare();
  }

  abandon() {
    super.abandon();
    this.session = null;
    this.#preparation?.abort.abort();
  }

  /** @param {unknown} [viewer] */
  suspend(viewer) {
    super.suspend(viewer);
    if (this.isSuspended) this.#wait?.hold();
  }

  /** @param {unknown} [viewer] */
  resume(viewer) {
    super.resume(viewer);
    this.#wait?.resume();
  }

  // ---- frames ----

  /** @param {import('../bellhop.js').Frame} frame */
  received(frame) {
    if (frame.timesteps >= this.#wantedAt) [this.#wanted, this.#wantedAt] = [{}, Infinity];
    this.#follow(frame.timesteps);
    this.#noticeWeights();
    this.#show(this.#lookAt(/** @type {TextFrame} */ (frame)));
  }

  /** The curve goes on. @param {number} steps */
  #follow(steps) {
    const curve = this.#curve;
    if (!curve) return;
    if (steps > 0 && !this.#isPlayed) this.#again.set(`${this.task.id} ${curve.algo} ${curve.start}`, curve.again + 1);
    this.#isPlayed ||= steps > 0;
    const [xs, , , means] = this.history.returns;
    const evaluated = means.flatMap((mean, i) => (mean === null ? [] : [i]));
    curve.xs = [0, ...evaluated.map((i) => xs[i])];
    curve.ys = [curve.ys[0], ...evaluated.map((i) => Number(means[i]))];
    curve.changedAt = this.setup.changes.find(({ scope, at }) => scope === 'envOptions' && at <= steps)?.at ?? null;
  }

  /**
   * At full speed whole texts by the policy of now, one after the other, talks so slowly that they can be read; else every token.
   * @param {TextFrame} frame @returns {Shown}
   */
  #lookAt(frame) {
    const shown = this.#shown;
    const text = frame.running && this.isBlur ? frame.written : frame;
    if (!text) return shown;
    const { length, parts } = this.layout;
    if (!this.isText || !(text.view[length] >= 0)) return { ...shown, text };
    if (text === frame && shown.last[0]?.step === frame.timesteps) return { ...shown, text, rated: text }; // the same frame again
    const isHeld = this.task.isTalk && text !== frame && shown.text && performance.now() - this.#toldAt < READ_MS;
    if (!isHeld) this.#toldAt = performance.now();
    const { view, envInfo } = text;
    const sample = { view, envInfo, text: text.text, reward: view[length + parts.length], step: text === frame ? frame.timesteps : -1 };
    const best = shown.best && shown.best.reward > sample.reward ? shown.best : sample;
    const last = [sample, ...shown.last].slice(0, SAMPLES);
    return isHeld ? { ...shown, last, best } : { text, rated: text, last, best };
  }

  /** @param {Readonly<Shown>} shown */
  #show(shown) {
    this.#shown = shown;
    if (this.textFrame) this.textFrame.shown = shown;
  }

  /** @param {import('./words.mjs').Words} words */
  phaseText(words) {
    const { progress } = this;
    if (this.isBusy || this.isPausing || this.phase !== 'preparing' || !progress) return super.phaseText(words);
    return words.t('phase.pretraining', {
      step: words.count(progress.step), steps: words.count(progress.of), perplexity: words.value(progress.perplexity, 2),
    });
  }

  /** @param {import('./words.mjs').Words} words @returns {import('./experiment.mjs').Counter[]} */
  counters(words) {
    const { agentFrame: frame, history, world, session } = this;
    const rate = this.phase === 'running' && frame ? words.rate(Math.round(frame.stepsPerSecond)) : '–';
    return [
      { id: 'count-steps', label: 'steps', text: words.count(frame?.timesteps ?? 0), wide: true },
      { id: 'count-rate', label: 'rl.count.rate', text: rate },
      { id: 'count-mean', label: 'mean', help: 'mean.help', values: { n: world.window }, text: words.value(session ? history.meanReturn : NaN, 2) },
    ];
  }

  async dispose() {
    this.#turn++;
    this.#measurements++;
    clearTimeout(this.#measureTimer);
    this.#preparation?.abort.abort();
    await super.dispose();
  }
}

/** A promise that Pause may end. @template T @param {AbortSignal} signal @param {Promise<T>} promise @returns {Promise<T>} */
function until(signal, promise) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Superseded());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
