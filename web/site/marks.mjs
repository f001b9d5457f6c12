// SPDX-License-Identifier: MIT
// Moments of the page's start as entries of the browser's timeline, milliseconds since the navigation began:
//   bellhop:script        the page's script runs; the worker and the module were asked for
//   bellhop:library       the worker has the module and answers
//   bellhop:ready         a run is there, Play can be pressed
//   bellhop:first-update  the agent of the first run that learned was updated for the first time; the worker's clock says when

/** @param {'script' | 'library' | 'ready' | 'first-update'} moment @param {number} [startTime] now, when it is missing */
export function markOnce(moment, startTime) {
  const name = `bellhop:${moment}`;
  if (performance.getEntriesByName(name).length === 0) performance.mark(name, { startTime });
}
