// SPDX-License-Identifier: MIT
// Scripted teachers: policies written by hand, of an observation alone.

/** @type {Record<string, { source: string, act: (obs: any) => number }>} */
export const TEACHERS = {
  'CartPole-v1': {
    source: 'linear feedback on the four numbers: lean into the fall, and drift back to the middle',
    act: ([x, speed, angle, turn]) => Number(angle + 0.5 * turn + 0.02 * x + 0.05 * speed > 0),
  },
  'MountainCar-v0': {
    source: 'energy: push where the car goes already (Sutton & Barto 2018, example 10.1)',
    act: ([, speed]) => speed >= 0 ? 2 : 0,
  },
};
