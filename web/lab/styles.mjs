// SPDX-License-Identifier: MIT
// The looks of a lab, as constructed style sheets that all labs share; colours are in tokens.mjs. Layout follows the width of the lab,
// not of the window. Three sizes, two weights, a grid of 8 px.
import { css } from 'lit';

export const base = css`
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, dl, dd, ul, ol { margin: 0; padding: 0; }
h2 { font-size: 16px; font-weight: 600; white-space: nowrap; }
h3 { font-size: 13px; font-weight: 600; }
ul, ol { list-style: none; }
.caption, .state, dt, output { font-size: 13px; color: var(--bellhop-muted); }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}
:focus-visible { outline: 3px solid var(--bellhop-run); outline-offset: 2px; border-radius: 4px; }

button, select, input, textarea { font: inherit; color: inherit; }
button {
  display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 40px; padding: 0 16px;
  border: 1px solid var(--bellhop-line); border-radius: 8px; background: var(--bellhop-panel); cursor: pointer; white-space: nowrap;
}
button:hover:not(:disabled) { border-color: var(--bellhop-muted); }
button:disabled { color: var(--bellhop-muted); cursor: default; }
button svg { width: 20px; height: 20px; fill: currentColor; flex: none; margin-left: -4px; }
button.primary { background: var(--bellhop-run); border-color: var(--bellhop-run); color: var(--bellhop-on-run); font-weight: 600; }
button.primary:hover:not(:disabled) { filter: brightness(1.1); border-color: var(--bellhop-run); }
button.primary:disabled { opacity: .6; color: var(--bellhop-on-run); }
button.quiet { min-height: 32px; padding: 0 8px; border-color: var(--bellhop-line); font-size: 13px; color: var(--bellhop-ink); background: none; }
button.quiet:hover:not(:disabled) { border-color: var(--bellhop-muted); }
button.quiet[aria-pressed='true'] { font-weight: 600; background: var(--bellhop-ground); }
select, input[type='text'] {
  min-height: 32px; padding: 0 8px; border: 1px solid var(--bellhop-line); border-radius: 6px; background: var(--bellhop-panel); font-size: 13px;
}
select { max-width: 100%; }
select:disabled, input:disabled { color: var(--bellhop-muted); opacity: 1; }
select:disabled { appearance: none; border-color: transparent; padding: 0; text-align: right; }
input[type='range'] { accent-color: var(--bellhop-run); width: 112px; min-height: 32px; margin: 0; }
input[type='checkbox'] { accent-color: var(--bellhop-run); width: 18px; height: 18px; margin: 0; }
input[aria-invalid='true'] { border-color: var(--bellhop-warn); }
.choice { display: inline-flex; align-items: center; gap: 8px; font-size: 13px; color: var(--bellhop-muted); min-width: 0; }
.choice select, .choice input { color: var(--bellhop-ink); }
.error { color: var(--bellhop-warn); font-size: 13px; flex-basis: 100%; overflow-wrap: anywhere; }
kbd { font: inherit; padding: 1px 6px; border: 1px solid var(--bellhop-line); border-radius: 4px; background: var(--bellhop-ground); }
`;

