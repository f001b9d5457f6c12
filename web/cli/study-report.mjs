// SPDX-License-Identifier: MIT
// report.html of a study: one page that needs nothing else, no script and no network. Charts of the scores as they came, of what each parameter
// does, of learning; the best setting with the command that repeats it; all trials. The same study gives the same bytes.
import { iqm } from '../lib/statistics.mjs';
import { number } from './output.mjs';
import { aside, bands, bars, drawn, escaped, line, linear, logarithmic, point, short } from './study-charts.mjs';

/** @typedef {import('./study-view.mjs').View} View */
/** @typedef {import('./study-view.mjs').TrialView} TrialView */

const CURVES_MAX = 60;
const POINTS_MAX = 80;
const ROWS_MAX = 200;

const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f5f5f2, #1e2126); --panel: light-dark(#fff, #15171a); --ink: light-dark(#1b1d21, #eceae6);
  --muted: light-dark(#5b6169, #a3a9b1); --line: light-dark(#d9dad6, #3a3f47); --run: light-dark(#0069a8, #62b8ee); --best: light-dark(#b34700, #f2a65a); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 24px 16px 48px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 24px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 8px; }
p { margin: 0 0 8px; max-width: 75ch; }
.muted, figcaption { color: var(--muted); font-size: 13px; }
.panels { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); margin: 16px 0; }
figure, section { margin: 0; padding: 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
figcaption { margin-top: 4px; }
.best { display: grid; gap: 4px 24px; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); margin: 0 0 12px; }
.best dt { color: var(--muted); overflow-wrap: anywhere; }
.best dd { margin: 0; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 16px 0; }
.figures div { display: flex; flex-direction: column; }
.figures b { font-size: 24px; font-weight: 600; line-height: 1.2; }
pre { margin: 8px 0 0; padding: 12px; background: var(--ground); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
pre span { display: inline-block; max-width: 100%; }
svg { display: block; width: 100%; height: auto; font-size: 12px; fill: var(--ink); }
svg .grid { stroke: var(--line); } svg .axis, svg .tick { stroke: var(--muted); } svg .label { fill: var(--muted); }
svg .trial { fill: var(--run); fill-opacity: .75; } svg .pruned { fill: none; stroke: var(--muted); } svg .top { fill: var(--best); }
svg .whisker { stroke: var(--run); stroke-opacity: .4; } svg .sofar, svg .curve, svg .topcurve { fill: none; stroke-linejoin: round; }
svg .sofar { stroke: var(--best); stroke-width: 1.5; } svg .curve { stroke: var(--muted); stroke-opacity: .45; } svg .topcurve { stroke: var(--best); stroke-width: 2.5; } svg .bar { fill: var(--run); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 400; } th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
tr.winner td { font-weight: 600; }
@media (max-width: 520px) { svg { font-size: 15px; } body { padding: 16px 8px 32px; } figure, section { padding: 12px; } }
@media print { body { background: none; } figure, section { break-inside: avoid; } }
`;

/** A value as a table shows it. @param {unknown} value */
export function valueText(value) {
  if (typeof value === 'number') return Number.isInteger(value) ? number(value) : short(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** "499.8 (498.3 to 500)" @param {TrialView} trial */
export function scoreText({ score, interval, state }) {
  if (score === null) return '-';
  return interval === null || state !== 'complete' || interval[0] === interval[1] ? number(score) : `${number(score)} (${number(interval[0])} to ${number(interval[1])})`;
}

/** @param {TrialView} trial */
const paramsText = ({ params }) => Object.entries(params).map(([key, value]) => `${key} ${valueText(value)}`).join(', ');

/** @param {TrialView} trial */
const trialText = (trial) => `trial ${trial.number}: ${scoreText(trial)}${trial.state === 'complete' ? '' : `, ${trial.state}`}; ${paramsText(trial)}`;

/** @param {View} view @param {TrialView} trial */
const kindOf = ({ best }, { number: each, state }) => each === best?.number ? 'top' : state === 'complete' ? 'trial' : 'pruned';

/** What is drawn last lies on top: the best one. @param {View} view @param {readonly TrialView[]} trials */
const bestLast = ({ best }, trials) => [...trials].sort((a, b) => Number(a.number === best?.number) - Number(b.number === best?.number));

/** @param {string} title @param {string} svg @param {string} caption */
const figure = (title, svg, caption) => `<figure><h2>${escaped(title)}</h2>${svg}<figcaption>${escaped(caption)}</figcaption></figure>`;

// ---- charts ----

/** @param {View} view */
function history(view) {
  const trials = view.scored;
  const hasInterval = (/** @type {TrialView} */ { interval, state }) => interval !== null && state === 'complete' && trials.length <= 200;
  const y = linear(view.metric, trials.flatMap((trial) => [Number(trial.score), ...hasInterval(trial) ? trial.interval ?? [] : []]));
  const x = linear('trial', trials.map((trial) => trial.number));
  const isBetter = (/** @type {number} */ a, /** @type {number} */ b) => view.goal === 'minimize' ? a < b : a > b;
  const svg = drawn({
    x, y, title: `${view.metric} of each trial`, body(place) {
      /** @type {[number, number][]} */
      const steps = [];
      let best = NaN;
      for (const { number: each, score, state } of trials) {
        if (state !== 'complete' || !(Number.isNaN(best) || isBetter(Number(score), best))) continue;
        if (!Number.isNaN(best)) steps.push([place.x(each), place.y(best)]);
        best = Number(score);
        steps.push([place.x(each), place.y(best)]);
      }
      if (steps.length > 0) steps.push([place.x(trials[trials.length - 1].number), place.y(best)]);
      const whiskers = trials.filter(hasInterval).flatMap(({ number: each, interval }) => interval === null ? [] : [`<line class="whisker" x1="${place.x(each).toFixed(1)}" x2="${place.x(each).toFixed(1)}" y1="${place.y(interval[0]).toFixed(1)}" y2="${place.y(interval[1]).toFixed(1)}"/>`]);
      const points = bestLast(view, trials).map((trial) => point(place.x(trial.number), place.y(trial.score), kindOf(view, trial), trialText(trial)));
      return [...whiskers, line(steps, 'sofar', 'best so far'), ...points].join('');
    },
  });
  const intervals = trials.some(hasInterval) ? '; bars are 95 % bootstrap intervals' : '';
  return figure('Scores', svg, `Each point is a trial${view.nSeeds > 1 ? `, the interquartile mean of its ${view.nSeeds} seeds${intervals}` : ''}. The line is the best so far${view.counts.pruned > 0 ? '; hollow points were stopped early' : ''}.`);
}

/** @param {View} view */
function importance(view) {
  const rows = Object.entries(view.importance).sort(([, a], [, b]) => b - a).map(([name, value]) => ({ name, value, text: `${Math.round(100 * value)} %` }));
  if (rows.length === 0) return '';
  return figure('Importance of parameters', bars(rows, 'Importance of parameters'), view.importanceText);
}

/** Score against a parameter. @param {View} view @param {import('./study-view.mjs').DimensionView} dimension */
function slice(view, { key, values, isLog }) {
  const trials = view.scored;
  const text = (/** @type {TrialView} */ { params }) => valueText(params[key]);
  const numbers = trials.map(({ params }) => Number(params[key]));
  const isNumeric = values === undefined || (values.length > 6 && values.every((value) => typeof value === 'number'));
  const x = !isNumeric ? bands(key, (values ?? []).map(valueText)) : isLog ? logarithmic(key, numbers) : linear(key, numbers);
  const y = linear(view.metric, trials.map(({ score }) => Number(score)));
  const at = (/** @type {TrialView} */ trial) => isNumeric ? Number(trial.params[key]) : [text(trial), aside(trial.number)];
  const svg = drawn({ x, y, height: 240, title: `${view.metric} by ${key}`, body: (place) => bestLast(view, trials).map((trial) => point(place.x(at(trial)), place.y(trial.score), kindOf(view, trial), trialText(trial))).join('') });
  return `<figure><h2>${escaped(key)}</h2>${svg}</figure>`;
}

/** The interquartile mean over seeds wherever all of them were evaluated. @param {TrialView} trial @returns {[number, number][]} */
export function curveOf({ jobs }) {
  const runs = jobs.map(({ evaluations }) => new Map(evaluations)).filter((run) => run.size > 0);
  if (runs.length === 0) return [];
  const steps = [...runs[0].keys()].filter((step) => runs.every((run) => run.has(step))).sort((a, b) => a - b);
  const every = Math.ceil(steps.length / POINTS_MAX);
  return steps.filter((_, i) => i % every === 0 || i === steps.length - 1).map((step) => [step, iqm(runs.map((run) => Number(run.get(step))))]);
}

/** @param {View} view */
function learning(view) {
  const chosen = view.ranked.slice(0, CURVES_MAX);
  const rest = view.trials.filter((trial) => !chosen.includes(trial) && trial.state === 'pruned').slice(0, CURVES_MAX);
  const curves = [...rest, ...[...chosen].reverse()].map((trial) => ({ trial, points: curveOf(trial) })).filter(({ points }) => points.length > 1);
  if (curves.length === 0) return '';
  const x = linear('environment steps', curves.flatMap(({ points }) => points.map(([step]) => step)), { from: 0, room: 0.02 });
  const y = linear('mean return of evaluations', curves.flatMap(({ points }) => points.map(([, mean]) => mean)));
  const svg = drawn({
    x, y, title: 'Learning curves', body: (place) => curves.map(({ trial, points }) =>
      line(points.map(([step, mean]) => [place.x(step), place.y(mean)]), trial.number === view.best?.number ? 'topcurve' : 'curve', trialText(trial))).join(''),
  });
  const which = view.ranked.length > CURVES_MAX ? `the best ${CURVES_MAX} trials` : 'each trial';
  return figure('Learning', svg, `Evaluations during the runs of ${which}${view.nSeeds > 1 ? ', interquartile mean over the seeds' : ''}; the best trial's in colour.`);
}

