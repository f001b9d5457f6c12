// SPDX-License-Identifier: MIT
/**
 * The public API of Bellhop, in browsers, workers, bundlers and Node. Types of options are generated from the C tables, see
 * options.d.ts; what JavaScript has beyond them is added here.
 * @module bellhop
 */

import type {
  AlgoName, CloneHyperparameters, DDPGHyperparameters, DoubleQLearningHyperparameters, DQNHyperparameters,
  EnvOptions, ExpectedSARSAHyperparameters, LivePretrainingOptions, PolicyEvaluationHyperparameters,
  PolicyHyperparameters, PolicyIterationHyperparameters, PPOHyperparameters, PQNHyperparameters, PresetName, PretrainingHyperparameters,
  QLearningHyperparameters, REINFORCEHyperparameters, RewardWeights, RunHyperparameters, SACHyperparameters,
  SARSAHyperparameters, ShippedEnvId, TD3Hyperparameters, ValueIterationHyperparameters,
} from './options.js';

export * from './options.js';

// What a project's own libraries may not have: neither the DOM nor Node's types, or a target before `using`. Where they have it,
// these declarations add nothing to it.
declare global {
  interface URL {}
  interface AbortSignal {}
  interface SymbolConstructor { readonly dispose: unique symbol }
  interface Disposable {
    /** Calls dispose, at the end of a block that declares it with `using`. */
    [Symbol.dispose](): void;
  }
}

// ---- errors ----

/**
 * What went wrong, as the C library says it; BH_ERR_ENV when an environment of one's own failed, BH_ERR_LOAD when the
 * module itself could not be had.
 */
export type Status =
  | 'BH_ERR_MEMORY' | 'BH_ERR_CONFIG' | 'BH_ERR_ARGUMENT' | 'BH_ERR_STATE' | 'BH_ERR_FORMAT' | 'BH_ERR_SHAPE'
  | 'BH_ERR_UNKNOWN' | 'BH_ERR_ENV' | 'BH_ERR_LOAD';

/**
 * Every error this library throws. The message is a sentence for people: it names the field, its value, and what it must be. Options, observations and
 * whatever else is given are read once, before anything is done with them; what a getter or a proxy throws meanwhile is the `cause`. What callbacks such as
 * onProgress throw comes as it is.
 */
export class BellhopError extends Error {
  constructor(status: Status, message: string, options?: ErrorOptions);
  /** Always 'BellhopError'. */
  readonly name: 'BellhopError';
  /** What kind of error it is. */
  readonly status: Status;
}

// ---- loading ----

/** Options of {@link load}. */
export interface LoadOptions {
  /**
   * Where bellhop-simd.wasm is (in Node also a path); default: beside this module, or where it is not found, inside the
   * package. Its scalar twin, for engines without SIMD, is expected beside it under the same name with `scalar` for `simd`.
   */
  wasmUrl?: string | URL;
  /** The module's bytes (an ArrayBuffer or a view of one, at most 1 GiB; a copy is taken), or the compiled WebAssembly.Module; then nothing is fetched. */
  wasmBinary?: object;
  /** true or false: only the SIMD, only the scalar binary. Default: SIMD where it runs and computes right. */
  simd?: boolean;
  /**
   * Which module: bellhop-text, which also has language models, transformers, the environments of text, continuous actions
   * (DDPG, TD3, SAC, PPO and REINFORCE of a Box) and PQN, or bellhop, which is smaller. Default: true in Node, false elsewhere. What `wasmUrl` or `wasmBinary` names counts as it is.
   */
  text?: boolean;
  /** Milliseconds that loading may take, above 0 and at most 2^31 - 1; Infinity: no bound. It rejects with BH_ERR_LOAD then. Default: 60,000. */
  timeout?: number;
}

/** Loads the module. Every call makes an instance of its own. Both binaries give the same bits. */
export function load(options?: LoadOptions): Promise<Bellhop>;

/**
 * The seed that `model.evaluate()` and the command line score a finished run with, unless told otherwise: the run's
 * seed plus 2^40 (modulo 2^53), apart from every seed a person picks. `seed` is a whole number from 0 to 2^53 - 1.
 */
export function evaluationSeed(seed: number): number;

/**
 * A run's records as a TensorBoard event file: the bytes of `header()`, then those of `events(records)` as `onProgress`
 * gets the records, in a file whose name contains "tfevents". Scalars have Stable-Baselines3's names.
 */
export class TensorBoardWriter {
  /** @param clock  gives seconds since 1970, a finite number; default: now */
  constructor(clock?: () => number);
  /** The bytes an event file begins with. @param from  timesteps (0 to 2^53 - 2) that a run has which goes on; later ones of the folder's other files are not drawn */
  header(from?: number): Uint8Array;
  /** The bytes of some records, as `onProgress` gets them, to be appended to the file. */
  events(records: readonly RunRecord[]): Uint8Array;
}

/** One instance of the library. */
export interface Bellhop {
  /** Version of the library, as in package.json. */
  readonly version: string;
  /** Which kernels run. */
  readonly simd: 'wasm-simd128' | 'scalar';
  /** Everything there is, with options and presets, also what was registered. Frozen. */
  readonly catalog: Catalog;
  /**
   * Makes an environment. Options are its own, and the time limit, as Gymnasium's:
   * `make('FrozenLake-v1', { isSlippery: false, maxEpisodeSteps: 50 })`.
   */
  make(env: BoxEnvId, options?: MakeOptions): Env<BoxSpace>;
  /** Makes one whose actions are Discrete, or one of your own. */
  make<Id extends EnvId | CustomEnvSource>(env: Id, options?: OptionsOf<Id> & MakeOptions): Env;
  /** As above, and says what its actions are: `make<MultiDiscreteSpace>(Robot)`. */
  make<A extends Space>(env: CustomEnvSource, options?: OwnOptions & MakeOptions): Env<A>;
  /**
   * Self-play: a class of environments in which `model`, trained in ConnectFour-v0 or in one of these, plays the other side of it. Its moves are drawn
   * as `predict(obs, { deterministic: false })` draws them, from the seed of reset; with `deterministic` they are its best ones. `first` says who drops
   * the first stone ('either', 'agent' or 'opponent'; default 'either'), `id` what the environment is called. The model must stay alive, and is not trained by it.
   */
  against(model: Model<any>, options?: { first?: 'either' | 'agent' | 'opponent'; deterministic?: boolean; id?: string }): new () => CustomEnv;
  /** Makes several that step together: `makeVec('CartPole-v1', { numEnvs: 64 })`. */
  makeVec(env: BoxEnvId, options?: VecEnvOptions): VecEnv<BoxSpace>;
  /** Makes several whose actions are Discrete, or several of your own. */
  makeVec<Id extends EnvId | CustomEnvSource>(env: Id, options?: OptionsOf<Id> & VecEnvOptions): VecEnv;
  /** As above, and says what their actions are: `makeVec<MultiDiscreteSpace>(Robot, { numEnvs: 8 })`. */
  makeVec<A extends Space>(env: CustomEnvSource, options?: OwnOptions & VecEnvOptions): VecEnv<A>;
  /**
   * Makes an environment of one's own known under its id, to make() and to checkpoints. Registered again, the new one counts
   * for what is made from then on. Ids of shipped environments are refused. Returns its row of the catalogue.
   */
  register(env: CustomEnvSource): EnvEntry;
  /** checkEnv, also of what is registered under an id. */
  checkEnv(env: EnvId | CustomEnvSource, options?: CheckEnvOptions): EnvReport;
  /** checkEnvAsync, also of what is registered under an id. */
  checkEnvAsync(env: EnvId | CustomEnvSource, options?: CheckEnvOptions): Promise<EnvReport>;
  /** Deep Q-learning (Mnih et al. 2015) and, by options, all of Rainbow. */
  readonly DQN: ModelClass<DQNOptions>;
  /** Q-learning on a table (Watkins 1989). */
  readonly QLearning: ModelClass<QLearningOptions>;
  /** SARSA on a table (Rummery and Niranjan 1994). */
  readonly SARSA: ModelClass<SarsaOptions>;
  /** Expected SARSA on a table (van Seijen et al. 2009). */
  readonly ExpectedSARSA: ModelClass<ExpectedSarsaOptions>;
  /** Double Q-learning on two tables (van Hasselt 2010). */
  readonly DoubleQLearning: ModelClass<DoubleQLearningOptions>;
  /** Value iteration, for environments with a transition table. */
  readonly ValueIteration: ModelClass<ValueIterationOptions>;
  /** Policy iteration, for environments with a transition table. */
  readonly PolicyIteration: ModelClass<PolicyIterationOptions>;
  /** Evaluation of a given policy, for environments with a transition table. */
  readonly PolicyEvaluation: ModelClass<PolicyEvaluationOptions>;
  /** Proximal policy optimization with a clipped objective (Schulman et al. 2017). */
  readonly PPO: PolicyClass<PPOOptions>;
  /** REINFORCE (Williams 1992) with a learned baseline. */
  readonly REINFORCE: PolicyClass<REINFORCEOptions>;
  /** Behaviour cloning and, with a temperature, distillation: learns from demonstrations alone. */
  readonly Clone: ModelClass<CloneOptions>;
  /** Parallelised Q-network (Gallici et al. 2024): Q-learning without replay or target network. Only of the module with everything, load({ text: true }). */
  readonly PQN: ModelClass<PQNOptions>;
  /** Deep deterministic policy gradient (Lillicrap et al. 2016), for actions that are numbers. */
  readonly DDPG: ModelClass<DDPGOptions, BoxSpace>;
  /** Twin delayed DDPG (Fujimoto et al. 2018). */
  readonly TD3: ModelClass<TD3Options, BoxSpace>;
  /** Soft actor-critic (Haarnoja et al. 2018). */
  readonly SAC: ModelClass<SACOptions, BoxSpace>;
  /** The same classes by the name of the algorithm: `new bh.models['sarsa'](env)`. */
  readonly models: Readonly<Record<AlgoName | (string & {}), ModelClass<AnyOptions>>>;
  /** A model of whatever algorithm the checkpoint is of. */
  loadModel(bytes: Uint8Array | ArrayBuffer, env?: EnvId | Env | CustomEnvSource, options?: AnyOptions): Model;
  /** Language models, in modules that have them (LoadOptions.text). `load` reads what `save` wrote. */
  readonly LanguageModel: {
    /** A language model from its checkpoint. */
    load(bytes: Uint8Array | ArrayBuffer): LanguageModel;
  };
  /**
   * Pre-training of a language model, on a text (a string or UTF-8 bytes, at most 64 MB) or on examples of an environment of
   * text: `new bh.Pretraining(bh.make('TextGen-v1'), { nTexts: 5000 })`.
   */
  readonly Pretraining: {
    /** Tokenizes the source and makes a model for it; learn() trains it. */
    new (source: string | Uint8Array | ArrayBuffer | Env, options?: PretrainingOptions): Pretraining;
    /**
     * The training of a full checkpoint, which goes on as if it had never stopped. The source is the one it was made with: it is not in the file, and
     * another one is refused. Of the options those may be others that are flagged `live`.
     */
    load(bytes: Uint8Array | ArrayBuffer, source: string | Uint8Array | ArrayBuffer | Env, options?: PretrainingOptions): Pretraining;
  };
  /** The options of Pretraining with defaults and ranges, as the catalogue has those of algorithms. */
  readonly pretrainingOptions: readonly Field[];
  /** Bytes the library has allocated; 0 when everything has been disposed. */
  liveBytes(): number;
}

// ---- the catalogue ----

/** The value of an option. */
export type OptionValue = boolean | number | string | number[];

/** One option, as its C table has it. */
export interface Field {
  /** snake_case, as in C, files and (with dashes) on the command line. */
  readonly name: string;
  /** camelCase, as in JavaScript. */
  readonly key: string;
  /** Type of the value. 'seed' is a whole number up to 2^53 - 1; 'sizes' is a list of whole numbers. */
  readonly type: 'bool' | 'int' | 'real' | 'seed' | 'choice' | 'sizes' | 'text';
  /** As text, like the values of presets. */
  readonly default: string;
  /** Least allowed number. */
  readonly min?: number;
  /** Greatest allowed number. */
  readonly max?: number;
  /** The words of a choice, separated by `|`. */
  readonly choices?: string;
  /** May be changed while it runs. */
  readonly live: boolean;
  /** One line, in English. */
  readonly help: string;
}

