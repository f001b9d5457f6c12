// Trains on the page's own thread: enough for a table of 16 states.
import { load } from './bellhop/bellhop.mjs';

const ARROWS = { left: '←', down: '↓', right: '→', up: '↑' };
const [map, button, state] = ['map', 'train', 'state'].map((id) => document.getElementById(id));

const bh = await load();
const env = bh.make('FrozenLake-v1', { isSlippery: false });
const model = new bh.QLearning(env, { seed: 1, initialQ: 1 });
const { rows, actions } = env.layout;

/** One cell per state: its letter, or the greedy action where a step can be taken. */
function draw() {
  map.replaceChildren(...rows.map((row, y) => {
    const line = document.createElement('tr');
    line.append(...[...row].map((letter, x) => {
      const cell = document.createElement('td');
      const isOver = letter === 'T' || letter === 'G';
      cell.textContent = isOver || model.timesteps === 0 ? letter : ARROWS[actions[model.predict(y * row.length + x)]];
      return cell;
    }));
    return line;
  }));
}

button.addEventListener('click', async () => {
  button.disabled = true;
  await model.learn({ totalTimesteps: 5000 });
  const { mean, episodes } = model.evaluate({ episodes: 100 });
  state.textContent = `${model.timesteps} steps: ${mean * episodes} of ${episodes} episodes reach the goal`;
  draw();
  button.disabled = false;
});

draw();
