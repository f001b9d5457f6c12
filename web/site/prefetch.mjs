// SPDX-License-Identifier: MIT
// When the page has nothing to do for a while it fetches what the reader may ask for next (other tabs, settings, the other language),
// so that all of it is there without a connection. Not where the reader wants to save data.
import { readCorpus } from '../lab/corpora.mjs';
import { prefetchWorlds } from '../lab/world-table.mjs';
import { loadWords } from '../lab/words.mjs';
import { trainers } from '../lab/trainers.mjs';
import { loadPageWords } from './page-words.mjs';

const AFTER_MS = 3000;

const whenIdle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ use) => setTimeout(use, 200));

export function prefetchWhenIdle() {
  if (/** @type {any} */ (navigator).connection?.saveData) return;
  setTimeout(() => whenIdle(() => void prefetch()), AFTER_MS);
}

/**
 * One after the other, so that nothing waits for it. A failure is nobody's: whoever asks for it fetches it again. The worker with language
 * models is held, as none can be started without a connection.
 */
async function prefetch() {
  const parts = [
    () => import('../lab/charts/chart.mjs'), () => prefetchWorlds(), () => loadWords('en', ['text', 'play', 'update', 'settings', 'help', 'errors']), () => loadWords('zh', ['text', 'play', 'update', 'settings', 'help', 'errors']), () => import('../lab/error-words.mjs'), () => import('./embed-dialog.mjs'), () => loadPageWords('embed', 'en'), () => loadPageWords('embed', 'zh'), () => loadPageWords('tour', 'en'), () => loadPageWords('tour', 'zh'), () => loadPageWords('page', 'en'), () => loadPageWords('page', 'zh'), () => import('../lab/create-text-experiment.mjs'),
    () => import('../lab/panels/text-panels.mjs'), () => import('../lab/worlds/token-text.mjs'), () => import('../lab/worlds/learning-rate.mjs'), () => import('../lab/panels/settings-form.mjs'), () => import('../lab/panels/map-editor.mjs'), () => import('../lab/panels/human-play.mjs'), () => import('../lab/panels/target.mjs'), () => import('../lab/panels/microscope.mjs'),
    () => trainers.acquire({ text: true }), () => readCorpus('stories-en'), () => readCorpus('stories-zh'), () => import('./tour.mjs').then(({ offer }) => offer()),
  ];
  for (const part of parts) {
    try {
      await part();
    } catch {
      return;
    }
  }
}
