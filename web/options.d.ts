// SPDX-License-Identifier: MIT
// Options of runs, algorithms, environments and pre-training, from C's tables; written by build/option-types.mjs.
// Defaults are those of the tables; presets of environments may set others. Live options may change while a run or a
// training goes on.

/** Names of the algorithms. */
export type AlgoName =
  'dqn' | 'q-learning' | 'sarsa' | 'expected-sarsa' | 'double-q-learning' | 'value-iteration' | 'policy-iteration' |
  'policy-evaluation' | 'ppo' | 'reinforce' | 'clone' | 'pqn' | 'ddpg' | 'td3' | 'sac';

/** Names of the presets of algorithms. */
export type PresetName = 'rainbow';

/** Ids of the shipped environments. */
export type ShippedEnvId =
  'GridWorld-v0' | 'CartPole-v1' | 'TextGen-v0' | 'FrozenLake-v1' | 'FrozenLake8x8-v1' | 'CliffWalking-v1' |
  'MountainCar-v0' | 'Acrobot-v1' | 'Catch-v0' | 'Breakout-MinAtar' | 'DeepSea-v0' | 'Bandit-v0' | 'TextGen-v1' |
  'Translate-v0' | 'Dialogue-v0' | 'Summarize-v0' | 'CodeGen-v0' | 'LearningRate-v0' | 'Pendulum-v1' |
  'MountainCarContinuous-v0' | 'ConnectFour-v0';

/** Options of every run, whatever the algorithm. */
export interface RunHyperparameters {
  /** Everything random in the run follows from it. Default: 0. Range: 0 to 2^53 - 1. */
  seed?: number;
  /** Environment steps of the whole run. Default: 50000. Range: 1 to 2,000,000,000. Live. */
  totalTimesteps?: number;
  /** Environments stepped together. Default: 1. Range: 1 to 1024. */
  nEnvs?: number;
  /** Environment steps between two evaluations; 0 for none. Default: 1000. Range: 0 to 2,000,000,000. Live. */
  evalFreq?: number;
  /** Greedy episodes per evaluation. Default: 20. Range: 1 to 10,000. */
  nEvalEpisodes?: number;
  /** Greedy episodes that score the finished run, on seeds of their own. Default: 100. Range: 1 to 100,000. Live. */
  finalEvalEpisodes?: number;
  /** Environment steps between two training records. Default: 100. Range: 1 to 2,000,000,000. Live. */
  logFreq?: number;
  /** Training episodes start in any state, each as likely; evaluations never do. Default: false. */
  exploringStarts?: boolean;
  /**
   * Time limit of episodes, in steps; 0 for the environment's own, -1 for none. Default: 0. Range: -1 to 2,000,000,000.
   */
  maxEpisodeSteps?: number;
  /** Stops at the first evaluation at or above the environment's threshold. Default: false. Live. */
  stopAtThreshold?: boolean;
  /** Network inputs are observations less their mean, over their deviation; both running. Default: false. */
  normalizeObservation?: boolean;
  /** Learns from rewards over the running deviation of the discounted return. Default: false. */
  normalizeReward?: boolean;
  /** Factor of the rewards learned from. Default: 1. Range: 1e-9 to 1,000,000,000. */
  scaleReward?: number;
  /**
   * Largest reward learned from, either way; 0 for none, or 10 where normalized. Default: 0. Range: 0 to 1,000,000,000.
   */
  clipReward?: number;
  /** Observations the agent sees as one: the last so many. Default: 1. Range: 1 to 64. */
  frameStack?: number;
  /** Environment steps an action is taken for; their rewards are summed. Default: 1. Range: 1 to 64. */
  frameSkip?: number;
}

