// SPDX-License-Identifier: MIT
// The looks of the workbench, in the colours of site.css; fetched with it.
import { css } from 'lit';

export const workbenchStyles = css`
#runs { margin-top: 8px; }
#runs-open::before { content: '▸'; margin-inline-end: 6px; }
#runs-open[aria-expanded='true']::before { content: '▾'; }
.two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 32px; align-items: start; }
.two > .views { grid-column: 1 / -1; }
#beside { display: contents; }
#beside > header { grid-column: 1 / -1; order: -1; }
.two > .views { order: -1; }
#beside > header { padding: 12px 0; }
#beside h2 { margin: 0; font-size: 16px; line-height: 24px; outline-offset: 0; }
.beside-actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
@media (max-width: 1000px) {
  .two { grid-template-columns: minmax(0, 1fr); }
  #beside { display: block; min-width: 0; }
}
.bench { container: bench / inline-size; }
.bench :is(h3, p, ol, ul) { margin: 0; padding: 0; list-style: none; }
.bench h3 { font-size: 14px; font-weight: 600; line-height: 24px; outline-offset: 0; }
.bench-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bench-part { margin-top: 12px; padding-top: 8px; border-top: 1px solid var(--line); }
.bench-caption { font-size: 13px; line-height: 20px; color: var(--muted); overflow-wrap: anywhere; }
.bench-run { padding: 6px 0; }
.bench-run + .bench-run { border-top: 1px solid var(--line); }
.bench-head { display: flex; align-items: center; gap: 8px; min-height: 32px; font-size: 13px; }
.bench-head input[type=checkbox] { width: 16px; height: 16px; margin: 4px; flex: none; accent-color: var(--run); }
.bench-line { width: 28px; height: 12px; flex: none; fill: none; stroke: var(--muted); stroke-width: 2; }
.bench-line.run { stroke: var(--run); stroke-width: 3; }
.bench-line.band { stroke: var(--band); --band: light-dark(#c24e0c, #f0914a); }
.bench-line rect { fill: var(--band); fill-opacity: .2; stroke: none; }
.bench-name { flex: 1; min-width: 0; height: 32px; padding: 0 8px; border: 1px solid transparent; border-radius: 6px; background: none; color: inherit; font: inherit; font-weight: 600; text-overflow: ellipsis; }
.bench-name:hover, .bench-name:focus { border-color: var(--line); background: var(--ground); }
.bench-run[data-hidden] :is(.bench-line, .bench-name) { opacity: .7; font-weight: 400; }
.bench-actions { display: flex; flex-wrap: wrap; gap: 4px 6px; margin-top: 4px; }
.bench-form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 8px; font-size: 13px; }
.bench-form input { width: 96px; height: 32px; padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: inherit; font: inherit; text-align: end; }
.bench-form progress { flex: 1; min-width: 96px; height: 8px; accent-color: var(--run); }
.bench-form select { height: 32px; padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: inherit; font: inherit; max-width: 100%; }
.bench-group { display: grid; grid-template-columns: 72px minmax(0, 1fr); align-items: baseline; gap: 6px; margin-top: 8px; font-size: 13px; }
.bench-group > span { color: var(--muted); }
.bench-group > div { display: flex; flex-wrap: wrap; gap: 6px; }
.bench button[aria-disabled] { color: var(--muted); cursor: default; }
.bench-command { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 6px; margin-top: 12px; font-size: 13px; }
.bench-command label { color: var(--muted); }
.bench-command textarea {
  grid-column: 1 / -1; width: 100%; padding: 8px; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); color: inherit; resize: vertical; field-sizing: content;
  font: 13px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere;
}
#bench-saved:not(:empty) { margin-top: 8px; }
.bench-problem { font-size: 13px; line-height: 20px; color: light-dark(#a83f00, #f5a56a); }
.bench button { min-height: 28px; padding: 0 10px; }
@media (max-width: 720px) {
  .bench button { min-height: 36px; }
}
@media (forced-colors: active) {
  .bench-line { stroke: CanvasText; }
}
`;
