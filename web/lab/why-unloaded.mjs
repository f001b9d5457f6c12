// SPDX-License-Identifier: MIT
// Why a lab could not be loaded although its files could be: fetched only then. A page whose policy has the directive `trusted-types`
// must name Lit's policy there, which Lit makes for its templates as soon as its script is there.
import { loadWords } from './words.mjs';

const LIT = 'lit-html';

/** @type {import('../lib/policy.mjs').Need} */
const TEMPLATES = {
  what: 'the templates of a lab', directive: 'trusted-types', source: () => LIT, isIn: ({ effectiveDirective }) => effectiveDirective === 'trusted-types',
};

/** What to tell of it: the error, and for the reader in both languages. @param {Error} error @param {string} unloaded  what is told of files that could not be fetched @returns {Promise<{ error: Error, text: string }>} */
export async function whyUnloaded(error, unloaded) {
  const addition = /polic/i.test(error.message) ? await refusalOf(error) : null;
  if (!addition && error instanceof TypeError) return { error, text: unloaded }; // as of what could not be fetched
  const [en, zh] = await Promise.all([loadWords('en', ['errors']), loadWords('zh', ['errors'])]);
  const text = [en, zh].map((words) => (addition ? words.t('error.policy', { source: addition.source }) : words.t('error.other', { why: error.message }))).join(' ');
  return { error: addition?.error ?? error, text };
}

/** What Lit was refused a moment ago is refused again, and what the page's policy lacks is told by that. @param {Error} cause @returns {Promise<{ error: Error, source: string } | null>} */
async function refusalOf(cause) {
  const { PolicyError, underPolicy } = await import('./trainers.mjs'); // there is one of each
  const again = async () => /** @type {any} */ (globalThis).trustedTypes.createPolicy(LIT, { createHTML: String });
  const error = await underPolicy(TEMPLATES, again).then(() => cause, (refusal) => refusal);
  return error instanceof PolicyError ? { error, source: error.addition } : null;
}
