// SPDX-License-Identifier: MIT
// Scripted teachers: policies written by hand, of an observation alone.

/** @type {Record<string, { source: string, act: (obs: any) => number }>} */
export const TEACHERS = {
  'CartPole-v1': {
    source: 'linear feedback on the four numbers: lean into the fall, and drift back to the middle',
    act: ([x, speed, angle, turn]) => Number(angle + 0.5 * turn + 0.02 * x + 0.05 * speed > 0),
  },
  'MountainCar-v0': {
    source: 'two curves in the plane of position and velocity: right between them, left elsewhere',
    act: ([x, speed]) => {
      const low = Math.min(-0.09 * (x + 0.25) ** 2 + 0.03, 0.3 * (x + 0.9) ** 4 - 0.008);
      const high = -0.07 * (x + 0.38) ** 2 + 0.07;
      return low < speed && speed < high ? 2 : 0;
    },
  },
};
