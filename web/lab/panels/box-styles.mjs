// SPDX-License-Identifier: MIT
// The looks of the panel of actions that are numbers, added to those of the lab (styles.mjs) when the first of them is shown.
import { css } from 'lit';

export const styles = css`
.q-values .curve { display: block; width: 100%; height: 168px; margin: 8px 0; border-radius: 6px; background: var(--bellhop-ground); }
.box-map { margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--bellhop-line); }
.box-map .slice span:nth-of-type(1) { grid-area: 1 / 1; text-align: right; }
.box-map .slice span:nth-of-type(2) { grid-area: 3 / 1; text-align: right; }
.box-map .slice span:nth-of-type(3) { grid-area: 4 / 2; margin-top: 4px; }
.box-map .slice span:nth-of-type(4) { grid-area: 4 / 3; margin-top: 4px; }
`;
