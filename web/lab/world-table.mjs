// SPDX-License-Identifier: MIT
// The worlds, one row for each environment: where it is found, the file that draws it, its pace, and how its numbers are written.
// Here too is what such a file exports (WorldModule) and what its drawing is handed (Scene). The tasks of text have rows of their own.

/** @typedef {'grid' | 'control' | 'pixels' | 'text'} TabId */
/** A file in worlds/. @typedef {keyof typeof FILES} WorldName */
/**
 * @typedef {object} World
 * @property {string} id            of the environment
 * @property {TabId} tab
 * @property {WorldName | 'pendulum' | 'connect-four'} world   the file that draws and describes it; those of box-worlds.mjs have theirs there
 * @property {number} pace          environment steps a second at 1x: what looks natural
 * @property {number} speed         index into SPEEDS to begin with: slow enough to follow
 * @property {number} window        episodes of the moving mean
 * @property {number} digits        decimals of a return
 * @property {number} logFreq       steps between two points of the charts; the run's numbers do not depend on it
 */

/** @typedef {import('./words.mjs').Words} Words */
/**
 * Everything a drawing needs.
 * @typedef {object} Scene
 * @property {ArrayLike<number>} view      numbers of the environment's `view`
 * @property {any} layout                  of the environment
 * @property {Float64Array | null} table   values of every state (S x A), where there are few; of a policy, probabilities
 * @property {Float64Array} q              values of the present observation
 * @property {import('../bellhop.js').Frame['last']} last
 * @property {boolean} trained             whether there was an update yet; what is untrained is drawn faintly
 * @property {import('./canvas/theme.mjs').Theme} theme
 * @property {Words} words
 * @property {(action: number) => string} actionName
 * @property {(explored: boolean) => string} chosenHow     in a word: greedy, random, by you, …
 * @property {{ trail?: import('./canvas/signs.mjs').Trail }} [memory]   what a drawing keeps from one frame to the next: an object for each canvas
 * @property {import('./canvas/colour.mjs').Range} [range]   maps: the values its colours go by, see valueRange; of a policy { low: 0, high: 1 }
 * @property {string} [env]                maps: id of the environment; a trap of FrozenLake is a hole
 * @property {'q' | 'v'} [mode]            maps: a value per move, or one per cell
 * @property {number} [progress]           maps: of the last move, 0 to 1
 * @property {{ state: number, action: number }} [changed]  maps: whose value the last update changed
 * @property {readonly string[]} [rows]    maps: a draft that is drawn in place of the run's own map
 */
/** A state, and what the library says of it. @typedef {{ view: ArrayLike<number>, layout: any, words: Words, english: string }} State */
/** @typedef {{ obs: ArrayLike<number>, layout: any, words: Words }} Observation */
/**
 * A number the network sees, shown as a dot on a line.
 * @typedef {object} Gauge
 * @property {number} low      the ends of the line, in its unit
 * @property {number} high
 * @property {number} digits
 * @property {string} unit
 * @property {number} [factor]  of the unit, from the library's
 */
/**
 * Two numbers of a state across and up, the others fixed: what a value map shows.
 * @typedef {object} Slice
 * @property {'cartpole' | 'mountain-car' | 'acrobot' | 'pendulum'} name            of its words, map2d.*
 * @property {(layout: any) => [low: number, high: number]} across
 * @property {(layout: any) => [low: number, high: number]} up
 * @property {(x: number, y: number) => number[]} observation          of a point of the picture
 * @property {(view: ArrayLike<number>) => [number, number]} at        the point of a state
 * @property {(observation: ArrayLike<number>) => [number, number]} [of]   the point of an observation, where it is not `at` of that
 * @property {{ across: (x: number, words: Words) => string, up: (y: number, words: Words) => string }} end   a value at the end of an axis
 * @property {(action: number, words: Words) => string} [label]        what an action is called in the picture; else its name
 */
/**
 * What a file in worlds/ exports.
 * @typedef {object} WorldModule
 * @property {(canvas: HTMLCanvasElement, scene: Scene) => void} paint
 * @property {(state: State) => string} describe                       a state in the reader's words
 * @property {(observation: Observation) => string} [describeObservation]   where an observation can be read back
 * @property {readonly Gauge[]} [gauges]                                one per number the network sees
 * @property {Slice} [slice]
 * @property {(layout: any, table: Float64Array | null, options?: Record<string, any>) => import('./canvas/colour.mjs').Range} [valueRange]
 * @property {(action: number, of: { layout: any, words: Words }) => string} [actionName]   else its word `action.<name>`, or its name
 * @property {(action: number, of: { layout: any, words: Words }) => string} [gloss]
 * @property {new (host: import('./lab-host.mjs').LabHost) => { render: () => unknown }} [Below]   shown below the picture
 * @property {boolean} [isOwn]   an author's, which draws itself; nobody knows keys for it
 */

