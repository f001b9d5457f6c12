// SPDX-License-Identifier: MIT
// The reader plays: by keys or by the buttons below the world, which shows their episode in place of the agent's, with the
// agent's values beside it. Episodes that end are kept, per environment, as long as the lab is there: they can be saved, others
// loaded, and an algorithm that takes demonstrations can learn from them. The agent's run waits meanwhile; whatever sets it going
// again (Play, Step, Reset, another experiment) ends this.
import { toolStyles } from './tool-styles.mjs';
import { adoptStyles } from '../adopt-styles.mjs';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { download } from '../download.mjs';
import { bindKeys } from '../action-keys.mjs';
import { asText, same } from '../fields.mjs';
import { createPlayer, unknownAction, unknownState } from '../player.mjs';
import { episodesOf, flatten, formatDemonstrations, parseDemonstrations, returnsOf } from '../../lib/demonstrations.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../player.mjs').Player} Player */
/** @typedef {import('../../bellhop.js').DemonstrationEpisode} Episode */
/** @typedef {import('../../bellhop.js').Frame} Frame */

/** Parts of the natural pace one can play at; 0 is step by step. */
const PACES = Object.freeze([0, 1, 0.5, 0.25]);
/** Between two frames no more time than this has passed, whatever the clock says. */
const LONGEST_MS = 100;
/** A key held at the end of an episode does not begin the next one. */
const REST_MS = 400;
/** Updates of DQN on the demonstrations before its first step: a moment. */
const DEMO_UPDATES = 1000;
const MOST_RETURNS = 6;

