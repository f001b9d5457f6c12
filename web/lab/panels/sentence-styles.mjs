// SPDX-License-Identifier: MIT
// The looks of the last finished texts, adopted with the first panel that lists some.
import { css } from 'lit';

export const sentenceStyles = css`
.sentences { margin-top: 12px; font-size: 13px; }
.sentences .best { display: flex; justify-content: space-between; gap: 16px; padding: 4px 0; border-bottom: 1px solid var(--bellhop-line); line-height: 24px; min-height: 32px; }
.sentences .best > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.sentences li { display: flex; justify-content: space-between; gap: 16px; line-height: 24px; height: 24px; overflow: hidden; }
.sentences li > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sentences ol { min-height: 120px; }
`;
