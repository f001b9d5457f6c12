// SPDX-License-Identifier: MIT
// bellhop/studies: studies of many runs, apart from the library, which is loaded more often without them.
export { createStudy } from './lib/study/create-study.mjs';
export { fallsBelow, jobId } from './lib/study/study-calls.mjs';
