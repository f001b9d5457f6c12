// SPDX-License-Identifier: MIT
// The looks of the embed dialog, in the colours of site.css; fetched with it.
import { css } from 'lit';

export const embedStyles = css`
.embed {
  width: min(1200px, 100vw - 48px); height: min(920px, 100dvh - 48px); max-width: none; max-height: none; padding: 0; overflow: hidden;
  border: 1px solid var(--line); border-radius: 12px; background: var(--panel); color: var(--ink); box-shadow: 0 16px 64px rgb(0 0 0 / 28%);
}
.embed[open] { display: grid; grid-template-rows: auto minmax(0, 1fr); }
.embed::backdrop { background: rgb(10 12 15 / 48%); }
.embed :is(fieldset, legend, ul, p, h2, h3) { margin: 0; padding: 0; border: 0; min-width: 0; }
.embed h2 { font-size: 20px; font-weight: 600; line-height: 32px; outline: none; }
.embed :is(h3, legend) { font-size: 13px; font-weight: 600; line-height: 24px; }
.embed-caption { font-size: 13px; color: var(--muted); overflow-wrap: anywhere; }
.embed-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.embed-head { display: flex; align-items: flex-start; justify-content: space-between; gap: 16px; padding: 16px 24px; border-bottom: 1px solid var(--line); }
.embed-head button { width: 32px; padding: 0; flex: none; font-size: 20px; }
.embed-body { display: grid; grid-template-columns: 328px minmax(0, 1fr); min-height: 0; }
.embed-choices, .embed-result { min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 24px 24px; }
.embed-choices { display: flex; flex-direction: column; gap: 16px; background: var(--ground); border-right: 1px solid var(--line); }
.embed-result { display: flex; flex-direction: column; gap: 16px; }
.embed-result > * { flex: none; }

.embed-ticks { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; }
.embed-ticks label, .embed-tick { display: flex; align-items: center; gap: 8px; min-height: 32px; font-size: 13px; line-height: 16px; cursor: pointer; }
.embed input[type='checkbox'] { accent-color: var(--run); width: 18px; height: 18px; margin: 0; flex: none; }
.embed-field { display: grid; grid-template-columns: minmax(0, 1fr) 136px; align-items: center; gap: 8px 16px; min-height: 40px; font-size: 13px; line-height: 16px; }
.embed :is(select, .embed-field input) {
  width: 100%; min-height: 32px; padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: inherit; font: inherit; font-size: 13px;
}
.embed ::placeholder { color: var(--muted); opacity: 1; }
.embed input[aria-invalid='true'] { border-color: var(--bad); }
.embed .embed-problem { color: var(--bad); font-size: 13px; line-height: 20px; }
.embed { --bad: light-dark(#a83f00, #f5a56a); }

.embed-radios { display: inline-flex; align-self: flex-start; max-width: 100%; }
.embed-radios label { position: relative; display: inline-flex; cursor: pointer; }
.embed-radios input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; z-index: 3; }
.embed-radios span { display: flex; align-items: center; min-height: 36px; padding: 0 14px; margin-left: -1px; border: 1px solid var(--line); font-size: 13px; white-space: nowrap; }
.embed-radios label:first-of-type span { border-radius: 8px 0 0 8px; margin-left: 0; }
.embed-radios label:last-of-type span { border-radius: 0 8px 8px 0; }
.embed-radios label:hover span { border-color: var(--muted); z-index: 1; }
.embed-radios :checked + span { background: var(--ground); font-weight: 600; border-color: var(--muted); z-index: 1; }
.embed-radios :focus-visible + span { outline: 3px solid var(--run); outline-offset: 2px; z-index: 2; }

.embed-notes { list-style: none; display: grid; gap: 8px; }
.embed-notes li { padding: 8px 12px; border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px; font-size: 13px; line-height: 20px; }
.embed-blocks { display: grid; gap: 16px; }
.embed-block { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 8px 16px; }
.embed-block label { font-size: 13px; line-height: 20px; color: var(--muted); }
.embed-block button { min-width: 88px; }
.embed-block button.main { background: var(--run); border-color: var(--run); color: var(--on-run); font-weight: 600; }
.embed-block button.main:hover { filter: brightness(1.1); }
.embed-block :is(textarea, .embed-problem) { grid-column: 1 / -1; }
.embed-block textarea {
  width: 100%; padding: 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); color: inherit; resize: none; field-sizing: content;
  font: 13px/20px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere;
}
.embed-strict summary { font-size: 13px; line-height: 24px; cursor: pointer; width: fit-content; }
.embed-strict[open] summary { margin-bottom: 8px; }

.embed-show { display: grid; gap: 8px; padding-top: 16px; border-top: 1px solid var(--line); }
.embed-show header { display: flex; align-items: center; flex-wrap: wrap; gap: 8px 16px; }
.embed-stage { width: 100%; overflow: hidden; }
/* The lines of grey stand for the article's text. */
.embed-column::before, .embed-column::after {
  content: ''; display: block; height: 44px; opacity: .7; border-right: 96px solid transparent;
  background: repeating-linear-gradient(transparent 0 4px, var(--line) 4px 12px, transparent 12px 16px) padding-box;
}
.embed-column::before { margin-bottom: 16px; }
.embed-column::after { margin-top: 16px; }
.embed-column { box-sizing: content-box; margin: 0 auto; padding: 12px 16px; transform-origin: 0 0; outline: 1px solid var(--line); outline-offset: -1px; border-radius: 8px; }
.embed-column bellhop-lab { min-height: 0; }

@media (max-width: 960px) {
  .embed { width: min(800px, 100vw - 32px); height: calc(100dvh - 32px); }
  .embed-body { display: block; overflow-y: auto; overscroll-behavior: contain; }
  .embed-choices, .embed-result { overflow: visible; }
  .embed-choices { border-right: 0; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: 1fr 1fr; gap: 16px 32px; }
}
@media (max-width: 640px) {
  .embed { width: 100vw; height: 100dvh; border: 0; border-radius: 0; }
  .embed-head, .embed-choices, .embed-result { padding-left: 16px; padding-right: 16px; }
  .embed-choices { grid-template-columns: minmax(0, 1fr); }
  .embed-radios { display: flex; align-self: stretch; }
  .embed-radios label { flex: 1 1 auto; min-width: 0; }
  .embed-radios span { flex: 1; justify-content: center; padding: 0 2px; white-space: normal; overflow-wrap: anywhere; line-height: 16px; text-align: center; font-size: 12px; }
}
@media (forced-colors: active) {
  .embed-radios :checked + span { outline: 2px solid Highlight; outline-offset: -2px; }
}
`;
