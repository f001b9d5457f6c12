// The game's loop stays the game's: in each round it asks the model for an action, and tells it what came of that.
import { load } from 'bellhop';
import { Lander } from './lander.mjs';

/** Of the game, the model gets the spaces alone. */
const spaces = {
  id: 'Lander-v0',
  observationSpace: { type: 'Box', shape: [2], low: [-2, -4], high: [15, 4] }, // height, speed
  actionSpace: { type: 'Discrete', n: 2 }, // engine off, on
};
const TICKS_MAX = 60;

const bh = await load();
const model = new bh.DQN(spaces, {
  seed: 0, totalTimesteps: 12_000, learningRate: 1e-3, learningStarts: 300, trainFreq: 1, targetUpdateInterval: 200, explorationFraction: 0.4, gamma: 0.97, nSteps: 3,
  netArch: [32, 32],
});
const game = new Lander();
const observe = () => [game.height, game.speed];

/** Plays a flight. @param {(obs: number[]) => number} choose @param {(outcome: [number[], number, boolean, boolean]) => void} [tell] */
async function fly(choose, tell = () => {}) {
  game.start();
  for (;;) {
    await game.tick(choose(observe()) === 1);
    const isOver = game.hasLanded || game.isLost, isLate = !isOver && game.ticks >= TICKS_MAX;
    const reward = game.isLost ? -1 : isOver ? 1 - Math.min(2, Math.abs(game.speed)) : -0.04; // a soft landing is worth almost 1
    tell([observe(), reward, isOver, isLate]);
    if (isOver || isLate) return game.hasLanded ? -game.speed : Infinity;
  }
}

let next = 3000;
while (model.timesteps < 12_000) {
  await fly((obs) => model.act(obs), (outcome) => {
    model.observe(outcome);
    void model.learn(); // what is due now; there is no need to wait for it
  });
  if (model.timesteps < next) continue;
  next += 3000;
  const speeds = [];
  for (let i = 0; i < 20; i++) speeds.push(await fly((obs) => model.predict(obs)));
  const landed = speeds.filter(Number.isFinite), mean = landed.reduce((sum, speed) => sum + speed, 0) / landed.length;
  console.log(`${model.episodes} flights: ${landed.length} of 20 land, at a speed of ${mean.toFixed(2)}`);
}
console.log(`parameters ${model.sha256().slice(0, 16)}`);
model.dispose();
