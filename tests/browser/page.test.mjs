// SPDX-License-Identifier: MIT
// The page in Chromium. One browser for all suites: they share two cores with whatever else runs. A test opens pages of its own
// and waits for conditions, never for time, so several run at once; only what measures the main thread runs alone.
import { after, before, describe } from 'node:test';
import { start } from './harness.mjs';
import access from './suites/access.mjs';
import chapters from './suites/chapters.mjs';
import continuous from './suites/continuous.mjs';
import csp from './suites/csp.mjs';
import reference from './suites/api.mjs';
import editing from './suites/editing.mjs';
import elementAttack from './suites/element-attack.mjs';
import embed from './suites/embed.mjs';
import examples from './suites/examples.mjs';
import files from './suites/files.mjs';
import frames from './suites/frames.mjs';
import embedDialog from './suites/embed-dialog.mjs';
import faults from './suites/faults.mjs';
import hardship from './suites/hardship.mjs';
import learning from './suites/learning.mjs';
import loading from './suites/loading.mjs';
import looking from './suites/looking.mjs';
import microscope from './suites/microscope.mjs';
import bundled from './suites/package.mjs';
import ownEnv from './suites/own-env.mjs';
import playing from './suites/playing.mjs';
import rescue from './suites/rescue.mjs';
import same from './suites/same.mjs';
import keptRuns from './suites/kept-runs.mjs';
import language from './suites/text.mjs';
import spaces from './suites/spaces.mjs';
import thread from './suites/thread.mjs';
import widget from './suites/widget.mjs';
import workbench from './suites/workbench.mjs';
import worlds from './suites/worlds.mjs';

/** @type {import('./harness.mjs').Lab} */
let lab;

before(async () => {
  lab = await start();
});
after(() => lab?.close(), { timeout: 60_000 });

const get = () => lab;
describe('alone', () => thread(get));
// The longest first, so that none of them is left for the end.
describe('several at once', { concurrency: 4 }, () => [same, embed, frames, csp, rescue, hardship, elementAttack, widget, embedDialog, learning, chapters, language, faults, worlds, continuous, ownEnv, microscope, workbench, keptRuns, files, looking, loading, bundled, playing, editing, access, reference, examples, spaces].forEach((suite) => suite(get)));
