// SPDX-License-Identifier: MIT
// What prefetch.mjs fetches.
import { readCorpus } from '../lab/corpora.mjs';
import { prefetchWorlds } from '../lab/world-table.mjs';
import { loadWords } from '../lab/words.mjs';
import { trainers } from '../lab/trainers.mjs';
import { loadPageWords } from './page-words.mjs';
import { loadTourWords } from './tour-words.mjs';
import { loadWorkbenchWords } from './workbench-words.mjs';

/**
 * One after the other, so that nothing waits for it. A failure is nobody's: whoever asks for it fetches it again. The worker with language
 * models is held, as none can be started without a connection.
 */
export async function prefetch() {
  const parts = [
    () => trainers.prepare(), () => import('../lab/charts/chart.mjs'), () => prefetchWorlds(), () => loadWords('en', ['text', 'play', 'update', 'settings', 'fields', 'help', 'errors']), () => loadWords('zh', ['text', 'play', 'update', 'settings', 'fields', 'help', 'errors']), () => import('../lab/error-words.mjs'), () => import('../lab/switch-notice.mjs'), () => import('./embed-dialog.mjs'), () => import('./workbench.mjs'), () => import('./keeping.mjs'), () => import('./open-file.mjs'), () => loadWorkbenchWords('en'), () => loadWorkbenchWords('zh'), () => loadTourWords('en'), () => loadTourWords('zh'), () => loadPageWords('embed', 'en'), () => loadPageWords('embed', 'zh'), () => loadPageWords('page', 'en'), () => loadPageWords('page', 'zh'), () => import('../lab/create-text-experiment.mjs'),
    () => import('../lab/panels/text-panels.mjs'), () => import('../lab/worlds/token-text.mjs'), () => import('../lab/worlds/learning-rate.mjs'), () => import('../lab/panels/settings-form.mjs'), () => import('../lab/panels/map-editor.mjs'), () => import('../lab/panels/human-play.mjs'), () => import('../lab/panels/target.mjs'), () => import('../lab/panels/microscope.mjs'), () => import('../lab/panels/cell-view.mjs'), () => import('../lab/panels/point-view.mjs'), () => import('../lab/panels/progress-words.mjs'),
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
