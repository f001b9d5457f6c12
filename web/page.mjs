// SPDX-License-Identifier: MIT
// The page's entry: wires the parts of web/page/ to each other, opens what the link says in the worker that start.mjs has
// started, and draws on animation frames. Training never runs on this thread. What the first view does not need (the
// other language, settings, editor, the other tabs) is in files of its own, fetched when it is asked for.
import { begin, lab } from './page/app.mjs';
import { byId, show } from './page/dom.mjs';
import { drawBeliefs, wireBeliefs } from './page/beliefs.mjs';
import { drawCharts, wireCharts } from './page/charts.mjs';
import { drawWorld, wireWorld } from './page/world.mjs';
import { loadLater, rate, setLanguage, t } from './page/i18n.mjs';
import { on } from './page/events.mjs';
import { notice, overlay, wireStatus } from './page/status.mjs';
import { markOnce } from './page/marks.mjs';
import { partOf } from './page/parts.mjs';
import { FIRST_LANGUAGE, starting } from './start.mjs';
import { wireControls, wireLanguage } from './page/controls.mjs';
import { wireEditor } from './page/editor.mjs';
import { wireSettings } from './page/settings.mjs';
import { wireTheme } from './page/theme.mjs';
import { wireTruth } from './page/truth.mjs';

/** Before the first step nothing has happened: what tells of it is fetched with that step. */
function wireLater() {
  let asked = false;
  on('frame', async () => {
    if (asked || !lab().hasSteps) return;
    asked = true;
    const [{ wire }] = await Promise.all([import('./page/later.mjs'), loadLater()]);
    wire();
  });
}

/** There will be no run: says why, in the bar and over the world. @param {string} why @param {string} [action] @param {() => void} [run] */
function fail(why, action, run) {
  byId('phase').dataset.phase = 'failed';
  byId('phase-text').textContent = t('phase.failed');
  overlay(why, action, run);
}

/** @param {number} now */
function onAnimationFrame(now) {
  requestAnimationFrame(onAnimationFrame);
  drawWorld(now);
  drawBeliefs(now);
  drawCharts(now);
  partOf(lab().world)?.onAnimationFrame?.(now);
}

const whenIdle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ use) => setTimeout(use, 200));

/** @param {NonNullable<typeof starting>} trainerToCome */
async function run(trainerToCome) {
  for (const wire of [wireWorld, wireControls, wireBeliefs, wireCharts, wireTruth, wireLater, wireEditor, wireSettings]) wire();
  const trainer = await trainerToCome;
  markOnce('library');
  await begin(trainer, (ignored) => notice(t('link.ignored', { list: ignored.join(', ') })));
  markOnce('ready');
  requestAnimationFrame(onAnimationFrame);
  whenIdle(() => rate(1000)); // the first format costs 40 ms: better now than in a frame
}

async function main() {
  markOnce('script');
  wireTheme();
  wireLanguage();
  wireStatus();
  try {
    await setLanguage(FIRST_LANGUAGE, false);
  } catch {
    byId('phase').hidden = true;
    show(byId('overlay'), true); // with the words it has in index.html, as there are no others
    return;
  }
  if (!starting) {
    fail(t('unsupported'));
    return;
  }
  try {
    await run(starting);
  } catch (error) {
    fail(t('load.failed', { why: error instanceof Error ? error.message : String(error) }), t('reload'), () => location.reload());
  }
}

void main();
