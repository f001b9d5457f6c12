// SPDX-License-Identifier: MIT
// <script src="…/bellhop-lab.classic.js">: the element, for hosts that allow classic scripts only. The module beside it is fetched as
// any module; where that is refused (another origin without CORS), bellhop-lab-all.classic.js needs nothing else.
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);

import(new URL('./bellhop-lab.js', src).href).catch((cause) => {
  throw new Error(`bellhop-lab.js could not be loaded from beside ${src}: ${cause.message}. Where its host sends no "Access-Control-Allow-Origin", link bellhop-lab-all.classic.js`, { cause });
});
