// SPDX-License-Identifier: MIT
// A language model that is trained: the form it is made from, its session in a worker, its curve, and what it writes. A model is
// made with Play, Step or Reset; while it is made the phase is `preparing`. What changes in the form takes another model, which
// the next Play makes (`isStale`); one that is refused leaves the model that is there as it was.
//
// The same form with the same seed makes the same model; Reset begins anew with the present form. What it writes is drawn anew
// every second while it is trained, and does not touch the training.
import { hasFile } from './corpora.mjs';
import { Experiment, Superseded } from './experiment.mjs';
import { PROMPTS, fetchCorpus, languageRecipe, languageToQuery, refusalOf } from './language-setup.mjs';

/** @typedef {import('./language-setup.mjs').LanguageSetup} LanguageSetup */
/** @typedef {import('./language-setup.mjs').CorpusId} CorpusId */
/** @typedef {import('../worker/trainer.mjs').LanguageSession} LanguageSession */
/** @typedef {import('../bellhop.js').LanguageFrame} LanguageFrame */
/** @typedef {import('../bellhop.js').TextChanges} TextChanges */
/**
 * How the next token is drawn; `prompt` null: the corpus's own.
 * @typedef {{ prompt: string | null, temperature: number, topK: number, topP: number, greedy: boolean }} Sampling
 */
/** Perplexities over steps. @typedef {{ xs: number[], ys: number[] }} Curve */
/** @typedef {{ train: Curve, held: Curve }} Curves */
/** `talk`: what a reader is shown for both, where they are a talk; else null. @typedef {{ prompt: string, text: string, talk: import('../bellhop.js').Turn[] | null }} WrittenText */
/**
 * The recipe of a model, and whether the form still says so when it is there.
 * @typedef {() => Promise<{ recipe: import('../bellhop.js').LanguageRecipe, isFresh: () => boolean }>} Prepare
 */

/**
 * How a model goes on in another worker: from `state`, else from its beginning; to `phase`, or playing; with `catchesUp` to the step that was shown, where it does not play.
 * @typedef {object} Revival
 * @property {import('./experiment.mjs').State | null} state @property {import('./experiment.mjs').Phase} phase @property {boolean} goesOn @property {boolean} catchesUp
 * @property {(step: number) => void} tell  from which step it goes on
 */

/** Tokens of a sample. */
const LENGTHS = Object.freeze({ char: 220, word: 60, bpe: 90, words: 40 });
const NEXT = 8, FIRST_MS = 300, EVERY_MS = 1000;
/** Points of a curve before every second one is left out. */
const POINTS_MAX = 600;
const UNTIL = 100;
/** While it catches up Pause is answered after so many. */
const STEPS_AT_ONCE = 10;

export class LanguageExperiment extends Experiment {
  kind = /** @type {const} */ ('language');
  /** @type {LanguageSession | null} */
  session = null;
  /** @type {LanguageFrame | null} */
  frame = null;
  /** @type {import('../bellhop.js').LanguageSessionInfo | null} */
  about = null;
  /** @type {Curves} */
  curve = emptyCurves();
  /** The step at which training ends. */
  until = UNTIL;
  /** Whether the model came from a file: it cannot be trained on. */
  isOpened = false;
  /** Whether the form says another model than the one that is there. */
  isStale = false;
  /** Why the last model that was asked for was refused; null else. @type {unknown} */
  refused = null;
  /** The text of the corpus; null while it is fetched, and of a task. @type {string | null} */
  text = null;
  /** Why the corpus could not be fetched. @type {unknown} */
  textProblem = null;
  /** @type {Sampling} */
  sampling = { prompt: null, temperature: 0.8, topK: 0, topP: 1, greedy: false };
  /** @type {WrittenText | null} */
  written = null;
  /** The most probable tokens after the prompt. @type {{ token: string, p: number }[]} */
  next = [];
  /** What was kept of its training, from which it goes on once the text is there; of another text it begins anew. @type {import('./run-experiment.mjs').Left | null | undefined} */
  left = null;
  /** What the model that is there was made from. @type {import('../bellhop.js').LanguageRecipe | null} */
  #recipe = null;
  /** Brings it back, once there is another worker. @type {(() => Promise<boolean>) | null} */
  #revival = null;
  /** @type {TextChanges | null} */
  #changes = null;
  #fetch;
  /** @type {Map<CorpusId, Promise<string>>} */
  #fetched = new Map();
  /** Resolves when the model on its way is there, or refused. @type {Promise<boolean> | null} */
  #making = null;
  /** Pause was pressed while it was made. */
  #isLeft = false;
  #isEnded = false;
  #isWriting = false;
  #writesAgain = false;
  /** Why the prompt was refused. @type {unknown} */
  #ofPrompt = null;
  #samples = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import('../worker/trainer-pool.mjs').Lease} lease  of a worker with language models @param {LanguageSetup} setup
   * @param {(id: CorpusId) => Promise<string>} [fetchText]  of corpora
   */
  constructor(lease, setup, fetchText = fetchCorpus) {
    super(lease);
    this.setup = setup;
    this.#fetch = fetchText;
  }