/** An environment in the catalogue. Names are those of C and of files. */
export interface EnvEntry {
  /** Id, with a version as in Gymnasium. */
  readonly id: string;
  /** One line for people. */
  readonly summary: string;
  /** Space of the observations. */
  readonly observation_space: SpaceEntry;
  /** Space of the actions. */
  readonly action_space: SpaceEntry;
  /** Mean return that counts as solved. */
  readonly reward_threshold: number | null;
  /** Time limit in steps; null for none. */
  readonly max_episode_steps: number | null;
  /** Whether {@link Env.transitions} knows its outcomes, which planning needs. */
  readonly has_transitions: boolean;
  /** Whether reset and step say which actions are legal, as `info.action_mask`. */
  readonly has_action_mask: boolean;
  /** Whether the option `exploringStarts` is for it. */
  readonly can_start_anywhere: boolean;
  /** Numbers that `view()` has. */
  readonly n_view: number;
  /** Options of its own, those of `make`. */
  readonly options: readonly Field[];
  /** Shipped hyperparameters, values as text; the first row's algorithm is the default. */
  readonly presets: readonly {
    /** Name of the algorithm, with `/` and the preset's name where it has one. */
    readonly algo: string;
    /** Name of the option, snake_case. */
    readonly name: string;
    /** Its value as text. */
    readonly value: string;
  }[];
}

/** A space in the catalogue, as the module has it: what networks and tables see (docs/environments.md, Spaces). */
export type SpaceEntry =
  | {
    /** The whole numbers from 0 to n - 1. */
    readonly type: 'Discrete';
    /** How many there are. */
    readonly n: number;
  }
  | {
    /** Arrays of numbers. */
    readonly type: 'Box';
    /** 1 to 3 sizes. */
    readonly shape: readonly number[];
    /** Type of the numbers. */
    readonly dtype: 'float32' | 'uint8';
    /** Lower bounds; one number where all are equal. */
    readonly low: number | readonly number[];
    /** Upper bounds, likewise. */
    readonly high: number | readonly number[];
  };

/** An algorithm in the catalogue. */
export interface AlgoEntry {
  /** Name, as in `bh.models` and on the command line. */
  readonly name: AlgoName;
  /** One line for people. */
  readonly summary: string;
  /** Types of the action spaces it can act in. */
  readonly action_spaces: readonly ModuleSpace['type'][];
  /** Only for environments with a transition table. */
  readonly needs_transitions: boolean;
  /** Its "values" are log-probabilities of a policy. */
  readonly gives_log_probs: boolean;
  /** Names of figures of its own in training records, such as 'train/approx_kl'. */
  readonly metrics: readonly string[];
  /** Its own hyperparameters for all environments; algo is 'dqn/rainbow' for those of its preset 'rainbow'. */
  readonly presets: readonly {
    /** Name of the algorithm, with `/` and the preset's name where it has one. */
    readonly algo: string;
    /** Name of the option, snake_case. */
    readonly name: string;
    /** Its value as text. */
    readonly value: string;
  }[];
  /** Its hyperparameters. */
  readonly options: readonly Field[];
}

/** What a module can do. */
export interface Catalog {
  /** Version of the library. */
  readonly version: string;
  /** Which kernels run. */
  readonly simd: 'wasm-simd128' | 'scalar';
  /** Environments, also those that were registered. */
  readonly envs: readonly EnvEntry[];
  /** Algorithms. */
  readonly algos: readonly AlgoEntry[];
  /** Options every run has, whatever the algorithm. */
  readonly run: readonly Field[];
  /** Layout of the rows of records in a {@link Frame}. */
  readonly records: RecordLayout;
}

/** Rows of records, see Frame: numbers in a row, and the first number of each kind. */
export interface RecordLayout {
  /** Numbers in a row. */
  readonly width: number;
  /** First number of a row that tells of an episode. */
  readonly episode: number;
  /** First number of a row that tells of training. */
  readonly train: number;
  /** First number of a row that tells of an evaluation. */
  readonly eval: number;
}

// ---- environments ----

/** A shipped environment, or one that was registered. */
export type EnvId = ShippedEnvId | (string & {});

/** Shipped environments whose actions are a Box. */
export type BoxEnvId = 'Pendulum-v1' | 'MountainCarContinuous-v0';

/** Types of the numbers of a Box. Those of 64 bits come in arrays of 32: their bounds are within 2^24, up to where float32 holds every whole number. */
export type Dtype = 'float32' | 'float64' | 'uint8' | 'int8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64';

/**
 * Arrays of numbers. Observations are flat arrays, row-major over `shape`, of the dtype: a Float32Array, or a Uint8Array where it is 'uint8'.
 * Images are (height, width, channels).
 */
export interface BoxSpace {
  /** Tells a Box from a Discrete. */
  readonly type: 'Box';
  /** 1 to 3 sizes. */
  readonly shape: readonly number[];
  /** Least value of every number, as long as an observation. */
  readonly low: Float32Array | Uint8Array;
  /** Greatest value of every number, as long as an observation. */
  readonly high: Float32Array | Uint8Array;
  /** A network gets float32 as it is and uint8 divided by `high`; the replay buffer keeps uint8 as bytes. All others, and uint8 within a Dict or Tuple, it gets as float32. */
  readonly dtype: Dtype;
}

/** The whole numbers from `start` to start + n - 1. */
export interface DiscreteSpace {
  /** Tells it from other spaces. */
  readonly type: 'Discrete';
  /** How many there are. */
  readonly n: number;
  /** The first of them; missing where it is 0. */
  readonly start?: number;
}

/** Several whole numbers: an array (an Int32Array, where the library makes it) with one for each entry of `nvec`. */
export interface MultiDiscreteSpace {
  /** Tells it from other spaces. */
  readonly type: 'MultiDiscrete';
  /** How many values each has. */
  readonly nvec: readonly number[];
  /** The first value of each; missing where all are 0. */
  readonly start?: readonly number[];
}

/** Zeros and ones: an array (a Uint8Array, where the library makes it), row-major over its shape. */
export interface MultiBinarySpace {
  /** Tells it from other spaces. */
  readonly type: 'MultiBinary';
  /** How many there are, or their shape. */
  readonly n: number | readonly number[];
}

/** An object with an element of each space under its key. They are flattened in the order of the keys as Python sorts them, by code points, as Gymnasium does. */
export interface DictSpace {
  /** Tells it from other spaces. */
  readonly type: 'Dict';
  /** By key. */
  readonly spaces: Readonly<Record<string, Space>>;
}

/** An array with an element of each space. */
export interface TupleSpace {
  /** Tells it from other spaces. */
  readonly type: 'Tuple';
  /** One after the other. */
  readonly spaces: readonly Space[];
}

/** A space of observations or, but for Dict and Tuple, of actions. */
export type Space = BoxSpace | DiscreteSpace | MultiDiscreteSpace | MultiBinarySpace | DictSpace | TupleSpace;

/** The spaces the module knows: Discrete from 0 on, Box of float32 or uint8. All shipped environments have these. */
export type ModuleSpace = BoxSpace | DiscreteSpace;

/** What can be done with a space that the library gives; Gymnasium's names. Not enumerable: spaces can be compared, written as JSON, sent to a worker. */
export interface SpaceMethods<T = any> {
  /**
   * A random element, from a seed (0 to 2^53 - 1) or from a stream of numbers in [0, 1) such as createRng() gives: the same bits everywhere. Numbers with one bound are exponential from it, those with
   * none nearly normal. `mask`, of a Discrete, MultiDiscrete or MultiBinary: 1 for each element that may come, in the order in which they are numbered, as
   * `info.action_mask` is of actions.
   */
  sample(from: number | (() => number), mask?: ArrayLike<number | boolean>): T;
  /** Whether something is an element: of the right form, within the bounds, no key too many. */
  contains(x: unknown): boolean;
}

/** A stream of random numbers in [0, 1), for sample(): the same seed, a whole number between -(2^53 - 1) and 2^53 - 1, gives the same everywhere. */
export function createRng(seed: number): () => number;

/** Something of one type of space. */
export interface OfType<T extends Space['type']> {
  /** Which one. */
  readonly type: T;
}

/** A space as it is written down, checked, with sample() and contains(). Throws BH_ERR_CONFIG with all that is wrong. */
export function makeSpace<T extends Space['type']>(space: SpaceLike & OfType<T>): Extract<Space, OfType<T>> & SpaceMethods;

/** How many numbers an element is when it is flattened. */
export function flatdim(space: SpaceLike | Space): number;

/**
 * An element as numbers, as Gymnasium's flatten: a Box and a MultiBinary as they are, a Discrete as a one-hot vector, a MultiDiscrete as one of each entry, a
 * Dict in the order of its keys, a Tuple in its own. This is what a network gets of an observation; a Discrete that is not within others stays a number.
 */
export function flatten(space: SpaceLike | Space, x: unknown): Float32Array;

/** The element that flatten() made numbers of; numbers of float64 come back as float32 holds them. */
export function unflatten(space: SpaceLike | Space, flat: ArrayLike<number>): any;

/** What is taken for an action: one of a Discrete space, or an array, of a Box flat or nested as its shape. */
export type ActionOf<A extends Space> = A extends DiscreteSpace ? number : ArrayLike<any>;

/** An action that a model chose. */
export type ChosenAction<A extends Space> = A extends DiscreteSpace ? number : A extends MultiDiscreteSpace ? Int32Array : A extends MultiBinarySpace ? Uint8Array : Float32Array;

/** What is taken for an observation: an element of the space. */
export type ObservationLike = number | ArrayLike<number> | Readonly<Record<string, unknown>>;

/** Several observations. */
export type ObservationsLike = ArrayLike<ArrayLike<any>> | readonly Readonly<Record<string, unknown>>[];

/** An environment, by Gymnasium's contract. `A` is the type of its action space. */
export interface Env<A extends Space = DiscreteSpace> extends Disposable {
  /** Space of the observations. */
  readonly observationSpace: Space & SpaceMethods;
  /** Space of the actions. */
  readonly actionSpace: A & SpaceMethods<ChosenAction<A>>;
  /** What Gymnasium's `spec` says of it. */
  readonly spec: {
    /** Id of the environment. */
    readonly id: string;
    /** Mean return that counts as solved; null for none. */
    readonly rewardThreshold: number | null;
    /** Time limit in steps; null for none. */
    readonly maxEpisodeSteps: number | null;
  };
  /** All options it was made with. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** The actions' names, and what a drawing needs: a map's rows, a vocabulary. */
  readonly layout: {
    /** Names of the actions; where they are a Box, of the numbers of one. */
    actions: string[];
    [key: string]: any;
  };
  /**
   * Starts an episode. The same seed (a whole number from 0 to 2^53 - 1) gives the same episodes everywhere; without
   * one, the random stream goes on, and the first reset of all uses seed 0.
   */
  reset(options?: { seed?: number }): [obs: any, info: Record<string, any>];
  /**
   * Takes an action. `terminated`: the task itself ended, no reward follows from here. `truncated`: the time limit cut
   * the episode. After either, call reset.
   */
  step(action: ActionOf<A>): [obs: any, reward: number, terminated: boolean, truncated: boolean, info: Record<string, any>];
  /** Whether some actions may be illegal; `info.action_mask` then says which are legal. */
  readonly hasActionMask: boolean;
  /** Which actions are legal now, 1 or 0 each, as `info.action_mask` of reset and step says where the environment has masks; else all are. */
  actionMasks(): Int8Array;
  /** The outcomes of an action in a state, for environments that know them (`has_transitions`). */
  transitions(state: number, action: number): Transition[];
  /** The state in words; of Dialogue-v0 the talk so far, in English, a line for each turn. */
  describe(): string;
  /** The state in the numbers a drawing needs, see the environment's C file. */
  view(): Float32Array;
  /** Frees it; using it afterwards throws. */
  dispose(): void;
  /** Gymnasium's name for dispose. */
  close(): void;
}

