// SPDX-License-Identifier: MIT
// What a host may set of a lab's looks (docs/element.md): colours and the font are custom properties; dark and light follow the host's
// `color-scheme`, or the attribute `theme`.
import { css } from '@lit/reactive-element';

export const tokens = css`
:host {
  display: block; position: relative; contain: style;
  --bellhop-ground: light-dark(#f5f5f2, #1e2126);
  --bellhop-panel: light-dark(#ffffff, #15171a);
  --bellhop-ink: light-dark(#1b1d21, #eceae6);
  --bellhop-muted: light-dark(#5b6169, #a3a9b1);
  --bellhop-line: light-dark(#d9dad6, #3a3f47);
  --bellhop-run: light-dark(#0069a8, #62b8ee);
  --bellhop-on-run: light-dark(#ffffff, #0c1116);
  --bellhop-agent: light-dark(#007a59, #35c795);
  --bellhop-on-agent: light-dark(#ffffff, #08130f);
  --bellhop-high: light-dark(#0b5f9e, #62b8ee);
  --bellhop-high-mid: light-dark(#86b9dd, #2f6d97);
  --bellhop-neutral: light-dark(#efeeea, #2b2f35);
  --bellhop-low-mid: light-dark(#f3b184, #8f4c1c);
  --bellhop-low: light-dark(#c24e0c, #f0914a);
  --bellhop-warn: light-dark(#a83f00, #f5a56a);
  --bellhop-mark: light-dark(#b8860b, #e6b84a);
}
:host { max-width: 100%; }
:host([hidden]) { display: none; }
:host([theme='light']), :host([theme='dark']) { --bellhop-padding: 0 16px 16px; }
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }
`;
