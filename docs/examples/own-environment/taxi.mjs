// An environment by Gymnasium's contract: a taxi on a 4 x 4 grid fetches a passenger and brings them to the other corner.
const SIZE = 4;
const MOVES = [[0, -1], [1, 0], [0, 1], [-1, 0]]; // up, right, down, left

export class Taxi {
  static id = 'SmallTaxi-v0';
  static observationSpace = { type: 'Box', shape: [5], low: 0, high: 1 }; // taxi x, y; passenger x, y; on board
  static actionSpace = { type: 'Discrete', n: MOVES.length };
  static maxEpisodeSteps = 50;
  static rewardThreshold = 12;

  isOver = true;

  reset({ seed }) {
    if (seed !== undefined) this.random = randomStream(seed);
    [this.x, this.y] = [this.random(SIZE), this.random(SIZE)];
    [this.px, this.py] = [this.random(SIZE), this.random(SIZE)];
    this.onBoard = false;
    this.isOver = false;
    return [this.observation(), {}];
  }

  step(action) {
    if (this.isOver) throw new Error('the episode is over: call reset');
    const [dx, dy] = MOVES[action];
    this.x = clamp(this.x + dx);
    this.y = clamp(this.y + dy);
    const fetches = !this.onBoard && this.x === this.px && this.y === this.py;
    if (fetches) this.onBoard = true;
    this.isOver = this.onBoard && this.x === SIZE - 1 && this.y === SIZE - 1;
    const reward = (fetches ? 5 : 0) + (this.isOver ? 10 : 0) - 0.5;
    return [this.observation(), reward, this.isOver, false, {}];
  }

  observation() {
    const [px, py] = this.onBoard ? [this.x, this.y] : [this.px, this.py];
    return [this.x, this.y, px, py].map((value) => value / (SIZE - 1)).concat(Number(this.onBoard));
  }

  toString() {
    return `taxi ${this.x},${this.y} passenger ${this.onBoard ? 'on board' : `${this.px},${this.py}`}`;
  }
}

const clamp = (value) => Math.min(SIZE - 1, Math.max(0, value));

/** Everything random follows from the seed: a linear congruential generator. */
function randomStream(seed) {
  let state = seed;
  return (n) => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * n);
  };
}