/** Factors of a world's pace: slow motion first, as fast as possible last. */
export const SPEEDS = Object.freeze([0.25, 1, 4, 16, 64, 256, Infinity]);

/** A world with a value map (`slice`), and the panel that shows it. @template World @param {Promise<World>} world @returns {Promise<World>} */
async function withMap(world) {
  const [module] = await Promise.all([world, import('./panels/value-map.mjs')]);
  return module;
}

/** A world with what is shown below its picture. @template World @param {Promise<World>} world */
async function withSentences(world) {
  const [module, { Sentences }] = await Promise.all([world, import('./panels/sentences.mjs')]);
  return { ...module, Below: Sentences };
}

const FILES = Object.freeze({
  'grid-map': () => import('./worlds/grid-map.mjs'), 'deep-sea': () => import('./worlds/deep-sea.mjs'), 'bandit': () => import('./worlds/bandit.mjs'),
  'cartpole': () => withMap(import('./worlds/cartpole.mjs')), 'mountain-car': () => withMap(import('./worlds/mountain-car.mjs')), 'acrobot': () => withMap(import('./worlds/acrobot.mjs')),
  'catch': () => import('./worlds/catch.mjs'), 'breakout': () => import('./worlds/breakout.mjs'), 'textgen': () => withSentences(import('./worlds/textgen.mjs')),
});

/**
 * Maps begin at 16 steps a second, at which single moves can be followed; what moves by itself begins at its natural pace. The first of a tab
 * is the one it opens with.
 * @type {readonly World[]}
 */
export const WORLDS = Object.freeze(/** @type {[string, TabId, WorldName, number, number, number, number, number][]} */ ([
  ['GridWorld-v0', 'grid', 'grid-map', 4, 2, 100, 2, 10],
  ['FrozenLake-v1', 'grid', 'grid-map', 4, 2, 100, 2, 100],
  ['FrozenLake8x8-v1', 'grid', 'grid-map', 4, 2, 100, 2, 10],
  ['CliffWalking-v1', 'grid', 'grid-map', 4, 2, 100, 0, 10],
  ['DeepSea-v0', 'grid', 'deep-sea', 4, 2, 100, 2, 10],
  ['Bandit-v0', 'grid', 'bandit', 4, 2, 100, 2, 10],
  ['CartPole-v1', 'control', 'cartpole', 50, 1, 20, 0, 50],
  ['MountainCar-v0', 'control', 'mountain-car', 30, 1, 20, 0, 100],
  ['Acrobot-v1', 'control', 'acrobot', 15, 1, 20, 0, 100],
  ['Catch-v0', 'pixels', 'catch', 5, 1, 100, 2, 20],
  ['Breakout-MinAtar', 'pixels', 'breakout', 10, 1, 50, 1, 500],
  ['TextGen-v0', 'text', 'textgen', 3, 2, 100, 2, 100],
]).map(([id, tab, world, pace, speed, window, digits, logFreq]) => Object.freeze({ id, tab, world, pace, speed, window, digits, logFreq })));

/** @param {string} env @returns {World} */
export function worldOf(env) {
  const found = WORLDS.find(({ id }) => id === env);
  if (!found) throw new Error(`the lab has no world for ${env}; known: ${WORLDS.map(({ id }) => id).join(', ')}`);
  return found;
}

/** The environments of a tab. @param {TabId} tab */
export const envsOf = (tab) => WORLDS.filter((world) => world.tab === tab).map(({ id }) => id);

/** @param {World} world @param {number} index into SPEEDS */
export const stepsPerSecond = (world, index) => world.pace * SPEEDS[index];

/** Fetches the file that draws a world. @param {World} row @returns {Promise<WorldModule>} */
export const loadWorld = async (row) => FILES[/** @type {WorldName} */ (row.world)]();

/** Fetches every world, for a page that may lose its connection. */
export async function prefetchWorlds() {
  for (const load of Object.values(FILES)) await load();
}
