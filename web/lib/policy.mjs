// SPDX-License-Identifier: MIT
// What a page's Content-Security-Policy forbids, and what to add to it. A call that is refused fails as any other failing call
// does, and browsers word that differently; what tells is the event of the violation, and for WebAssembly, that not even an empty
// module is compiled.
import { BellhopError } from './bellhop-error.mjs';

/** What is used of the event. @typedef {Pick<SecurityPolicyViolationEvent, 'effectiveDirective' | 'blockedURI' | 'originalPolicy'>} Violation */
/**
 * Something a policy may forbid.
 * @typedef {object} Need
 * @property {string} what                               as the message names it
 * @property {string} directive                          that has to allow it
 * @property {(violation?: Violation) => string} source  to be added to the directive
 * @property {(violation: Violation) => boolean} isIn    whether a violation is about it
 * @property {boolean} [isWorker]                        it is only needed for a worker
 */

/** The event of a violation may come this long after the call has failed. */
const REPORT_MS = 100;
/** A module with nothing in it. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** Directives that count where one is not there, the nearest first. @type {Readonly<Record<string, readonly string[]>>} */
const FALLBACKS = { 'worker-src': ['child-src', 'script-src', 'default-src'], 'script-src': ['default-src'], 'connect-src': ['default-src'] };
/** Sources that allow nothing, or scripts alone. */
const NOT_INHERITED = /^'(?!self)/;

/** What Bellhop's policy is called in the directive `trusted-types`. */
export const TRUSTED = 'bellhop';
/** Made with the first worker. @type {{ createScriptURL: (url: string) => any } | undefined} */
let types;

/** The URL of a worker's script for pages that require Trusted Types; as it is where there are none, or the page forbids the policy. @param {URL | string} url @returns {any} */
export function trusted(url) {
  try {
    types ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy(TRUSTED, { createScriptURL: String });
  } catch {
    return url; // the worker is refused then, and the event says why
  }
  return types?.createScriptURL(String(url)) ?? url;
}

/** The page's policy forbids something that is needed; the message says what to add to it. */
export class PolicyError extends BellhopError {
  /** @param {Need} need @param {Violation} [violation] @param {unknown} [cause] */
  constructor(need, violation, cause) {
    const added = addition(need, violation);
    super('BH_ERR_LOAD', `the page's Content-Security-Policy forbids ${need.what}: add ${added}`, { cause });
    this.need = need;
    this.addition = added;
  }
}

/** "blob: to worker-src", or where the policy has no such directive, the whole of it: a new one replaces what counted before. @param {Need} need @param {Violation} [violation] */
function addition({ directive, source }, violation) {
  const policy = new Map((violation?.originalPolicy ?? '').split(';').map((each) => each.trim().split(/\s+/)).map(([name, ...sources]) => [name.toLowerCase(), sources]));
  const exact = violation && policy.has(violation.effectiveDirective) ? violation.effectiveDirective : directive;
  const wanted = source(violation), inherited = FALLBACKS[directive]?.map((name) => policy.get(name)).find((sources) => sources !== undefined);
  const isTwice = exact === 'trusted-types' && policy.get(exact)?.some((each) => each === wanted || each === '*'); // another copy has made that policy
  if (policy.has(exact) || !inherited) return `${isTwice ? '\'allow-duplicates\'' : wanted} to ${exact}`;
  const kept = inherited.filter((each) => directive === 'script-src' ? each !== '\'none\'' : !NOT_INHERITED.test(each));
  return `the directive "${[...new Set([directive, ...kept, wanted])].join(' ')}"`;
}

/** The source that stands for a URL. @param {URL | string} url */
export function sourceOf(url) {
  const text = String(url);
  const [scheme] = /^(?:blob|data)\b/.exec(text) ?? [];
  if (scheme) return `${scheme}:`;
  const { origin } = new URL(text, globalThis.location?.href);
  return origin === globalThis.location?.origin ? '\'self\'' : origin;
}

/** Compiling. @type {Need} */
const WEBASSEMBLY = {
  what: 'WebAssembly', directive: 'script-src', source: () => '\'wasm-unsafe-eval\'',
  isIn: ({ blockedURI }) => blockedURI === 'wasm-eval',
};

/** Fetching a file. @param {URL} url @returns {Need} */
export function connectionTo(url) {
  return {
    what: `fetching ${url}`, directive: 'connect-src', source: () => sourceOf(url),
    isIn: ({ effectiveDirective, blockedURI }) => effectiveDirective === 'connect-src' && (blockedURI === url.href || blockedURI === url.origin),
  };
}

/** Watches for violations until end() is called. Node, which has no policies, tells of none. @param {Need} need */
export function watchPolicy(need) {
  /** @type {Violation | undefined} */
  let violation;
  let told = () => {};
  const note = (/** @type {any} */ event) => {
    if (event.disposition === 'report' || !need.isIn(event)) return;
    violation ??= event;
    told();
  };
  globalThis.addEventListener?.('securitypolicyviolation', note);
  return {
    /** The error to tell of a call that failed. @param {unknown} error @returns {Promise<unknown>} */
    async explain(error) {
      if (!violation && 'addEventListener' in globalThis) await new Promise((done) => setTimeout(told = () => done(null), REPORT_MS));
      return violation ? new PolicyError(need, violation, error) : error;
    },
    end: () => globalThis.removeEventListener?.('securitypolicyviolation', note),
  };
}

/** Calls what a policy may forbid; rejects with what to add to it where it does. @template T @param {Need} need @param {() => Promise<T>} call @returns {Promise<T>} */
export async function underPolicy(need, call) {
  const watch = watchPolicy(need);
  try {
    return await call();
  } catch (error) {
    throw await watch.explain(error);
  } finally {
    watch.end();
  }
}

/** The error to tell of a module that was not compiled. @param {unknown} error @returns {Promise<unknown>} */
export async function explainCompileError(error) {
  const watch = watchPolicy(WEBASSEMBLY);
  const refusal = await WebAssembly.compile(EMPTY).then(() => null, (why) => watch.explain(why));
  watch.end();
  if (!refusal) return error; // WebAssembly is allowed: the module does not run here
  return refusal instanceof PolicyError ? refusal : new PolicyError(WEBASSEMBLY, undefined, refusal);
}