/** One outcome of an action in a state. */
export interface Transition {
  /** Probability of this outcome, above 0. */
  probability: number;
  /** The state that follows. */
  nextState: number;
  /** Its reward. */
  reward: number;
  /** Whether the episode ends there. */
  terminated: boolean;
}

// ---- environments of one's own ----

/** A space as it is written down. Bounds are one number for all, or an array of the space's shape, flat or nested. */
export type SpaceLike =
  | {
    /** The whole numbers from `start` to start + n - 1. */
    readonly type: 'Discrete';
    /** How many there are. */
    readonly n: number;
    /** The first of them; default 0. */
    readonly start?: number;
  }
  | {
    /** Several whole numbers. */
    readonly type: 'MultiDiscrete';
    /** How many values each has. */
    readonly nvec: ArrayLike<number>;
    /** The first value of each; default 0. */
    readonly start?: ArrayLike<number>;
  }
  | {
    /** Zeros and ones. */
    readonly type: 'MultiBinary';
    /** How many there are, or 1 to 3 sizes. */
    readonly n: number | readonly number[];
  }
  | {
    /** Objects with an element of each space. */
    readonly type: 'Dict';
    /** By key. */
    readonly spaces: Readonly<Record<string, SpaceLike>>;
  }
  | {
    /** Arrays with an element of each space. */
    readonly type: 'Tuple';
    /** One after the other. */
    readonly spaces: readonly SpaceLike[];
  }
  | {
    /** Arrays of numbers. */
    readonly type: 'Box';
    /** 1 to 3 sizes; images are (height, width, channels). One size may stand alone. */
    readonly shape: number | readonly number[];
    /** Lower bounds. Default: -Infinity; of whole numbers of 8 and 16 bits their least one, those of 32 and 64 need it. */
    readonly low?: number | ArrayLike<any>;
    /** Upper bounds. Default: Infinity; of whole numbers likewise. */
    readonly high?: number | ArrayLike<any>;
    /** Default: 'float32'. Of uint8 the replay buffer keeps bytes; all others a network gets as float32. */
    readonly dtype?: Dtype;
  };

/** Colours of a lab, as #rrggbb, and its font, for `draw`. */
export interface DrawTheme {
  /** Whether it is light on dark. */
  dark: boolean;
  /** Ground of pictures. */
  ground: string;
  /** Ground of the lab. */
  panel: string;
  /** Text. */
  ink: string;
  /** Captions. */
  muted: string;
  /** Lines and borders. */
  line: string;
  /** The curve of the run. */
  run: string;
  /** The agent. */
  agent: string;
  /** What is written on the agent. */
  onAgent: string;
  /** High values. */
  high: string;
  /** Values in the middle. */
  neutral: string;
  /** Low values. */
  low: string;
  /** Marks. */
  mark: string;
  /** A list of families. */
  font: string;
}

/** What a picture is drawn for, see Session.requestFrame. */
export interface Look {
  /** Width in CSS pixels, above 0 and at most 8192. */
  width: number;
  /** Height in CSS pixels, likewise. */
  height: number;
  /** Pixels of the screen for each, above 0 and at most 16; default 1. */
  pixelRatio?: number;
  /** What `draw` gets; default {}. */
  theme?: Partial<DrawTheme>;
}

/** An option of an environment of one's own, as its author writes it: a row of the catalogue, see {@link Field}. */
export interface OwnOption {
  /** A word in camelCase or snake_case. */
  readonly name: string;
  /** Type of the value. */
  readonly type: Field['type'];
  /** Value where nothing is set; its type is that of the option. */
  readonly default: OptionValue;
  /** Least allowed number. Default: as low as the type goes. */
  readonly min?: number;
  /** Greatest allowed number; of a text the most bytes, 1000 unless given. */
  readonly max?: number;
  /** Words of a choice, also separated by `|`. */
  readonly choices?: readonly string[] | string;
  /** One line for people. */
  readonly help?: string;
  /** Not read: the catalogue has it. */
  readonly key?: string;
  /** Options of an environment in JavaScript are settled when it is made. */
  readonly live?: false;
}

/** An environment by Gymnasium's contract, as its author writes it; see docs/environments.md. */
export interface CustomEnv {
  /** With a version, as Gymnasium's: 'MyEnv-v0'. */
  readonly id?: string;
  /** Space of the observations; may stand on the class instead. */
  readonly observationSpace?: SpaceLike;
  /** Space of the actions: Discrete, MultiDiscrete, MultiBinary, or a Box of float32 with finite bounds; may stand on the class instead. */
  readonly actionSpace?: SpaceLike;
  /** Time limit: after so many steps `truncated` is set for it. */
  readonly maxEpisodeSteps?: number | null;
  /** Mean return that counts as solved. */
  readonly rewardThreshold?: number | null;
  /** One line for people. */
  readonly summary?: string;
  /**
   * Starts an episode. `seed` (a whole number) is given to the first reset, and again to each that shall start from one:
   * everything random follows from it until the next. The observation is an element of the space: of a Discrete a number, of a Box an
   * array, flat or nested, of a Dict an object; it is copied at once. It may return a Promise of that, see `step`.
   */
  reset(options: { seed?: number }): [observation: any, info?: any, ...rest: any[]] | any[] | PromiseLike<any[]>;
  /**
   * Takes an action: a number of a Discrete, an Int32Array of a MultiDiscrete, a Uint8Array of a MultiBinary, or a Float32Array of the numbers of a Box, which a model keeps within its bounds. `terminated`: the task itself ended; `truncated`: it was cut off.
   * It may return a Promise of that: learn, evaluateAsync and sessions wait for it, with the bits of an environment that answers at once; evaluate, make and makeVec cannot.
   */
  step(action: any): [observation: any, reward: number, terminated: boolean, truncated: boolean, info?: any] | any[] | PromiseLike<any[]>;
  /**
   * What the environment is between two steps, its random stream included, for full checkpoints: finite numbers, strings, true, false, null, arrays
   * and plain objects of them, as JSON has; at most 16 MB. Without it a run that is resumed begins a new episode.
   */
  getState?(): any;
  /** Makes the environment what getState() of another one said. It may not have been reset before. */
  setState?(state: any): void;
  /** Whether it gives action masks. Where it is not said, and there is no actionMasks(), a first reset tells. */
  readonly hasActionMask?: boolean;
  /**
   * Which of the Discrete, MultiDiscrete or MultiBinary actions are legal now: 1 or true for each that is, of several entries for every combination, as sb3-contrib's action_masks(). Instead, `info.action_mask` of reset
   * and of every step may say so, as in Gymnasium. At least one is legal until the episode has terminated. Agents choose, explore, and value what
   * follows among legal actions alone.
   */
  actionMasks?(): ArrayLike<number | boolean>;
  /** The state in words: what env.describe() and a lab say of it. */
  describe?(): string;
  /**
   * Draws the state for a lab (docs/element.md), where the environment lives: in a worker, onto an OffscreenCanvas. `context` is clear, counts in CSS
   * pixels, `width` by `height` of them, and has the theme's ink as its colours.
   */
  draw?(context: any, width: number, height: number, theme: Partial<DrawTheme>): void;
  /** Called of each that was made, when it is not needed any more or something failed; not of a single object, which is its author's. */
  close?(): void;
}

/**
 * An environment that you step yourself, such as a game or a robot: a model gets its spaces alone, and is handed observations and outcomes by {@link Model.act},
 * {@link Model.observe} and {@link Model.learn}.
 */
export type OutsideEnv = Omit<CustomEnv, 'reset' | 'step' | 'observationSpace' | 'actionSpace'> & {
  /** Space of the observations. */
  readonly observationSpace: SpaceLike;
  /** Space of the actions. */
  readonly actionSpace: SpaceLike;
  /** There is none: you begin the episodes. */
  readonly reset?: undefined;
  /** There is none: you take the steps. */
  readonly step?: undefined;
};

/**
 * A function or a class that makes environments, or an object whose `create` does: as many as are needed are made, so
 * that several train together (`nEnvs`) and evaluation has its own. Spaces and id may stand on what makes them or on
 * what is made; one is made to read them, reset once to see whether it gives action masks unless it says so, and closed.
 *
 * Or one object with `reset` and `step`: then there is only one. `nEnvs` is 1, and an evaluation is played on the object
 * that is trained on, whose episode ends there, as truncated.
 */
export type CustomEnvSource =
  | CustomEnv
  | OutsideEnv
  | (Omit<CustomEnv, 'reset' | 'step'> & {
    /**
     * What can be set, also of a class (`static options`) or a function, which get the values: `make(id, { leak: 0.1 })`, `envOptions` of a
     * recipe, `--env-leak 0.1`. The spaces may not depend on them.
     */
    readonly options?: readonly OwnOption[];
    /** Makes an environment, with the values of all `options`. */
    create(options?: any): CustomEnv;
  })
  | ((options?: any) => CustomEnv)
  | (new (options?: any) => CustomEnv);

/** Options of {@link checkEnv}. */
export interface CheckEnvOptions {
  /** Random steps to take, 1 to 10,000,000; default 1000. */
  steps?: number;
  /** Of the environment and of the actions, 0 to 2^32 - 1; default 0. */
  seed?: number;
  /** That of the run it is for, 0 to 2,000,000,000: 0 where nothing is evaluated meanwhile, which a single object is better for. Default: 1000, as a run's. */
  evalFreq?: number;
  /** false: errors are only reported. Default: they are thrown, all in one BellhopError (BH_ERR_ENV). */
  throws?: boolean;
}

/** What {@link checkEnv} found. */
export interface EnvReport {
  /** No errors. */
  ok: boolean;
  /** What training would fail at, or learn something wrong from; each kind once, expected against actual. */
  errors: string[];
  /** What is likely a mistake. */
  warnings: string[];
}

/** Plays an environment of one's own with random actions and says everything that is wrong with it. */
export function checkEnv(env: CustomEnvSource, options?: CheckEnvOptions): EnvReport;

/** checkEnv for environments whose `reset` and `step` return Promises, or do not: it waits for them. */
export function checkEnvAsync(env: CustomEnvSource, options?: CheckEnvOptions): Promise<EnvReport>;

// ---- vector environments ----

/** Options of `make`: those of the environment, and the time limit. */
export interface MakeOptions extends EnvOptions {
  /**
   * Steps after which an episode is truncated, instead of the environment's own limit; -1 for none. Default, null or 0: its own. A model that
   * is made from the environment has it too, unless it has the option itself.
   */
  maxEpisodeSteps?: number | null;
}

/** Options of an environment of one's own, by the names in its table. */
export interface OwnOptions {
  [name: string]: unknown;
}

/** Those that `make` takes besides MakeOptions. */
export type OptionsOf<Id> = Id extends ShippedEnvId ? unknown : OwnOptions;

/** Options of `makeVec`: those of `make`, and how many. */
export interface VecEnvOptions extends MakeOptions {
  /** How many, 1 to 65,536; default 1. */
  numEnvs?: number;
}

/**
 * Environments that step together in one call, as Gymnasium's VectorEnv. Arrays have one row per environment, row after
 * row; they are copies. Of spaces other than Discrete and Box, observations are an array with one element each. Environment i is what `make` with the same options gives, reset with `seed + i`.
 */
export interface VecEnv<A extends Space = DiscreteSpace> extends Disposable {
  /** How many there are. */
  readonly numEnvs: number;
  /** The spaces of one of them. */
  readonly singleObservationSpace: Space & SpaceMethods;
  /** Space of the actions of one of them. */
  readonly singleActionSpace: A & SpaceMethods<ChosenAction<A>>;
  /** Id, threshold and time limit of one of them. */
  readonly spec: Env['spec'];
  /** All options they were made with. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /**
   * Gymnasium's AutoresetMode.SAME_STEP: where an episode ends, the same step starts the next one; no step is spent on
   * resetting.
   */
  readonly autoresetMode: 'SameStep';
  /**
   * Starts an episode in each. Environment i gets the seed `seed + i` (`seed` as in Env.reset); without one the random
   * streams go on, and the first reset of all uses seed 0.
   */
  reset(options?: { seed?: number }): [obs: any, infos: {
    /** Where the environments have masks: which actions are legal, one row per environment. */
    action_mask?: Int8Array;
  }];
  /**
   * Takes one action in each. `obs` is what to choose the next actions from: where `terminations` or `truncations` has a
   * 1, the first observation of the next episode. `finalObs` is what these actions led to, in every row. Actions of a Box are arrays, or all
   * their numbers, row after row.
   */
  step(actions: A extends DiscreteSpace ? ArrayLike<number> : A extends BoxSpace ? ArrayLike<number> | readonly ArrayLike<any>[] : readonly ArrayLike<number>[]): [
    obs: any, rewards: Float64Array, terminations: Uint8Array, truncations: Uint8Array,
    infos: {
      /** What the actions led to, one row per environment. */
      finalObs: any;
      /** As of reset; of `obs`. */
      action_mask?: Int8Array;
    },
  ];
  /** Frees them; using them afterwards throws. */
  dispose(): void;
  /** Gymnasium's name for dispose. */
  close(): void;
}