// ---- the page ----

/** A command whose lines end between flags, not within them. @param {string} command */
const flagsApart = (command) => command.split(' --').map((part, i) => `<span>${escaped(i === 0 ? part : `--${part}`)}</span>`).join(' ');

/** @param {View} view */
function bestSection(view) {
  if (!view.best) return '<section><h2>Best trial</h2><p>No trial is complete.</p></section>';
  const rows = [['trial', String(view.best.number)], [view.metric, scoreText(view.best)], ...Object.entries(view.best.params).map(([key, value]) => [key, valueText(value)])];
  const list = rows.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join('');
  return `<section><h2>Best trial</h2><dl class="best">${list}</dl>${view.command === null ? '' : `<p class="muted">To run it again, with the same bits:</p><pre>${flagsApart(view.command)}</pre>`}</section>`;
}

/** @param {View} view */
function table(view) {
  const keys = view.dimensions.map(({ key }) => key);
  const rest = view.trials.filter((trial) => !view.ranked.includes(trial));
  const rows = [...view.ranked, ...rest].slice(0, ROWS_MAX);
  const heading = ['trial', 'state', view.metric, ...keys, 'steps'].map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const cells = rows.map((trial) => {
    const texts = [trial.number, trial.state, scoreText(trial), ...keys.map((key) => valueText(trial.params[key])), number(trial.timesteps)];
    return `<tr${trial.number === view.best?.number ? ' class="winner"' : ''}>${texts.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
  });
  const more = view.trials.length > ROWS_MAX ? `<p class="muted">The best ${ROWS_MAX} of ${number(view.trials.length)}; trials.csv has all.</p>` : '';
  return `<section><h2>Trials</h2><div class="scroll" tabindex="0" role="region" aria-label="Trials"><table><thead><tr>${heading}</tr></thead><tbody>${cells.join('\n')}</tbody></table></div>${more}</section>`;
}

/** @param {View} view */
function figuresOf(view) {
  const { counts } = view;
  const cells = [
    [number(counts.complete), counts.complete === 1 ? 'trial complete' : 'trials complete'], ...counts.pruned > 0 ? [[number(counts.pruned), 'stopped early']] : [],
    ...counts.failed > 0 ? [[number(counts.failed), 'failed']] : [], [number(view.nJobs), view.nJobs === 1 ? 'run' : 'runs'], [number(view.timesteps), 'environment steps'],
  ];
  return `<div class="figures">${cells.map(([value, label]) => `<div><b>${escaped(value)}</b><span class="muted">${escaped(label)}</span></div>`).join('')}</div>`;
}

/** The page. @param {View} view @returns {string} */
export function reportOf(view) {
  const charts = view.scored.length > 0 ? [history(view), importance(view), learning(view), ...view.dimensions.map((dimension) => slice(view, dimension))] : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(view.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(view.name)}</h1>
<p class="muted">${escaped(view.about)}</p>
${figuresOf(view)}
${bestSection(view)}
<div class="panels">
${charts.filter((chart) => chart !== '').join('\n')}
</div>
${table(view)}
</body>
</html>
`;
}
