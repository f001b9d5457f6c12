// SPDX-License-Identifier: MIT
// <bellhop-lab> with everything inside one file, bellhop-lab-all.js: element, worker, module, words, worlds. For a page that has only one
// file to link, a frame whose host sends no CORS headers, a notebook.
import { BellhopLab } from '../lab/define.mjs';

BellhopLab.still = () => null; // it would be another file, and there is nothing to wait for

export { BellhopLab };
