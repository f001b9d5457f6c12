// SPDX-License-Identifier: MIT
// The looks of the map editor and of playing oneself, adopted when the reader opens one of them.
import { css } from 'lit';

export const toolStyles = css`
.map-tools { display: flex; flex-wrap: wrap; gap: 8px 16px; margin-top: 12px; }
.map-tools .grow { flex: 1 1 200px; }
.map-tools .grow input { flex: 1; min-width: 96px; font-family: ui-monospace, 'SF Mono', Consolas, monospace; }
.pad { padding: 8px 16px 16px; margin: 8px 0; border-left: 4px solid var(--bellhop-agent); background: var(--bellhop-ground); border-radius: 4px; font-size: 13px; }
.pad button { min-height: 32px; padding: 0 10px; }
.pad .map-tools { gap: 8px; }
.pad .actions button { flex: 1 0 72px; min-height: 40px; }
.editor { position: absolute; display: grid; }
.editor > div { display: contents; }
.editor button { min-height: 0; padding: 0; border: 2px dashed transparent; border-radius: 4px; background: none; }
.editor button:hover, .editor button:focus-visible { border-color: var(--bellhop-ink); }
.editor button:focus-visible { outline-offset: -4px; }
`;
