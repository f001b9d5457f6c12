// Plays what `npm run train` has learned: the weights are a file of the page, the environment is the library's.
import { load } from 'bellhop';
import weightsUrl from '../runs/best_model.safetensors?url';

const [stage, state, again] = ['stage', 'state', 'again'].map((id) => document.getElementById(id));
const TRACK = 2.4; // the cart may go so far to each side

const [bh, weights] = await Promise.all([load(), fetch(weightsUrl).then((response) => response.arrayBuffer())]);
const env = bh.make('CartPole-v1');
const model = bh.DQN.load(weights, env);

/** The cart and the pole, from an observation: position, velocity, angle, angular velocity. */
function draw([position, , angle]) {
  const context = stage.getContext('2d');
  const x = stage.width * (0.5 + position / (2 * TRACK));
  context.clearRect(0, 0, stage.width, stage.height);
  context.fillStyle = context.strokeStyle = getComputedStyle(stage).color;
  context.fillRect(0, 200, stage.width, 1);
  context.fillRect(x - 30, 180, 60, 20);
  context.lineWidth = 8;
  context.beginPath();
  context.moveTo(x, 180);
  context.lineTo(x + 150 * Math.sin(angle), 180 - 150 * Math.cos(angle));
  context.stroke();
}

/** One greedy episode, a step per animation frame. @param {number} seed */
async function play(seed) {
  again.disabled = true;
  let [obs] = env.reset({ seed });
  let [episodeReturn, isOver] = [0, false];
  while (!isOver) {
    const [next, reward, terminated, truncated] = env.step(model.predict(obs));
    [obs, isOver] = [next, terminated || truncated];
    episodeReturn += reward;
    draw(obs);
    state.textContent = `episode ${seed}: ${episodeReturn} steps`;
    await new Promise(requestAnimationFrame);
  }
  state.textContent += ', over';
  again.disabled = false;
}

let episodes = 0;
again.addEventListener('click', () => play(episodes++));
play(episodes++);
