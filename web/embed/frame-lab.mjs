// SPDX-License-Identifier: MIT
// One lab in a frame: made from the address, telling its parent how high it is and what happens, doing what its parent asks. The
// messages are described in docs/embedding.md. Nobody else is listened to or answered.

/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {{ target: 'bellhop', method: keyof typeof METHODS, id?: string | number, settings?: Record<string, unknown> }} Request */

/** Parameters that are attributes of the element; every other one is a setting, as in a link. */
const ATTRIBUTES = Object.freeze(['env', 'algo', 'preset', 'seed', 'settings', 'speed', 'show', 'controls', 'theme', 'autoplay', 'stop-at', 'background', 'lang']);
/** Those that are there or not; as a parameter 0 and false are not. */
const SWITCHES = Object.freeze(['autoplay', 'background']);
const FIRST_ENV = 'GridWorld-v0';
/** The name of the frame's document. */
const TITLE = 'title', TITLE_MOST = 200;
/** What the parent hears of, besides the height. */
const EVENTS = Object.freeze(/** @type {const} */ (['ready', 'phase', 'episode', 'solved', 'error']));

/** What the parent may ask for. @type {Readonly<Record<'play' | 'pause' | 'step' | 'reset' | 'set' | 'state', (lab: BellhopLab, request: Request) => unknown>>} */
const METHODS = Object.freeze({
  play: (lab) => lab.play(), pause: (lab) => lab.pause(), step: (lab) => lab.step(), reset: (lab) => lab.reset(),
  set: (lab, { settings }) => lab.set(/** @type {any} */ (settings)), state: stateOf,
});

/** Puts the lab of the address into the document. */
export function startFrame() {
  const query = new URLSearchParams(location.search);
  const lab = /** @type {BellhopLab} */ (document.createElement('bellhop-lab'));
  setAttributes(lab, query);
  Object.assign(document.documentElement, { lang: lab.getAttribute('lang') ?? navigator.language });
  document.title = query.get(TITLE)?.slice(0, TITLE_MOST) || `${lab.getAttribute('env')} · Bellhop`;
  if (window.parent !== window) speakWithParent(lab);
  document.body.append(lab);
}

/** @param {BellhopLab} lab @param {URLSearchParams} query */
function setAttributes(lab, query) {
  const settings = /** @type {[string, string][]} */ ([]);
  for (const [name, value] of query) {
    if (name === TITLE) continue;
    if (!ATTRIBUTES.includes(name)) settings.push([name, value]);
    else if (!SWITCHES.includes(name)) lab.setAttribute(name, value);
    else if (!/^(0|false|no)$/.test(value)) lab.setAttribute(name, '');
  }
  if (!lab.getAttribute('env')) lab.setAttribute('env', document.documentElement.dataset.env ?? FIRST_ENV); // see build/share-pages.mjs
  if (settings.length > 0) lab.setAttribute('settings', withSettings(lab.getAttribute('settings'), settings));
}

/** Settings of both kinds as one text; what cannot be read is left for the element to refuse. @param {string | null} json @param {[string, string][]} others */
function withSettings(json, others) {
  try {
    return JSON.stringify({ ...Object.fromEntries(others), ...JSON.parse(json ?? '{}') });
  } catch {
    return /** @type {string} */ (json);
  }
}

/** The secret that WordPress puts at the end of a frame's address; '' elsewhere. */
const secretOfWordPress = () => /^#\?.*\bsecret=(\w+)/.exec(location.hash)?.[1] ?? '';

/** @param {BellhopLab} lab */
function speakWithParent(lab) {
  const secret = secretOfWordPress();
  if (secret) greetWordPress(secret);
  const measured = new AbortController();
  for (const name of ['bellhop-ready', 'bellhop-error']) { // not before: until then it grows
    lab.addEventListener(name, () => {
      measured.abort();
      tellHeight(lab, secret);
    }, { signal: measured.signal });
  }
  for (const name of EVENTS) {
    lab.addEventListener(`bellhop-${name}`, (event) => {
      const { message, phase, episode, return: total, meanReturn, step } = /** @type {CustomEvent} */ (event).detail;
      tell({ source: 'bellhop', type: name, ...defined({ message, phase, episode, return: total, meanReturn, step }) });
    });
  }
  addEventListener('message', (event) => {
    if (event.source === window.parent && isRequest(event.data)) void answer(lab, event.data, event.origin);
  });
}

/**
 * WordPress hides a frame until it hears from it, and a lab that is hidden never comes near. So it hears of the height that the frame has, at
 * once and when it says that it listens.
 * @param {string} secret
 */
function greetWordPress(secret) {
  const greet = () => tell({ message: 'height', value: innerHeight, secret });
  greet();
  addEventListener('message', ({ source, data }) => {
    if (source === window.parent && data?.message === 'ready' && data.secret === secret) greet();
  });
}

/** The height, whenever it changes: for hosts with our script, for LTI platforms, for WordPress. @param {BellhopLab} lab @param {string} secret */
function tellHeight(lab, secret) {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(lab.getBoundingClientRect().height);
    if (height === 0 || height === told) return; // hidden, or nothing new
    told = height;
    tell({ source: 'bellhop', type: 'resize', height });
    tell({ subject: 'lti.frameResize', height });
    if (secret) tell({ message: 'height', value: height, secret });
  }).observe(lab);
}

/** An object without what is undefined. @param {Record<string, unknown>} values */
const defined = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Nothing of it is secret, and the parent's origin may not be known. @param {object} message @param {string} [origin] */
function tell(message, origin = '*') {
  window.parent.postMessage(message, origin);
}

/** @param {BellhopLab} lab @param {Request} request @param {string} origin */
async function answer(lab, request, origin) {
  const reply = { source: 'bellhop', type: 'reply', id: request.id };
  const to = origin === 'null' ? '*' : origin;
  await customElements.whenDefined('bellhop-lab');
  try {
    tell({ ...reply, result: await METHODS[request.method](lab, request) ?? null }, to);
  } catch (error) {
    tell({ ...reply, error: /** @type {Error} */ (error).message }, to);
  }
}

/** @param {any} data @returns {data is Request} */
function isRequest(data) {
  return typeof data === 'object' && data !== null && data.target === 'bellhop' && typeof data.method === 'string' && Object.hasOwn(METHODS, data.method)
    && ['string', 'number', 'undefined'].includes(typeof data.id);
}

/** @param {BellhopLab} lab */
function stateOf(lab) {
  const { frame, history } = /** @type {any} */ (lab.experiment ?? {});
  const { timesteps = 0, episodes = 0 } = frame ?? {}, { env = null, algo = null, seed = null } = lab.setup ?? {};
  return { phase: lab.phase, env, algo, seed, timesteps, episodes, meanReturn: episodes > 0 ? history.meanReturn : null };
}