// ---- models ----

/** The parameters as they are, or those of the best evaluation so far. */
export type Which = 'current' | 'best';

/** Options of every run. */
export interface RunOptions extends RunHyperparameters {
  /**
   * Start from the environment's preset for the algorithm (true, the default), from the tables' defaults (false), or from
   * a preset of the algorithm by its name: 'rainbow' for DQN.
   */
  preset?: boolean | PresetName;
}

/** Options of an algorithm that can learn from demonstrations. */
interface DemonstrationsOption {
  /** Demonstrations to learn from. `demoCapacity`, unless given, is as large as they are. */
  demonstrations?: Demonstrations | readonly DemonstrationEpisode[];
}

/** Stable-Baselines3's hyperparameters of DQN, and more. With demonstrations: DQfD (Hester et al. 2018). */
export interface DQNOptions extends RunOptions, DQNHyperparameters, DemonstrationsOption {}

/** Behaviour cloning and, with a temperature, distillation: a policy network that learns from demonstrations alone. */
export interface CloneOptions extends RunOptions, CloneHyperparameters, DemonstrationsOption {}

/** Options of Q-learning. */
export interface QLearningOptions extends RunOptions, QLearningHyperparameters {}
/** Options of SARSA. */
export interface SarsaOptions extends RunOptions, SARSAHyperparameters {}
/** Options of expected SARSA. */
export interface ExpectedSarsaOptions extends RunOptions, ExpectedSARSAHyperparameters {}
/** Options of double Q-learning. */
export interface DoubleQLearningOptions extends RunOptions, DoubleQLearningHyperparameters {}
/** Options of value iteration. */
export interface ValueIterationOptions extends RunOptions, ValueIterationHyperparameters {}
/** Options of policy iteration. */
export interface PolicyIterationOptions extends RunOptions, PolicyIterationHyperparameters {}
/** Options of policy evaluation. */
export interface PolicyEvaluationOptions extends RunOptions, PolicyEvaluationHyperparameters {}

/** What PPO and REINFORCE have in common: a policy and a value network under one optimizer. */
export interface PolicyOptions extends RunOptions, PolicyHyperparameters {}
/** Options of PPO. */
export interface PPOOptions extends RunOptions, PPOHyperparameters {}
/** Options of REINFORCE. */
export interface REINFORCEOptions extends RunOptions, REINFORCEHyperparameters {}
/** Options of PQN. */
export interface PQNOptions extends RunOptions, PQNHyperparameters {}

/** Options of DDPG. */
export interface DDPGOptions extends RunOptions, DDPGHyperparameters, DemonstrationsOption {}
/** Options of TD3. */
export interface TD3Options extends RunOptions, TD3Hyperparameters, DemonstrationsOption {}
/** Options of SAC. */
export interface SACOptions extends RunOptions, SACHyperparameters, DemonstrationsOption {}

/** Options of whatever algorithm. */
export type AnyOptions =
  | CloneOptions | DQNOptions | QLearningOptions | PolicyIterationOptions | PolicyEvaluationOptions | PPOOptions | REINFORCEOptions
  | PQNOptions | DDPGOptions | TD3Options | SACOptions;

/** Any option; those that are not flagged `live` in the catalogue are refused while it runs. */
export type LiveOptions = Omit<
  DQNOptions & Omit<QLearningOptions, keyof DQNOptions> & Omit<CloneOptions, keyof DQNOptions>
  & PolicyIterationOptions & PolicyEvaluationOptions & Omit<PPOOptions & REINFORCEOptions & PQNOptions, keyof DQNOptions>
  & Omit<DDPGOptions & TD3Options & SACOptions, keyof DQNOptions>,
  'preset' | 'demonstrations'
> & RewardWeights;

/** A class of models whose policies know Discrete actions and a Box: categorical ones, and diagonal Gaussians. */
export type PolicyClass<Options> = { new (env: BoxEnvId | Env<BoxSpace>, options?: Options): Model<BoxSpace> } & ModelClass<Options>;

/** A class of models: one algorithm. It belongs to the instance of the module whose memory its models live in, so it comes from load(), not from an import. */
export interface ModelClass<Options, A extends Space = DiscreteSpace> {
  /**
   * A model that learns in an environment of the same id and options as `env`; `env` itself is not stepped, unless it is a
   * single object of one's own (CustomEnvSource). An id is enough, as in Stable-Baselines3: `new bh.DQN('CartPole-v1')`, with the environment's
   * default options. dispose() closes what it made. There is no policy argument: networks are set by options. Options
   * are applied over the environment's preset for the algorithm; `preset: false` starts from the tables' defaults.
   */
  new (env: EnvId | Env<A> | CustomEnvSource, options?: Options): Model<A>;
  /** The same, where an action is several whole numbers, or zeros and ones: every combination of them is an action of its own. */
  new <B extends A extends DiscreteSpace ? MultiDiscreteSpace | MultiBinarySpace : never>(env: Env<B>, options?: Options): Model<B>;
  /**
   * A model from a checkpoint. With `env`, id and shapes must agree and its options count; without, the environment
   * is the one it was saved with; one's own must be registered then. `options` change the checkpoint's own.
   *
   * A safetensors file of another program, such as a state dict of Stable-Baselines3, needs `env`, and `options` that make a network of its shapes; F16,
   * BF16 and F64 are converted, tensors the model does not have are skipped and named on the console: docs/checkpoints.md.
   *
   * A full checkpoint gives the run it was saved from, which goes on as if it had never stopped: learn() takes what is left of its plan. Of its
   * options those can change that are live. Environments of one's own without getState() begin new episodes, and the console says so.
   */
  load(bytes: Uint8Array | ArrayBuffer, env?: EnvId | Env<A> | CustomEnvSource, options?: Options): Model<A>;
}

/** Scalars under Stable-Baselines3's names; those nothing is known of yet are missing. */
export interface MetricValues {
  /** Environment steps so far. */
  'time/total_timesteps'?: number;
  /** Mean of the last 100 episodes. */
  'rollout/ep_rew_mean'?: number;
  /** Mean length of the last 100 episodes, in steps. */
  'rollout/ep_len_mean'?: number;
  /** Epsilon (temperature, noise) of exploration. */
  'rollout/exploration_rate'?: number;
  /** Mean loss of the updates since the last record. */
  'train/loss'?: number;
  /** Learning rate of the last update. */
  'train/learning_rate'?: number;
  /** Updates so far. */
  'train/n_updates'?: number;
  /** Mean over the batches of max Q; of policies, of the states' values. */
  'train/mean_q'?: number;
  /** Mean norm of the gradient before clipping. */
  'train/grad_norm'?: number;
  /** PPO and REINFORCE, this one and the next three; in environments of text also the two after them. */
  'train/policy_gradient_loss'?: number;
  /** Loss of the value network. */
  'train/value_loss'?: number;
  /** Minus the mean entropy of the policy. */
  'train/entropy_loss'?: number;
  /** Share of the variance of returns that the value network explains; 1 is all of it. */
  'train/explained_variance'?: number;
  /** How far the policy is from the one it started from, and what weight that has as a cost. */
  'train/kl_reference'?: number;
  /** Weight of that distance in the reward. */
  'train/kl_coef'?: number;
  /** PPO. */
  'train/approx_kl'?: number;
  /** PPO. Share of the probability ratios that were clipped. */
  'train/clip_fraction'?: number;
  /** DDPG, TD3 and SAC, this one and the next. */
  'train/actor_loss'?: number;
  /** Loss of all critics together. */
  'train/critic_loss'?: number;
  /** SAC: weight of the entropy. */
  'train/ent_coef'?: number;
  /** SAC: loss of that weight's logarithm. */
  'train/ent_coef_loss'?: number;
  /** Mean return of the last evaluation. */
  'eval/mean_reward'?: number;
  /** Standard deviation of its returns. */
  'eval/std_reward'?: number;
  /** Least of its returns. */
  'eval/min_reward'?: number;
  /** Greatest of its returns. */
  'eval/max_reward'?: number;
  /** Mean length of its episodes, in steps. */
  'eval/mean_ep_length'?: number;
  /** 1 where it was the best so far, else 0. */
  'eval/is_best'?: number;
}

/** What happened in a run: an episode ended, updates were made, or an evaluation was played. */
export type RunRecord =
  | {
    /** A training episode ended. */
    type: 'episode';
    /** When, in environment steps. */
    timestep: number;
    /** Its undiscounted return. */
    return: number;
    /** Its length in steps. */
    length: number;
    /** Which of the `nEnvs` environments it was played in, from 0. */
    env: number;
  }
  | {
    /** Updates were made since the last such record; figures are means over them. */
    type: 'train';
    /** When, in environment steps. */
    timestep: number;
    /** Loss. */
    loss: number;
    /** Mean over the batches of max Q; of policies, of the states' values. */
    meanQ: number;
    /** Epsilon (temperature, noise) of exploration, as it is now. */
    epsilon: number;
    /** Learning rate, as it is now. */
    learningRate: number;
    /** Updates so far. */
    nUpdates: number;
    /** Norm of the gradient before clipping. */
    gradNorm: number;
    /** What the algorithm measures beyond that, by name; see AlgoEntry.metrics. */
    extra: Record<string, number>;
  }
  | {
    /** Greedy episodes were played in environments of their own. */
    type: 'eval';
    /** When, in environment steps. */
    timestep: number;
    /** Mean return. */
    meanReward: number;
    /** Standard deviation of the returns, divided by n. */
    stdReward: number;
    /** Whether it was the best so far, whose parameters are kept. */
    isBest: boolean;
    /** Least return. */
    minReward: number;
    /** Greatest return. */
    maxReward: number;
    /** Mean length in steps. */
    meanLength: number;
  };

export interface LearnProgress extends MetricValues {
  /** Environment steps so far, of all calls of learn. */
  timesteps: number;
  /** Where this call of learn ends. */
  totalTimesteps: number;
  /** Episodes that have ended. */
  episodes: number;
  /** Updates so far: gradient steps, table entries or sweeps. */
  nUpdates: number;
}

/** How it stands when learn is over. */
export interface LearnResult extends LearnProgress {
  /** As Model.diverged. */
  diverged: boolean;
  /** As Model.finished. */
  finished: boolean;
  /** As Model.solvedAt. */
  solvedAt: number | null;
  /** Where you step the environment ({@link OutsideEnv}): what has happened since the last call. */
  records?: RunRecord[];
}

/** Options of {@link Model.learn}. */
export interface LearnOptions {
  /**
   * The next part of the run: so many environment steps, at most as many as the option `totalTimesteps` may be; 0 only ends what is under way since a call was aborted, an update or an evaluation. The plan stays
   * what it is: schedules end where the option `totalTimesteps` says, and are stretched only by what goes beyond. Parts that add up to a whole are that whole, bit for bit.
   */
  steps?: number;
  /**
   * A new plan: so many environment steps from here (1 or more, at most as many as of `steps`), schedules stretched to their end (Stable-Baselines3's total_timesteps). Without this and
   * `steps`: what is left of the plan, the option `totalTimesteps`; once that is over, as many again.
   */
  totalTimesteps?: number;
  /**
   * true: timesteps, episodes, schedules and the plan of evaluations begin at 0 again and episodes under way are truncated, as
   * Stable-Baselines3's reset_num_timesteps; parameters, replay and number of updates stay. Default false, unlike there.
   */
  resetNumTimesteps?: boolean;
  /**
   * Called after every slice, by a session about ten times a second; `records` is what happened since the last call. It may be async: no step
   * is taken before it has settled. Returning false stops. What it throws rejects learn; the run can go on from there. `error` is what an
   * environment has thrown in the middle of a step; learn rejects with it next.
   */
  onProgress?: (progress: LearnProgress & { records: RunRecord[]; error?: unknown }) => unknown;
  /** Stops when it is aborted, also while onProgress is waited for. learn then resolves, to where it stopped; it does not reject with an AbortError, as fetch does. */
  signal?: AbortSignal;
  /** How long one slice takes before others have their turn, 0 to 2^31 - 1; default 12. */
  sliceMilliseconds?: number;
}

