// The worker trains; the page gets a frame at most once per animation frame, and draws what is new in it.
import { connect } from './bellhop/bellhop.mjs';

const [button, state, episodes, mean] = ['play', 'state', 'episodes', 'mean'].map((id) => document.getElementById(id));

const trainer = await connect();
const session = await trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: { seed: 7, totalTimesteps: 8000 } });
const { records: kinds } = trainer.catalog;
const returns = [];
let curve = '';

/** A row of records: its kind, the environment step, and for an episode its return. */
function addRow([kind, timestep, episodeReturn]) {
  if (kind !== kinds.episode) return;
  returns.push(episodeReturn);
  const last = returns.slice(-20);
  curve += ` ${timestep},${last.reduce((sum, value) => sum + value) / last.length}`;
  const dot = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  dot.setAttribute('d', `M${timestep} ${episodeReturn}h0`);
  episodes.append(dot);
}

session.onFrame = ({ records, recordWidth, timesteps, running, finished }) => {
  for (let i = 0; i < records.length; i += recordWidth) addRow(records.subarray(i, i + recordWidth));
  mean.setAttribute('points', curve);
  button.textContent = running ? 'Pause' : 'Play';
  button.disabled = finished;
  state.textContent = `step ${timesteps}, ${returns.length} episodes`;
  if (finished) showScore();
};

/** Greedy episodes with the parameters of the best evaluation, played in the worker. */
async function showScore() {
  const score = await session.evaluate({ episodes: 20, which: 'best' });
  state.textContent += `; 20 greedy ones: mean return ${score.mean}`;
}

button.addEventListener('click', () => (button.textContent === 'Play' ? session.play() : session.pause()));
button.disabled = false;
state.textContent = 'ready';