/** Deep Q-learning: a network of values, a replay buffer, a target network. */
export interface DQNHyperparameters {
  /** Step size of the optimizer. Default: 0.0001. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Transitions the replay buffer holds. Default: 50000. Range: 1 to 10,000,000. */
  bufferSize?: number;
  /** Environment steps before the first update. Default: 100. Range: 0 to 1,000,000,000. Live. */
  learningStarts?: number;
  /** Transitions sampled per update. Default: 32. Range: 1 to 65,536. */
  batchSize?: number;
  /** Soft-update coefficient: 1 copies the network, smaller values blend. Default: 1. Range: 0 to 1. Live. */
  tau?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Steps n of n-step returns; 1 is ordinary TD. Default: 1. Range: 1 to 100. Live. */
  nSteps?: number;
  /** Steps between two rounds of updates. Default: 4. Range: 1 to 1,000,000. Live. */
  trainFreq?: number;
  /** Updates in a round. Default: 1. Range: 1 to 1000. Live. */
  gradientSteps?: number;
  /** Environment steps between two target updates. Default: 10000. Range: 1 to 1,000,000,000. Live. */
  targetUpdateInterval?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.1. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.05. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /**
   * UCB: values of the next state get a bonus too, which propagates optimism through bootstrapping. Default: false.
   * Live.
   */
  explorationBonusInTarget?: boolean;
  /** UCB: bins per Box dimension, for counting. Default: 10. Range: 1 to 10,000. */
  explorationBins?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 10. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Double DQN: the online network chooses the next action, the target network rates it. Default: false. Live. */
  doubleQ?: boolean;
  /** Dueling: the network gives the state's value and each action's advantage over it. Default: false. */
  dueling?: boolean;
  /** Prioritized replay: transitions with large errors are sampled more often. Default: false. */
  prioritized?: boolean;
  /** Prioritized: how much errors matter; 0 samples uniformly. Default: 0.6. Range: 0 to 1. Live. */
  priorityAlpha?: number;
  /**
   * Prioritized: how much of the bias is corrected at the start; all of it at the end. Default: 0.4. Range: 0 to 1.
   * Live.
   */
  priorityBeta?: number;
  /** NoisyNet: learned noise on the weights of the linear layers, which explores. Default: false. */
  noisy?: boolean;
  /** NoisyNet: size of the noise at the start, over the root of a layer's inputs. Default: 0.5. Range: 0 to 10. */
  noisySigma?: number;
  /** What is learned of the return: its mean, its distribution (C51) or its quantiles (QR-DQN). Default: 'expected'. */
  distribution?: 'expected' | 'categorical' | 'quantile';
  /** Categorical: atoms of the distribution. Default: 51. Range: 2 to 1024. */
  nAtoms?: number;
  /** Categorical: return of the first atom. Default: -10. Range: -1,000,000 to 1,000,000. */
  vMin?: number;
  /** Categorical: return of the last atom. Default: 10. Range: -1,000,000 to 1,000,000. */
  vMax?: number;
  /** Quantile: quantiles of the return. Default: 50. Range: 1 to 1024. */
  nQuantiles?: number;
  /**
   * Demonstrations: transitions there is room for, beside the buffer; they are never forgotten. Default: 0. Range: 0 to
   * 10,000,000.
   */
  demoCapacity?: number;
  /**
   * Demonstrations: share of every batch; 0 draws them like any others, as prioritized does. Default: 0.25. Range: 0 to
   * 1. Live.
   */
  demoRatio?: number;
  /**
   * Demonstrations: weight of the loss that puts demonstrated actions above the others. Default: 1. Range: 0 to
   * 1,000,000. Live.
   */
  demoCoef?: number;
  /** Demonstrations: by how much that loss wants them above. Default: 0.8. Range: 0 to 1,000,000. Live. */
  demoMargin?: number;
  /** Demonstrations: updates on them alone, before the first step. Default: 0. Range: 0 to 10,000,000. */
  demoUpdates?: number;
  /** Before the hidden layers: convolutions for images, a transformer for text. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn' | 'transformer' | 'encoder-decoder';
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Default: 32. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** Sizes of the hidden layers. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'relu'. */
  activation?: 'relu' | 'tanh';
  /** Loss on the TD error. Default: 'huber'. Live. */
  loss?: 'huber' | 'mse';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /** Keep a frozen copy of the language model the agent starts from. Default: false. */
  prior?: boolean;
  /**
   * Prior: weight of the language model's log-probabilities, added to values when choosing. Default: 0. Range: 0 to
   * 1000. Live.
   */
  priorBeta?: number;
  /** Prior: where epsilon-greedy takes its random actions from. Default: 'uniform'. Live. */
  randomActions?: 'uniform' | 'language-model' | 'top-k';
  /** Prior: most probable actions that top-k chooses among. Default: 5. Range: 1 to 1024. Live. */
  priorTopK?: number;
}

/** Tabular Q-learning: one value per state and action. */
export interface QLearningHyperparameters {
  /** Alpha: how far an update goes to its target. Default: 0.1. Range: 0 to 1. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.5. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.1. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /** Value every entry of the table starts from. Default: 0. Range: -1,000,000 to 1,000,000. */
  initialQ?: number;
  /**
   * UCB: values of the next state get a bonus too, which propagates optimism through bootstrapping. Default: false.
   * Live.
   */
  explorationBonusInTarget?: boolean;
}

/** Tabular SARSA: learns the values of the policy it acts by. */
export interface SARSAHyperparameters {
  /** Alpha: how far an update goes to its target. Default: 0.1. Range: 0 to 1. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.5. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.1. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /** Value every entry of the table starts from. Default: 0. Range: -1,000,000 to 1,000,000. */
  initialQ?: number;
}

/** Tabular expected SARSA: averages over the next action instead of drawing it. */
export interface ExpectedSARSAHyperparameters {
  /** Alpha: how far an update goes to its target. Default: 0.1. Range: 0 to 1. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.5. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.1. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /** Value every entry of the table starts from. Default: 0. Range: -1,000,000 to 1,000,000. */
  initialQ?: number;
}

/** Tabular double Q-learning: two tables, one chooses, the other rates. */
export interface DoubleQLearningHyperparameters {
  /** Alpha: how far an update goes to its target. Default: 0.1. Range: 0 to 1. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.5. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.1. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /** Value every entry of the table starts from. Default: 0. Range: -1,000,000 to 1,000,000. */
  initialQ?: number;
}

/** Value iteration: sweeps over the transition table. */
export interface ValueIterationHyperparameters {
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Sweeps stop when no value changes by more. Default: 1e-12. Range: 0 to 1. Live. */
  tolerance?: number;
}

/** Policy iteration: evaluates a policy by sweeps, improves it, and again. */
export interface PolicyIterationHyperparameters {
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Sweeps stop when no value changes by more. Default: 1e-12. Range: 0 to 1. Live. */
  tolerance?: number;
  /**
   * Sweeps before the policy is improved; 0 for as many as settle its values. Default: 0. Range: 0 to 1,000,000. Live.
   */
  evaluationSweeps?: number;
}

/** Policy evaluation: the values of a policy that stays, by sweeps. */
export interface PolicyEvaluationHyperparameters {
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Sweeps stop when no value changes by more. Default: 1e-12. Range: 0 to 1. Live. */
  tolerance?: number;
  /**
   * The policy: one digit per state, its action, or * for any, as likely; rows may be separated by / or new lines;
   * empty: * everywhere. Default: ''.
   */
  policy?: string | string[];
}

