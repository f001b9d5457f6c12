// SPDX-License-Identifier: MIT
// node tests/fuzz/corpus.mjs: writes what the fuzz targets begin with (corpus/TARGET/). By hand, where a format has changed; needs the module.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Recorder, formatDemonstrations, load } from '../../web/node/node.mjs';

const bh = await load();
const encoder = new TextEncoder();
const TEXTS = [
  'The cat sat on the mat.  "Really?" it said,\r\nand didn\'t - at all…\n\n\tEnd aaaa aaaaaaa\n',
  '猫坐在垫子上。 猫坐 cat 😀😀',
  'ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd ab ab cd cd',
];
const LM = { dModel: 4, nHeads: 1, nLayers: 1, context: 4, maxSteps: 2, batchSize: 1, evalFreq: 0, seed: 1, validation: 0.3 };

/** @param {string} target @param {Record<string, string | Uint8Array>} files */
function write(target, files) {
  const folder = new URL(`./corpus/${target}/`, import.meta.url);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, folder), content);
}

/** @param {any} model */
async function trained(model) {
  await model.learn({ totalTimesteps: 40 });
  const files = { parameters: model.save(), full: model.save({ full: true }) };
  model.dispose();
  return files;
}

/** A tensor of bytes, from a checkpoint. @param {Uint8Array} bytes @param {string} name */
function tensor(bytes, name) {
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const [from, to] = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)))[name].data_offsets;
  return bytes.slice(end + from, end + to);
}

const grid = bh.make('GridWorld-v0', { map: 'S.G' });
const small = { seed: 1, preset: false, totalTimesteps: 100, evalFreq: 20, nEvalEpisodes: 1, maxEpisodeSteps: 10 };
const table = await trained(new bh.QLearning(grid, small));
const net = await trained(new bh.DQN(grid, { ...small, netArch: [4], bufferSize: 8, batchSize: 2, learningStarts: 4, trainFreq: 1 }));
const pendulum = bh.make('Pendulum-v1');
const actor = await trained(new bh.SAC(pendulum, { ...small, netArch: [4], bufferSize: 8, batchSize: 2, learningStarts: 4 }));
/** @type {Record<string, Uint8Array>} */
const languages = {}, tokenizers = {};
for (const tokenizer of /** @type {const} */ (['char', 'word', 'bpe'])) {
  for (const [i, text] of TEXTS.entries()) {
    const training = new bh.Pretraining(text.repeat(12), { ...LM, tokenizer, vocabSize: 40 });
    training.step(1);
    const bytes = training.save();
    tokenizers[`${tokenizer}-${i}.saved`] = tensor(bytes, 'tokenizer');
    if (i === 2) languages[`${tokenizer}.safetensors`] = bytes;
    training.dispose();
  }
}
const cats = new bh.Pretraining('the cat sat on the mat. the cat sat on the mat. the cat sat.\n', LM);
cats.step(1);
languages['pretraining.safetensors'] = cats.save({ full: true });
cats.dispose();

