// SPDX-License-Identifier: MIT
// The looks of the tour, in the colours of site.css; fetched with it.
import { css } from 'lit';

export const tourStyles = css`
.tour {
  position: fixed; right: 24px; bottom: 24px; z-index: 20; width: min(360px, 100vw - 32px); padding: 16px; border: 2px solid var(--run); border-radius: 12px;
  background: var(--panel); color: var(--ink); box-shadow: 0 8px 32px rgb(0 0 0 / 28%);
}
/* One line at the foot of the window; the end of the page can be scrolled above it. */
.tour.tour-offer {
  right: auto; left: 50%; bottom: 8px; translate: -50% 0; width: max-content; max-width: calc(100vw - 16px); padding: 6px 8px 6px 16px;
  display: flex; align-items: center; gap: 8px 16px;
}
.tour-offer p { margin: 0; line-height: 20px; }
.tour.tour-offer .tour-buttons { flex: none; margin: 0; }
body:has(.tour-offer) { padding-bottom: 64px; }
.tour-head { display: flex; align-items: center; justify-content: space-between; }
.tour h2 { margin: 0 0 4px; font-size: 16px; line-height: 24px; outline: none; }
.tour p { font-size: 14px; line-height: 22px; }
.tour-count { font-size: 13px; color: var(--muted); }
.tour #tour-close { width: 32px; padding: 0; border: 0; font-size: 20px; }
.tour .tour-buttons { display: flex; gap: 8px; justify-content: flex-end; margin-top: 12px; }
.tour .main { border-color: var(--run); background: var(--run); color: var(--on-run); }
.tour-frame { position: fixed; z-index: 19; border: 3px solid var(--run); border-radius: 12px; pointer-events: none; }
@media (max-width: 720px) {
  .tour:not(.tour-offer) { right: 16px; bottom: 16px; }
}
@media print {
  .tour, .tour-frame { display: none; }
}
`;