/** Proximal policy optimization: a policy and a value network, clipped updates. */
export interface PPOHyperparameters {
  /** Step size of the optimizer. Default: 0.0003. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Steps each environment takes before the policy learns from them. Default: 2048. Range: 1 to 1,000,000. */
  nSteps?: number;
  /** Steps in a minibatch. Default: 64. Range: 1 to 65,536. */
  batchSize?: number;
  /** Passes over the steps that were collected. Default: 10. Range: 1 to 1000. Live. */
  nEpochs?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /**
   * Advantages: 0 trusts the values after one step, 1 only the rewards themselves. Default: 0.95. Range: 0 to 1. Live.
   */
  gaeLambda?: number;
  /**
   * How far an action's probability may move per update before its gradient ends, as a share. Default: 0.2. Range:
   * 0.000001 to 1,000,000. Live.
   */
  clipRange?: number;
  /** How far a value may move per update; 0 does not clip. Default: 0. Range: 0 to 1,000,000. Live. */
  clipRangeVf?: number;
  /**
   * An update ends when the policy has moved 1.5 times this KL divergence; 0 never. Default: 0. Range: 0 to 1,000,000.
   * Live.
   */
  targetKl?: number;
  /** Scale the advantages of an update to mean 0 and standard deviation 1. Default: true. Live. */
  normalizeAdvantage?: boolean;
  /** Weight of the policy's entropy in the loss: more keeps it exploring. Default: 0. Range: 0 to 1,000,000. Live. */
  entCoef?: number;
  /** Weight of the value network's loss. Default: 0.5. Range: 0 to 1,000,000. Live. */
  vfCoef?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 0.5. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Before the hidden layers: convolutions for images, a transformer for text. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn' | 'transformer' | 'encoder-decoder';
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Default: 32. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** Sizes of the hidden layers, in the policy's and in the value network. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'tanh'. */
  activation?: 'relu' | 'tanh';
  /** Orthogonal initial weights, and actions nearly as likely as each other; else uniform ones. Default: true. */
  orthoInit?: boolean;
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-5. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /**
   * Weight of the KL penalty that keeps the policy near the one it started from. Default: 0. Range: 0 to 1,000,000.
   * Live.
   */
  klCoef?: number;
  /** KL per step that the weight adapts to; 0 leaves it fixed. Default: 0. Range: 0 to 1,000,000. Live. */
  klTarget?: number;
  /** Box of actions: logarithm of the policy's first standard deviation. Default: 0. Range: -20 to 2. */
  logStdInit?: number;
  /** Box of actions: state-dependent exploration (gSDE) instead of independent noise at every step. Default: false. */
  useSde?: boolean;
  /**
   * State-dependent exploration: steps between two exploration matrices; -1 for one in each rollout. Default: -1.
   * Range: -1 to 1,000,000. Live.
   */
  sdeSampleFreq?: number;
}

/** REINFORCE: a policy network that learns from whole episodes, with a baseline. */
export interface REINFORCEHyperparameters {
  /** Step size of the optimizer. Default: 0.001. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /**
   * Episodes, of all environments together, before the policy learns from them. Default: 8. Range: 1 to 100,000. Live.
   */
  episodesPerUpdate?: number;
  /**
   * Steps each environment can store; an episode that has no room is cut there. Default: 4096. Range: 1 to 1,000,000.
   */
  nSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Learn the value of states and reinforce only what turned out better than it. Default: true. */
  baseline?: boolean;
  /** Scale the advantages of an update to mean 0 and standard deviation 1. Default: true. Live. */
  normalizeAdvantage?: boolean;
  /** Weight of the policy's entropy in the loss: more keeps it exploring. Default: 0. Range: 0 to 1,000,000. Live. */
  entCoef?: number;
  /** Weight of the value network's loss. Default: 0.5. Range: 0 to 1,000,000. Live. */
  vfCoef?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 0.5. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Before the hidden layers: convolutions for images, a transformer for text. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn' | 'transformer' | 'encoder-decoder';
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Default: 32. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** Sizes of the hidden layers, in the policy's and in the value network. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'tanh'. */
  activation?: 'relu' | 'tanh';
  /** Orthogonal initial weights, and actions nearly as likely as each other; else uniform ones. Default: true. */
  orthoInit?: boolean;
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-5. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /**
   * Weight of the KL penalty that keeps the policy near the one it started from. Default: 0. Range: 0 to 1,000,000.
   * Live.
   */
  klCoef?: number;
  /** KL per step that the weight adapts to; 0 leaves it fixed. Default: 0. Range: 0 to 1,000,000. Live. */
  klTarget?: number;
  /** Box of actions: logarithm of the policy's first standard deviation. Default: 0. Range: -20 to 2. */
  logStdInit?: number;
  /** Box of actions: state-dependent exploration (gSDE) instead of independent noise at every step. Default: false. */
  useSde?: boolean;
  /**
   * State-dependent exploration: steps between two exploration matrices; -1 for one in each rollout. Default: -1.
   * Range: -1 to 1,000,000. Live.
   */
  sdeSampleFreq?: number;
}

/** Behaviour cloning: a policy network learns from demonstrations alone. */
export interface CloneHyperparameters {
  /** Step size of the optimizer. Default: 0.001. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Demonstrations: transitions there is room for. Default: 0. Range: 0 to 10,000,000. */
  demoCapacity?: number;
  /**
   * Distillation: the teacher's action values over this are learned; 0: its actions. Default: 0. Range: 0 to 1,000,000.
   */
  temperature?: number;
  /** Transitions sampled per update. Default: 64. Range: 1 to 65,536. */
  batchSize?: number;
  /** Updates in a round. Default: 1. Range: 1 to 1000. Live. */
  gradientSteps?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 0.5. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Convolutions before the hidden layers, for images. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn';
  /** Sizes of the hidden layers. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'tanh'. */
  activation?: 'relu' | 'tanh';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
}

