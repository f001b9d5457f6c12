// SPDX-License-Identifier: MIT
// Decisions by reinforcement learning: a task, where the agent starts from, what it learns by. Its text as it is written, what
// the reward counts (with weights that change while it runs), what it weighs up, and how the runs compare.
import { el, keepCrisp, setAttribute, setText, show } from '../dom.mjs';
import { attempt, ofText } from '../app.mjs';
import { Superseded } from '../lab.mjs';
import { count, figure, language, rate, t, tMaybe, value } from '../i18n.mjs';
import { emit, on } from '../events.mjs';
import { theme } from '../theme.mjs';
import { begin as clear } from '../../draw/surface.mjs';
import { draw, isRated } from '../../draw/token-text.mjs';
import { draw as drawTraining } from '../../draw/learning-rate.mjs';
import { button, counter, labelled, nameOptions, phase, say, select } from './widgets.mjs';
import { makeChoices } from './choices.mjs';
import { makeParts } from './parts.mjs';
import { makeRunChart } from './run-chart.mjs';
import { lineOf, makeTexts } from './texts.mjs';
import { baseline, lessonOf, measure, teach } from './lessons.mjs';
import { TASKS, optimumUnder, runOptions, taskOf } from './tasks.mjs';
import { textWorker } from './worker.mjs';
import { fromLink, toLink } from './link.mjs';

/** @typedef {import('./worker.mjs').TextFrame} TextFrame */
/** @typedef {import('./run-chart.mjs').RunCurve} RunCurve */
/** @typedef {import('./run-chart.mjs').Baselines} Baselines */
/** @typedef {'empty' | 'loading' | 'lesson' | 'running' | 'paused' | 'finished' | 'diverged'} Phase */
/** @typedef {{ session: import('../../worker/trainer.mjs').Session, curve: RunCurve, isPolicy: boolean, returns: number[], frame: TextFrame | null }} AgentRun */

/** @type {Record<string, number>} */
const SPEEDS = { slow: 2, fast: 30, max: Infinity };
const MARKS = { empty: 'ready', loading: 'ready', lesson: 'running', running: 'running', paused: 'paused', finished: 'finished', diverged: 'diverged' };
const CHOICES_MS = 250, COUNTERS_MS = 100, WEIGHTS_MS = 60, MEASURE_MS = 700;
const WINDOW = 50, FIRST_EPISODES = 25;
const EPISODE = 1, EVALUATION = 3;

