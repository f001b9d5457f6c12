// SPDX-License-Identifier: MIT
// The looks of the panels with text, added to those of the lab (styles.mjs) and of the charts when the first of them is shown.
import { css } from 'lit';

export const textStyles = css`
.corpus > header h2, .writer > header h2, .text-world > header h2, .text-choices > header h2 { white-space: normal; }
.writer > header button { flex: none; }
.text-world .head, .writer .head { display: flex; align-items: baseline; justify-content: space-between; gap: 8px; min-height: 32px; }
.text-world .head h3, .writer .head h3 { white-space: nowrap; }
.text-world .caption, .text-choices .caption, .corpus .caption, .writer .caption { line-height: 20px; }
.text-world .row, .corpus .row, .writer .row { display: flex; flex-wrap: wrap; gap: 8px 16px; margin-bottom: 8px; }
.text-world .row select, .corpus .row select { max-width: 220px; }
.writer .grow { flex: 1 1 160px; }
.writer .grow input { flex: 1; min-width: 64px; }
.writer input[type='range'] { width: 96px; }
.parts-box input[type='range'] { width: 80px; }

/* ---- the language model ---- */

.corpus .form { margin-top: 8px; }
.corpus textarea {
  display: block; width: 100%; min-height: 256px; padding: 8px 12px; border: 1px solid var(--bellhop-line); border-radius: 8px;
  background: var(--bellhop-panel); font-size: 13px; line-height: 20px; resize: vertical;
}
.corpus textarea:read-only { background: var(--bellhop-ground); color: var(--bellhop-muted); }
.corpus .beneath { margin-top: 4px; min-height: 32px; }
.corpus .sizes { display: grid; grid-template-columns: repeat(auto-fill, minmax(152px, 1fr)); gap: 8px 16px; margin: 8px 0; }
.corpus .sizes label { justify-content: space-between; }
.corpus .sizes select { min-width: 76px; padding: 0 4px; }
.corpus .sizes span { line-height: 16px; }
.files { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.files button { min-height: 32px; font-size: 13px; padding: 0 12px; }
.sample {
  height: 200px; overflow-y: auto; padding: 12px 16px; border: 1px solid var(--bellhop-line); border-radius: 8px; background: var(--bellhop-ground);
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 24px;
}
.sample b { font-weight: 600; color: var(--bellhop-run); }
.half { min-height: 40px; margin: 4px 0 8px; }
.bars.next { margin: 0; min-height: 208px; }
.bars.next li { grid-template-columns: 104px minmax(0, 1fr) 56px; padding: 2px 8px; margin: 0; }
.bars.next li.none { display: block; padding: 0; }
.bars.next .name { white-space: pre; }
.bars.next .fill { background: var(--bellhop-run); }

/* ---- a talk ---- */

.talk-box { height: 392px; overflow-y: auto; margin-top: 8px; padding: 12px; border: 1px solid var(--bellhop-line); border-radius: 8px; background: var(--bellhop-ground); }
.talk { display: flex; flex-direction: column; gap: 8px; list-style: none; margin: 0; padding: 0; white-space: normal; }
.talk li { max-width: 86%; align-self: flex-start; padding: 4px 12px 6px; border-radius: 4px 12px 12px; background: var(--bellhop-neutral); }
.talk li[data-who='bellhop'] { align-self: flex-end; border-radius: 12px 4px 12px 12px; background: var(--bellhop-panel); box-shadow: inset 0 0 0 1px var(--bellhop-agent); }
.talk p { margin: 0; overflow-wrap: anywhere; }
.talk .caption span { margin-left: 8px; }
.talk .said { line-height: 24px; }

/* ---- decisions ---- */

.phase { white-space: normal; flex: 1 1 0; min-width: 22ch; max-width: 36ch; height: 40px; line-height: 20px; overflow: hidden; }
#phase-text { align-self: start; transform: translateY(calc(20px - 50%)); } /* in the middle, and no shift where it takes a second line */

.stage > .token-text { height: 216px; margin-top: 8px; }
.stage > .token-text.training { height: 320px; }
#rl-aside { min-height: 20px; margin-top: 4px; }
.parts-box { container: parts / inline-size; margin-top: 8px; }
.rated { min-height: 20px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.part {
  display: grid; grid-template-columns: minmax(64px, 112px) minmax(32px, 1fr) 32px auto auto; gap: 0 8px; align-items: center; min-height: 36px;
  font-size: 13px; border-top: 1px solid var(--bellhop-line);
}
.part.fixed { grid-template-columns: 120px minmax(32px, 1fr) 32px; }
.part .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.part .error { grid-column: 1 / -1; padding-bottom: 4px; }
.part .track, .choices .track { position: relative; height: 14px; border-radius: 3px; background: var(--bellhop-neutral); overflow: hidden; }
.part .fill, .choices .fill { position: absolute; inset: 0; transform: scaleX(0); transform-origin: left; background: var(--bellhop-run); }
.part .number, .choices .number { text-align: right; }
.weight { display: inline-flex; align-items: center; gap: 4px; color: var(--bellhop-muted); white-space: nowrap; }
.weight input[type='text'] { width: 48px; text-align: right; color: var(--bellhop-ink); }
.part button.quiet { min-height: 28px; }
.total { display: flex; justify-content: space-between; padding: 4px 0; border-top: 2px solid var(--bellhop-line); font-size: 13px; }
.total b { font-weight: 600; }

.choice-heads, .choices li {
  display: grid; grid-template-columns: minmax(72px, 2.2fr) minmax(0, 1fr) 44px minmax(0, 1fr) 36px; gap: 0 8px; align-items: center; padding: 4px 6px;
  font-size: 13px;
}
.choice-heads { padding-bottom: 0; }
.choice-heads > :nth-child(n + 2) { grid-column: span 2; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.choices:has(li) { min-height: 252px; }
.none-yet { min-height: 356px; }
.text-choices .sentences li, .text-choices .sentences .best { align-items: start; line-height: 20px; height: 64px; padding: 2px 0; }
.text-choices .sentences .best { height: 66px; }
.text-choices .sentences span:first-child { display: -webkit-box; white-space: normal; -webkit-line-clamp: 3; -webkit-box-orient: vertical; }
.text-choices .sentences span + span { flex: none; }
.text-choices .sentences span + span, .total b { direction: rtl; unicode-bidi: plaintext; }
.text-choices .sentences ol { min-height: 192px; }
.comparison .numbers { table-layout: fixed; }
.comparison .numbers td { direction: rtl; unicode-bidi: plaintext; text-align: right; padding: 4px 0 4px 12px; }
.comparison .numbers th:first-child { width: 52%; }
.comparison tbody > :first-child { height: 49px; }
.choices li { border: 2px solid transparent; border-radius: 6px; margin: 0 -2px; }
.choices li[data-taken] { border-color: var(--bellhop-agent); }
.choices .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.choices .fill.lm { background: var(--bellhop-muted); }
.choices[data-untrained] .fill:not(.lm) { opacity: .35; }
.choices[data-untrained] .number:not(.lm-cell) { color: var(--bellhop-muted); }
.choices.alone li, .choice-heads.alone { grid-template-columns: minmax(72px, 1fr) minmax(0, 2fr) 44px; }
.choice-heads.alone > .lm-head, .choices.alone .lm-cell { display: none; }
#rl-took { min-height: 20px; }
#rl-choices-caption { min-height: 60px; }

@container lab (min-width: 641px) {
  @container parts (max-width: 400px) {
    .part { grid-template-columns: minmax(48px, 112px) minmax(16px, 1fr) 32px auto auto; gap: 0 6px; }
    .parts-box input[type='range'] { width: 56px; }
  }
  /* No room for a slider and the name: the number beside it says and takes the same. */
  @container parts (max-width: 360px) {
    .parts-box input[type='range'] { display: none; }
  }
}
@container lab (max-width: 640px) {
  .phase { flex: none; max-width: none; }
  .text-world .row { display: grid; grid-template-columns: max-content minmax(0, 1fr); align-items: center; }
  .text-world .row .choice:has(select) { display: contents; }
  .text-world .row .choice { grid-column: 1 / -1; }
  .text-world .row select { max-width: none; }
  .corpus .row select { min-width: 0; max-width: 168px; }
  .panels > .corpus { order: -1; margin-top: 8px; }
  .corpus textarea { min-height: 160px; }
  .part { grid-template-columns: minmax(40px, 1fr) 40px auto; padding: 4px 0; }
  .part:not(.fixed) .name { grid-column: 1 / 3; }
  .part button.quiet { grid-area: 1 / 3; justify-self: end; }
}
@media (forced-colors: active) {
  .part .track, .choices .track { border: 1px solid CanvasText; }
  .choices li[data-taken] { border-color: Highlight; }
  .swatch { forced-color-adjust: none; }
}

/* ---- charts ---- */

.comparison > header h2, .learning > header h2 { white-space: normal; }
.comparison > header button { flex: none; }
.comparison .head .caption { white-space: nowrap; flex: none; }
.plot.tall { height: 264px; }
.comparison .plot.tall { height: 320px; }
.axis { text-align: end; }
.legend-line .axis { margin-inline-start: auto; }
.legend-line { display: flex; align-items: center; flex-wrap: wrap; gap: 4px 8px; }
.swatch { display: inline-block; width: 24px; height: 0; border-top: 2.5px solid currentcolor; margin-inline-end: 8px; vertical-align: middle; }
.swatch.thin { border-top-width: 1px; margin: 0; }
.swatch.dots { margin: 0; margin-inline-start: 8px; border-top-style: dotted; border-top-width: 4px; }
.swatch.dashed { border-top-style: dashed; }
`;