/** Parallelised Q-network: Q-learning on lambda-returns, without a replay buffer or a target network. */
export interface PQNHyperparameters {
  /** Step size of the optimizer. Default: 0.00025. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'linear'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Steps each environment takes before the network learns from them. Default: 128. Range: 1 to 1,000,000. */
  nSteps?: number;
  /** Steps in a minibatch. Default: 128. Range: 1 to 65,536. */
  batchSize?: number;
  /** Passes over the steps that were collected. Default: 4. Range: 1 to 1000. Live. */
  nEpochs?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Returns: 0 trusts the values after one step, 1 only the rewards themselves. Default: 0.65. Range: 0 to 1. Live. */
  qLambda?: number;
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Default: 0.5. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Default: 0.05. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /** UCB: bins per Box dimension, for counting. Default: 10. Range: 1 to 10,000. */
  explorationBins?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 10. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Before the hidden layers: convolutions for images, a transformer for text. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn' | 'transformer' | 'encoder-decoder';
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Default: 32. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** Sizes of the hidden layers. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'relu'. */
  activation?: 'relu' | 'tanh';
  /**
   * Layer normalisation before every activation, which keeps learning without a target network stable. Default: true.
   */
  layerNorm?: boolean;
  /** Loss on the TD error. Default: 'mse'. Live. */
  loss?: 'huber' | 'mse';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
}

/** Deep deterministic policy gradient: an actor and a critic, for actions that are numbers. */
export interface DDPGHyperparameters {
  /** Step size of the optimizer. Default: 0.001. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Transitions the replay buffer holds. Default: 1000000. Range: 1 to 10,000,000. */
  bufferSize?: number;
  /** Environment steps with random actions, before the first update. Default: 100. Range: 0 to 1,000,000,000. Live. */
  learningStarts?: number;
  /** Transitions sampled per update. Default: 256. Range: 1 to 65,536. */
  batchSize?: number;
  /** Soft-update coefficient: 1 copies the networks, smaller values blend. Default: 0.005. Range: 0 to 1. Live. */
  tau?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Steps n of n-step returns; 1 is ordinary TD. Default: 1. Range: 1 to 100. Live. */
  nSteps?: number;
  /** Steps between two rounds of updates. Default: 1. Range: 1 to 1,000,000. Live. */
  trainFreq?: number;
  /** Updates in a round. Default: 1. Range: 1 to 1000. Live. */
  gradientSteps?: number;
  /** Noise added to actions while learning. Default: 'normal'. Live. */
  noiseType?: 'none' | 'normal' | 'ornstein-uhlenbeck';
  /** Noise: standard deviation, of actions between -1 and 1. Default: 0.1. Range: 0 to 10. Live. */
  noiseStd?: number;
  /** Ornstein-Uhlenbeck noise: how fast it is drawn back to 0. Default: 0.15. Range: 0 to 100. Live. */
  noiseTheta?: number;
  /** Prioritized replay: transitions with large errors are sampled more often. Default: false. */
  prioritized?: boolean;
  /** Prioritized: how much errors matter; 0 samples uniformly. Default: 0.6. Range: 0 to 1. Live. */
  priorityAlpha?: number;
  /**
   * Prioritized: how much of the bias is corrected at the start; all of it at the end. Default: 0.4. Range: 0 to 1.
   * Live.
   */
  priorityBeta?: number;
  /**
   * Demonstrations: transitions there is room for, beside the buffer; they are never forgotten. Default: 0. Range: 0 to
   * 10,000,000.
   */
  demoCapacity?: number;
  /**
   * Demonstrations: share of every batch; 0 draws them like any others, as prioritized does. Default: 0.25. Range: 0 to
   * 1. Live.
   */
  demoRatio?: number;
  /** Sizes of the hidden layers, in the actor and in each critic. Default: [400, 300]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'relu'. */
  activation?: 'relu' | 'tanh';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
}

/** Twin delayed DDPG: two critics, a slower actor, smoothed targets. */
export interface TD3Hyperparameters {
  /** Step size of the optimizer. Default: 0.001. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Transitions the replay buffer holds. Default: 1000000. Range: 1 to 10,000,000. */
  bufferSize?: number;
  /** Environment steps with random actions, before the first update. Default: 100. Range: 0 to 1,000,000,000. Live. */
  learningStarts?: number;
  /** Transitions sampled per update. Default: 256. Range: 1 to 65,536. */
  batchSize?: number;
  /** Soft-update coefficient: 1 copies the networks, smaller values blend. Default: 0.005. Range: 0 to 1. Live. */
  tau?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Steps n of n-step returns; 1 is ordinary TD. Default: 1. Range: 1 to 100. Live. */
  nSteps?: number;
  /** Steps between two rounds of updates. Default: 1. Range: 1 to 1,000,000. Live. */
  trainFreq?: number;
  /** Updates in a round. Default: 1. Range: 1 to 1000. Live. */
  gradientSteps?: number;
  /** Noise added to actions while learning. Default: 'normal'. Live. */
  noiseType?: 'none' | 'normal' | 'ornstein-uhlenbeck';
  /** Noise: standard deviation, of actions between -1 and 1. Default: 0.1. Range: 0 to 10. Live. */
  noiseStd?: number;
  /** Ornstein-Uhlenbeck noise: how fast it is drawn back to 0. Default: 0.15. Range: 0 to 100. Live. */
  noiseTheta?: number;
  /** Prioritized replay: transitions with large errors are sampled more often. Default: false. */
  prioritized?: boolean;
  /** Prioritized: how much errors matter; 0 samples uniformly. Default: 0.6. Range: 0 to 1. Live. */
  priorityAlpha?: number;
  /**
   * Prioritized: how much of the bias is corrected at the start; all of it at the end. Default: 0.4. Range: 0 to 1.
   * Live.
   */
  priorityBeta?: number;
  /**
   * Demonstrations: transitions there is room for, beside the buffer; they are never forgotten. Default: 0. Range: 0 to
   * 10,000,000.
   */
  demoCapacity?: number;
  /**
   * Demonstrations: share of every batch; 0 draws them like any others, as prioritized does. Default: 0.25. Range: 0 to
   * 1. Live.
   */
  demoRatio?: number;
  /** Sizes of the hidden layers, in the actor and in each critic. Default: [400, 300]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'relu'. */
  activation?: 'relu' | 'tanh';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /** Critics; targets take the least of their values. Default: 2. Range: 1 to 8. */
  nCritics?: number;
  /** Updates of the critics for one of the actor and the targets. Default: 2. Range: 1 to 1000. Live. */
  policyDelay?: number;
  /** Standard deviation of the noise on the targets' actions. Default: 0.2. Range: 0 to 10. Live. */
  targetPolicyNoise?: number;
  /** Bound of the noise on the targets' actions. Default: 0.5. Range: 0 to 10. Live. */
  targetNoiseClip?: number;
}

