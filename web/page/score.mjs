// SPDX-License-Identifier: MIT
// When a run has come to its end, its best parameters play fresh episodes, greedily, and the page says how well they
// do: the same figure the command line ends with.
import { attempt, lab } from './app.mjs';
import { count, loadLater, t, value } from './i18n.mjs';
import { notice } from './status.mjs';
import { on } from './events.mjs';

export function wireScore() {
  const look = () => lab().phase === 'finished' && attempt(score);
  on('phase', look);
  look();
}

async function score() {
  const current = lab();
  const { session, world } = current;
  if (!session) return;
  const [{ mean, std, episodes }] = await Promise.all([session.evaluate({ which: 'best' }), loadLater()]);
  if (lab() !== current || current.session !== session || current.phase !== 'finished') return;
  const digits = world.digits || 1;
  notice(t('score', { mean: value(mean, digits), std: value(std, digits), n: count(episodes) }), 'good');
}
