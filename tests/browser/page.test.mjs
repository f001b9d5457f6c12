// SPDX-License-Identifier: MIT
// The page in Chromium. One browser for all suites: they share two cores with whatever else runs. What only computes, and does
// not depend on the time it takes, runs two pages at a time.
import { after, before, describe } from 'node:test';
import { start } from './harness.mjs';
import access from './suites/access.mjs';
import editing from './suites/editing.mjs';
import learning from './suites/learning.mjs';
import loading from './suites/loading.mjs';
import playing from './suites/playing.mjs';
import same from './suites/same.mjs';
import language from './suites/text.mjs';
import worlds from './suites/worlds.mjs';

/** @type {import('./harness.mjs').Lab} */
let lab;

before(async () => {
  lab = await start();
});
after(() => lab?.close());

const get = () => lab;
const TWO = { concurrency: 2 };
describe('loading', () => loading(get));
describe('learning', () => learning(get));
describe('the same run everywhere', TWO, () => same(get));
describe('every world', () => worlds(get));
describe('language models', () => language(get));
describe('a person plays', () => playing(get));
describe('editing and links', () => editing(get));
describe('for everybody', () => access(get));
