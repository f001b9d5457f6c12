// SPDX-License-Identifier: MIT
// Of uPlot's own style sheet what a lab has: no titles, no legend. It comes with uPlot.
import { css } from 'lit';

export const plotStyles = css`
.uplot { width: min-content; max-width: 100%; direction: ltr; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
.u-wrap { position: relative; max-width: 100%; user-select: none; -webkit-user-select: none; }
.u-over, .u-under, .u-axis, .u-select, .u-cursor-x, .u-cursor-pt { position: absolute; }
.u-under { overflow: hidden; }
.u-select, .u-cursor-x, .u-cursor-pt { pointer-events: none; }
.u-cursor-x, .u-cursor-pt { left: 0; top: 0; will-change: transform; }
.u-hz .u-cursor-x { height: 100%; border-right: 1px dashed var(--bellhop-muted); }
.u-cursor-pt { border: 0 solid; border-radius: 50%; background-clip: padding-box !important; }
.uplot .u-off { display: none; }
.u-select { background: color-mix(in srgb, var(--bellhop-run) 18%, transparent); }
@media (forced-colors: active) {
  .uplot canvas, .u-cursor-pt, .u-select { forced-color-adjust: none; }
}
`;
