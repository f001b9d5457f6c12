// SPDX-License-Identifier: MIT
// The bar: tabs, Play, Step, Reset, speed, seed, environment and algorithm, the counters, and the keys for them.
import { SPEEDS, envsOf, stepsPerSecond } from './tabs.mjs';
import { choicesFor } from './fields.mjs';
import { attempt, hasLab, lab, open } from './app.mjs';
import { buttonById, byId, el, inputById, selectById, setText } from './dom.mjs';
import { count, language, rate, setLanguage, t, tMaybe, value } from './i18n.mjs';
import { on, paced } from './events.mjs';

/** @typedef {import('./tabs.mjs').TabId} TabId */

export function wireControls() {
  buttonById('play').addEventListener('click', toggle);
  buttonById('step').addEventListener('click', () => attempt(() => lab().step()));
  buttonById('reset').addEventListener('click', () => attempt(() => lab().reset()));
  inputById('speed').addEventListener('input', () => {
    lab().setSpeed(Number(inputById('speed').value));
    showSpeed();
  });
  inputById('seed').addEventListener('change', changeSeed);
  selectById('env').addEventListener('change', () => attempt(() => lab().chooseEnv(selectById('env').value)));
  selectById('algo').addEventListener('change', () => attempt(() => lab().chooseAlgo(selectById('algo').value)));
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault(); // the hash is the experiment's
    byId('controls').focus();
  });
  wireTabs();
  document.addEventListener('keydown', onKey);
  on(['run', 'language', 'setup'], showChoices);
  on(['run', 'phase', 'language'], showPhase);
  on(['run', 'language'], showSpeed);
  on(['run', 'language', 'phase'], showCounters);
  on('frame', paced(90, () => lab().isBlur, showCounters)); // sixty new numbers a second nobody reads
}

export function wireLanguage() {
  for (const id of /** @type {const} */ (['en', 'zh'])) buttonById(`lang-${id}`).addEventListener('click', () => attempt(() => setLanguage(id)));
  on('language', () => {
    for (const id of ['en', 'zh']) byId(`lang-${id}`).setAttribute('aria-pressed', String(language() === id));
  }, { early: true });
}

function toggle() {
  const current = lab();
  attempt(() => (current.phase === 'running' ? current.pause() : current.play()));
}

/** Keys of the whole page, where they mean nothing to what has the focus. @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !hasLab() || !lab().session) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest('input:not([type=range]):not([type=checkbox]), select, textarea, [role=grid]')) return;
  if (event.key === ' ' && !target.closest('button, summary, input')) toggle();
  else if (event.key === 's' || event.key === 'S') buttonById('step').click();
  else if (event.key === 'r' || event.key === 'R') buttonById('reset').click();
  else return;
  event.preventDefault();
}

// ---- tabs: arrow keys move between them, as in every tab list ----

function wireTabs() {
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role=tab]')]);
  for (const tab of tabs) {
    tab.addEventListener('click', () => attempt(() => open(/** @type {TabId} */ (tab.dataset.tab))));
    tab.addEventListener('keydown', (event) => {
      const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      const next = tabs[(tabs.indexOf(tab) + direction + tabs.length) % tabs.length];
      if (direction === 0) return;
      event.preventDefault();
      next.focus();
      next.click();
    });
  }
  on(['run', 'language'], () => {
    for (const tab of tabs) {
      tab.title = envsOf(/** @type {TabId} */ (tab.dataset.tab)).map((id) => tMaybe(`env.${id}`, id)).join(t('comma'));
      const selected = tab.dataset.tab === lab().world.tab;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      if (selected) byId('lab').setAttribute('aria-labelledby', tab.id);
    }
  });
}

// ---- what they show ----

function showChoices() {
  const { setup, catalog, world, staged, session } = lab();
  const chosen = setup.preset ? `${setup.algo}/${setup.preset}` : setup.algo;
  const [envs, choices] = [envsOf(world.tab), [...new Set([...choicesFor(catalog, setup.env), chosen])]]; // one that learns from demonstrations is there with them
  fillSelect('env', envs, setup.env, (id) => tMaybe(`env.${id}`, id));
  fillSelect('algo', choices, chosen, (id) => tMaybe(`algo.${id}`, id));
  byId('env-choice').hidden = envs.length < 2;
  selectById('algo').disabled = choices.length < 2 || !session;
  selectById('env').disabled = !session;
  const seed = staged.get('options.seed')?.value ?? setup.seed;
  if (document.activeElement !== byId('seed')) {
    inputById('seed').value = String(seed);
    inputById('seed').removeAttribute('aria-invalid');
  }
  setText(byId('mean-label'), t('mean', { n: world.window }));
  byId('mean-label').title = t('mean.help', { n: world.window });
}

/** @param {string} id @param {string[]} values @param {string} chosen @param {(value: string) => string} name */
function fillSelect(id, values, chosen, name) {
  const select = selectById(id);
  select.replaceChildren(...values.map((item) => el('option', { value: item, text: name(item) })));
  select.value = chosen;
}

function showPhase() {
  const { phase, session } = lab();
  const running = phase === 'running';
  byId('lab').toggleAttribute('data-running', running);
  setText(byId('play-text'), t(running ? 'pause' : phase === 'finished' ? 'continue' : 'play'));
  byId('phase').dataset.phase = phase;
  setText(byId('phase-text'), t(`phase.${phase}`));
  const usable = session !== null && phase !== 'failed';
  for (const id of ['play', 'step']) buttonById(id).disabled = !usable || phase === 'diverged';
  buttonById('reset').disabled = buttonById('you').disabled = !usable;
  for (const id of ['speed', 'seed']) inputById(id).disabled = !usable;
}

function showSpeed() {
  const { speed, world } = lab();
  const fastest = SPEEDS[speed] === Infinity;
  const words = fastest ? t('speed.max.long') : t('speed.long', { factor: SPEEDS[speed], steps: count(stepsPerSecond(world, speed)) });
  inputById('speed').value = String(speed);
  inputById('speed').setAttribute('aria-valuetext', words);
  inputById('speed').title = words;
  setText(byId('speed-text'), fastest ? t('speed.max') : `${SPEEDS[speed]}×`);
}

function showCounters() {
  const { frame, phase, history, world } = lab();
  setText(byId('count-episodes'), count(frame?.episodes ?? 0));
  setText(byId('count-steps'), count(frame?.timesteps ?? 0));
  setText(byId('count-updates'), rate(phase === 'running' ? frame?.updatesPerSecond ?? 0 : 0));
  setText(byId('count-mean'), value(history.meanReturn, world.digits || 1));
}

function changeSeed() {
  const seed = Number(inputById('seed').value.trim());
  const setting = lab().settings.find(({ key }) => key === 'seed');
  if (!setting) return;
  if (inputById('seed').value.trim() === '' || !Number.isSafeInteger(seed) || seed < 0) {
    inputById('seed').setAttribute('aria-invalid', 'true');
    attempt(() => {
      throw new RangeError(t('seed.bad'));
    });
    return;
  }
  inputById('seed').removeAttribute('aria-invalid');
  attempt(() => lab().change(setting, seed));
}