/** Options of {@link Model.predict}. */
export interface PredictOptions extends MaskOptions {
  /**
   * true (the default, unlike Stable-Baselines3's): the best action. false: as the model acts while it learns now: a policy draws from its
   * probabilities, others explore (epsilon-greedy at the present epsilon, Boltzmann …). What is drawn touches no stream of the run: predicting
   * does not change what is learned.
   */
  deterministic?: boolean;
  /**
   * With `deterministic: false`: the stream of drawn actions begins anew from this seed (0 to 2^53 - 1). Without it the stream goes on; it
   * began from the option `seed`. So the same calls draw the same actions everywhere.
   */
  seed?: number;
}

/** What is legal where a model is asked; as `action_masks` of sb3-contrib. */
export interface MaskOptions {
  /**
   * 1 or true for each action that is legal in the observation, as `info.action_mask` of reset and step is; of several observations an array of
   * masks, or one after the other. Without it all actions count as legal. For environments with action masks; others refuse it.
   */
  actionMask?: ArrayLike<number | boolean> | ArrayLike<ArrayLike<number | boolean>>;
}

/** Options of {@link Model.save}. */
export interface SaveOptions {
  /** Default: 'current'. A full checkpoint has both. */
  which?: Which;
  /**
   * Everything the run is: also moments, target network, replay with priorities, counters, schedules, every random stream, the environments' states,
   * the best parameters. Default false: parameters, and what they were trained with.
   */
  full?: boolean;
}

/** Options of an evaluation. */
export interface EvaluateOptions {
  /** 1 to 1,000,000. Default: the option `finalEvalEpisodes`. */
  episodes?: number;
  /** 0 to 2^53 - 1. Default: evaluationSeed(the run's seed). */
  seed?: number;
  /** Default: 'current'. */
  which?: Which;
}

