// Plays an episode with the exported weights and nothing else: safetensors is a header in JSON, then the numbers.
import { readFileSync } from 'node:fs';
import { Taxi } from './taxi.mjs';

const bytes = readFileSync('taxi.safetensors');
const headerSize = Number(bytes.readBigUInt64LE(0));
const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerSize));

/** The numbers of a tensor, float32, as a matrix of (outputs, inputs) or as a list. */
function tensor(name) {
  const { data_offsets: [begin, end] } = header[name];
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + 8 + headerSize + begin, bytes.byteOffset + 8 + headerSize + end));
}

// Stable-Baselines3's names: q_net.q_net.0.weight, .0.bias, .2.weight, …
const layers = Object.keys(header).filter((name) => /^q_net\..*weight$/.test(name)).sort()
  .map((name) => ({ weight: tensor(name), bias: tensor(name.replace('weight', 'bias')) }));

/** The value of every action: linear layers with ReLU between them. */
function qValues(observation) {
  return layers.reduce((input, { weight, bias }, i) => Array.from(bias, (b, row) => {
    const sum = input.reduce((total, value, column) => total + weight[row * input.length + column] * value, b);
    return i < layers.length - 1 ? Math.max(0, sum) : sum;
  }), observation);
}

const taxi = new Taxi();
let [observation] = taxi.reset({ seed: 12 });
let episodeReturn = 0;
console.log(`start: ${taxi}`);
const actions = [];
for (let isOver = false; !isOver && actions.length < Taxi.maxEpisodeSteps;) {
  const q = qValues(observation);
  const action = q.indexOf(Math.max(...q));
  let reward;
  [observation, reward, isOver] = taxi.step(action);
  episodeReturn += reward;
  actions.push(['up', 'right', 'down', 'left'][action]);
}
console.log(`${actions.join(', ')}: ${taxi}, return ${episodeReturn}`);
