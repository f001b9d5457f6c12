// SPDX-License-Identifier: MIT
export { serve, type ServeOptions } from '../bellhop.js';