/** Options of evaluateAsync. */
export interface EvaluateAsyncOptions extends EvaluateOptions {
  /** When it aborts, the evaluation ends, and evaluateAsync rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Undiscounted returns of greedy episodes. */
export interface Score {
  /** Mean return. */
  mean: number;
  /** Over the episodes, divided by n. */
  std: number;
  /** Least return. */
  min: number;
  /** Greatest return. */
  max: number;
  /** Mean length, in steps. */
  meanLength: number;
  /** How many episodes were played. */
  episodes: number;
}

/** An algorithm with an environment to learn in. `A` is the type of its action space. */
export interface Model<A extends Space = DiscreteSpace> extends Disposable {
  /** Name of the algorithm. */
  readonly algo: AlgoName;
  /** The environment it learns in. */
  readonly env: {
    /** Its id. */
    readonly id: string;
    /** All options it was made with. */
    readonly options: Record<string, OptionValue>;
  };
  /** All options of run and algorithm, as they are now. */
  readonly options: Record<string, OptionValue>;
  /** Space of the observations. */
  readonly observationSpace: Space & SpaceMethods;
  /** Space of the actions. */
  readonly actionSpace: A & SpaceMethods<ChosenAction<A>>;
  /** Environment steps so far. */
  readonly timesteps: number;
  /** Training episodes that have ended. */
  readonly episodes: number;
  /** First evaluation at or above the environment's threshold, in environment steps; null if none yet. */
  readonly solvedAt: number | null;
  /** Whether it stands where the option `stopAtThreshold` stopped it. */
  readonly finished: boolean;
  /** Whether a loss was, or a parameter is, not a finite number: the settings do not work. Looks through all parameters. */
  readonly diverged: boolean;
  /**
   * Learns, in slices, so that a page stays alive. Called again it goes on from where it is, see LearnOptions. Where all steps were taken and none led to an
   * update (PPO with fewer than `nSteps`), `nUpdates` is 0 and the console warns, once a model; not where `learningStarts` is
   * 1e9, its largest: that run shall not learn.
   *
   * Where you step the environment ({@link OutsideEnv}), call it after each `observe`, without options: it does the learning that is due, before it returns; the result has
   * the `records` since the last call.
   */
  learn(options?: LearnOptions): Promise<LearnResult>;
  /** The action for an observation, exploring, of the model's own random stream: where you step the environment ({@link OutsideEnv}). Then observe what comes of it. */
  act(obs: ObservationLike): ChosenAction<A>;
  /** Takes in what the last action led to: what `step` returned, with the final observation where the episode ended. The next `act` then begins another one. */
  observe(outcome: readonly [observation: ObservationLike, reward: number, terminated: boolean, truncated: boolean, info?: any] | readonly any[]): void;
  /** The best action. (Stable-Baselines3 returns [action, state]; there is no state here.) */
  predict(obs: ObservationLike, options?: PredictOptions): ChosenAction<A>;
  /** For several observations, several actions. */
  predict(obs: ObservationsLike, options?: PredictOptions): ChosenAction<A>[];
  /**
   * The value of every action, -Infinity where `actionMask` says it is illegal; of several observations, one row after the other. Of a MultiDiscrete or
   * MultiBinary space, of every combination of its entries, the last one fastest. Of policies (`gives_log_probs` in the
   * catalogue: PPO, REINFORCE, Clone) the log-probability of every action. Where actions are a Box there is no list of them: the value of each of
   * `actions`, one for each observation, by the least of the critics.
   */
  qValues(obs: ObservationLike | ObservationsLike, ...actions: A extends BoxSpace ? [actions: ArrayLike<any>] : [options?: MaskOptions]): Float64Array;
  /**
   * The value of the state each observation is of (Stable-Baselines3's predict_values): of PPO and REINFORCE what the value network says, of
   * all others the value of the best action, of those that are legal. Throws BH_ERR_CONFIG for a policy without one: Clone, and REINFORCE with `baseline: false`.
   */
  predictValues(obs: ObservationLike | ObservationsLike, options?: MaskOptions): Float64Array;
  /**
   * The log-probability that a policy (PPO, REINFORCE, Clone) gives every action, -Infinity where the environment does not allow it; of several
   * observations, one row after the other. Throws BH_ERR_CONFIG for algorithms that learn values, and where actions are a Box.
   */
  logProbs(obs: ObservationLike | ObservationsLike, options?: MaskOptions): Float64Array;
  /** Plays greedy episodes in environments of their own; what the model learns is not touched. */
  evaluate(options?: EvaluateOptions): Score;
  /**
   * The same, of environments whose `reset` and `step` return Promises too; during `learn`, after the step that is under way. It plays in slices, as
   * learn does: timers, messages and `signal` have their turn meanwhile, and learn waits.
   */
  evaluateAsync(options?: EvaluateAsyncOptions): Promise<Score>;
  /** Changes options flagged `live`; when one is refused, all stay as they were. */
  set(options: LiveOptions): void;
  /**
   * A checkpoint: safetensors with Stable-Baselines3's names, all options in its metadata: docs/checkpoints.md. With `full: true` that of the run:
   * load() then goes on from there as if it had never stopped, to the bit. Throws BH_ERR_ENV when getState() of an environment of one's own fails.
   */
  save(options?: SaveOptions): Uint8Array;
  /**
   * Takes demonstrations, before the first step, beside those it has: as many as the option `demoCapacity` has room for.
   * For DQN, Clone, DDPG, TD3 and SAC; `new bh.DQN(env, { demonstrations })` makes the room and does this.
   */
  demonstrate(demonstrations: Demonstrations | readonly DemonstrationEpisode[]): void;
  /**
   * Transfer: takes those of a checkpoint's parameters that have the names of this model's, whatever environment,
   * algorithm and options it was saved with (a clone's policy into PPO); the others stay. Returns how many tensors that
   * were; throws when one differs in shape, or when there is none. Files of other programs are taken as by load().
   */
  loadParameters(bytes: Uint8Array | ArrayBuffer): number;
  /**
   * Starts from a language model, best before the first step: its transformer becomes the network's, and what it says of the
   * actions a policy's last layer, where there are no hidden ones; the values of a DQN start at 0. For DQN, PPO and REINFORCE
   * with `featuresExtractor: 'transformer'` ('encoder-decoder' for a model of that architecture) in an environment of text whose
   * vocabulary it was made for, such as a Pretraining on that environment makes; sizes must agree. PPO and REINFORCE keep a frozen copy, from which `klCoef` measures; DQN does with
   * `prior: true`.
   */
  startFrom(languageModel: LanguageModel): void;
  /**
   * The log-probability that the frozen language model gives every action, over those that are allowed; -Infinity for the
   * others. Of several observations, one row after the other. null when none is kept, see startFrom. PPO and REINFORCE that
   * started from none say what their policy was at first.
   */
  logPrior(obs: ObservationLike | ObservationsLike): Float64Array | null;
  /**
   * Keeps the numbers of each update from the next one on, or (false) not any more. What is learned is the same, to the bit; an update takes
   * a little longer.
   */
  watch(isWatched?: boolean): void;
  /** The numbers of the last update since watch(); null before the first one, and where nobody watches. */
  lastUpdate(): UpdateNumbers | null;
  /** What the agent holds of the state of an observation: visits, and the activations of the layers. Nothing of the run changes. */
  inspect(obs: ObservationLike): Inspection;
  /** Copies of the parameters, in a checkpoint's orientation: weights are (outputs, inputs). */
  parameters(options?: { which?: Which }): Record<string, {
    /** Sizes, of a matrix (outputs, inputs). */
    shape: number[];
    /** The numbers, row after row. */
    data: Float32Array | Float64Array;
  }>;
  /** SHA-256 of the parameters' bytes, as a checkpoint has them. */
  sha256(options?: { which?: Which }): string;
  /** Frees it; using it afterwards throws. */
  dispose(): void;
}

// ---- language models ----

/** How the next token is drawn. */
export interface Sampling {
  /** What logits are divided by, 0 to 100; default 1. 0: always the most probable token. */
  temperature?: number;
  /** Only the k most probable tokens (Fan et al. 2018), at most 1,000,000; 0, the default: all. */
  topK?: number;
  /** Of those only the fewest that together have this probability (Holtzman et al. 2020), above 0; default 1: all. */
  topP?: number;
}

/** Options of {@link LanguageModel.sample}. */
export interface SampleOptions extends Sampling {
  /** How the text begins; its own text, or token ids. Default: with nothing. */
  prompt?: string | ArrayLike<number>;
  /** Tokens to write, 1 to 1,000,000; default 100. */
  length?: number;
  /** 0 to 2^53 - 1; default 0. The same seed gives the same text everywhere. */
  seed?: number;
}

/** What somebody said in Dialogue-v0: `info.talk` of its reset and step is a list of these, and {@link LanguageModel.talk} gives one. */
export interface Turn {
  /** Who said it. */
  who: 'guest' | 'bellhop';
  /** The words, as agents and language models read them. */
  text: string;
  /** An English sentence for them; the words themselves where no guest says so. */
  en: string;
  /** A Chinese one. */
  zh: string;
}

/** Sizes and kind of a language model. */
export interface LanguageModelInfo {
  /** Tokens it knows. */
  readonly vocabulary: number;
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Tokens it looks back on. */
  readonly context: number;
  /** Width of the embedding. */
  readonly dModel: number;
  /** Attention heads per layer. */
  readonly nHeads: number;
  /** Layers. */
  readonly nLayers: number;
  /** Whether the output layer is the token embedding once more. */
  readonly tied: boolean;
  /** Which form of GELU its layers use. */
  readonly gelu: 'tanh' | 'erf';
  /** One causal stack, or an encoder of the source and a decoder of what is written about it; each has `nLayers`. */
  readonly architecture: 'decoder' | 'encoder-decoder';
  /** 'words': the vocabulary of an environment of text, written with spaces between. */
  readonly tokenizer: 'char' | 'word' | 'bpe' | 'words';
}

/**
 * A transformer that says which token comes next, with its tokenizer. Token 0 stands for what the vocabulary lacks and is never
 * written; any text can be read. Texts and prompts are read as {@link readText} reads them: e with an accent behind it is é.
 */
export interface LanguageModel extends Disposable {
  /** Sizes and kind. */
  readonly info: LanguageModelInfo;
  /** The texts of the tokens, by id. Frozen. */
  readonly tokens: readonly string[];
  /** The tokens of a text (a string or UTF-8 bytes), as {@link readText} reads it; what the vocabulary lacks is 0. */
  encode(text: string | Uint8Array | ArrayBuffer): Uint16Array;
  /** The text of some tokens. */
  decode(ids: ArrayLike<number>): string;
  /** Writes on. `ids` and `text` are what follows the prompt, without it. */
  sample(options?: SampleOptions): {
    /** The tokens. */
    ids: Uint16Array;
    /** Their text. */
    text: string;
  };
  /** The probability of every token to come after a prompt, as sampling draws from it. */
  next(prompt?: string | ArrayLike<number>, options?: Sampling): Float64Array;
  /**
   * What a reader is shown for a text of the model, or for token ids: a model of Dialogue-v0's vocabulary writes words, and this gives the
   * sentences for them, up to END. Each meaning has several; another `seed` (default 0) takes others. null: the texts of this model are no talk.
   */
  talk(text: string | ArrayLike<number>, options?: { /** Which sentences. */ seed?: number }): Turn[] | null;
  /** exp of the mean -log p of each token of a text (2 tokens or more), or of token ids, after those before it. */
  perplexity(text: string | ArrayLike<number>): number;
  /** A checkpoint: safetensors with nanoGPT's names, the tokenizer beside them. */
  save(): Uint8Array;
  /** SHA-256 of the parameters' bytes, as a checkpoint has them. */
  sha256(): string;
  /** Frees it; using it afterwards throws. That of a training goes with the training: there, nothing happens. */
  dispose(): void;
}

/** What was changed of a text before it was learned from or written on. */
export interface TextChanges {
  /** Line ends CRLF that became LF. */
  crlf: number;
  /** Line ends CR alone that became LF. */
  cr: number;
  /** Byte order marks at the beginning, which were removed. */
  byteOrderMarks: number;
  /** Characters that are others in Unicode's composed form, NFC: e and a combining accent became é. */
  composed: number;
}

/**
 * A text as every corpus, prompt and text for a language model is read: from a string or UTF-8 bytes, without a byte order mark, with LF at the ends of lines, in NFC.
 * `changes` is null where it is so already. Throws for bytes in UTF-16 or UTF-32, which it names, bytes that are not UTF-8, and half of a surrogate pair.
 */
export function readText(source: string | Uint8Array | ArrayBuffer): {
  /** The text. */
  text: string;
  /** What it has otherwise than the source. */
  changes: TextChanges | null;
};

/** `bellhop pretrain --help` lists them with their defaults. */
export interface PretrainingOptions extends PretrainingHyperparameters {
  /** On an environment: how many examples are made, 2 to 1,000,000; default 20,000. */
  nTexts?: number;
}

/** What happened in a pre-training: steps were taken, or an evaluation was made. */
export type PretrainingRecord =
  | {
    /** Steps were taken; loss and norm are means since the last such record. */
    type: 'train';
    /** Optimizer steps so far. */
    step: number;
    /** Mean -log p of a token, in nats. */
    loss: number;
    /** Learning rate, as it is now. */
    learningRate: number;
    /** Norm of the gradient before clipping. */
    gradNorm: number;
  }
  | {
    /** An evaluation on `evalWindows` held-out windows. */
    type: 'eval';
    /** Optimizer steps so far. */
    step: number;
    /** Mean -log p of a token, in nats. */
    loss: number;
    /** exp of the loss. */
    perplexity: number;
    /** Whether it was the best so far. */
    isBest: boolean;
  };

/** Options of {@link Pretraining.learn}. */
export interface PretrainOptions {
  /** Steps to take in this call, 0 to 10,000,000; default: those left to `maxSteps`. */
  steps?: number;
  /** Called after every slice; returning false stops. `maxSteps` is where this call ends, `records` what happened since the last call. */
  onProgress?: (progress: { steps: number; maxSteps: number; records: PretrainingRecord[] }) => unknown;
  /** Stops when it is aborted, also while onProgress is waited for. learn then resolves, to where it stopped; it does not reject with an AbortError, as fetch does. */
  signal?: AbortSignal;
  /** How long one slice takes before others have their turn, 0 to 2^31 - 1; default 12. */
  sliceMilliseconds?: number;
}

/** A language model that learns what comes next in a corpus. The same options and corpus give the same bits everywhere. */
export interface Pretraining extends Disposable {
  /** The model as it is now. */
  readonly model: LanguageModel;
  /** All options, as they are now. */
  readonly options: Record<string, OptionValue>;
  /** Steps so far. */
  readonly steps: number;
  /** Tokens learned from in them. */
  readonly tokensSeen: number;
  /** What {@link readText} changed of the corpus; null: nothing, or the corpus is an environment's. */
  readonly textChanges: TextChanges | null;
  /** Learns, in slices, so that a page stays alive. Called again it goes on from where it is. */
  learn(options?: PretrainOptions): Promise<this>;
  /** Takes n steps (1 to 10,000,000; default 1) at once. */
  step(n?: number): void;
  /** Takes the records since the last call, of up to 4,096; those that learn gave to onProgress are not among them. */
  drain(): PretrainingRecord[];
  /** Loss and perplexity on so many held-out windows (at most 10,000,000), spread evenly; without a number, or 0, on all. */
  validate(options?: { windows?: number }): {
    /** Mean -log p of a token, in nats. */
    loss: number;
    /** exp of the loss. */
    perplexity: number;
  };
  /**
   * What to beat: the perplexities on held-out text of models that count tokens, and triples of tokens with the best of a few
   * add-k smoothings; and the tokens of the corpus, with those that are learned from.
   */
  ngrams(): {
    /** Tokens of the corpus. */
    tokens: number;
    /** Those that are learned from. */
    trainTokens: number;
    /** Perplexity of the model that counts tokens. */
    unigram: number;
    /** Perplexity of the model that counts triples of tokens. */
    trigram: number;
    /** What it adds to every count. */
    k: number;
  };
  /** Changes options flagged `live`; when one is refused, all stay as they were. */
  set(options: LivePretrainingOptions): void;
  /**
   * A checkpoint of the model, for LanguageModel.load. With `full` one of everything the training is but for its text, also moments, counters and the random
   * stream: Pretraining.load goes on with it.
   */
  save(options?: { full?: boolean }): Uint8Array;
  /** Frees it and its model; using them afterwards throws. */
  dispose(): void;
}

// ---- demonstrations ----

/** An episode somebody played. `obs` has one entry more than the others: the last one is what the last action led to. */
export interface DemonstrationEpisode {
  /** Observations, of which the first was the start. */
  obs: ArrayLike<number> | ObservationsLike;
  /** The actions that were taken, as env.step() takes them: numbers, or an array each. */
  actions: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  /** The rewards they gave. */
  rewards: ArrayLike<number>;
  /** How it ended; neither, where it was just broken off, counts as truncated. */
  terminated: boolean;
  /** See `terminated`. */
  truncated: boolean;
  /** What whoever played thought of every action: values, or log-probabilities. For distillation. */
  actionValues?: ArrayLike<ArrayLike<number>>;
  /** The action mask of each observation, where the environment has masks; without them all actions count as legal. */
  actionMasks?: ArrayLike<ArrayLike<number>>;
}

/** Episodes somebody played in an environment. */
export interface Demonstrations {
  /** Id of the environment. */
  env: string;
  /** Its options. */
  envOptions?: Record<string, any>;
  /** Who played. */
  policy?: string;
  /** The episodes. */
  episodes: DemonstrationEpisode[];
}

/** Reads a .jsonl file of demonstrations. Throws BH_ERR_FORMAT with the line where something is wrong. */
export function parseDemonstrations(data: string | Uint8Array | ArrayBuffer): Demonstrations;

/** The text of such a file. */
export function formatDemonstrations(demonstrations: Demonstrations): string;

/** Records what is played, whoever plays, from what reset() and step() give, of which it takes copies. */
export class Recorder {
  constructor(about: { env: string; envOptions?: Record<string, any>; policy?: string });
  /** An episode begins; one under way ends where it is, truncated. `actionMask` is info.action_mask, where there are masks: for all observations or for none. */
  reset(obs: ObservationLike, actionMask?: ArrayLike<number | boolean>): void;
  /** An action was taken and gave this. `obs`, and its `actionMask`, is what it led to. */
  step(action: number | ArrayLike<number>, obs: ObservationLike, reward: number, terminated: boolean, truncated: boolean, actionValues?: ArrayLike<number>, actionMask?: ArrayLike<number | boolean>): void;
  /** Forgets the episode under way. */
  discard(): void;
  /** Those that have ended. */
  readonly episodes: DemonstrationEpisode[];
  /** The episodes that have ended, with what they were played in. */
  demonstrations(): Demonstrations;
}

// ---- studies ----

/** A list of values, or a range with a distribution. */
export type StudyParameter =
  | {
    /** What is tried; a grid tries each. */
    values: readonly OptionValue[];
  }
  | {
    /** Least value, which is among them. */
    min: number;
    /** Greatest value, which is among them. */
    max: number;
    /**
     * 'uniform': any number (default); 'log_uniform', of W&B 'log_uniform_values': each order of magnitude is as likely; 'int_uniform': whole numbers (default
     * where the option is one, which is whole with 'log_uniform', too); 'q_uniform': min, min + q, min + 2 q and so on.
     */
    distribution?: 'uniform' | 'log_uniform' | 'log_uniform_values' | 'int_uniform' | 'q_uniform';
    /** Distance of two values, for 'q_uniform' and 'int_uniform'. */
    q?: number;
  };

/**
 * Optuna's MedianPruner, for several seeds: they run one after the other, and a trial ends at an evaluation where the mean over its seeds so far, of each
 * the best until then, is below the median of the trials before, of each the mean over its seeds at that step.
 */
export interface MedianPruning {
  /** Which. */
  type: 'median';
  /** Complete trials before the first is ended. Default: 5. */
  n_startup_trials?: number;
  /** Timesteps before which no run is ended. Default: 0. */
  n_warmup_steps?: number;
  /** Timesteps between two looks. Default: 1, which is every evaluation. */
  interval_steps?: number;
}

/** Synchronous successive halving: all trials run `min_resource` timesteps or seeds, the best of them `eta` times as many, and so on; what is left runs to its end. */
export interface SuccessiveHalving {
  /** Which. */
  type: 'successive_halving';
  /** What a rung has more of than the one before: timesteps of each seed, or seeds, with whole runs. Default: 'timesteps'. */
  resource?: 'timesteps' | 'seeds';
  /** Timesteps or seeds of the first rung. Default: 1 seed; timesteps must be given. */
  min_resource?: number;
  /** One of so many goes on to the next rung, which is so many times as long. Default: 4. */
  eta?: number;
  /** Optuna's word for `eta`. */
  reduction_factor?: number;
}

/**
 * A race: the seeds of a trial run one after the other, and it ends where it could not become the best any more even if each of its seeds left came to the
 * best score of any run before (the bound of adaptive capping, Hutter et al. 2009). So the winner is that of the study without it, unless a run is
 * better than all before. It needs several seeds.
 */
export interface Racing {
  /** Which. */
  type: 'racing';
}

/** A study file, in the words of W&B sweeps and Optuna. Option names are camelCase, as in config.json. */
export interface StudyDefinition {
  /** For people. */
  name?: string;
  /** Id of the environment; your own must be registered. */
  env: EnvId;
  /** Where `bellhop sweep` registers it from. */
  envFile?: string;
  /** SHA-256 of that file, 64 digits, which is part of the jobs' ids; `bellhop sweep` fills it in. */
  envSha256?: string;
  /** Options of the environment that are the same in all trials. */
  envOptions?: Record<string, OptionValue>;
  /** Default: the environment's. */
  algo?: AlgoName;
  /** Options of algorithm and run that are the same in all trials, and `preset`. */
  options?: Record<string, OptionValue | undefined>;
  /** 'grid': all combinations; 'random'; 'tpe': the tree-structured Parzen estimator, as Optuna's TPESampler. */
  method: 'grid' | 'random' | 'tpe';
  /** What counts. Default: the mean reward of the best parameters, which is to be great. */
  metric?: {
    /** A column of `bellhop train --seeds`. Default: 'eval/mean_reward'. */
    name?: 'eval/mean_reward' | 'final/mean_reward' | 'eval/std_reward' | 'final/std_reward' | 'solved_at_timestep';
    /** Default: 'maximize' for mean rewards, else 'minimize'. */
    goal?: 'maximize' | 'minimize';
  };
  /** What is tried, by name of the option; options of the environment with `env.` before them. */
  parameters: Record<string, StudyParameter>;
  /** Each trial runs with each of them: a list, or '0-4,7'. Default: [0]. */
  seeds?: string | readonly number[];
  /** Trials there are; a grid may leave it out. At most 1,000,000. */
  run_cap?: number;
  /** Which trials end early. Default: none. */
  early_terminate?: MedianPruning | SuccessiveHalving | Racing;
  /** Random and TPE samples follow from it. Default: 0. */
  seed?: number;
  /**
   * TPE, the median and races take trial k from the results of trials 0 to k - parallel, whatever else is there: so the same file comes to the same trials
   * with any number of machines, and so many trials can run at once. Default: 8.
   */
  parallel?: number;
}

/** One run of a study. Everything its bits follow from is in it, but the version of the library. */
export interface Job {
  /** SHA-256 of the version, the environment, the algorithm, all options, the seed, `until` and `stopBelow`. */
  readonly id: string;
  /** The first trial it is of; another one with the same parameters shares it. */
  readonly trial: number;
  /** Of the run. */
  readonly seed: number;
  /** Id of the environment. */
  readonly env: EnvId;
  /** As in the study. */
  readonly envFile?: string;
  /** As in the study. */
  readonly envSha256?: string;
  /** What the environment is made with. */
  readonly envOptions: Readonly<Record<string, OptionValue>>;
  /** Name of the algorithm. */
  readonly algo: AlgoName;
  /** Options of algorithm and run, and `preset`, without the seed. */
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
  /** Timesteps after which it ends before its `totalTimesteps`: a rung of successive halving. Schedules are those of the whole run. */
  readonly until?: number;
  /** Timesteps and mean rewards, from the median and the seeds before: it ends, pruned, where its best evaluation is below, see {@link bellhop/studies!fallsBelow}. */
  readonly stopBelow?: readonly (readonly [timesteps: number, meanReward: number])[];
  /** What it is scored by: name of the study's metric. */
  readonly metric: string;
}

/** What a study keeps of a {@link JobResult}. */
export interface TrialResult {
  /** How it ended. */
  readonly outcome: JobResult['outcome'];
  /** The metric. */
  readonly score: number | null;
  /** Environment steps it had taken. */
  readonly timesteps: number;
  /** SHA-256 of its parameters. */
  readonly fingerprint: string;
  /** Who ran it. */
  readonly agent?: string;
  /** What failed. */
  readonly message?: string;
}

/** What a job came to. */
export interface JobResult {
  /** Of the job. */
  id: string;
  /** 'finished': to its end, or to `until`; 'pruned': below `stopBelow`; 'diverged': numbers were not finite; 'failed': it could not run. */
  outcome: 'finished' | 'pruned' | 'diverged' | 'failed';
  /** The metric; null where there is none. */
  score: number | null;
  /** Environment steps it had taken. */
  timesteps: number;
  /** Timesteps and mean rewards of its evaluations. Default: none. */
  evaluations?: readonly (readonly [timesteps: number, meanReward: number | null])[];
  /** SHA-256 of its parameters, as `model.sha256()` says it. */
  fingerprint: string;
  /** How long it took; told again, it may differ. */
  seconds?: number;
  /** Who ran it. */
  agent?: string;
  /** What failed. */
  message?: string;
}

/** 'waiting': none of its jobs was asked for; 'pruned': ended early; 'failed': one of its jobs could not run. */
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'failed';

/** A choice of parameters, tried with each seed. It shows what is known now. */
export interface Trial {
  /** From 0. */
  readonly number: number;
  /** By name, as in the study. */
  readonly params: Readonly<Record<string, OptionValue>>;
  /** Its jobs so far: one for each seed, of successive halving one for each seed and rung. */
  readonly jobs: Job[];
  /** What they came to, in the same order. */
  readonly results: (TrialResult | null)[];
  /** How far it is. */
  readonly state: TrialState;
  /** Interquartile mean of the metric over the seeds, of successive halving in the last rung that is done; null where one has none. */
  readonly score: number | null;
  /** 95 % interval of the score by a bootstrap over the seeds; null where there is one seed. */
  readonly interval: [low: number, high: number] | null;
  /** Environment steps it has taken, over all seeds. */
  readonly timesteps: number;
  /** As plain values, jobs by their ids. */
  toJSON(): Record<string, unknown>;
}

/** Ask and tell; {@link bellhop/studies!createStudy} makes one. */
export interface Study {
  /** As it was given. */
  readonly definition: StudyDefinition;
  /** The algorithm, also where the study leaves it to the environment. */
  readonly algo: AlgoName;
  /** With its defaults. */
  readonly metric: {
    /** What jobs are scored by. */
    readonly name: string;
    /** Which way is better. */
    readonly goal: 'maximize' | 'minimize';
  };
  /** As numbers. */
  readonly seeds: readonly number[];
  /** How many trials there will be. */
  readonly size: number;
  /** Those there are so far. */
  readonly trials: Trial[];
  /** Whether all trials are over. */
  readonly finished: boolean;
  /** Results that were told and belong to no job so far: none of a study that is finished, unless they are of another. */
  readonly unmatched: number;
  /** The next job that can run, each once; null: tell what others came to first, or it is {@link Study.finished}. */
  ask(): Job | null;
  /**
   * Takes what a job came to, in any order, also before it was asked for: told all results of another time, a study goes on where it was. Twice the
   * same is fine; the same job with another outcome, score, number of timesteps or fingerprint throws, and names both.
   */
  tell(result: JobResult): void;
  /** The complete trial of the best score, of equals the earliest. */
  best(): Trial | null;
  /**
   * How much each parameter matters for being among the best tenth: PED-ANOVA (Watanabe et al. 2023), as Optuna's evaluator of that name. Shares of sum 1,
   * the greatest first; empty before three trials are complete.
   */
  importance(): Record<string, number>;
  /** Version, definition and trials. */
  toJSON(): Record<string, unknown>;
}

// ---- training in a worker ----

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** The worker's script; default: the one beside this module, or where there is none the one inside the package. */
  workerUrl?: string | URL;
  /**
   * Instead: one you have started, as bundlers want it, `new Worker(new URL('bellhop/worker', import.meta.url), { type: 'module' })`, or one
   * whose script calls serve(). It is the trainer's from then on, which ends it; a second connect() with it is refused.
   */
  worker?: {
    /** Sends a message. */
    postMessage(message: any, transfer?: any): void;
    /** Ends it. */
    terminate(): unknown;
  };
  /** As in load(); relative to the page. */
  wasmUrl?: string | URL;
  /** As in load(); may still be on its way, the worker starts meanwhile. */
  wasmBinary?: object | Promise<object>;
  /** As in load(). */
  simd?: boolean;
  /** As in load(): the module with language models and environments of text. */
  text?: boolean;
  /** As in load(), for module and worker together. */
  timeout?: number;
  /**
   * What to do where the page's Content-Security-Policy refuses every worker: true trains in short slices on the page's thread, with
   * a warning on the console that names the directive; false rejects. Default: true.
   */
  fallback?: boolean;
  /** Instead of starting a worker: a port whose other end is given to serve(). */
  port?: Port;
}