  // ---- the form ----

  /** Shows the form; the text of the corpus comes. */
  async start() {
    if (this.#revival) {
      if (!await this.#makes(this.#revival())) throw this.refused ?? new Superseded();
      return;
    }
    this.enter('ready');
    this.emit('run');
    await this.loadText();
    await this.#goOn();
  }

  /** Goes on with the training that was left; the reader's own text may come later. */
  async #goOn() {
    const { left } = this;
    if (!left || (this.setup.corpus === 'own' && this.setup.own === '')) return;
    this.left = null;
    const isBegun = this.session !== null || this.#making !== null; // by the reader, another one
    if (isBegun) return;
    if (!await this.#make(left.checkpoint)) {
      this.refuse(null);
      return;
    }
    const past = /** @type {Partial<Curves> | undefined} */ (left.history);
    if (past?.train && past.held) this.curve = { train: past.train, held: past.held };
    await this.session?.pause(); // with the frame of where it stands
    if (this.phase === 'ready') this.enter('paused'); // else Play was pressed meanwhile
    await this.write();
  }

  /** Whether a full checkpoint of it is all that a later page needs to go on. */
  get canGoOn() {
    return this.session !== null && !this.isStale && !this.isOpened && this.hasSteps;
  }

  /** Fetches the text of the chosen corpus; after a failure, again. */
  async loadText() {
    const { corpus } = this.setup;
    [this.text, this.textProblem] = [hasFile(corpus) ? null : corpus === 'own' ? this.setup.own : '', null];
    this.emit('setup');
    if (!hasFile(corpus)) return;
    const [text, problem] = await this.#textOf(corpus).then((found) => [found, null], (error) => [null, error]);
    if (this.setup.corpus !== corpus) return; // meanwhile another one was chosen
    [this.text, this.textProblem] = [text, problem];
    this.emit('setup');
  }

  /** @param {CorpusId} id */
  #textOf(id) {
    const known = this.#fetched.get(id);
    if (known) return known;
    const coming = this.#fetch(id);
    this.#fetched.set(id, coming);
    coming.catch(() => this.#fetched.delete(id));
    return coming;
  }

  /**
   * Changes the form: the next Play makes another model.
   * @param {Partial<Omit<LanguageSetup, 'sizes'>> & { sizes?: Partial<LanguageSetup['sizes']> }} change
   */
  change({ sizes, ...change }) {
    const { corpus } = this.setup;
    this.setup = { ...this.setup, ...change, sizes: { ...this.setup.sizes, ...sizes } };
    this.isStale = this.session !== null;
    this.refused = null;
    if (this.setup.corpus !== corpus || this.setup.corpus === 'own') void this.loadText();
    else this.emit('setup');
  }

  /**
   * What the reader types over a corpus is a text of the reader's own.
   * @param {string} own @param {TextChanges | null} [changes]  of the file it was read from
   */
  type(own, changes = null) {
    this.#changes = changes;
    this.change({ own, corpus: 'own' });
  }

  /** What is other in the text that is learned from than in the one the reader gave; null: nothing. @returns {TextChanges | null} */
  get textChanges() {
    if (this.setup.corpus !== 'own') return null;
    return this.#changes ?? (this.isStale ? null : this.about?.textChanges ?? null);
  }

  /** Something was given that is no text or no model. @param {unknown} error */
  refuse(error) {
    this.refused = error;
    this.emit('setup');
  }

  /** Puts a text of the reader's back in its place, where there is none. @param {string} own */
  restoreText(own) {
    if (this.setup.own !== '') return;
    if (this.setup.corpus === 'own') this.change({ own });
    else this.setup = { ...this.setup, own };
    this.emit('setup');
    void this.#goOn();
  }

  /** The reader's text, whether it is learned from or not. */
  get ownText() {
    return this.setup.own;
  }