export function makeDecisions() {
  let task = TASKS[0];
  /** @type {import('./tasks.mjs').Algo} */
  let algo = 'dqn';
  /** @type {import('./tasks.mjs').Start} */
  let start = 'lm';
  /** @type {Phase} */
  let now = 'empty';
  /** @type {AgentRun | null} */
  let run = null;
  /** Ends what is being prepared. @type {AbortController | null} */
  let preparing = null;
  let lessonWords = '';
  let seed = 0;
  /** @type {any} */
  let layout = null;
  /** Weights a link has asked for, until the parts they belong to are there. @type {number[] | null} */
  let wantedWeights = null;
  /** What of the link did not fit. @type {string[]} */
  let leftOut = [];
  /** The text on the canvas, and the last one that was rated. @type {import('./worker.mjs').Written | null} */
  let drawn = null;
  /** @type {import('./worker.mjs').Written | null} */
  let rated = null;
  let choicesAt = 0, countedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let weightTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let measureTimer;
  /** @type {Map<string, RunCurve[]>} */
  const curves = new Map(TASKS.map(({ id }) => [id, []]));
  /** @type {Map<string, Baselines>} */
  const baselines = new Map();

  const taskBox = select('rl-task', TASKS.map(({ id }) => id), task.id, (id) => attempt(() => chooseTask(id)));
  const startBox = select('rl-start', ['lm', 'scratch'], start, (id) => attempt(() => choose({ start: id })));
  const algoBox = select('rl-algo', ['dqn', 'ppo'], algo, (id) => attempt(() => choose({ algo: id })));
  const speedBox = select('rl-speed', Object.keys(SPEEDS), 'max', () => {
    if (run && now === 'running') run.session.play({ stepsPerSecond: SPEEDS[speedBox.value] });
  });
  const play = button('rl.play', { class: 'primary', id: 'rl-play', click: () => attempt(toggle) });
  const step = button('rl.step', { id: 'rl-step', click: () => attempt(one) });
  const fresh = button('rl.new', { id: 'rl-new', click: () => attempt(anew) });
  const state = phase('rl-phase');
  const counters = el('dl', { class: 'counters' }, counter('rl.count.step', 'rl-steps'), counter('rl.count.rate', 'rl-rate'), counter('rl.count.mean', 'rl-mean'));
  const title = el('h3');
  const summary = el('p', { class: 'caption', id: 'rl-summary' });
  const canvas = el('canvas', { 'id': 'rl-canvas', 'role': 'img', 'class': 'token-text', 'aria-label': t('rl.text.none') });
  const aside = el('p', { class: 'caption', id: 'rl-aside' });
  const ignored = el('p', { class: 'error', id: 'rl-ignored', role: 'alert', hidden: true });
  const parts = makeParts(weigh);
  const choices = makeChoices();
  const texts = makeTexts();
  const chart = makeRunChart(() => {
    const kept = run ? [run.curve] : [];
    curves.set(task.id, kept);
    tellChart();
  });
  const root = el('section', { 'class': 'text-part', 'id': 'decisions-part', 'aria-labelledby': 'decisions-title', 'tabindex': '-1' },
    el('header', {}, say('h2', 'rl.title', { id: 'decisions-title' }), say('p', 'rl.intro', { class: 'caption' })),
    el('div', { 'class': 'part-bar', 'role': 'group', 'data-t-label': 'rl.controls', 'aria-label': t('rl.controls') },
      el('div', { class: 'buttons' }, play, step, fresh), counters, state,
      el('div', { class: 'row whole' }, labelled('rl.task', taskBox), labelled('rl.start', startBox), labelled('rl.algo', algoBox), labelled('rl.speed', speedBox))),
    ignored,
    el('div', { class: 'part-panels' },
      el('div', { class: 'column' }, el('div', { class: 'head' }, title), summary, canvas, aside, parts.root),
      el('div', { class: 'column' }, choices.root, texts.root), chart.root));

  keepCrisp(canvas, paint);

  /** @param {Phase} next */
  function enter(next) {
    now = next;
    tell();
  }

  /** Else it steers a training: there are no words, no language model, and only DQN has a preset. */
  const isText = () => task.kind !== 'training';

  // ---- runs ----

  async function toggle() {
    if (preparing) {
      preparing.abort();
      return;
    }
    if (run && now === 'running') await run.session.pause();
    else if (run && now !== 'diverged') go(run);
    else await anew();
  }

  /** @param {AgentRun} agent */
  function go(agent) {
    agent.session.play({ stepsPerSecond: SPEEDS[speedBox.value] });
    enter('running');
  }

  async function one() {
    if (preparing) return;
    if (!run) await prepare();
    if (!run) return;
    if (now === 'running') await run.session.pause();
    enter('paused');
    await run.session.step(1);
  }

  async function anew() {
    if (preparing) preparing.abort();
    await prepare();
    if (run) go(run);
  }

  /** Makes a run as chosen in the place of the one that is there: before it, the language model where it starts from one. */
  async function prepare() {
    const mine = preparing = new AbortController();
    const gone = drop();
    enter('loading');
    try {
      await gone;
      run = await makeRun(mine.signal);
      enter('paused');
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
    } finally {
      if (preparing === mine) { // else another one is being prepared
        preparing = null;
        if (!run) enter('empty');
        else tell();
      }
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<AgentRun>} */
  async function makeRun(signal) {
    const [wanted, way, by] = isText() ? [task, start, algo] : [task, /** @type {const} */ ('scratch'), /** @type {const} */ ('dqn')];
    const halt = () => {
      if (signal.aborted) throw new Superseded();
    };
    await know(wanted);
    halt();
    const lesson = way === 'lm' ? await teach(wanted, ({ steps, of, perplexity }) => {
      lessonWords = t('rl.phase.lesson', { step: count(steps), steps: count(of), perplexity: value(perplexity, 2) });
      if (now !== 'lesson' && !signal.aborted) enter('lesson');
      tellPhase();
    }, signal) : lessonOf(wanted);
    if (now === 'lesson') enter('loading');
    halt();
    if (lesson && baselines.get(wanted.id)?.lm === null) await measureAll();
    const trainer = await textWorker();
    const session = await trainer.create(/** @type {any} */ ({
      env: wanted.id, algo: by, envOptions: weightsNow(), options: { ...runOptions(wanted, by, way), seed: seed++ },
      ...way === 'lm' && lesson ? { startFrom: lesson.key } : {}, ...lesson ? { prior: lesson.key } : {}, samples: true,
    }));
    const first = await session.evaluate({ episodes: wanted.firstEpisodes ?? FIRST_EPISODES, seed: 1 });
    if (signal.aborted) {
      await session.dispose();
      throw new Superseded();
    }
    const curve = chart.add(/** @type {RunCurve[]} */ (curves.get(wanted.id)), by, way, isText() && parts.isCustom());
    curve.xs.push(0);
    curve.ys.push(first.mean);
    /** @type {AgentRun} */
    const agent = { session, curve, isPolicy: by === 'ppo', returns: [], frame: null };
    session.onFrame = (frame) => receive(agent, /** @type {TextFrame} */ (frame));
    tellChart();
    return agent;
  }

  async function drop() {
    const old = run;
    run = null;
    forget();
    if (old) await old.session.dispose();
  }

  /** What is shown of a run goes with it. */
  function forget() {
    drawn = rated = null;
    choicesAt = countedAt = 0;
    texts.clear();
    parts.clear();
    choices.show(null);
    paint();
  }

  /** @param {{ start?: string, algo?: string }} change */
  async function choose(change) {
    if (change.start) start = /** @type {any} */ (change.start);
    if (change.algo) algo = /** @type {any} */ (change.algo);
    tellLink();
    preparing?.abort();
    const gone = drop();
    enter('empty');
    await gone;
  }

  /** @param {string} id */
  async function chooseTask(id) {
    preparing?.abort();
    leftOut = [];
    tellIgnored();
    task = taskOf(id);
    layout = null;
    canvas.style.height = '';
    tellLink();
    const gone = drop();
    enter('empty');
    await gone;
    await know(task);
  }

  /**
   * Resolves when the task's layout and the return of random actions are known: they are measured once, however many wait.
   * @param {import('./tasks.mjs').Task} wanted
   */
  async function know(wanted) {
    if (layout) return;
    const [{ mean, info }, trainer] = await Promise.all([baseline(wanted), textWorker()]);
    if (wanted !== task || layout) return;
    layout = info.layout;
    const env = /** @type {any} */ (trainer.catalog.envs.find(({ id }) => id === wanted.id));
    if (isText() && !parts.begin(layout, env.options, wantedWeights)) leftOut.push(`text.weights=${wantedWeights}`);
    wantedWeights = null;
    tellLink();
    tellIgnored();
    baselines.set(wanted.id, { random: mean, lm: null, optimum: wanted.optimum, threshold: info.rewardThreshold });
    if (lessonOf(wanted)) await measureAll();
    tellChart();
    paint();
  }

  // ---- links ----

  /** Becomes what a link says. @param {string} link */
  async function follow(link) {
    if (link === linkNow()) return;
    const { choice, ignored: list } = fromLink(link);
    [start, algo, wantedWeights] = [choice.start, choice.algo, choice.weights];
    for (const [box, id] of /** @type {const} */ ([[taskBox, choice.task], [startBox, start], [algoBox, algo]])) box.value = id;
    const known = chooseTask(choice.task);
    words();
    leftOut = list;
    tellIgnored();
    await known;
  }

  function tellIgnored() {
    setText(ignored, t('link.ignored', { list: leftOut.join(', ') }));
    show(ignored, leftOut.length > 0);
  }

  const linkNow = () => toLink({ task: task.id, start, algo, weights: wantedWeights ?? (layout && isText() && parts.isCustom() ? parts.weights() : null) });

  function tellLink() {
    if (ofText.link === linkNow()) return;
    ofText.link = linkNow();
    emit('setup');
  }

  // ---- weights ----

  const weightsNow = () => (isText() ? parts.byOption() : {});

  /** @param {Record<string, number>} weights */
  function weigh(weights) {
    tellLink();
    clearTimeout(weightTimer);
    weightTimer = setTimeout(() => attempt(async () => {
      texts.forgetBest();
      if (!run) return;
      await run.session.set(weights);
      if ((run.frame?.timesteps ?? 0) > 0) run.curve.changedAt ??= run.frame?.timesteps ?? null;
      else run.curve.custom = parts.isCustom();
    }), WEIGHTS_MS);
    clearTimeout(measureTimer);
    measureTimer = setTimeout(() => attempt(measureAll), MEASURE_MS);
  }

  /** What random actions and the language model get under the weights of now. */
  async function measureAll() {
    const [wanted, weights, custom] = [task, weightsNow(), parts.isCustom()];
    const lesson = lessonOf(wanted);
    const { mean: random, info } = await measure(wanted, weights);
    const lm = lesson ? (await measure(wanted, weights, lesson)).mean : null;
    const optimum = custom ? optimumUnder(wanted, parts.weights()) : wanted.optimum;
    baselines.set(wanted.id, { random, lm, optimum, threshold: custom ? null : info.rewardThreshold });
    if (wanted === task) tellChart();
  }

  // ---- frames ----

  /** @param {AgentRun} agent @param {TextFrame} frame */
  function receive(agent, frame) {
    if (agent !== run) return;
    agent.frame = frame;
    let evaluated = false;
    for (let i = 0; i < frame.records.length; i += frame.recordWidth) {
      const [kind, at, mean] = frame.records.subarray(i, i + 3);
      if (kind === EPISODE) agent.returns.push(mean);
      if (kind !== EVALUATION) continue;
      evaluated = true;
      agent.curve.xs.push(at);
      agent.curve.ys.push(mean);
    }
    agent.returns.splice(0, Math.max(0, agent.returns.length - WINDOW));
    if (evaluated) tellChart();
    if (frame.diverged) enter('diverged');
    else if (now === 'running' && !frame.running) enter(frame.finished ? 'finished' : 'paused');
    showFrame(agent, frame);
  }

  /** At full speed whole texts by the policy of now, one after the other; else every token. @param {AgentRun} agent @param {TextFrame} frame */
  function showFrame(agent, frame) {
    const time = performance.now();
    const blur = frame.running && SPEEDS[speedBox.value] > 10;
    const text = blur ? frame.written : frame;
    if (text) {
      drawn = text;
      if (isText() && isRated(layout, text.view)) {
        rated = text;
        parts.show(text.view);
        texts.note(text, layout);
      }
      paint();
    }
    if (!blur || time - choicesAt > CHOICES_MS) {
      choicesAt = time;
      choices.show(frame, layout, agent.isPolicy);
    }
    if (!blur || time - countedAt > COUNTERS_MS) {
      countedAt = time;
      tellCounters();
    }
  }

  function paint() {
    if (!layout || canvas.width === 0) {
      const none = t(isText() ? 'rl.text.none' : 'lr.none');
      clear(canvas);
      canvas.setAttribute('aria-label', none);
      setText(aside, none);
      return;
    }
    if (!isText()) {
      drawTraining(canvas, { view: drawn?.view ?? new Float32Array(104).fill(-1), layout, theme: theme(), number: figure, words: { rate: t('lr.rate'), training: t('lr.training'), validation: t('lr.validation'), guessing: t('lr.guessing') } });
      canvas.setAttribute('aria-label', drawn ? drawn.text : t('lr.none'));
      setText(aside, drawn ? t('lr.aside', { rate: figure(drawn.envInfo.learning_rate ?? NaN), loss: value(drawn.envInfo.validation ?? NaN, 2) }) : t('lr.none'));
      return;
    }
    const view = drawn?.view ?? new Float32Array(layout.length + layout.parts.length + 1).fill(0).fill(-1, layout.length);
    const needed = draw(canvas, { view, layout, theme: theme(), language: language() });
    if (needed > 0) canvas.style.height = `${Math.ceil(needed)}px`; // keepCrisp has it painted again
    canvas.setAttribute('aria-label', drawn ? drawn.text : t('rl.text.none'));
    setText(aside, drawn ? asideOf(drawn, layout) : t('rl.text.none'));
    parts.tellRated(rated === null ? '' : rated === drawn ? t('rl.rated.this') : t('rl.rated.before', { text: lineOf(rated, layout) }));
  }

  // ---- words ----

  function tell() {
    const busy = preparing !== null;
    setText(play, t(busy || now === 'running' ? 'rl.pause' : run && (now === 'finished' || (now === 'paused' && run.frame)) ? 'rl.continue' : 'rl.play'));
    step.disabled = busy || now === 'diverged';
    fresh.disabled = busy || !run;
    tellPhase();
    tellCounters();
  }

  function tellPhase() {
    state.dataset.phase = MARKS[now];
    setAttribute(state, 'aria-live', now === 'lesson' ? 'off' : 'polite');
    setText(/** @type {Element} */ (state.lastChild), now === 'lesson' ? lessonWords : t(`rl.phase.${now}`));
  }

  function tellCounters() {
    const set = (/** @type {string} */ id, /** @type {string} */ text) => setText(/** @type {Element} */ (counters.querySelector(`#${id}`)), text);
    set('rl-steps', count(run?.frame?.timesteps ?? 0));
    set('rl-rate', now === 'running' ? rate(Math.round(run?.frame?.stepsPerSecond ?? 0)) : '–');
    set('rl-mean', run && run.returns.length > 0 ? value(run.returns.reduce((sum, r) => sum + r, 0) / run.returns.length, 2) : '–');
  }

  function tellChart() {
    const base = baselines.get(task.id) ?? { random: null, lm: null, optimum: task.optimum, threshold: null };
    chart.show(/** @type {RunCurve[]} */ (curves.get(task.id)), base, task.steps);
  }

  function words() {
    nameOptions(taskBox, (id) => tMaybe(`env.${id}`, id));
    nameOptions(startBox, (id) => tMaybe(`rl.start.${id}`, id));
    nameOptions(algoBox, (id) => t(id === 'dqn' ? 'rl.algo.dqn' : start === 'lm' ? 'rl.algo.ppo.lm' : 'rl.algo.ppo'));
    nameOptions(speedBox, (id) => tMaybe(`rl.speed.${id}`, id));
    for (const piece of [startBox.parentElement, algoBox.parentElement, parts.root, texts.root]) show(/** @type {HTMLElement} */ (piece), isText());
    canvas.classList.toggle('training', !isText());
    setText(title, t(isText() ? 'rl.text' : 'lr.title'));
    setText(summary, tMaybe(`rl.summary.${task.id}`, ''));
    tellIgnored();
    tell();
  }
  on('language', words);
  on(['language', 'theme'], paint);
  for (const box of [taskBox, startBox]) box.addEventListener('change', words);
  words();
  paint();
  tellChart();
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    attempt(() => know(task));
  }).observe(root);

  return {
    root, follow,
    pause() {
      if (preparing || now === 'running') attempt(toggle);
    },
  };
}

/** What else there is to say of a finished text. @param {import('./worker.mjs').Written} written @param {any} layout */
function asideOf({ envInfo }, layout) {
  if (envInfo.reference) return t('rl.reference', { text: envInfo.reference });
  if (envInfo.need) return t('rl.need', { text: String(language() === 'zh' ? layout.actions_zh[layout.actions.indexOf(`[${envInfo.need}]`)] ?? envInfo.need : envInfo.need) });
  if (envInfo.runs) return t('rl.tests', { passed: envInfo.runs.filter((/** @type {any} */ { want, got }) => want === got).length, n: envInfo.runs.length });
  return '';
}
