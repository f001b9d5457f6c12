// SPDX-License-Identifier: MIT
// The script of a frame, a classic one. In a sandbox without `allow-same-origin` a frame has an origin of its own, from which modules and
// files are fetched only if their host sends CORS headers: there, one classic script has everything inside.
import { UNLOADED } from '../lab/unloaded.mjs';
import { startFrame } from './frame-lab.mjs';

const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);

function tellUnloaded() {
  document.body.append(Object.assign(document.createElement('p'), { textContent: UNLOADED, id: 'unloaded' }));
}

if (self.origin === 'null') {
  const script = Object.assign(document.createElement('script'), { src: new URL('./bellhop-lab-all.classic.js', src).href });
  script.addEventListener('error', tellUnloaded);
  document.head.append(script);
} else {
  import(new URL('./bellhop-lab.js', src).href).catch(tellUnloaded);
}

startFrame();