export const styles = css`
.lab {
  container: lab / inline-size; contain-intrinsic-inline-size: 640px; padding: var(--bellhop-padding, 0); min-height: var(--lab-room); display: flex; flex-direction: column;
  background: var(--bellhop-panel); color: var(--bellhop-ink);
  font: 16px/1.5 var(--bellhop-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif);
  font-variant-numeric: tabular-nums; text-align: start; overflow-wrap: normal;
}
.layout { display: flow-root; flex: 1 0 auto; }
.layout[data-waiting] { visibility: hidden; position: var(--lab-waiting); inset: 0; }
.colour-probe { position: absolute; width: 0; height: 0; overflow: hidden; }
.scheme-probe { position: absolute; width: 0; height: 0; overflow: hidden; color: light-dark(rgb(0 0 1), rgb(0 0 2)); transition: color 1ms; }

/* ---- the bar ---- */

.bar {
  display: flex; align-items: center; flex-wrap: wrap; gap: 8px 20px; padding: 12px 0; border-top: 1px solid var(--bellhop-line);
  border-bottom: 1px solid var(--bellhop-line); position: sticky; top: 0; background: var(--bellhop-panel); z-index: 3;
}
.bar:focus { outline: none; }
.buttons { display: flex; gap: 8px; }
#play { min-width: 132px; justify-content: start; }
.when-running, [data-running] .when-paused { display: none; }
[data-running] .when-running { display: inline; }
.speed, .seed { display: inline-flex; align-items: center; gap: 8px; font-size: 13px; color: var(--bellhop-muted); position: relative; }
.speed output { min-width: 40px; color: var(--bellhop-ink); }
.seed input { width: 72px; color: var(--bellhop-ink); }
.seed[data-staged] input { border-color: var(--bellhop-mark); border-style: dashed; }
.seed .staged-here { position: absolute; left: 0; top: 100%; width: max-content; max-width: 304px; background: var(--bellhop-panel); line-height: 16px; z-index: 1; }
.counters { display: flex; gap: 8px 16px; margin-left: auto; }
.counters > div { min-width: 56px; text-align: right; display: flex; flex-direction: column-reverse; }
.counters > .wide { min-width: 72px; }
.counters dd { font-weight: 600; line-height: 20px; white-space: nowrap; }
.counters dt { line-height: 16px; white-space: nowrap; }
/* Numbers whose right end is their beginning, so that they move nothing; they are written from left to right all the same. */
.counters dd, .number, .inputs dd:last-child, .truth dd { direction: rtl; unicode-bidi: plaintext; }
.phase { display: inline-flex; align-items: center; gap: 8px; font-size: 13px; min-width: 80px; white-space: nowrap; }
.phase .mark { width: 10px; height: 10px; border-radius: 50%; border: 2px solid var(--bellhop-muted); flex: none; }
.phase[data-phase='running'] .mark, .phase[data-phase='preparing'] .mark { background: var(--bellhop-run); border-color: var(--bellhop-run); }
.phase[data-phase='paused'] .mark { border-radius: 0; border-width: 0 3px; }
.phase[data-phase='finished'] .mark { border-radius: 0; background: var(--bellhop-muted); }
.phase[data-phase='diverged'] .mark, .phase[data-phase='failed'] .mark { border-radius: 0; border-color: var(--bellhop-warn); background: var(--bellhop-warn); transform: rotate(45deg); }
.notices { position: sticky; bottom: 8px; height: 0; z-index: 8; display: flex; justify-content: center; align-items: flex-end; }
.layout[data-noticed] { padding-bottom: var(--lab-notices); }
.notice {
  width: max-content; max-width: min(640px, 100%); flex: none;
  display: flex; align-items: center; justify-content: space-between; gap: 16px; padding: 8px 8px 8px 16px;
  border: 1px solid var(--bellhop-line); border-left: 4px solid var(--bellhop-low); background: var(--bellhop-panel); border-radius: 8px;
  box-shadow: 0 8px 32px rgb(0 0 0 / 18%); overflow-wrap: anywhere; max-height: 40vh; overflow-y: auto;
}
.notice button { pointer-events: auto; }
.notice[data-kind='good'] { border-left-color: var(--bellhop-run); pointer-events: none; }
.notice .actions { margin: 0; flex-wrap: nowrap; }

/* ---- the panels ---- */

.panels { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 3.5fr) minmax(0, 4.4fr); gap: 16px 32px; padding-top: 16px; }
.panels[data-columns='2'] { grid-template-columns: minmax(0, 5fr) minmax(0, 4fr); }
.panels[data-columns='1'] { grid-template-columns: minmax(0, 1fr); }
.panels > section { min-width: 0; }
.panels section > header { display: flex; align-items: center; gap: 8px; min-height: 40px; margin-bottom: 8px; }
.panels section > header > :nth-child(2) { margin-left: auto; min-width: 0; }
.panels section > header select { min-width: 0; max-width: 100%; }
#algo { width: 160px; }
.stage { position: relative; }
.stage > canvas { display: block; width: 100%; height: 440px; border: 1px solid var(--bellhop-line); border-radius: 8px; }
.stage[data-world='grid-map'] > canvas { border: 0; aspect-ratio: 1; height: auto; max-height: 460px; }
.stage[data-world='cartpole'] > canvas, .stage[data-world='mountain-car'] > canvas { height: 360px; }
.stage[data-world='textgen'] > canvas { height: 340px; }
/* Before the first drawing: a map without values. */
.stage:not([data-ready]) > canvas {
  background: linear-gradient(var(--bellhop-panel) 3px, transparent 3px) 0 0 / 100% 33.33%, linear-gradient(to right, var(--bellhop-panel) 3px, transparent 3px) 0 0 / 33.33% 100%, var(--bellhop-neutral);
}
.overlay {
  position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px;
  padding: 24px; text-align: center; background: color-mix(in srgb, var(--bellhop-panel) 88%, transparent); border-radius: 8px;
}
.overlay p { max-width: 40ch; }
.beneath { display: flex; align-items: center; justify-content: space-between; flex-wrap: wrap; gap: 8px 16px; margin-top: 12px; }
.segments { display: inline-flex; }
.segments button { min-height: 32px; padding: 0 10px; font-size: 13px; border-radius: 0; margin-left: -1px; color: var(--bellhop-muted); }
.segments button:first-child { border-radius: 6px 0 0 6px; }
.segments button:last-child { border-radius: 0 6px 6px 0; }
.segments button[aria-pressed='true'] { background: var(--bellhop-ground); color: var(--bellhop-ink); font-weight: 600; }
.legend { display: flex; align-items: center; gap: 8px; font-size: 13px; color: var(--bellhop-muted); white-space: nowrap; }
.legend i {
  width: 72px; height: 10px; border-radius: 5px; forced-color-adjust: none;
  background: linear-gradient(to right, var(--bellhop-low), var(--bellhop-low-mid), var(--bellhop-neutral), var(--bellhop-high-mid), var(--bellhop-high));
}
.legend[data-positive] i { background: linear-gradient(to right, var(--bellhop-neutral), var(--bellhop-high-mid), var(--bellhop-high)); }
.state { flex: 1 1 160px; line-height: 20px; min-height: 20px; }
.stage:not([data-world='grid-map']) ~ .beneath .state { min-height: 40px; }
.beneath + .beneath { margin-top: 4px; }
#you { margin-left: auto; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; touch-action: manipulation; user-select: none; }

.inputs { overflow-x: clip; margin-top: 8px; display: grid; gap: 4px 0; font-size: 13px; }
.inputs > div { display: grid; grid-template-columns: 152px minmax(0, 1fr) 72px; gap: 0 8px; align-items: center; line-height: 20px; }
.inputs dd { text-align: right; }
.inputs .gauge { position: relative; height: 4px; border-radius: 2px; background: var(--bellhop-neutral); }
.inputs .gauge > span { position: absolute; left: 0; width: 100%; }
.inputs .zero { top: -3px; height: 10px; border-left: 1px solid var(--bellhop-muted); }
.inputs .dot::before { content: ''; position: absolute; top: -4px; left: -6px; width: 12px; height: 12px; border-radius: 50%; background: var(--bellhop-agent); }

/* ---- Q-values and the last transition ---- */

.q-values { container: values / inline-size; }
.bars { margin: 8px 0; }
.bars li { display: grid; grid-template-columns: 88px minmax(0, 1fr) 56px 14px; gap: 0 8px; align-items: center; padding: 4px 6px; border: 2px solid transparent; border-radius: 6px; font-size: 13px; line-height: 20px; }
.bars li[data-taken] { border-color: var(--bellhop-agent); }
.bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bars .greedy .name, .bars .greedy .number { font-weight: 600; }
.bars .track { position: relative; height: 16px; border-radius: 3px; background: var(--bellhop-neutral); overflow: hidden; }
.bars .fill { position: absolute; top: 0; bottom: 0; left: 0; width: 100%; transform-origin: left; }
.bars .zero { position: absolute; inset: 0; border-left: 1px solid var(--bellhop-muted); }
.bars .number { text-align: right; white-space: nowrap; }
.bars .sign { color: var(--bellhop-agent); text-align: center; }
.bars[data-untrained] .number, .bars[data-untrained] .name { color: var(--bellhop-muted); font-weight: 400; }
.bars[data-untrained] .fill { opacity: .35; }
.bars[data-many] li { padding: 1px 6px; grid-template-columns: 104px minmax(0, 1fr) 48px 14px; }
.bars[data-many] .track { height: 14px; }
.decision { min-height: 40px; line-height: 20px; }
.decision span { display: block; min-height: 20px; }
.transition { margin-top: 8px; padding-top: 8px; border-top: 1px solid var(--bellhop-line); }
#q-caption { line-height: 20px; min-height: 20px; }
#solved { line-height: 20px; min-height: 40px; margin: -8px 0 8px; }
#q-values-title { position: relative; }
#untrained { position: absolute; left: 0; top: 100%; font-weight: 400; font-size: 13px; line-height: 16px; color: var(--bellhop-muted); }
.transition dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 12px; font-size: 13px; line-height: 20px; margin: 4px 0; }
.transition .words { overflow-wrap: anywhere; min-height: 20px; }
.transition .words:is(:nth-of-type(1), :nth-of-type(4)) { min-height: 40px; }
.transition [data-sentences] .words:is(:nth-of-type(1), :nth-of-type(4)) { height: 40px; overflow: hidden; }
.formula { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 6px; min-height: 56px; }
.formula math { font-size: 14px; }
#microscope { margin-top: 8px; }
.transition .note { display: grid; line-height: 20px; }
.transition .note::after { content: attr(data-room); visibility: hidden; }
.transition .note > span, .transition .note::after { grid-area: 1 / 1; }
.value-map, .truth { margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--bellhop-line); }
.legend + .caption { margin-top: 8px; }
.slice { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content; grid-template-rows: auto 1fr auto auto; gap: 0 8px; margin: 8px 0; font-size: 13px; line-height: 16px; color: var(--bellhop-muted); }
.slice canvas { grid-area: 1 / 2 / 4 / 4; display: block; width: 100%; height: 176px; border-radius: 6px; background: var(--bellhop-ground); }
#slice-top { grid-area: 1 / 1; text-align: right; }
#slice-bottom { grid-area: 3 / 1; text-align: right; }
#slice-left { grid-area: 4 / 2; margin-top: 4px; }
#slice-right { grid-area: 4 / 3; margin-top: 4px; }
.truth dl { margin: 4px 0; }
.truth dl > div { display: flex; justify-content: space-between; gap: 16px; line-height: 24px; }
.truth dd { font-size: 13px; font-weight: 600; white-space: nowrap; min-width: 64px; text-align: right; }

/* ---- folds ---- */

.fold { border-top: 1px solid var(--bellhop-line); margin-top: 16px; padding-top: 8px; }
.fold summary { font-weight: 600; line-height: 20px; padding: 6px 0; cursor: pointer; }
.fold summary .caption { font-weight: 400; margin-left: 8px; }
.staged { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding: 8px 16px; margin: 8px 0; border-left: 4px solid var(--bellhop-mark); background: var(--bellhop-ground); border-radius: 4px; }

/* ---- narrower labs: world, controls, values, charts, one below the other ---- */

@container lab (max-width: 1100px) {
  .panels[data-columns='3'] { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .panels[data-columns='3'] > :last-child { grid-column: 1 / -1; }
}

@container lab (max-width: 640px) {
  .layout { display: flex; flex-direction: column; }
  .panels[data-columns] { display: contents; }
  .panels > section { margin-top: 16px; }
  .q-values > header:has(> .hidden:only-child) { display: none; }
  .panels > .world { order: -1; margin-top: 8px; }
  .bar { display: contents; }
  .buttons { position: sticky; top: 0; bottom: 0; z-index: 3; background: var(--bellhop-panel); padding: 8px 0; border-block: 1px solid var(--bellhop-line); margin-top: 12px; }
  .buttons button { flex: 1; padding: 0 8px; min-width: 0; }
  .buttons #play { flex: 1.6; min-width: 0; }
  .bar > .speed, .bar > .seed, .bar > .phase, .bar > .counters { margin-top: 8px; }
  .counters { margin-inline: 0; justify-content: space-between; flex-wrap: wrap; gap: 8px 16px; }
  .counters > div, .counters > .wide { min-width: 0; text-align: left; }
  .counters dd { direction: ltr; }
  .speed input { flex: 1; min-width: 64px; }
  .stage[data-world='cartpole'] > canvas, .stage[data-world='mountain-car'] > canvas { height: 260px; }
  .stage[data-world='textgen'] > canvas, .stage[data-world='acrobot'] > canvas { height: 320px; }
  .inputs > div { grid-template-columns: minmax(0, 128px) minmax(0, 1fr) 72px; }
}

/* Lines that sentences may need later, so that nothing moves then. */
@container values (max-width: 480px) {
  .transition [data-sentences] .words:is(:nth-of-type(1), :nth-of-type(4)) { height: 60px; }
  .transition .words:nth-of-type(2), #q-caption { min-height: 40px; }
  .decision span { min-height: 40px; }
  .transition .note { min-height: 120px; }
}

@container lab (max-width: 480px) {
  .stage:not([data-world='grid-map']) ~ .beneath .state { min-height: 60px; }
}

@container lab (max-width: 320px) {
  .segments button { padding: 0 6px; }
  .panels section > header { flex-wrap: wrap; }
}

@media (forced-colors: active) {
  .track, .gauge, .fill, .dot::before, .zero, .mark, canvas, .legend i { forced-color-adjust: none; }
  .bars .track { border: 1px solid CanvasText; }
  button[aria-pressed='true'], .segments button[aria-pressed='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
}
@media (prefers-reduced-motion: reduce) {
  * { scroll-behavior: auto !important; }
}
/* On paper a lab is as high as what it shows, whatever its host gave it; it breaks between its panels, not within them. Fields are text. */
@media print {
  :host { height: auto !important; min-height: 0 !important; max-height: none !important; overflow: visible !important; }
  * { print-color-adjust: exact; }
  .lab { display: block; min-height: 0; }
  canvas { object-fit: contain; object-position: left; }
  .bar { position: static; padding: 8px 0; margin-bottom: 16px; break-after: avoid; }
  .panels { padding-top: 0; }
  .stage > canvas { height: 280px !important; }
  .panels :is(.state, .decision, .decision span, #q-caption, #solved, .words, .note, .formula) { min-height: 0 !important; height: auto !important; }
  #solved { margin-top: 0; }
  .transition .note::after { content: none; }
  .buttons, .speed, .notices, .layout button:not([aria-pressed='true']), .layout input:is([type='range'], [type='search']), .values:not([open]) { display: none; }
  .panels > section, .chart, .setting { break-inside: avoid; }
  select, input[type='text'] { appearance: none; width: auto; max-width: none; min-height: 0; padding: 0; border: 0; background: none; field-sizing: content; }
  .segments button { min-height: 0; padding: 0; border: 0; background: none; }
  summary { list-style: none; }
}
`;
