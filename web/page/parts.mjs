// SPDX-License-Identifier: MIT
// What only one tab needs (its drawing, panels of its own), fetched and wired when the tab is first opened. GridWorld's
// is not here: it is the first view, and in the page's script.

/**
 * @typedef {object} Part
 * @property {() => void} wire
 * @property {(canvas: HTMLCanvasElement, scene: any) => void} paint   the world
 * @property {(now: number) => void} [onAnimationFrame]
 */
/** @typedef {import('./tabs.mjs').Tab['id']} TabId */

/** @type {Partial<Record<TabId, () => Promise<Part>>>} */
const FETCH = { cartpole: () => import('./cartpole.mjs'), text: () => import('./textgen.mjs') };

/** @type {Map<TabId, Part>} */
const parts = new Map();

/** The part of a tab, once it was fetched; GridWorld has none. @param {TabId} id */
export const partOf = (id) => parts.get(id);

/** Resolves when a tab can be shown. @param {TabId} id */
export async function fetchPart(id) {
  const part = await FETCH[id]?.();
  if (!part || parts.has(id)) return;
  parts.set(id, part);
  part.wire();
}
