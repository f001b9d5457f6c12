// SPDX-License-Identifier: MIT
/// <reference lib="es2022" />
/// <reference lib="dom" />
/**
 * Importing it registers `<bellhop-lab>`. Worker and WebAssembly module are inside, so that it works in every bundler; what draws a lab
 * is a chunk of its own, fetched when one comes near. docs/element.md describes attributes, parts and custom properties.
 * @module bellhop/lab
 */

// ---- the element ----

/** What a lab is at. */
export type Phase = 'loading' | 'ready' | 'preparing' | 'running' | 'paused' | 'finished' | 'diverged' | 'failed';

/** An event of a lab: it bubbles and crosses shadow roots. */
export interface LabEvent<Detail> extends CustomEvent<Detail> {
  /** The lab. */
  readonly target: BellhopLab;
}

/** What `detail` of each event has. */
export interface BellhopLabEvents {
  /** A run is there, also after Reset. */
  'bellhop-ready': LabEvent<Record<string, never>>;
  /** Something new is shown: at most once per animation frame. `meanReturn` is NaN or undefined before the first episode has ended. */
  'bellhop-frame': LabEvent<{
    /** Environment steps so far. */
    timesteps: number,
    /** Episodes that have ended. */
    episodes: number,
    /** Moving mean of their returns. */
    meanReturn?: number,
    /** The state of the session. */
    frame: import('./bellhop.js').Frame,
  }>;
  /** Episodes ended since the last frame: how many so far, the return of the last one, the moving mean. */
  'bellhop-episode': LabEvent<{
    /** Episodes that have ended. */
    episode: number,
    /** Return of the last one. */
    return: number,
    /** Moving mean of their returns. */
    meanReturn: number,
  }>;
  /** Greedy test episodes reached the environment's threshold. */
  'bellhop-solved': LabEvent<{
    /** When, in environment steps. */
    step: number,
  }>;
  /** The phase changed. */
  'bellhop-phase': LabEvent<{
    /** The new one. */
    phase: Phase,
  }>;
  /** An attribute, or something the reader did, was refused; the lab shows it as well. */
  'bellhop-error': LabEvent<{
    /** What is wrong, for people: all of it, where the lab shows the first of many. */
    message: string,
    /** What was thrown. */
    error: unknown,
  }>;
}

/** Setup of a run, as a link has it. */
export interface LabSetup {
  /** Id of the environment. */
  readonly env: string;
  /** Name of the algorithm. */
  readonly algo: string;
  /** Preset of the algorithm, where it is not the environment's. */
  readonly preset?: string;
  /** Everything random follows from it. */
  readonly seed: number;
  /** Settings that differ from the preset. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options of the environment that differ from its defaults. */
  readonly envOptions: Readonly<Record<string, unknown>>;
  /** Live changes, in the order they were made; `at` is the environment step since which each holds. */
  readonly changes: readonly {
    /** Environment steps that had been taken. */
    readonly at: number,
    /** Of the algorithm, or of the environment. */
    readonly scope: 'options' | 'envOptions',
    /** The setting. */
    readonly key: string,
    /** Its value from then on. */
    readonly value: unknown,
  }[];
}

/** An experiment in a page: `<bellhop-lab env="CartPole-v1" seed="7"></bellhop-lab>`. */
export class BellhopLab extends HTMLElement {
  /** Id of the environment; without it the element stays empty. */
  env: string;
  /** Algorithm; the environment's first preset by default. */
  algo: string;
  /** `rainbow`; the environment's by default. */
  preset: string;
  /** Whole number from 0. Default: 0. */
  seed: string | number;
  /** Settings that differ from the preset, in camelCase, options of the environment as `env.NAME`; an object, or JSON of one. */
  settings: string | Record<string, unknown>;
  /** Address of a worker's script that serves environments of yours (bellhop/serve), or a function that starts the worker. */
  worker: string | URL | (() => Worker);
  /** Factor of the natural pace: 0.25, 1, 4, 16, 64, 256 or max. */
  speed: string | number;
  /** Panels, separated by spaces. */
  show: string;
  /** What the reader gets, separated by spaces. */
  controls: string;
  /** Begins to learn as soon as it is seen. */
  autoplay: boolean;
  /** Pauses after exactly so many environment steps. Attribute: `stop-at`. */
  stopAt: string | number;
  /** Goes on while it is out of view or in a hidden tab. */
  background: boolean;
  /** The run outlives the element's time in the document, and waits meanwhile; setting it to false ends it. For hosts that take elements out and put them back. */
  keepAlive: boolean;
  /** light or dark; the host's `color-scheme` by default. */
  theme: string;
  /** The setup of the run it shows; null before there is one. */
  readonly setup: LabSetup | null;
  /** The run it shows as parameters of a link, with the changes made while it ran: after `#` to Bellhop's page, after `?` to the frame. Empty before there is one. */
  readonly query: string;
  /** What it is at. */
  readonly phase: Phase;
  /** Lets it learn. Like the others it waits for the first run, and rejects when there will be none or the lab is taken out of the document. */
  play(): Promise<void>;
  /** Resolves when it stands still and that is shown. */
  pause(): Promise<void>;
  /** One environment step, with the learning that is due. */
  step(): Promise<void>;
  /** The run from its beginning, with the settings that waited. */
  reset(): Promise<void>;
  /** Changes settings: live ones now, the others with the next reset. Rejects, and changes none, with sentences that name field, value and bound of all that are refused. */
  set(settings: Record<string, unknown>): Promise<void>;
  /** A checkpoint of the run, safetensors; loads here, in Node and on the command line. */
  save(options?: { which?: 'current' | 'best' }): Promise<Uint8Array>;
  /** Takes the parameters of a checkpoint of the same environment and algorithm. */
  load(bytes: Uint8Array): Promise<void>;
  /** SHA-256 of the parameters of the run, as every engine gives it. */
  sha256(): Promise<string>;
  /** A line for the reader, with a button if wanted. */
  notice(text: string, kind?: 'good' | 'bad', action?: { label: string, run: () => void }): void;
  /** Listens to an event, see BellhopLabEvents. */
  addEventListener<K extends keyof BellhopLabEvents>(type: K, listener: (this: BellhopLab, event: BellhopLabEvents[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  /** Listens to any other event. */
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  /** Ends listening to an event, see BellhopLabEvents. */
  removeEventListener<K extends keyof BellhopLabEvents>(type: K, listener: (this: BellhopLab, event: BellhopLabEvents[K]) => unknown, options?: boolean | EventListenerOptions): void;
  /** Ends listening to any other event. */
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'bellhop-lab': BellhopLab;
  }
  /** They bubble: elements, documents and windows hear them. */
  interface GlobalEventHandlersEventMap extends BellhopLabEvents {}
}