const checkpoints = { 'table.safetensors': table.parameters, 'table-full.safetensors': table.full, 'dqn.safetensors': net.parameters, 'dqn-full.safetensors': net.full, 'sac-full.safetensors': actor.full, ...languages };
write('checkpoint', checkpoints);
const kinds = ['char', 'word', 'bpe'];
write('tokenizer', { ...tokenizers, ...Object.fromEntries(TEXTS.flatMap((text, i) => kinds.map((kind, k) => [`${kind}-${i}.text`, new Uint8Array([k, 30, 0, 70, ...encoder.encode(text)])]))) });
write('config', {
  'dqn': 'CartPole-v1 dqn\nnet_arch=24,24\nlearning_rate=1e-3\ngamma=0.99\nbuffer_size=1000\nbatch_size=32\nloss=huber\npreset=rainbow\nseed=18446744073709551615\n',
  'grid': 'GridWorld-v0 q-learning\nenv.map=S..T/.#../...G\nlearning_rate=0.5\nlearning_rate_schedule=linear\nepsilon_end=0\nexploring_starts=true\nmax_episode_steps=-1\n',
  'sac': 'Pendulum-v1 sac\ntau=0.005\nnet_arch=,\nn_envs=1024\nscale_reward=1e-9\nclip_reward=inf\nframe_stack=4\n',
  'text': 'TextGen-v0 ppo\nd_model=16\nn_heads=2\nn_layers=1\nkl_coef=0.1\n',
  'none': 'CartPoll-v1 dqnn\n', 'empty': '', 'names': 'GridWorld-v0\ngama=1\n=\nx\nenv.=\nenv.mapp=S\n',
});
const call = (/** @type {number[][]} */ ...ops) => new Uint8Array(ops.flat());
// Texts by their numbers in fuzz_exports.c: 0 GridWorld-v0, 1 CartPole-v1, 3 Pendulum-v1, 5 dqn, 6 q-learning, 8 sac.
write('exports', {
  'table': call([0, 0, 1, 6], [24], [2, 20], [1, 0], [5, 1], [9], [17, 0, 1, 7], [14, 0, 0], [4, 0], [28, 0]),
  'dqn': call([0, 1, 1, 5], [12, 12, 28], [24], [2, 23], [2, 23], [18, 0], [28], [22], [26], [1, 1], [13, 1], [21, 3, 1, 2, 3], [10, 1, 2, 3, 4], [20]),
  'sac': call([0, 3, 1, 8], [24], [2, 9], [18, 1], [22], [12, 17, 4], [16, 10], [32], [3], [7], [11]),
  'envs': call([0, 0, 1, 6], [32], [3], [7], [11], [15], [19, 5], [23, 1], [27, 9, 9], [31], [0, 3, 1, 8], [32], [23], [24], [29], [33]),
  'texts': call([0, 200, ...encoder.encode('Grid'), 0, 0], [0, 0, 1, 6], [12, 18, 30], [12, 255, ...encoder.encode('env.map'), 0, 255, ...encoder.encode('S#G'), 0], [20], [24]),
});
write('protocol', Object.fromEntries(Array.from({ length: 6 }, (_, k) => [`calls-${k}`, new Uint8Array(Array.from({ length: 120 }, (__, i) => (i * (k * 2 + 7) ^ i >> 2 ^ k * 31) & 255))])));
write('links', {
  'run': '#env=CartPole-v1&algo=dqn&seed=7&learningRate=0.01&netArch=24,24&learningRate=0.5@1710&gamma=0.9@20',
  'map': '#env=GridWorld-v0&algo=q-learning&seed=0&env.map=S..T/.#../...G&exploringStarts=true&lang=zh',
  'rainbow': '#env=CartPole-v1&algo=dqn&preset=rainbow&seed=18446744073709551615&totalTimesteps=2000000000',
  'language': '#view=language&corpus=task&task=Translate-v0&dModel=32&nLayers=1&nHeads=2&context=16&maxSteps=1000&learningRate=0.006&tokenizer=bpe&seed=3',
  'text': '#env=TextGen-v1&start=scratch&algo=ppo&seed=4&totalTimesteps=800&env.weight_0=0.5',
  'old': '#env=TextGen-v0&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5',
  'wrong': '#env=__proto__&algo=constructor&seed=-1&gamma=NaN&learning_rate=1e999&%00=%ff&netArch=,&preset=x&=&&@=@&view=%zz',
});
const recorder = new Recorder({ env: 'GridWorld-v0', envOptions: { map: 'S.G' }, policy: 'test' });
recorder.reset(0);
recorder.step(1, 1, 0, false, false, [0, 1, 0, 0]);
recorder.step(1, 2, 1, true, false, [0, 1, 0, 0]);
write('files', {
  ...checkpoints, 'demonstrations.jsonl': formatDemonstrations(recorder.demonstrations()), 'text.txt': TEXTS[0], 'utf16.txt': new Uint8Array([255, 254, 65, 0, 10, 0]),
  'config.json': JSON.stringify({ env: 'GridWorld-v0', algo: 'q-learning', options: { seed: 1, preset: true, learning_rate: 0.5 }, env_options: { map: 'S.G' } }),
});
console.log('written; bytes live:', bh.liveBytes());
