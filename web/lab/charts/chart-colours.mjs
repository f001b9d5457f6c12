// SPDX-License-Identifier: MIT
// Colours of compared runs: Okabe–Ito's hues in a fixed order, darker on white and lighter on black, so that names written in
// them can be read.

const HUES = {
  light: ['#0069a8', '#bf5300', '#007a59', '#a8487f', '#8a6a00', '#3b6ea5', '#6b6b00', '#5b6169'],
  dark: ['#62b8ee', '#f0914a', '#35c795', '#e59fc4', '#e6b84a', '#9ecff0', '#cfd05a', '#a3a9b1'],
};

/** @param {number} i @param {boolean} dark */
export const hue = (i, dark) => HUES[dark ? 'dark' : 'light'][((i % HUES.light.length) + HUES.light.length) % HUES.light.length];
