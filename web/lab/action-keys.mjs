// SPDX-License-Identifier: MIT
// Which key takes which action, from the actions' names: arrows and WASD where a name says a direction, digits for the first
// ten in any case. Letters go by where they lie, so that WASD is WASD on every keyboard.

/** @typedef {'left' | 'right' | 'up' | 'down'} Direction */

/** @type {Record<string, Direction>} */
const CODES = {
  ArrowLeft: 'left', KeyA: 'left', ArrowRight: 'right', KeyD: 'right', ArrowUp: 'up', KeyW: 'up', ArrowDown: 'down', KeyS: 'down',
};
const ARROWS = { left: '←', right: '→', up: '↑', down: '↓' };
/** Names of actions that do nothing: what is taken while no key is held. */
const IDLE = ['no push', 'stay', 'no-op', 'torque 0'];
/** @type {Record<string, Direction>} */
const TORQUES = { 'torque -1': 'left', 'torque +1': 'right' };

/** @param {string} name @returns {Direction | null} */
function directionOf(name) {
  return TORQUES[name] ?? /** @type {Direction | undefined} */ (/(?:^| )(left|right|up|down)$/.exec(name)?.[1]) ?? null;
}

/** Numbers that name all actions are their keys. @param {string} name @param {number} action @param {string[]} names */
function digitOf(name, action, names) {
  return /^\d$/.test(name) && names.every((each) => /^\d+$/.test(each)) ? name : String((action + 1) % 10);
}

/** @param {string[]} names of the actions */
export function bindKeys(names) {
  const idle = names.findIndex((name) => IDLE.includes(name));
  const directions = names.map(directionOf);
  if (idle >= 0 && directions[idle] === null && !directions.includes('down')) directions[idle] = 'down';
  const digits = names.length > 10 ? names.map(() => '') : names.map(digitOf);
  return {
    /** What is taken while no key is held; -1 where everything does something. */
    idle,
    /** The key that is written beside an action. @param {number} action */
    keyOf(action) {
      const direction = directions[action];
      return direction ? ARROWS[direction] : digits[action];
    },
    /** The action a key takes, or -1. @param {{ code: string, key: string }} event */
    actionOf({ code, key }) {
      const direction = CODES[code];
      const found = direction ? directions.indexOf(direction) : -1;
      return found >= 0 ? found : digits.findIndex((digit) => digit !== '' && digit === key);
    },
  };
}