export class HumanPlay {
  #host;
  /** @type {Map<string, Episode[]>} */
  #kept = new Map();
  /** @type {Player | null} */
  #player = null;
  /** The experiment whose world is played in. @type {RunExperiment | null} */
  #experiment = null;
  #keys = bindKeys([]);
  /** Counts what was begun: a player who is there after another one was asked for does not play. */
  #turns = 0;
  /** The pace chosen, by environment. @type {Map<string, number>} */
  #paces = new Map();
  #algo = '';
  /** Actions whose keys or buttons are held, the last one is taken; one that was only tapped; the last one taken. @type {number[]} */
  #held = [];
  #tapped = -1;
  #latest = -1;
  #runs = false;
  #overAt = -Infinity;
  /** Parts of a step that are due, and when that was counted. */
  #due = 0;
  #then = 0;
  /** The agent's values of the present state, and of the one before. */
  #values = /** @type {Pick<Frame, 'q' | 'qTm1'>} */ ({ q: new Float64Array(), qTm1: new Float64Array() });
  #asking = false;
  #askAgain = false;
  /** @type {AbortController | null} */
  #listening = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    adoptStyles(host.root, [toolStyles]);
  }

  get isPlaying() {
    return this.#player !== null;
  }

  render() {
    const player = this.#player;
    if (!player || !this.#experiment) return nothing;
    const { words } = this.#host;
    const { episodes, last, isOver } = player;
    const none = episodes.length === 0;
    const button = (/** @type {string} */ id, /** @type {boolean} */ disabled, /** @type {() => void} */ click) =>
      html`<button type="button" id=${`you-${id}`} ?disabled=${disabled} @click=${click}>${words.t(/** @type {any} */ (`you.${id}`))}</button>`;
    return html`<div id="pad" class="pad">
      <p id="you-say">${this.#status()}</p>
      <div class="actions" role="group" aria-label=${words.t('you.keys')}>${player.actions.map((_, action) => this.#actionButton(action))}</div>
      <div class="map-tools">${this.#paceChoice()}
        ${button('end', last.episodeLength === 0 || isOver, () => this.#edit(() => player.truncate()))}${button('discard', none && last.episodeLength === 0, () => this.#edit(() => this.#discard(player)))}</div>
      <p id="you-count" class="map-tools">${this.#recorded()}</p>
      <div class="map-tools">${button('save', none, () => this.#save())}${button('load', false, () => this.#host.root.getElementById('you-file')?.click())}
        <input type="file" id="you-file" accept=".jsonl" hidden @change=${(/** @type {Event} */ event) => this.#host.attempt(() => this.#load(/** @type {HTMLInputElement} */ (event.target)))}></div>
      <div class="map-tools">${this.#algoChoice()}${button('learn', none, () => this.#host.attempt(() => this.#learn()))}</div>
    </div>`;
  }

  updated() {
    const experiment = this.#experiment;
    if (this.#player && (this.#host.experiment !== experiment || !experiment?.humanFrame || experiment.phase === 'running')) this.#leave();
  }

  disconnect() {
    this.#leave();
  }

  // ---- beginning and ending ----

  /** Begins, or ends. */
  async toggle() {
    if (this.#player) {
      this.#leave();
      return;
    }
    const experiment = /** @type {RunExperiment} */ (this.#host.experiment);
    const turn = ++this.#turns;
    await experiment.pause();
    const { env, seed } = experiment.setup;
    const about = { env, envOptions: { ...experiment.setup.envOptions } };
    const key = JSON.stringify(about);
    const episodes = this.#kept.get(key) ?? [];
    this.#kept.set(key, episodes);
    const player = await createPlayer(about, episodes, seed + episodes.length);
    if (turn !== this.#turns || this.#host.experiment !== experiment || experiment.phase === 'running' || !experiment.agentFrame) {
      player.dispose();
      return;
    }
    [this.#player, this.#experiment, this.#keys] = [player, experiment, bindKeys(player.actions)];
    this.#values = { q: experiment.agentFrame.q, qTm1: experiment.agentFrame.q };
    [this.#held, this.#tapped, this.#latest, this.#runs] = [[], -1, -1, false];
    this.#listen();
    this.#display();
    this.#host.root.getElementById('stage')?.focus();
  }

  #leave() {
    this.#turns++;
    this.#listening?.abort();
    this.#listening = null;
    const [player, experiment] = [this.#player, this.#experiment];
    [this.#player, this.#experiment] = [null, null];
    if (!player) return;
    player.dispose();
    if (experiment?.humanFrame) {
      experiment.humanFrame = null;
      experiment.emit('frame');
    }
    this.#host.requestUpdate();
  }

  #listen() {
    const listening = this.#listening = new AbortController();
    const { signal } = listening;
    this.#host.element.addEventListener('keydown', (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)), { signal, capture: true }); // before the keys of the lab, some of which are the same
    this.#host.element.addEventListener('keyup', (event) => this.#release(this.#keys.actionOf(/** @type {KeyboardEvent} */ (event))), { signal });
    globalThis.addEventListener('blur', () => (this.#held = []), { signal });
    const tick = (/** @type {number} */ now) => {
      if (signal.aborted) return;
      requestAnimationFrame(tick);
      this.#advance(now);
    };
    requestAnimationFrame(tick);
  }

  // ---- what is there ----

  /** Held like a key by a finger or the mouse; pressed by a key of its own it is tapped. @param {number} action */
  #actionButton(action) {
    const key = this.#keys.keyOf(action);
    const down = (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0) return;
      /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
      this.#press(action);
    };
    const click = (/** @type {MouseEvent} */ event) => {
      if (event.detail !== 0) return; // of a pointer, which has pressed already
      this.#press(action);
      this.#release(action);
    };
    return html`<button type="button" @pointerdown=${down} @pointerup=${() => this.#release(action)} @pointercancel=${() => this.#release(action)} @click=${click}
      @contextmenu=${(/** @type {Event} */ event) => event.preventDefault()}>${key ? html`<kbd aria-hidden="true">${key}</kbd> ` : nothing}${this.#host.actionName(action)}</button>`;
  }

  #paceChoice() {
    const { words } = this.#host;
    const { world } = /** @type {RunExperiment} */ (this.#experiment);
    const now = this.#pace;
    const name = (/** @type {number} */ part) => (part === 0 ? words.t('you.pace.step') : words.t('you.pace.rate', { n: words.value(world.pace * part, Number.isInteger(world.pace * part) ? 0 : 1) }));
    return html`<label class="choice"><span>${words.t('you.pace')}</span><select id="you-pace" .value=${live(String(now))} @change=${(/** @type {any} */ event) => {
      this.#paces.set(world.id, Number(event.target.value));
      this.#due = 0;
      this.#host.requestUpdate();
    }}>${PACES.map((part) => html`<option value=${part} ?selected=${part === now}>${name(part)}</option>`)}</select></label>`;
  }

  #algoChoice() {
    const { words } = this.#host;
    const { catalog } = /** @type {RunExperiment} */ (this.#experiment);
    const learners = catalog.algos.filter(({ options }) => options.some(({ name }) => name === 'demo_capacity')).map(({ name }) => name);
    const chosen = learners.includes(this.#algo) ? this.#algo : learners.includes('clone') ? 'clone' : learners[0];
    this.#algo = chosen;
    return html`<label class="choice"><span>${words.t('you.with')}</span><select id="you-algo" .value=${live(chosen)} @change=${(/** @type {any} */ event) => (this.#algo = event.target.value)}>
      ${learners.map((name) => html`<option value=${name} ?selected=${name === chosen}>${words.tMaybe(`algo.${name}`, name)}</option>`)}</select></label>`;
  }

  /** Where the episode stands. */
  #status() {
    const { words } = this.#host;
    const { last: { episodeLength: n, episodeReturn }, isOver } = /** @type {Player} */ (this.#player);
    const values = { n: words.count(n), sum: words.value(episodeReturn, this.#experiment?.world.digits) };
    return isOver ? words.t('you.over', values) : n > 0 ? words.t('you.playing', values) : words.t(this.#pace === 0 ? 'you.ready' : 'you.ready.paced');
  }

  #recorded() {
    const { words } = this.#host;
    const { episodes } = /** @type {Player} */ (this.#player);
    if (episodes.length === 0) return words.t('you.none');
    const returns = words.list(returnsOf(episodes).slice(-MOST_RETURNS).map((sum) => words.value(sum, this.#experiment?.world.digits)));
    const steps = episodes.reduce((sum, { actions }) => sum + actions.length, 0);
    return words.t('you.count', { n: words.count(episodes.length), steps: words.count(steps), returns: (episodes.length > MOST_RETURNS ? '… ' : '') + returns });
  }

  /** 0 for step by step. */
  get #pace() {
    const { world } = /** @type {RunExperiment} */ (this.#experiment);
    return this.#paces.get(world.id) ?? (world.tab === 'control' || world.tab === 'pixels' ? 1 : 0);
  }

  // ---- playing ----

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target.closest('input, select, textarea, [role=grid], #charts')) return;
    const action = this.#keys.actionOf(event);
    const isOfTheLab = /^[sr]$/i.test(event.key) || (event.key === ' ' && !target.closest('button, summary'));
    if (action < 0 && !isOfTheLab) return;
    event.preventDefault(); // nobody who plays wants to reset the run, or to scroll
    event.stopPropagation();
    if (action >= 0) this.#press(action, event.repeat);
  }

  /** @param {number} action @param {boolean} [repeats] */
  #press(action, repeats = false) {
    const player = this.#player;
    if (!player || (repeats && this.#held.includes(action) && this.#pace > 0)) return;
    if (player.isOver) {
      if (repeats || performance.now() - this.#overAt < REST_MS) return;
      const wasShort = player.last.episodeLength === 1;
      player.reset();
      this.#values.q = this.#values.qTm1;
      if (this.#pace === 0 && !wasShort) { // first one looks where it begins
        this.#display();
        return;
      }
    }
    if (this.#pace === 0) {
      this.#take(action);
      return;
    }
    this.#held = [...this.#held.filter((other) => other !== action), action];
    this.#tapped = action;
    if (!this.#runs) [this.#runs, this.#due, this.#then] = [true, 1, performance.now()];
  }

  /** @param {number} action */
  #release(action) {
    this.#held = this.#held.filter((other) => other !== action);
  }

  /** @param {number} now */
  #advance(now) {
    if (!this.#player || !this.#runs || !this.#experiment || this.#pace === 0) return;
    this.#due += Math.max(0, Math.min(now - this.#then, LONGEST_MS)) / 1000 * this.#experiment.world.pace * this.#pace;
    this.#then = now;
    for (; this.#due >= 1 && this.#runs; this.#due--) {
      const idle = this.#keys.idle >= 0 ? this.#keys.idle : this.#latest;
      const action = this.#tapped >= 0 ? this.#tapped : this.#held.at(-1) ?? idle;
      this.#tapped = -1;
      this.#take(action);
    }
  }

  /** @param {number} action */
  #take(action) {
    const player = this.#player;
    if (!player) return;
    this.#latest = action;
    player.step(action);
    this.#values = { q: this.#values.q, qTm1: this.#values.q };
    if (player.isOver) [this.#runs, this.#overAt] = [false, performance.now()];
    this.#display();
  }

  /** Shows the player's state in the place of the agent's. */
  #display() {
    const [player, experiment] = [this.#player, this.#experiment];
    if (!player || !experiment?.agentFrame) return;
    experiment.humanFrame = { ...experiment.agentFrame, ...player.scene(), ...this.#values };
    experiment.emit('frame');
    const { words, describeState } = this.#host;
    // Aloud where nothing else happens before the next key.
    if (player.isOver || !this.#runs) this.#host.announce(words.sentences([`${describeState(experiment.humanFrame)}.`, this.#status()]));
    void this.#ask();
  }

  /** Asks the worker for the agent's values, one question at a time. */
  async #ask() {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    const [player, experiment] = [this.#player, this.#experiment];
    if (!player || !experiment?.session) return;
    this.#asking = true;
    const at = player.last.episodeLength;
    try {
      const values = /** @type {Float64Array} */ (await experiment.session.qValues(player.observation));
      const q = experiment.isPolicy ? values.map(Math.exp) : values;
      if (player === this.#player && experiment.humanFrame) {
        this.#values = at === player.last.episodeLength && at > 0 ? { ...this.#values, q } : { q, qTm1: at === 0 ? q : this.#values.qTm1 };
        experiment.humanFrame = { ...experiment.humanFrame, ...this.#values };
        experiment.emit('frame');
      }
    } catch {
      // the run was replaced meanwhile: nothing to show beside
    } finally {
      this.#asking = false;
    }
    if (!this.#askAgain) return;
    this.#askAgain = false;
    void this.#ask();
  }

  // ---- what becomes of it ----

  /** Changes what is recorded. @param {() => void} action */
  #edit(action) {
    action();
    [this.#held, this.#tapped, this.#runs, this.#overAt] = [[], -1, false, performance.now()];
    this.#display();
  }

  /** The present episode; where there is none, the last one that was recorded. @param {Player} player */
  #discard(player) {
    if (player.isOver || player.last.episodeLength === 0) player.episodes.pop();
    player.reset();
  }

  /** @returns {import('../../bellhop.js').Demonstrations} */
  #demonstrations() {
    const { env, envOptions } = /** @type {RunExperiment} */ (this.#experiment).setup;
    return { env, envOptions, policy: 'a person', episodes: [...this.#player?.episodes ?? []] };
  }

  #save() {
    download(this.#host.element.ownerDocument, `${this.#experiment?.setup.env}.jsonl`, new Blob([formatDemonstrations(this.#demonstrations())], { type: 'application/jsonl' }));
  }

  /** @param {HTMLInputElement} input */
  async #load(input) {
    const file = input.files?.[0];
    const [player, experiment] = [this.#player, this.#experiment];
    if (!file || !player || !experiment) return;
    const text = await file.arrayBuffer();
    input.value = ''; // the same one can be chosen again
    const { words } = this.#host;
    const given = parseDemonstrations(text);
    const episodes = episodesOf(given, experiment.setup.env);
    const nActions = player.actions.length;
    flatten(episodes, { nObs: player.scene().obs.length, nActions, nAction: 1 }); // throws where they are of another size
    const action = unknownAction(episodes, nActions);
    if (action >= 0) throw new RangeError(words.t('you.misfit', { action, most: nActions - 1 }));
    const space = experiment.session?.info.observationSpace;
    const nStates = space?.type === 'Discrete' ? space.n : Infinity;
    const state = unknownState(episodes, nStates);
    if (state >= 0) throw new RangeError(words.t('you.misfit.state', { state, most: nStates - 1 }));
    player.episodes.push(...episodes);
    this.#host.requestUpdate();
    const n = words.count(episodes.length), list = otherSettings(experiment, given.envOptions ?? {}).join(', ');
    this.#host.notice(list ? words.t('you.elsewhere', { n, list }) : words.t('you.loaded', { n }), list ? 'bad' : 'good');
  }

  /** A new run with them, which begins at once. */
  async #learn() {
    const experiment = /** @type {RunExperiment} */ (this.#experiment);
    const { env, seed, envOptions } = experiment.setup;
    const options = this.#algo === 'dqn' ? { demoUpdates: DEMO_UPDATES } : {};
    const demonstrations = this.#demonstrations();
    const algo = this.#algo;
    this.#leave();
    await experiment.start({ env, algo, preset: '', seed, options: /** @type {any} */ (options), envOptions, changes: [], demonstrations });
    experiment.emit('setup');
    experiment.play();
    this.#host.root.getElementById('play')?.focus();
  }
}

/** Options of the environment that are not what they are here, as far as a file says. @param {RunExperiment} experiment @param {Record<string, any>} envOptions */
function otherSettings(experiment, envOptions) {
  return experiment.settings.filter((setting) => setting.scope === 'envOptions' && setting.key in envOptions && !same(envOptions[setting.key], experiment.valueOf(setting)))
    .map(({ key }) => `${key}=${asText(envOptions[key])}`.slice(0, 60));
}
