// SPDX-License-Identifier: MIT
// The charts' twin for screen readers: a table of a dozen and a half moments of the run, out of sight. It is written
// when the run rests and every few seconds while it goes on.
import { byId, el } from './dom.mjs';
import { count, figure, t, value } from './i18n.mjs';
import { lab } from './app.mjs';
import { on, paced } from './events.mjs';
import { nearest, rateName } from './charts.mjs';

const ROWS = 16;
const EVERY_MS = 4000;

export function wireTable() {
  on(['run', 'language', 'phase'], write);
  on('frame', paced(EVERY_MS, () => lab().phase === 'running', write));
  write();
}

function write() {
  const rate = rateName();
  const { history: { returns, train }, world } = lab();
  const last = Math.max(returns[0].at(-1) ?? 0, train[0].at(-1) ?? 0);
  const steps = Array.from({ length: ROWS }, (_, i) => last * (i + 1) / ROWS);
  const rows = last === 0 ? [] : steps.map((x) => [
    count(Math.round(x)), show(nearest(returns[0], returns[2], x), world.digits || 1), show(nearest(returns[0], returns[3], x), world.digits || 1),
    plain(nearest(train[0], train[1], x)), plain(nearest(train[0], train[2], x)), ...rate ? [show(nearest(train[0], train[3], x), 3)] : [],
  ]);
  const heads = [t('steps'), t('mean', { n: world.window }), t('table.eval'), t('chart.loss'), t(lab().isPolicy ? 'chart.v' : 'chart.q'), ...rate ? [t(rate)] : []];
  byId('chart-table').replaceChildren(el('table', {},
    el('caption', { text: t('table.caption') }),
    el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, ...rows.map(([first, ...rest]) => el('tr', {}, el('th', { scope: 'row', text: first }), ...rest.map((text) => el('td', { text })))))));
}

/** @param {number | null} v @param {number} digits */
const show = (v, digits) => (v === null ? '–' : value(v, digits));
/** @param {number | null} v */
const plain = (v) => (v === null ? '–' : figure(v));
