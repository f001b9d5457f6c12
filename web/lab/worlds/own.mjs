// SPDX-License-Identifier: MIT
// The world of an environment that draws itself: the pictures that come with the frames from its worker. What the environment says
// of its state stands below, for those who cannot see them too.
import { begin, ratioOf } from '../canvas/surface.mjs';

/** Colours that a drawing may use, and the font. */
const COLOURS = Object.freeze(/** @type {const} */ (['ground', 'panel', 'ink', 'muted', 'line', 'run', 'agent', 'onAgent', 'high', 'neutral', 'low', 'mark', 'font']));

/**
 * What draws the world of one experiment.
 * @param {import('../run-experiment.mjs').RunExperiment} experiment
 */
export function ownWorld(experiment) {
  /** The last picture, which stays until there is another. @type {any} */
  let picture = null;
  /** @type {{ session: unknown, look: string }} what the worker was told to draw for */
  let told = { session: null, look: '' };

  /** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @param {import('../canvas/theme.mjs').Theme} theme */
  function ask(canvas, width, height, theme) {
    const look = { width, height, pixelRatio: ratioOf(canvas), theme: { dark: theme.dark, ...Object.fromEntries(COLOURS.map((name) => [name, theme[name]])) } };
    const { session } = experiment, text = JSON.stringify(look);
    if (!session || (told.session === session && told.look === text)) return;
    told = { session, look: text };
    session.requestFrame(look).catch(() => {}); // of a worker that is gone the experiment tells
  }

  return {
    isOwn: true,
    /** @param {HTMLCanvasElement} canvas @param {import('../world-table.mjs').Scene} scene */
    paint(canvas, { theme }) {
      const { ctx, w, h } = begin(canvas);
      ask(canvas, w, h, theme);
      const next = experiment.agentFrame?.picture;
      if (next && next !== picture) {
        picture?.close();
        picture = next;
      }
      if (picture) ctx.drawImage(picture, 0, 0, w, h);
    },
    /** @param {import('../world-table.mjs').State} state */
    describe: ({ english }) => english,
  };
}