/** Soft actor-critic: a random policy that is paid for its entropy, twin critics, for actions that are numbers. */
export interface SACHyperparameters {
  /** Step size of the optimizer. Default: 0.0003. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Transitions the replay buffer holds. Default: 1000000. Range: 1 to 10,000,000. */
  bufferSize?: number;
  /** Environment steps with random actions, before the first update. Default: 100. Range: 0 to 1,000,000,000. Live. */
  learningStarts?: number;
  /** Transitions sampled per update. Default: 256. Range: 1 to 65,536. */
  batchSize?: number;
  /** Soft-update coefficient: 1 copies the networks, smaller values blend. Default: 0.005. Range: 0 to 1. Live. */
  tau?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Steps n of n-step returns; 1 is ordinary TD. Default: 1. Range: 1 to 100. Live. */
  nSteps?: number;
  /** Steps between two rounds of updates. Default: 1. Range: 1 to 1,000,000. Live. */
  trainFreq?: number;
  /** Updates in a round. Default: 1. Range: 1 to 1000. Live. */
  gradientSteps?: number;
  /** Noise added to actions while learning. Default: 'none'. Live. */
  noiseType?: 'none' | 'normal' | 'ornstein-uhlenbeck';
  /** Noise: standard deviation, of actions between -1 and 1. Default: 0.1. Range: 0 to 10. Live. */
  noiseStd?: number;
  /** Ornstein-Uhlenbeck noise: how fast it is drawn back to 0. Default: 0.15. Range: 0 to 100. Live. */
  noiseTheta?: number;
  /** Prioritized replay: transitions with large errors are sampled more often. Default: false. */
  prioritized?: boolean;
  /** Prioritized: how much errors matter; 0 samples uniformly. Default: 0.6. Range: 0 to 1. Live. */
  priorityAlpha?: number;
  /**
   * Prioritized: how much of the bias is corrected at the start; all of it at the end. Default: 0.4. Range: 0 to 1.
   * Live.
   */
  priorityBeta?: number;
  /**
   * Demonstrations: transitions there is room for, beside the buffer; they are never forgotten. Default: 0. Range: 0 to
   * 10,000,000.
   */
  demoCapacity?: number;
  /**
   * Demonstrations: share of every batch; 0 draws them like any others, as prioritized does. Default: 0.25. Range: 0 to
   * 1. Live.
   */
  demoRatio?: number;
  /** Sizes of the hidden layers, in the actor and in each critic. Default: [256, 256]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'relu'. */
  activation?: 'relu' | 'tanh';
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /** Critics; targets and the actor take the least of their values. Default: 2. Range: 1 to 8. */
  nCritics?: number;
  /** The entropy coefficient is learned, so that the entropy stays at targetEntropy. Default: true. */
  entCoefAuto?: boolean;
  /**
   * Weight of the policy's entropy; where it is learned, the one it starts from. Default: 1. Range: 1e-9 to 1,000,000.
   */
  entCoef?: number;
  /** Entropy to keep, for each number of an action. Default: -1. Range: -100 to 100. Live. */
  targetEntropy?: number;
  /** Updates between two moves of the targets. Default: 1. Range: 1 to 1,000,000. Live. */
  targetUpdateInterval?: number;
}