  /** What a link holds of it, as a key of the words: neither a text of the reader's nor a model from a file. @returns {'shared.opened' | 'shared.text' | 'shared.model'} */
  get sharedAs() {
    if (this.isOpened && !this.isStale) return 'shared.opened';
    return this.setup.corpus === 'own' ? 'shared.text' : 'shared.model';
  }

  /** @param {number} seed */
  changeSeed(seed) {
    this.change({ seed });
  }

  /** The seed of the next model, where the one that is there has another; null else. */
  get stagedSeed() {
    const seed = this.about?.options?.seed;
    return this.isStale && seed !== undefined && seed !== this.setup.seed ? this.setup.seed : null;
  }

  // ---- models ----

  get can() {
    const { play, step, reset } = super.can;
    const idle = this.phase !== 'preparing';
    const anew = this.phase === 'diverged' && this.isStale; // with another form it can be tried again
    return { play: play || anew, step: (step || anew) && idle, reset: reset && (idle || this.isBusy) };
  }

  /** Whether Play goes on with the model that is there. */
  get #goesOn() {
    return this.session !== null && !this.isStale && !this.isOpened && this.phase !== 'diverged';
  }

  /** Another model as the form says, or that of a full checkpoint; resolves to whether it is there. @param {Uint8Array} [checkpoint] */
  #make(checkpoint) {
    return this.#replace(async () => {
      const { setup } = this;
      const recipe = languageRecipe(setup, await this.#corpusOf(setup));
      return { recipe: { ...recipe, ...checkpoint && { checkpoint } }, isFresh: () => this.setup === setup };
    }, false);
  }

  /** The text that a model is made of; where it could not be fetched, that is tried again, and shown. @param {LanguageSetup} setup */
  async #corpusOf({ corpus, own }) {
    if (!hasFile(corpus)) return corpus === 'own' ? own : '';
    if (this.textProblem) await this.loadText();
    if (this.textProblem) throw this.textProblem;
    return this.#textOf(corpus);
  }

  /** Opens a saved model. @param {Uint8Array} bytes @returns {Promise<boolean>} whether it is one */
  async open(bytes) {
    if (this.#making) return false;
    await this.pause();
    const isOpen = await this.#replace(async () => ({ recipe: { model: bytes }, isFresh: () => true }), true);
    if (isOpen) await this.write();
    return isOpen;
  }

  /** @param {Prepare} prepare @param {boolean} isOpened */
  #replace(prepare, isOpened) {
    return this.#makes(this.#tryReplace(prepare, isOpened));
  }

  /** @param {Promise<boolean>} work  resolves to whether the model is there */
  #makes(work) {
    const making = work.finally(() => {
      if (this.#making === making) this.#making = null;
    });
    this.#making = making;
    return making;
  }

  /** @param {Prepare} prepare @param {boolean} isOpened */
  async #tryReplace(prepare, isOpened) {
    const before = this.phase, { lease } = this;
    [this.refused, this.#isLeft] = [null, false];
    this.enter('preparing');
    try {
      const { recipe, isFresh } = await prepare();
      const session = await this.trainer.createLanguageModel(recipe);
      if (this.#isEnded || lease !== this.lease) {
        session.dispose().catch(() => {});
        return false;
      }
      this.#take(session, isOpened, !isFresh());
      this.#recipe = recipe;
      this.enter(isOpened ? 'finished' : 'ready');
      return true;
    } catch (error) {
      if (lease !== this.lease || this.phase === 'failed') return false; // it was restarted meanwhile, or its worker is gone
      if (!this.#isEnded && !this.trainer.isGone) this.refused = error; // of a worker that is gone its rescue tells
      this.enter(before);
      this.emit('setup');
      return false;
    }
  }

  /** A model in the place of the one before. @param {LanguageSession} session @param {boolean} isOpened @param {boolean} isStale */
  #take(session, isOpened, isStale) {
    const old = this.session;
    const { about } = session;
    const until = Number(about.options?.maxSteps ?? UNTIL);
    Object.assign(this, { session, about, isOpened, isStale, until, frame: null, written: null, next: [], curve: emptyCurves() });
    if (about.start) this.curve.held = { xs: [0], ys: [about.start.perplexity] };
    session.onFrame = (/** @type {any} */ frame) => this.#receive(session, frame);
    old?.dispose().catch(() => {});
    this.emit('run');
  }

  /** A checkpoint of the model, or of all that its training is; null without one. @param {{ full?: boolean }} [options] @returns {Promise<Uint8Array | null>} */
  async save(options) {
    return await this.session?.save(options) ?? null;
  }

  // ---- playing ----

  /** @returns {Promise<void>} */
  async play() {
    if (this.#making || !this.can.play) return;
    [this.refused, this.#isLeft] = [null, false];
    if (!this.#goesOn && !await this.#make()) return;
    if (this.#isLeft) return;
    this.enter('running');
    if (this.isSuspended) return;
    this.go();
  }

  go() {
    this.session?.play().catch(() => {}); // a model that was replaced does not play
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), FIRST_MS);
  }

  halt() {
    clearTimeout(this.#timer);
    this.session?.pause().catch(() => {});
  }

  async pause() {
    this.#isLeft = true;
    if (!this.#making && this.phase !== 'running') return;
    await this.rests(async () => {
      await this.#making;
      if (this.phase === 'running' && !this.isSuspended) await this.session?.pause();
    });
    if (this.phase === 'running' && this.isSuspended) this.enter('paused');
  }

  /** One step of the optimizer, on one batch. */
  async step() {
    if (this.#making || !this.can.step) return;
    if (this.phase === 'running') await this.pause();
    if (!this.#goesOn && !await this.#make()) return;
    await this.session?.step(1);
    if (this.phase !== 'diverged') this.enter('paused');
    await this.write();
  }

  /** A new model as the form says now. */
  async reset() {
    if (this.isBusy) {
      await this.restart();
      return;
    }
    if (this.#making || !this.can.reset) return;
    await this.pause();
    await this.#make();
  }

  abandon() {
    super.abandon();
    clearTimeout(this.#timer);
    [this.session, this.#making, this.#isWriting] = [null, null, false];
    if (!this.#revival) Object.assign(this, { frame: null, about: null, written: null, next: [], curve: emptyCurves(), isStale: false });
  }

  // ---- in another worker ----

  /** Whether a model comes back in another worker. */
  get isReviving() {
    return this.#revival !== null;
  }

  /** Takes another worker, for the model that is there, too. @param {Revival} how */
  async revive(how) {
    const { session, setup, isOpened, isStale, curve, written, next } = this, shown = this.frame?.steps ?? 0, recipe = { ...this.#recipe, ...how.state && { checkpoint: how.state.checkpoint } };
    this.#revival = session && (async () => {
      if (!await this.#tryReplace(async () => ({ recipe, isFresh: () => !isStale && setup === this.setup }), isOpened)) return false;
      Object.assign(this, { written, next });
      await this.#goOnFrom(how, shown, curve);
      return true;
    });
    await this.restart();
    this.#revival = null;
  }

  /** From where the model is that came back. @param {Revival} how @param {number} shown @param {Curves} curve  that was shown */
  async #goOnFrom({ state, phase, goesOn, catchesUp, tell }, shown, curve) {
    const { session } = this;
    if (!session || this.isOpened) return tell(0);
    if (state) {
      this.curve = state.step === shown ? curve : structuredClone(state.history);
      this.lastState = { ...state, session };
      await session.pause(); // with the frame of where it stands
    }
    this.enter(goesOn ? 'running' : 'preparing');
    tell(state?.step ?? 0);
    if (goesOn) return this.isSuspended || this.go();
    const step = catchesUp ? await this.#catchUp(session, state?.step ?? 0, shown) : 0;
    if (this.phase === 'preparing') this.enter(step < shown || phase === 'preparing' ? 'paused' : phase);
  }

  /** To the step that was shown, or until Pause is pressed. @param {LanguageSession} session @param {number} from @param {number} to */
  async #catchUp(session, from, to) {
    let step = from;
    while (step < to && !this.#isLeft && this.phase === 'preparing') {
      const n = Math.min(STEPS_AT_ONCE, to - step);
      await session.step(n);
      step += n;
    }
    await session.pause();
    return step;
  }

  /** @param {LanguageSession} session @param {LanguageFrame} frame */
  #receive(session, frame) {
    if (session !== this.session) return;
    this.frame = frame;
    this.until = frame.maxSteps;
    for (const { type, step, loss } of frame.records) {
      const { xs, ys } = type === 'train' ? this.curve.train : this.curve.held;
      xs.push(step);
      ys.push(Math.exp(loss));
    }
    if (this.curve.train.xs.length > POINTS_MAX) this.curve.train = halved(this.curve.train);
    if (frame.diverged) this.#rest('diverged');
    else if (this.phase === 'running' && !frame.running && !this.isSuspended) this.#rest(frame.finished ? 'finished' : 'paused');
    this.emit('frame');
  }

  /** @param {'diverged' | 'finished' | 'paused'} phase */
  #rest(phase) {
    clearTimeout(this.#timer);
    if (this.phase === 'running') void this.write();
    this.enter(phase);
  }

  // ---- writing ----

  /** What a sample begins with. */
  get prompt() {
    return this.sampling.prompt ?? PROMPTS[this.setup.corpus];
  }

  /** @param {Partial<Sampling>} change @returns {Promise<void>} */
  async setSampling(change) {
    this.sampling = { ...this.sampling, ...change };
    this.emit('setup');
    await this.write();
  }

  #tick() {
    if (this.phase !== 'running' || this.isSuspended) return;
    void this.write();
    this.#timer = setTimeout(() => this.#tick(), EVERY_MS);
  }

  /** Has the model write after the prompt, and asks for the next tokens. While it is asked, the last wish waits. */
  async write() {
    if (!this.session) return;
    if (this.#isWriting) {
      this.#writesAgain = true;
      return;
    }
    this.#isWriting = true;
    if (this.refused !== null && this.refused === this.#ofPrompt) this.refuse(null);
    try {
      do {
        this.#writesAgain = false;
        await this.#writeOnce(this.session);
      } while (this.#writesAgain && this.session);
    } catch (error) {
      if (refusalOf(error)?.key === 'error.text.half') this.refuse(this.#ofPrompt = error); // else the model was replaced meanwhile, or its worker has ended: there is nothing to write
    } finally {
      this.#isWriting = false;
    }
  }

  /** @param {LanguageSession} session */
  async #writeOnce(session) {
    const { prompt, sampling: { temperature, topK, topP, greedy } } = this;
    const how = greedy ? { temperature: 0 } : { temperature, topK, topP };
    const { tokenizer } = session.about.model;
    const [{ text, talk }, next] = await Promise.all([
      session.sample({ prompt, length: LENGTHS[tokenizer], seed: ++this.#samples, talk: true, ...how }), session.next(prompt, how, NEXT),
    ]);
    if (session !== this.session) {
      this.#writesAgain = true;
      return;
    }
    const isSpaced = tokenizer === 'words' && prompt !== '' && !/\s$/.test(prompt);
    this.written = { prompt, text: isSpaced ? ` ${text}` : text, talk };
    this.next = next.filter(({ p }) => p > 0);
    this.emit('frame');
  }

  // ---- what is shown ----

  /** @param {import('./words.mjs').Words} words */
  phaseText(words) {
    return this.isOpened && this.phase === 'finished' ? words.t('lm.opened') : super.phaseText(words);
  }

  /** @param {import('./words.mjs').Words} words @returns {import('./experiment.mjs').Counter[]} */
  counters(words) {
    const { frame, about } = this;
    const isRunning = frame && this.phase === 'running';
    return [
      { id: 'count-steps', label: 'lm.count.step', text: frame ? `${words.count(frame.steps)} / ${words.count(frame.maxSteps)}` : '0', wide: true },
      { id: 'count-rate', label: 'lm.count.rate', text: isRunning ? words.rate(Math.round(frame.tokensPerSecond / 100) * 100) : '–' },
      { id: 'count-vocabulary', label: 'lm.count.vocabulary', text: about ? words.count(about.model.vocabulary) : '–' },
      { id: 'count-parameters', label: 'lm.count.parameters', text: about ? words.rate(about.model.parameters) : '–' },
    ];
  }

  get hasSteps() {
    return (this.frame?.steps ?? 0) > 0;
  }

  /** The parameters of a link to it. */
  get query() {
    return languageToQuery(this.setup);
  }

  /** What is worth keeping of it when the page is left. */
  get kept() {
    return { step: this.frame?.steps ?? 0, history: structuredClone(this.curve) };
  }

  async dispose() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    if (!this.isBusy) await this.#making;
    const { session } = this;
    this.session = null;
    session?.dispose().catch(() => {}); // a worker that is busy hears of it when it is done
    this.leave();
  }
}

/** @returns {Curves} */
const emptyCurves = () => ({ train: { xs: [], ys: [] }, held: { xs: [], ys: [] } });

/** Every second point. @param {Curve} curve @returns {Curve} */
const halved = ({ xs, ys }) => ({ xs: xs.filter((_, i) => i % 2 === 0), ys: ys.filter((_, i) => i % 2 === 0) });