/** A MessagePort, of the DOM or of `node:worker_threads`. */
export interface Port {
  /** Sends a message. */
  postMessage(message: any, transfer?: any): void;
  /** Ends the connection. */
  close?(): void;
}

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Environments of one's own, at most 10,000, which sessions name by their ids. What is wrong with one rejects connect(). */
  envs?: readonly CustomEnvSource[];
  /** What connect({ port }) has the other end of. Default: the worker's own, the other end of connect({ worker }). */
  port?: Port;
}

/**
 * The other end of connect(), for a worker's script of one's own: of a web worker or of a `worker_threads` Worker. Environments are code and
 * cannot be posted: they are imported where they run.
 *
 *     // tank-worker.mjs
 *     import { serve } from 'bellhop/serve';
 *     import { Tank } from './tank.mjs';
 *     serve({ envs: [Tank] });
 *
 *     // the page                                              // Node
 *     const worker = new Worker(                               import { Worker } from 'node:worker_threads';
 *       new URL('./tank-worker.mjs', import.meta.url),         const worker = new Worker(new URL('./tank-worker.mjs', import.meta.url));
 *       { type: 'module' });
 *     const trainer = await connect({ worker });
 *     const session = await trainer.create({ env: 'Tank-v0', algo: 'dqn' });
 *
 * `bellhop` has it too; `bellhop/serve` is it alone, which bundlers make one file of. In Node the module is loaded in the thread. Throws
 * BH_ERR_STATE where there is no worker.
 */
export function serve(options?: ServeOptions): void;

/**
 * Starts a worker with the library in it. Rejects with BH_ERR_LOAD where that is not possible; where the page's
 * Content-Security-Policy is the reason, the message names the directive and what to add to it.
 */
export function connect(options?: ConnectOptions): Promise<Trainer>;

/** A worker with the library in it. */
export interface Trainer {
  /** What its module can do. */
  readonly catalog: Catalog;
  /** Which kernels run. */
  readonly simd: 'wasm-simd128' | 'scalar';
  /** Version of the library. */
  readonly version: string;
  /** Several sessions may exist and play; those that play share the worker's thread. */
  create(recipe: SessionRecipe): Promise<Session>;
  /** Options of language models, as pretrainingOptions of load(); empty without `text`. */
  readonly pretrainingOptions: readonly Field[];
  /** A language model in the worker, which is trained while it plays. Wants `text`. */
  createLanguageModel(recipe: LanguageRecipe): Promise<LanguageSession>;
  /** Bytes its library has allocated. */
  liveBytes(): Promise<number>;
  /** Resolves when the worker has all parts of its script: a lab's own fetches some when they are needed. */
  prepare(): Promise<void>;
  /** Whether it trains in a worker; false: on the page's thread, see ConnectOptions.fallback. */
  readonly isOffThread: boolean;
  /** Whether the worker is gone. */
  readonly isGone: boolean;
  /**
   * Resolves when the worker is gone, terminated, failed or ended by the browser, to the reason; every call, pending or later, is
   * rejected with it. (A worker that the browser ends is noticed in secure contexts, elsewhere not.)
   */
  readonly gone: Promise<BellhopError>;
  /** Ends the worker and all of its sessions. */
  terminate(): void;
}

/** What a session trains, and how. */
export interface SessionRecipe {
  /** Id of a shipped environment; with `checkpoint` it may be left out. */
  env?: EnvId;
  /** Instead of a new run: what bh.loadModel makes of a checkpoint. `options` change its own. */
  checkpoint?: Uint8Array | ArrayBuffer;
  /** Default: the environment's first preset. */
  algo?: AlgoName | (string & {});
  /** Options of run and algorithm, over the preset. */
  options?: AnyOptions;
  /** Options of the environment, and its time limit, as `make` takes them. */
  envOptions?: (EnvOptions & {
    /** As in `make`: -1 for no time limit. */
    maxEpisodeSteps?: number;
  }) | OwnOptions;
  /** For DQN and Clone. */
  demonstrations?: Demonstrations | readonly DemonstrationEpisode[];
  /**
   * Live options that change when `at` environment steps have been taken, in the order of their steps: a run with changes, replayed. What would
   * be refused then is refused when the session is made.
   */
  changes?: readonly {
    /** Environment steps that have been taken by then. */
    at: number;
    /** What changes. */
    options: LiveOptions;
  }[];
  /** The key of a LanguageSession of the same trainer, whose model the run starts from. */
  startFrom?: number;
  /** The key of one whose probabilities of the actions each frame has as `prior`. */
  prior?: number;
  /** Frames of a playing run of text have `written` now and then: a whole text by the present greedy policy. */
  samples?: boolean;
}