/** Pre-training of a language model. */
export interface PretrainingHyperparameters {
  /** Everything random in the training follows from it. Default: 0. Range: 0 to 2^53 - 1. */
  seed?: number;
  /** What text is cut into: characters, words, or byte pairs. Default: 'char'. */
  tokenizer?: 'char' | 'word' | 'bpe';
  /** Most tokens the vocabulary may have. Default: 512. Range: 2 to 8192. */
  vocabSize?: number;
  /** Tokens the model looks back on. Default: 64. Range: 2 to 512. */
  context?: number;
  /** Channels of a position, a multiple of 4 times nHeads. Default: 64. Range: 4 to 512. */
  dModel?: number;
  /** Heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** The output layer is the token embedding once more. Default: true. */
  tied?: boolean;
  /** How the GELU of the mlp is computed. Default: 'tanh'. */
  gelu?: 'tanh' | 'erf';
  /** One causal stack, or an encoder of the source and a decoder. Default: 'decoder'. */
  architecture?: 'decoder' | 'encoder-decoder';
  /** Share of the corpus that is held out. Default: 0.1. Range: 0.001 to 0.9. */
  validation?: number;
  /** Optimizer steps of the training. Default: 2000. Range: 1 to 10,000,000. Live. */
  maxSteps?: number;
  /** Windows of a step. Default: 8. Range: 1 to 1024. */
  batchSize?: number;
  /** Step size of the optimizer. Default: 0.006. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'cosine'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0.0005. Range: 0 to 10.
   * Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0.05. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 1. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Steps between two evaluations on held-out text; 0 for none. Default: 100. Range: 0 to 10,000,000. Live. */
  evalFreq?: number;
  /** Held-out windows of an evaluation. Default: 32. Range: 1 to 100,000. Live. */
  evalWindows?: number;
  /** Steps between two training records. Default: 10. Range: 1 to 10,000,000. Live. */
  logFreq?: number;
  /** Optimizer. Default: 'adamw'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-8. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
}

/** GridWorld-v0: Walk a map to the goal, around the traps; the map is yours to draw. */
export interface GridWorldEnvOptions {
  /** Rows of S start, G goal, T trap, # wall, . floor, separated by / or new lines. Default: 'S../..T/.G.'. */
  map?: string | string[];
  /** Reward for entering a goal; it ends. Default: 1. Range: -1000 to 1000. */
  goalReward?: number;
  /** Reward for entering a trap; it ends. Default: -1. Range: -1000 to 1000. */
  trapReward?: number;
  /** Reward for any other move. Default: 0. Range: -1000 to 1000. */
  stepReward?: number;
  /** Probability that a move goes sideways, half to each side. Default: 0. Range: 0 to 1. */
  slip?: number;
}

/** CartPole-v1: Balance a pole on a cart by pushing it left and right. */
export interface CartPoleEnvOptions {
  /** Reward 0 per step and -1 for falling, instead of 1 per step. Default: false. */
  suttonBartoReward?: boolean;
}

/** FrozenLake-v1: Cross a frozen lake without falling into a hole, on ice that may slip. */
export interface FrozenLakeEnvOptions {
  /** One of Gymnasium's maps. Default: '4x4'. */
  mapName?: '4x4' | '8x8';
  /** Own map instead: rows of S start, F frozen, H hole, G goal, separated by / or new lines. Default: ''. */
  desc?: string | string[];
  /** Whether a move may go sideways. Default: true. */
  isSlippery?: boolean;
  /** Probability of the intended move on slippery ice. Default: 0.3333333333333333. Range: 0 to 1. */
  successRate?: number;
}

/** FrozenLake8x8-v1: The frozen lake, 8 by 8 cells. */
export interface FrozenLake8x8EnvOptions {
  /** One of Gymnasium's maps. Default: '8x8'. */
  mapName?: '4x4' | '8x8';
  /** Own map instead: rows of S start, F frozen, H hole, G goal, separated by / or new lines. Default: ''. */
  desc?: string | string[];
  /** Whether a move may go sideways. Default: true. */
  isSlippery?: boolean;
  /** Probability of the intended move on slippery ice. Default: 0.3333333333333333. Range: 0 to 1. */
  successRate?: number;
}

/** CliffWalking-v1: Walk along a cliff: the short way is the dangerous one. */
export interface CliffWalkingEnvOptions {
  /** Whether a move may go sideways, 1/3 each way. Default: false. */
  isSlippery?: boolean;
}

/** MountainCar-v0: Swing a weak car up and out of a valley. */
export interface MountainCarEnvOptions {
  /** Velocity the car must at least have at the goal. Default: 0. Range: 0 to 0.07. */
  goalVelocity?: number;
}

/** Breakout-MinAtar: Bounce a ball off a paddle and break bricks, seen as 10 by 10 pixels of 4 channels. */
export interface BreakoutMinAtarEnvOptions {
  /** Only the 3 actions that differ: stay, left, right, instead of all 6. Default: true. */
  minimalActions?: boolean;
  /** Probability that the previous action is taken again instead of the chosen one. Default: 0.1. Range: 0 to 1. */
  stickyActionProb?: number;
}

/** DeepSea-v0: Find the one of 2^N ways down that leads to the treasure, though each of its steps costs. */
export interface DeepSeaEnvOptions {
  /** N: rows, columns, and steps of an episode. Default: 10. Range: 2 to 100. */
  size?: number;
  /** Whether the action that goes right is drawn for each cell, instead of being 1. Default: true. */
  randomizeActions?: boolean;
  /** Which draw of the actions it is. Default: 0. Range: 0 to 2^53 - 1. */
  mappingSeed?: number;
}

/** Bandit-v0: Find the arm that pays most on average: every pull is an episode. */
export interface BanditEnvOptions {
  /** How many arms it has. Default: 10. Range: 2 to 100. */
  k?: number;
  /** Which draw of the means it is. Default: 0. Range: 0 to 2^53 - 1. */
  instanceSeed?: number;
}

/**
 * TextGen-v1: Write a sentence on a topic, word by word, for a reward you can change: grammar, topic, length,
 * repetition, sentiment.
 */
export interface TextGenEnvOptions {
  /** What a complete sentence is worth. Default: 0.35. Range: 0 to 10. Live. */
  grammarWeight?: number;
  /** What words of the topic are worth. Default: 0.25. Range: 0 to 10. Live. */
  topicWeight?: number;
  /** What six to eight words are worth. Default: 0.1. Range: 0 to 10. Live. */
  lengthWeight?: number;
  /** What not repeating content words is worth. Default: 0.1. Range: 0 to 10. Live. */
  repetitionWeight?: number;
  /** What pleasant words are worth. Default: 0.2. Range: 0 to 10. Live. */
  sentimentWeight?: number;
}

/** Translate-v0: Translate English into Chinese word by word; agreement with the right translation is rewarded. */
export interface TranslateEnvOptions {
  /** What having the right words is worth. Default: 0.3. Range: 0 to 10. Live. */
  wordsWeight?: number;
  /** What having them in their order is worth. Default: 0.4. Range: 0 to 10. Live. */
  orderWeight?: number;
  /** What the right translation is worth on top. Default: 0.3. Range: 0 to 10. Live. */
  exactWeight?: number;
}

/** Dialogue-v0: Find out what a hotel guest needs, and meet it, with as few replies as possible. */
export interface DialogueEnvOptions {
  /** What the right solution is worth. Default: 1. Range: 0 to 10. Live. */
  solvedReward?: number;
  /** What every reply costs. Default: 0.1. Range: 0 to 10. Live. */
  turnCost?: number;
  /** What a wrong solution costs on top of it. Default: 0.5. Range: 0 to 10. Live. */
  wrongCost?: number;
}

/**
 * LearningRate-v0: Steer the learning rate of a small language model while it is trained, for the lowest validation
 * loss at the end.
 */
export interface LearningRateEnvOptions {
  /** What is trained: a new model, or one that knows a related text already. Default: 'pretraining'. */
  task?: 'pretraining' | 'finetuning';
  /** What takes the learning rate. Default: 'adam'. */
  optimizer?: 'adam' | 'momentum';
  /** Decisions of an episode. Default: 20. Range: 2 to 32. */
  decisions?: number;
  /** Updates of the model between two decisions. Default: 10. Range: 1 to 100. */
  updates?: number;
}

/** Pendulum-v1: Swing a pendulum up and hold it there. */
export interface PendulumEnvOptions {
  /** Acceleration of gravity, in m/s^2. Default: 10. Range: 0 to 100. */
  g?: number;
}

/** MountainCarContinuous-v0: Swing a weak car out of a valley, with as little fuel as possible. */
export interface MountainCarContinuousEnvOptions {
  /** Velocity the car must at least have at the goal. Default: 0. Range: 0 to 0.07. */
  goalVelocity?: number;
}

/** ConnectFour-v0: Four in a row against an opponent; full columns are masked. */
export interface ConnectFourEnvOptions {
  /** Who plays the other stones; self: every step is a stone of whose turn it is. Default: 'random'. */
  opponent?: 'random' | 'greedy' | 'minimax' | 'self';
  /** Stones that minimax looks ahead, its own first. Default: 2. Range: 1 to 8. */
  depth?: number;
  /** Who drops the first stone; either is drawn at each reset. Default: 'either'. */
  first?: 'either' | 'agent' | 'opponent';
  /** Whether agents are told which columns are full; if not, choosing one loses. Default: true. */
  mask?: boolean;
}

/** A learning rate and its schedule. */
export interface LearningRateOptions {
  /** Step size of the optimizer. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /** Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Range: 0 to 10. Live. */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
}

/** An optimizer and its learning rate. */
export interface OptimizerOptions {
  /** Step size of the optimizer. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /** Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Range: 0 to 10. Live. */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Maximum gradient norm; 0 disables clipping. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Optimizer. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
}

/** Sizes of a transformer. */
export interface TransformerOptions {
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
}

/** Exploration of DQN and the tabular methods; `exploration` decides which options matter. */
export interface ExplorationOptions {
  /** How it tries other actions than the best it knows. Default: 'epsilon-greedy'. */
  exploration?: 'epsilon-greedy' | 'boltzmann' | 'gaussian' | 'ucb' | 'greedy';
  /** Share of totalTimesteps over which epsilon (temperature, noise) falls. Range: 0 to 1. Live. */
  explorationFraction?: number;
  /** How epsilon (temperature, noise) falls; exponentially to 0 it ends at 1 %. Default: 'linear'. Live. */
  explorationSchedule?: 'linear' | 'exponential';
  /** Epsilon at the start. Default: 1. Range: 0 to 1. Live. */
  explorationInitialEps?: number;
  /** Epsilon at the end. Range: 0 to 1. Live. */
  explorationFinalEps?: number;
  /** Boltzmann: temperature at the start, in units of return. Default: 1. Range: 0.000001 to 1,000,000. Live. */
  explorationInitialTemperature?: number;
  /** Boltzmann: temperature at the end. Default: 0.02. Range: 0.000001 to 1,000,000. Live. */
  explorationFinalTemperature?: number;
  /** Gaussian: standard deviation of the noise on Q at the start. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationInitialNoise?: number;
  /** Gaussian: standard deviation at the end. Default: 0.02. Range: 0 to 1,000,000. Live. */
  explorationFinalNoise?: number;
  /** UCB: c, how much an action gains by being rare. Default: 1. Range: 0 to 1,000,000. Live. */
  explorationBonus?: number;
  /**
   * UCB: values of the next state get a bonus too, which propagates optimism through bootstrapping. Default: false.
   * Live.
   */
  explorationBonusInTarget?: boolean;
}

/** Options that PPO and REINFORCE share. */
export interface PolicyHyperparameters {
  /** Step size of the optimizer. Range: 0 to 10. Live. */
  learningRate?: number;
  /** How the learning rate goes to learningRateEnd over the run. Default: 'constant'. Live. */
  learningRateSchedule?: 'constant' | 'linear' | 'exponential' | 'cosine' | 'step';
  /**
   * Learning rate at the end; for 0, exponential and step end at 1 % of learningRate. Default: 0. Range: 0 to 10. Live.
   */
  learningRateEnd?: number;
  /** Share of the run over which the learning rate first rises from 0. Default: 0. Range: 0 to 1. Live. */
  learningRateWarmup?: number;
  /** Drops of the step schedule, equally long, each by the same factor. Default: 2. Range: 1 to 1000. Live. */
  learningRateSteps?: number;
  /** Steps each environment takes before the policy learns from them. Range: 1 to 1,000,000. */
  nSteps?: number;
  /** Discount factor. Default: 0.99. Range: 0 to 1. Live. */
  gamma?: number;
  /** Scale the advantages of an update to mean 0 and standard deviation 1. Default: true. Live. */
  normalizeAdvantage?: boolean;
  /** Weight of the policy's entropy in the loss: more keeps it exploring. Default: 0. Range: 0 to 1,000,000. Live. */
  entCoef?: number;
  /** Weight of the value network's loss. Default: 0.5. Range: 0 to 1,000,000. Live. */
  vfCoef?: number;
  /** Maximum gradient norm; 0 disables clipping. Default: 0.5. Range: 0 to 1,000,000,000. Live. */
  maxGradNorm?: number;
  /** Before the hidden layers: convolutions for images, a transformer for text. Default: 'flatten'. */
  featuresExtractor?: 'flatten' | 'minatar-cnn' | 'nature-cnn' | 'transformer' | 'encoder-decoder';
  /** Transformer: channels of a position, a multiple of 4 times nHeads. Default: 32. Range: 4 to 512. */
  dModel?: number;
  /** Transformer: heads of the attention. Default: 4. Range: 1 to 16. */
  nHeads?: number;
  /** Transformer: blocks of attention and mlp. Default: 2. Range: 1 to 4. */
  nLayers?: number;
  /** Sizes of the hidden layers, in the policy's and in the value network. Default: [64, 64]. Each: 1 to 4096. */
  netArch?: number[];
  /** Activation of the hidden layers. Default: 'tanh'. */
  activation?: 'relu' | 'tanh';
  /** Orthogonal initial weights, and actions nearly as likely as each other; else uniform ones. Default: true. */
  orthoInit?: boolean;
  /** Optimizer. Default: 'adam'. */
  optimizer?: 'adam' | 'sgd' | 'momentum' | 'rmsprop' | 'rmsprop-centered' | 'adamw';
  /** Share of the last step that momentum keeps. Default: 0.9. Range: 0 to 0.999999. Live. */
  momentum?: number;
  /** How slowly the mean gradient of adam and adamw forgets. Default: 0.9. Range: 0 to 0.999999. Live. */
  beta1?: number;
  /** How slowly the mean squared gradient of adam and adamw forgets. Default: 0.999. Range: 0 to 0.999999. Live. */
  beta2?: number;
  /** How slowly the means of rmsprop and rmsprop-centered forget. Default: 0.99. Range: 0 to 0.999999. Live. */
  rmsAlpha?: number;
  /** Added to the root that adam, adamw and rmsprop divide by. Default: 1e-5. Range: 1e-12 to 1. Live. */
  optimizerEps?: number;
  /** Share of every parameter that adamw takes off, times the learning rate. Default: 0.01. Range: 0 to 1. Live. */
  weightDecay?: number;
  /**
   * Weight of the KL penalty that keeps the policy near the one it started from. Default: 0. Range: 0 to 1,000,000.
   * Live.
   */
  klCoef?: number;
  /** KL per step that the weight adapts to; 0 leaves it fixed. Default: 0. Range: 0 to 1,000,000. Live. */
  klTarget?: number;
  /** Box of actions: logarithm of the policy's first standard deviation. Default: 0. Range: -20 to 2. */
  logStdInit?: number;
  /** Box of actions: state-dependent exploration (gSDE) instead of independent noise at every step. Default: false. */
  useSde?: boolean;
  /**
   * State-dependent exploration: steps between two exploration matrices; -1 for one in each rollout. Default: -1.
   * Range: -1 to 1,000,000. Live.
   */
  sdeSampleFreq?: number;
}

/** Options of all shipped environments. */
export interface EnvOptions extends
  GridWorldEnvOptions, CartPoleEnvOptions, FrozenLakeEnvOptions, FrozenLake8x8EnvOptions, CliffWalkingEnvOptions,
  MountainCarEnvOptions, BreakoutMinAtarEnvOptions, DeepSeaEnvOptions, BanditEnvOptions, TextGenEnvOptions,
  TranslateEnvOptions, DialogueEnvOptions, LearningRateEnvOptions, PendulumEnvOptions, MountainCarContinuousEnvOptions,
  ConnectFourEnvOptions {}

/** Live options of environments. */
export interface RewardWeights extends Pick<EnvOptions,
  'grammarWeight' | 'topicWeight' | 'lengthWeight' | 'repetitionWeight' | 'sentimentWeight' | 'wordsWeight' |
  'orderWeight' | 'exactWeight' | 'solvedReward' | 'turnCost' | 'wrongCost'> {}

/** Live options of pre-training. */
export type LivePretrainingOptions = Pick<PretrainingHyperparameters,
  'maxSteps' | 'learningRate' | 'learningRateSchedule' | 'learningRateEnd' | 'learningRateWarmup' |
  'learningRateSteps' | 'maxGradNorm' | 'evalFreq' | 'evalWindows' | 'logFreq' | 'momentum' | 'beta1' | 'beta2' |
  'rmsAlpha' | 'optimizerEps' | 'weightDecay'>;
