// SPDX-License-Identifier: MIT
// The page's entry: wires the parts of web/page/ to each other, starts the worker, opens what the link says, and draws
// on animation frames. Training never runs on this thread.
import { begin } from './page/app.mjs';
import { byId } from './page/dom.mjs';
import { connect } from './trainer.mjs';
import { drawBeliefs, wireBeliefs } from './page/beliefs.mjs';
import { drawCharts, wireCharts } from './page/charts.mjs';
import { drawWorld, wireWorld } from './page/world.mjs';
import { firstLanguage, setLanguage, t } from './page/i18n.mjs';
import { languageIn } from './page/link.mjs';
import { notice, overlay, wireStatus } from './page/status.mjs';
import { refreshValueMap, wireValueMap } from './page/value-map.mjs';
import { wireControls, wireLanguage } from './page/controls.mjs';
import { wireEditor } from './page/editor.mjs';
import { wireHappened } from './page/happened.mjs';
import { wireInputs } from './page/inputs.mjs';
import { wireScore } from './page/score.mjs';
import { wireSentences } from './page/sentences.mjs';
import { wireSettings } from './page/settings.mjs';
import { wireTheme } from './page/theme.mjs';
import { wireTruth } from './page/truth.mjs';

/** What a browser must have; all current ones do. */
function isSupported() {
  return typeof WebAssembly === 'object' && typeof Worker === 'function' && typeof ResizeObserver === 'function'
    && 'roundRect' in CanvasRenderingContext2D.prototype;
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
  refreshValueMap(now);
}

async function main() {
  wireLanguage();
  setLanguage(firstLanguage(languageIn(location.hash)), false);
  wireTheme();
  wireStatus();
  if (!isSupported()) {
    fail(t('unsupported'));
    return;
  }
  try {
    const trainer = await connect({ workerUrl: new URL('./worker.js', import.meta.url) });
    for (const wire of [wireWorld, wireControls, wireBeliefs, wireCharts, wireTruth, wireValueMap, wireInputs, wireSentences, wireHappened, wireEditor,
      wireSettings, wireScore]) wire();
    const ignored = await begin(trainer);
    if (ignored.length > 0) notice(t('link.ignored', { list: ignored.join(', ') }));
    requestAnimationFrame(onAnimationFrame);
  } catch (error) {
    fail(t('load.failed', { why: error instanceof Error ? error.message : String(error) }), t('reload'), () => location.reload());
  }
}

void main();