/** What a session trains, with every default filled in. */
export interface SessionInfo {
  /** Id of the environment. */
  env: string;
  /** Name of the algorithm. */
  algo: string;
  /** All options, as they are now. */
  options: Record<string, OptionValue>;
  /** All options of the environment. */
  envOptions: Record<string, OptionValue>;
  /** As in {@link Env.layout}. */
  layout: Env['layout'];
  /** Space of the observations. */
  observationSpace: Space;
  /** Space of the actions. */
  actionSpace: Space;
  /** Mean return that counts as solved; null for none. */
  rewardThreshold: number | null;
  /** Time limit in steps; null for none. */
  maxEpisodeSteps: number | null;
  /** One line for people. */
  summary: string;
}

/**
 * What the last update was made from and what came of it, as the core computed with it: arrays by name, `q_tm1`, `a_tm1`, `r_t`, `discount_t`,
 * `td` and so on, rows of a batch one after the other. docs/updates.md lists those of each algorithm. Arrays of more than 262,144 numbers are
 * left out.
 */
export type UpdateNumbers = Record<string, {
  /** Rows and columns. */
  shape: number[];
  /** The numbers, row after row. */
  data: Float64Array;
}>;

/** What an agent holds of a state, as the core has it: docs/updates.md. */
export interface Inspection {
  /**
   * How often each action was taken there in training, in this run, before and after it was resumed; evaluations do not count. null where
   * observations or actions are a Box, or states times actions more than 65,536.
   */
  visits: Int32Array | null;
  /** Steps counted in all states together: the whole training, unless the run goes on from a full checkpoint that does not have the counts. */
  counted: number | null;
  /**
   * The layers of the network that acts, from the first one behind the inputs to the output, without noise; the outputs of a dueling network
   * are the value and the advantages. None of a table.
   */
  layers: {
    /** What its units end with; linear: nothing. */
    activation: 'relu' | 'tanh' | 'linear';
    /** Places and channels of a convolution; else 1 and the number of units. */
    shape: [number, number];
    /** Outputs of the layer, place after place. */
    data: Float64Array;
  }[];
}

/** The state of a session, with what happened since the last frame. */
export interface Frame {
  /** Whether it plays. */
  running: boolean;
  /** totalTimesteps was reached, or the threshold that `stopAtThreshold` stops at; play() goes on from there. */
  finished: boolean;
  /** The loss or a value is not finite any more: the settings do not work. */
  diverged: boolean;
  /** Why it stopped playing: an environment of one's own failed. null while nothing did; play() goes on with new episodes. */
  failure: {
    /** What kind of error. */
    status: Status;
    /** A sentence for people. */
    message: string;
  } | null;
  /** Environment steps so far. */
  timesteps: number;
  /** Training episodes that have ended. */
  episodes: number;
  /** As of the last training record, see the option logFreq. */
  nUpdates: number;
  /** First evaluation at or above the threshold, in environment steps; null if none yet. */
  solvedAt: number | null;
  /** When the run's first update was done, as Date.now() counts but finer; null before it. */
  firstUpdateAt: number | null;
  /** Measured over about the last second. */
  stepsPerSecond: number;
  /** Updates, measured likewise. */
  updatesPerSecond: number;
  /** The last step. */
  last: {
    /** Its action; -1 before the first step, and where actions are a Box. */
    action: number;
    /** Its action's numbers where actions are a Box, 0 before the first step. */
    box?: Float32Array;
    /** Whether exploration chose the action. */
    explored: boolean;
    /** Its reward. */
    reward: number;
    /** Whether the task itself ended. */
    terminated: boolean;
    /** Whether the episode was cut off. */
    truncated: boolean;
    /** Return of the episode so far. */
    episodeReturn: number;
    /** Steps of the episode so far. */
    episodeLength: number;
  };
  /** The observation after the last step; of uint8 spaces too as floats. */
  obs: Float32Array;
  /** The observation that the last action was chosen for. */
  obsTm1: Float32Array;
  /** As {@link Env.view} gives it. */
  view: Float32Array;
  /** The state in words. */
  text: string;
  /** The environment's `info` of the last step. */
  envInfo: Record<string, any>;
  /** An ImageBitmap that an environment of one's own drew, after requestFrame(look); null where it does not draw itself. Close it when it is not needed. */
  picture?: any;
  /** Values of `obs`, under the parameters as they are now. */
  q: Float64Array;
  /** Values of `obsTm1`, likewise. */
  qTm1: Float64Array;
  /** The numbers of the last update, where the session is watched; else null. */
  update: UpdateNumbers | null;
  /** Values of every state (states x actions), for Discrete observations of up to 1024 states. */
  table: Float64Array | null;
  /**
   * Rows of `recordWidth` numbers, as in src/rl/run.h; the first one is the kind, see RecordLayout. All of them, unless more than
   * 65,536 were waiting to be taken: then those waiting are thinned out evenly, evaluations excepted.
   */
  records: Float64Array;
  /** Numbers in a row of `records`. */
  recordWidth: number;
}

/** One of `corpus`, `env` and `model`. */
export interface LanguageRecipe {
  /** A text to train on. */
  corpus?: string;
  /** An environment of text, on whose examples it is trained. */
  env?: EnvId;
  /** Options of that environment. */
  envOptions?: Record<string, OptionValue>;
  /** The bytes of a saved language model; it writes, but cannot be trained on. */
  model?: Uint8Array;
  /** A full checkpoint of the training, which goes on with the same `corpus` or `env`; of the options those may be others that are flagged `live`. */
  checkpoint?: Uint8Array;
  /** Options of the pre-training. */
  options?: PretrainingOptions;
}

/** What a language session trains. */
export interface LanguageSessionInfo {
  /** Sizes and kind of the model. */
  model: LanguageModelInfo;
  /** null for an opened model. */
  options: Record<string, any> | null;
  /** What was changed of the corpus; null: nothing. */
  textChanges: TextChanges | null;
  /** Perplexities of models that only count, on the held-out text. */
  ngrams: ReturnType<Pretraining['ngrams']> | null;
  /** On the held-out text, before training. */
  start: ReturnType<Pretraining['validate']> | null;
}

/** The state of a language session, with what happened since the last frame. */
export interface LanguageFrame {
  /** Whether it plays. */
  running: boolean;
  /** maxSteps were taken; play() takes as many again. */
  finished: boolean;
  /** The loss is not finite any more. */
  diverged: boolean;
  /** Optimizer steps so far. */
  steps: number;
  /** Where it ends. */
  maxSteps: number;
  /** Tokens learned from. */
  tokensSeen: number;
  /** Over about the last second. */
  tokensPerSecond: number;
  /** Since the last frame. */
  records: PretrainingRecord[];
}

/** A language model in the worker. */
export interface LanguageSession {
  /** What it trains. */
  readonly about: LanguageSessionInfo;
  /** Names this model in a recipe's `startFrom` and `prior`. */
  readonly key: number;
  /** Called when there is something new; set it to draw. */
  onFrame: (frame: LanguageFrame) => void;
  /** Trains until `maxSteps`, or until it is paused. */
  play(): Promise<void>;
  /** Resolves when it stands still and onFrame was called with the frame that says so. */
  pause(): Promise<void>;
  /** Takes n optimizer steps, 1 to 1,000; a frame follows. */
  step(n?: number): Promise<void>;
  /** Changes options flagged `live`. */
  set(options: LivePretrainingOptions): Promise<void>;
  /** A continuation of `options.prompt`, and what {@link LanguageModel.talk} gives for both. */
  sample(options: SampleOptions & {
    /** Whether the talk is wanted. */
    talk: true;
  }): Promise<{
    /** The continuation. */
    text: string;
    /** The talk; null: the texts of this model are none. */
    talk: Turn[] | null;
  }>;
  /** A continuation of `options.prompt`. */
  sample(options: SampleOptions): Promise<string>;
  /** The most probable next tokens after a prompt, `most` of them, at most 1,000,000. */
  next(prompt: string, options: Sampling, most: number): Promise<{
    /** Text of the token. */
    token: string;
    /** Its probability. */
    p: number;
  }[]>;
  /** A checkpoint, for LanguageModel.load; with `full` one of the training, for Pretraining.load and a recipe's `checkpoint`. */
  save(options?: { full?: boolean }): Promise<Uint8Array>;
  /** Frees it in the worker. */
  dispose(): Promise<void>;
}

/** A model with its environment in the worker. What {@link Model} has, over messages. */
export interface Session {
  /** What it trains, with every default filled in. */
  readonly info: SessionInfo;
  /** Called at most once per animation frame, when there is something new. What it throws is not caught; the run goes on. */
  onFrame: (frame: Frame) => void;
  /**
   * Plays at a speed, Infinity (the default) being as fast as possible; while playing, changes the speed. With `until` it pauses
   * when so many environment steps (0 to what the option `totalTimesteps` may be, or Infinity) have been taken. `stepsPerSecond` is above 0.
   */
  play(options?: { stepsPerSecond?: number; until?: number }): Promise<void>;
  /** Resolves when it stands still and onFrame was called with the frame that says so. */
  pause(): Promise<void>;
  /**
   * Takes n environment steps with the learning that is due, at most 100,000, also past the end of the run; a frame follows, which pause() waits
   * for. With `until` fewer: it ends with the first step in which something was learned, or an episode came to its end, and at the end of the run.
   */
  step(n?: number, until?: 'update' | 'episode'): Promise<void>;
  /** A frame, though nothing may have changed. With `look` this one and all later ones have a `picture`, where the environment has draw(). */
  requestFrame(look?: Look): Promise<void>;
  /**
   * As Model.learn, with frames. pause() ends it too, and then it resolves as usual; play() is refused meanwhile. Rejects when the worker ends or
   * the session is disposed.
   */
  learn(options?: LearnOptions): Promise<LearnResult>;
  /** Changes live options; resolves to the environment step since which they hold, for `changes` of a recipe. */
  set(options: LiveOptions): Promise<number>;
  /** As model.watch; the numbers come with the frames. */
  watch(isWatched?: boolean): Promise<void>;
  /**
   * Starts an episode of the environment that is drawn in the state of an observation; for the agent what went before is truncated, as by a
   * time limit. Resolves to the environment step, or to null where it cannot be there: the maps (GridWorld-v0, FrozenLake-v1, CliffWalking-v1)
   * and MountainCar-v0 can. From then on the run is not what its seed makes it.
   */
  place(observation: ObservationLike): Promise<number | null>;
  /** As model.inspect. */
  inspect(observation: ObservationLike): Promise<Inspection>;
  /** As model.evaluate. */
  evaluate(options?: EvaluateOptions): Promise<Score>;
  /** As model.save. */
  save(options?: SaveOptions): Promise<Uint8Array>;
  /** Takes a checkpoint of the same algorithm and environment. */
  load(bytes: Uint8Array | ArrayBuffer): Promise<void>;
  /** As model.sha256. */
  sha256(options?: { which?: Which }): Promise<string>;
  /** As model.predict. */
  predict(obs: ObservationLike, options?: PredictOptions): Promise<number>;
  /** As model.predict. */
  predict(obs: ObservationsLike, options?: PredictOptions): Promise<number[]>;
  /** As model.predictValues. */
  predictValues(obs: ObservationLike | ObservationsLike, options?: MaskOptions): Promise<Float64Array>;
  /** As model.logProbs. */
  logProbs(obs: ObservationLike | ObservationsLike, options?: MaskOptions): Promise<Float64Array>;
  /** As model.qValues. */
  qValues(obs: ObservationLike | ObservationsLike, actions?: ArrayLike<any> | MaskOptions): Promise<Float64Array>;
  /** Frees it in the worker. */
  dispose(): Promise<void>;
}
