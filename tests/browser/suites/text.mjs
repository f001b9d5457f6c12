// SPDX-License-Identifier: MIT
// The tab Text: a language model is trained, writes, and takes no text it cannot learn from; an agent starts from one, its runs are
// compared, and the weights of its reward change while it runs. What a link holds, and what is kept of a view that is left.
import assert from 'node:assert/strict';
import { load } from '../../../web/node/node.mjs';
import { startTrainer } from '../../node/experiments.mjs';
import { PAIRS, PLAIN } from '../../node/text-pairs.mjs';
import { allText, axe, frames, holds, link, number, pause, phase, picture, reach, says, setSpeed, share, test, text, until } from '../harness.mjs';

/** What a key of the catalogue looks like where its words are missing. */
const KEY = /\b(lm|rl|lr|text|talk|need|part|env|field|error|phase)\.[a-z][\w/.-]*\w/;
const NO_MODEL = { name: 'no.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('nothing') };
/** A tiny model: the tests share two cores. */
const SIZES = { dModel: '16', nLayers: '1', nHeads: '2', context: '32', maxSteps: '4000' };
const SMALL = `#view=language&${new URLSearchParams(SIZES)}`;
const OWN = 'The bellhop carries a red suitcase upstairs. '.repeat(60).trim();
const VIEWS = Object.freeze({ language: '.corpus', decisions: '.text-world', sentence: '#sentences' });
/** A run, for functions of the page. @typedef {{ phase: string, isSuspended: boolean, stopAt: number, fingerprint: () => Promise<string>, frame: { nUpdates: number } | null }} Experiment */

/** @typedef {import('../harness.mjs').Page} Page */
/** @typedef {import('../harness.mjs').Lab} Lab */

/** The perplexity that is read out. @param {Page} page */
const perplexity = async (page) => Number(/[\d.,]+/.exec(await text(page, 'lm-readout'))?.[0].replaceAll(',', '') ?? NaN);

/** @param {Page} page @param {keyof VIEWS} view */
async function see(page, view) {
  await page.click(`[data-view=${view}]`);
  await page.waitForSelector(VIEWS[view]);
}

/** The numbers beside the sliders. @param {Page} page */
const weights = (page) => page.locator('#rl-parts input[type=text]').evaluateAll((fields) => fields.map((field) => /** @type {HTMLInputElement} */ (field).value));

/** What is chosen of a run. @param {Page} page */
const chosen = (page) => Promise.all(['rl-task', 'rl-start', 'rl-algo'].map((id) => page.inputValue(`#${id}`)));

/** @param {Page} page */
const corpusIsThere = (page) => holds(page, () => /** @type {any} */ (globalThis).$('lm-text')?.value.length > 10_000);

/** @param {Page} page @param {(experiment: Experiment) => unknown} ask  a function of the page */
const ofExperiment = (page, ask) => page.evaluate(`(${ask})(document.querySelector('bellhop-lab').experiment)`);

/** Remembers the experiment that is shown: another view does not show it. @param {Page} page */
const rememberShown = (page) => page.evaluate(() => void Object.assign(globalThis, { shownBefore: /** @type {any} */ (document.querySelector('bellhop-lab')).experiment }));

/** Waits until the experiment that was remembered rests, and holds that it goes on resting. @param {Page} page @param {string[]} phases */
async function restsBehind(page, ...phases) {
  const isAtRest = (/** @type {string[]} */ wanted) => wanted.includes(/** @type {any} */ (globalThis).shownBefore.phase);
  await holds(page, isAtRest, phases);
  await frames(page, 20);
  assert.ok(await page.evaluate(isAtRest, phases), 'nothing runs behind another view');
}

/** Waits until something is in the browser's storage: a moment after a text was typed, or a run has paused. @param {Page} page @param {string} part  of the values as JSON */
const isKept = (page, part) => until(page, async () => {}, () => page.evaluate((wanted) => new Promise((resolve) => {
  const opening = indexedDB.open('keyval-store');
  opening.onsuccess = () => {
    const database = opening.result;
    const values = database.transaction('keyval').objectStore('keyval').getAll();
    values.onsuccess = () => {
      database.close();
      resolve(JSON.stringify(values.result).includes(wanted));
    };
  };
}), part));

/** @param {() => Lab} lab */
export default function language(lab) {
  first(lab);
  models(lab);
  corpora(lab);
  agents(lab);
  links(lab);
  views(lab);
}

/** @param {() => Lab} lab */
function first(lab) {
  test('text: nothing of it is in the first load, and the module comes with the first view that needs it', async () => {
    const { page, trouble, close } = await lab().open('', { saveData: true });
    await page.click('#step');
    await page.waitForSelector('.uplot');
    await frames(page, 10);
    assert.deepEqual(trouble.requests.filter((url) => /text|corpus/.test(url)), []);
    await page.evaluate(() => (location.hash = '#env=TextGen-v0'));
    await page.waitForSelector('#sentences');
    await phase(page, 'ready');
    await frames(page, 10);
    assert.deepEqual(trouble.requests.filter((url) => /text[-.]|-text|corpus/.test(url)), [], 'the small lab needs none of it');
    await see(page, 'language');
    await corpusIsThere(page);
    assert.ok(trouble.requests.some((url) => /bellhop-text/.test(url)));
    assert.ok(!trouble.requests.some((url) => /corpus_zh|token-text/.test(url)), 'and no more than that');
    await page.click('#tab-grid');
    await page.waitForSelector('.corpus', { state: 'detached' });
    await close();
  });
}

// ---- language models ----

/** @param {() => Lab} lab */
function models(lab) {
  test('text: a language model is trained and writes; a text that will not do gives its sentence and loses nothing', async () => {
    const { page, trouble, close } = await lab().open('#view=language');
    for (const [name, value] of Object.entries(SIZES)) await page.selectOption(`#lm-${name}`, value);
    assert.equal(await page.inputValue('#lm-tokenizer'), 'word', 'letters that come together by chance may say anything');
    await page.click('#play');
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-readout')?.textContent.trim() !== '');
    const before = await perplexity(page);
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-sample').textContent.length > 50 && /** @type {any} */ (globalThis).$('lm-sample').querySelector('b'));
    const sample = await text(page, 'lm-sample');
    assert.match(await text(page, 'lm-half'), /half-learned noise/);
    await holds(page, (old) => /** @type {any} */ (globalThis).$('lm-sample').textContent.trim() !== old, sample);
    await reach(page, 'count-steps', 400);
    await pause(page);
    const after = await perplexity(page);
    assert.ok(after < before * 0.6, `${before} to ${after}`);
    assert.equal(await page.locator('#lm-next li').count(), 8);
    assert.match(await text(page, 'phase-text'), /Paused/);
    assert.equal(await text(page, 'play-text'), 'Resume');

    await page.setInputFiles('#lm-file', NO_MODEL);
    await says(page, 'lm-error', /.{10}/);
    await phase(page, 'paused');
    const stood = await number(page, 'count-steps');
    await page.click('#play');
    await reach(page, 'count-steps', stood + 1);
    assert.equal(await text(page, 'lm-error'), '');
    await pause(page);
    const steps = await text(page, 'count-steps');
    assert.ok(await number(page, 'count-steps') > stood, 'it went on');

    await page.fill('#lm-text', 'too little');
    await page.click('#play'); // what was just typed counts
    await says(page, 'lm-error', /more text|smaller context/);
    await phase(page, 'paused');
    assert.equal(await text(page, 'count-steps'), steps);
    await page.selectOption('#lm-corpus', 'stories-en');
    await page.waitForSelector('#lm-corpus-kept:not([hidden])');
    await corpusIsThere(page);
    await page.locator('#lm-text').press('x');
    assert.ok((await page.inputValue('#lm-text')).length > 10_000);
    await page.selectOption('#lm-corpus', 'own');
    await page.waitForSelector('#lm-corpus-kept', { state: 'hidden' });
    assert.equal(await page.inputValue('#lm-text'), 'too little');
    assert.match(await text(page, 'lm-note'), /The one shown is the previous model/);
    await page.fill('#lm-text', '  ');
    await page.click('#play');
    await says(page, 'lm-error', /no text yet/);
    await page.fill('#lm-prompt', 'The dog');
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-sample').querySelector('b')?.textContent === 'The dog');
    await page.check('#lm-greedy');
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-next').querySelector('.number')?.textContent === '100.0%');
    assert.deepEqual([...new Set(trouble.requests.map((url) => new URL(url).origin))].filter((origin) => origin !== 'null'), [lab().origin]);

    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#lm-save')]);
    await page.setInputFiles('#lm-file', /** @type {string} */ (await file.path()));
    await says(page, 'phase-text', /Opened/);
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-sample').textContent.length > 50);
    const note = await text(page, 'lm-note');
    assert.match(note, /cannot be trained further/);
    await page.setInputFiles('#lm-file', NO_MODEL);
    await says(page, 'lm-error', /.{10}/);
    assert.match(await text(page, 'phase-text'), /Opened/);
    assert.equal(await text(page, 'lm-note'), note);
    assert.match((await share(page)).said, /not the model you opened/);
    await close();
  });

  test('text: a view that is left while a model is prepared trains none; words of a task stand apart from the prompt', async () => {
    const { page, close } = await lab().open(SMALL);
    await rememberShown(page);
    await page.evaluate(() => ['play', 'tab-grid'].forEach((id) => /** @type {any} */ (globalThis).$(id).click()));
    await page.waitForSelector('.corpus', { state: 'detached' });
    await restsBehind(page, 'ready', 'paused');
    await page.click('#tab-text');
    await page.waitForSelector('.corpus');
    await phase(page, 'ready', 'paused');
    assert.equal(await text(page, 'count-steps'), '0');
    await page.selectOption('#lm-corpus', 'task');
    await page.fill('#lm-prompt', 'the dog');
    await page.click('#play');
    await says(page, 'lm-sample', /^the dog \S/);
    await close();
  });

  test('text: another seed is another model, which Reset makes; until then it waits in sight', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await corpusIsThere(page);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await link(page, 'seed=3');
    const told = await text(page, 'lm-next');
    await page.fill('#seed', '4');
    await page.press('#seed', 'Tab');
    await says(page, 'seed-staged', /4/);
    await page.click('#reset');
    await says(page, 'count-steps', /^0/);
    await link(page, 'seed=4');
    await page.waitForSelector('#seed-staged', { state: 'detached' });
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await holds(page, (other) => /** @type {any} */ (globalThis).$('lm-next').textContent.trim() !== other, told);
    await page.fill('#seed', '3');
    await page.press('#seed', 'Tab');
    await page.click('#reset');
    await says(page, 'count-steps', /^0/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await holds(page, (same) => /** @type {any} */ (globalThis).$('lm-next').textContent.trim() === same, told);
    await close();
  });
}

/** @param {() => Lab} lab */
function corpora(lab) {
  for (const [lang, offline, again] of /** @type {const} */ ([['en', /connection/, 'Try again'], ['zh', /网络/, '重试']])) {
    test(`text: a corpus that cannot be fetched gives a sentence, and is fetched again, ${lang}`, async () => {
      const { page, trouble, close } = await lab().open(`#env=GridWorld-v0&lang=${lang}`, { saveData: true });
      await page.route('**/corpus_*.txt', (route) => route.abort());
      await page.click('#tab-text');
      await says(page, 'lm-corpus-problem', offline);
      assert.doesNotMatch(await text(page, 'lm-corpus-problem'), lang === 'zh' ? /[A-Za-z]{3}/ : /Failed|fetch|TypeError/);
      assert.equal(await text(page, 'lm-corpus-retry'), again);
      await page.click('#play');
      await phase(page, 'ready');
      assert.equal(await page.isVisible('#lm-error'), false, 'it is said once');
      await page.unroute('**/corpus_*.txt');
      await page.click('#lm-corpus-retry');
      await corpusIsThere(page);
      await page.waitForSelector('#lm-corpus-problem', { state: 'detached' });
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      assert.deepEqual(trouble.errors.filter((line) => !line.startsWith('Failed to load resource')), []);
      trouble.errors.length = 0; // the browser's own line of what was refused
      await close();
    });
  }

  test('text: what is wrong with a text is said in Chinese on the Chinese page', async () => {
    const { page, close } = await lab().open('#view=language&lang=zh');
    await page.fill('#lm-text', 'too little');
    await page.click('#play');
    await says(page, 'lm-error', /太短/);
    assert.doesNotMatch(await text(page, 'lm-error'), /[A-Za-z]{3}/);
    await page.fill('#lm-text', '');
    await page.click('#play');
    await says(page, 'lm-error', /^还没有|没有文本/);
    await page.setInputFiles('#lm-text-file', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x41]) });
    await says(page, 'lm-error', /UTF-8/);
    await page.setInputFiles('#lm-file', NO_MODEL);
    await says(page, 'lm-error', /Bellhop|损坏/);
    assert.match(await text(page, 'lm-error'), /\p{Script=Han}/u);
    await close();
  });

  test('text: pairs of one text have one fingerprint, which is the library’s; what was changed is said once', async () => {
    const { page, close } = await lab().open(`#view=language&${new URLSearchParams({ ...SIZES, context: '16', maxSteps: '2', tokenizer: 'word' })}`);
    await corpusIsThere(page);
    await page.fill('#lm-text', PLAIN);
    const made = async () => {
      await page.click('#play');
      await phase(page, 'finished');
      return page.evaluate(async () => {
        const bytes = await /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.save();
        return [...bytes];
      });
    };
    const { LanguageModel, Pretraining } = await load();
    const wanted = new Pretraining(PLAIN, { tokenizer: 'word', dModel: 16, nLayers: 1, nHeads: 2, context: 16, maxSteps: 2, evalFreq: 20, evalWindows: 32 });
    wanted.step(2);
    const fingerprint = (/** @type {number[]} */ bytes) => LanguageModel.load(Uint8Array.from(bytes)).sha256();
    assert.equal(fingerprint(await made()), wanted.model.sha256());
    assert.equal(await page.isVisible('#lm-text-changed'), false);
    for (const [name, said] of /** @type {const} */ ([['crlf', /^48 line endings were converted to LF\.$/], ['bom', /^The byte order mark was removed\.$/], ['nfd', /^156 characters were normalized \(NFC\)\.$/], ['all', /removed\. 48 .*LF\. 156 .*\(NFC\)\.$/]])) {
      await page.setInputFiles('#lm-text-file', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from(PAIRS[name].text) });
      await says(page, 'lm-text-changed', said);
      assert.equal(fingerprint(await made()), wanted.model.sha256(), name);
    }
    await page.fill('#lm-text', PAIRS.nfd.text);
    assert.equal(await page.isVisible('#lm-text-changed'), false, 'not yet read');
    assert.equal(fingerprint(await made()), wanted.model.sha256(), 'typed');
    await says(page, 'lm-text-changed', /^156 characters were normalized/);
    await page.setInputFiles('#lm-text-file', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from(`\ufeff${PLAIN}`, 'utf16le') });
    await says(page, 'lm-error', /The text is in UTF-16\. Save it as UTF-8/);
    await page.evaluate(() => void /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.setSampling({ prompt: 'Au caf\ud83d' }));
    await says(page, 'lm-error', /half a character at position 6/);
    await page.evaluate(() => void /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.setSampling({ prompt: 'Au' }));
    await page.waitForSelector('#lm-error', { state: 'hidden' });
    wanted.dispose();
    await close();
  });

  test('text: a text of the reader’s is not in the link, which says so; it is there again after a reload', async () => {
    const { page, close } = await lab().open(SMALL);
    await corpusIsThere(page);
    await page.fill('#lm-text', OWN);
    await link(page, 'corpus=own');
    const { url, said } = await share(page);
    assert.match(said, /not your text/);
    assert.ok(!/suitcase/.test(url) && url.length < 300, url);
    await isKept(page, OWN);
    await page.reload();
    await holds(page, (own) => /** @type {any} */ (globalThis).$('lm-text')?.value === own, OWN);
    assert.equal(await page.inputValue('#lm-corpus'), 'own');

    await page.click('#play');
    await reach(page, 'count-steps', 30);
    await pause(page);
    const [steps] = (await text(page, 'count-steps')).split(' ');
    await isKept(page, `"step":${Number(steps.replaceAll(',', ''))},`);
    await page.reload();
    await says(page, 'notice-text', new RegExp(`step ${steps}\\b`));
    await holds(page, (own) => /** @type {any} */ (globalThis).$('lm-text')?.value === own, OWN);
    await page.click('#notice-action');
    await page.waitForSelector('#notice', { state: 'detached' });
    await holds(page, (own) => /** @type {any} */ (globalThis).$('lm-text')?.value === own, OWN);
    assert.equal(await page.inputValue('#lm-dModel'), '16', 'with its sizes');

    await page.selectOption('#lm-corpus', 'stories-en');
    await link(page, 'corpus=stories-en');
    assert.match((await share(page)).said, /presses Play gets the same model\.$/);
    await page.reload();
    await page.waitForSelector('#lm-corpus-kept:not([hidden])'); // it is not the one that is learned from, but still there
    await page.selectOption('#lm-corpus', 'own');
    await holds(page, (own) => /** @type {any} */ (globalThis).$('lm-text')?.value === own, OWN);
    await close();
  });
}

// ---- decisions ----

/** @param {() => Lab} lab */
function agents(lab) {
  test('text: an agent starts from a language model, has its curve, and its reward changes while it runs', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1');
    await page.click('#play');
    await says(page, 'phase-text', /step \d+ of/);
    assert.equal(await text(page, 'play-text'), 'Pause');
    await reach(page, 'count-steps', 520, 90_000);
    const rows = await page.locator('#rl-curves tbody th').allInnerTexts();
    assert.deepEqual(rows.map((row) => row.trim()), ['DQN + LM', 'language model alone', 'random actions']);
    const [start, lm, random] = (await page.locator('#rl-curves tbody td:nth-child(2)').allInnerTexts()).map(Number);
    assert.ok(start > random + 0.2 && lm > random + 0.2, `${start} ${lm} ${random}`);
    await page.waitForSelector('#rl-choices [data-taken]');
    assert.equal(await page.locator('#rl-choices li').count(), 8);

    await page.click('[aria-label="Only this: length"]');
    await says(page, 'rl-curves', /other weights from step/);
    assert.deepEqual(await weights(page), ['0', '0', '1', '0', '0']);
    await pause(page);
    const before = await picture(page, '#rl-canvas');
    const at = await number(page, 'count-steps');
    await page.click('#step');
    await reach(page, 'count-steps', at + 1);
    await holds(page, (old) => /** @type {any} */ (globalThis).$('rl-canvas').toDataURL() !== old, before);
    assert.equal(await number(page, 'count-steps'), at + 1, 'one step');
    assert.match(await text(page, 'rl-rated'), /^of the /);
    assert.deepEqual(await axe(page), []);

    await page.fill('#seed', '7');
    await page.press('#seed', 'Tab');
    await says(page, 'seed-staged', /7/);
    const names = async () => (await page.locator('#rl-curves tbody th').allInnerTexts()).map((row) => row.trim().split(',')[0]).filter((row) => row.startsWith('DQN'));
    for (const expected of [['DQN + LM', 'DQN + LM 2'], ['DQN + LM 2', 'DQN + LM 3']]) {
      await page.click('#reset');
      await holds(page, () => /** @type {any} */ (globalThis).$('rl-curves').querySelectorAll('tbody tr').length === 4);
      await phase(page, 'ready');
      await link(page, 'seed=7');
      await page.click('#play');
      await reach(page, 'count-steps', 1);
      await pause(page);
      assert.deepEqual(await names(), expected);
      if (expected[0] === 'DQN + LM') await page.click('#rl-clear');
    }
    await page.click('#play');
    await rememberShown(page);
    await page.evaluate(() => ['reset', 'tab-grid'].forEach((id) => /** @type {any} */ (globalThis).$(id).click()));
    await page.waitForSelector('.text-world', { state: 'detached' });
    await restsBehind(page, 'ready', 'paused');
    await page.click('#tab-text');
    await page.click('#step');
    await page.waitForSelector('#rl-choices [data-taken]');
    await phase(page, 'paused');
    await page.selectOption('#rl-algo', 'ppo');
    await phase(page, 'ready');
    await says(page, 'rl-took', /^$/);
    for (const id of ['rl-took', 'rl-choices', 'rl-texts', 'rl-rated']) assert.equal(await text(page, id), '', id);
    assert.deepEqual([await text(page, 'rl-reward'), await text(page, 'rl-best'), await text(page, 'rl-aside')], ['–', 'none yet', 'Press Play: the agent writes here.']);
    await close();
  });

  test('text: a dialogue is a talk to read, in both languages, the one that Node has; what runs fast stands still to be read', async () => {
    const { page, close } = await lab().open('#env=Dialogue-v0&start=scratch&seed=4', { viewport: { width: 390, height: 800 } });
    const talk = () => page.locator('#rl-talk li').evaluateAll((turns) => turns.map((turn) => ({
      who: turn.getAttribute('data-who'), words: turn.querySelector('span')?.textContent, sentence: turn.querySelector('.said')?.textContent,
    })));
    const speak = async (/** @type {'en' | 'zh'} */ language) => {
      await page.click(`#lang-${language}`);
      await holds(page, (wanted) => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.lab')?.getAttribute('lang')?.startsWith(wanted), language);
    };
    assert.equal(await text(page, 'rl-aside'), 'Press Play: guest and bellhop talk here.');
    assert.deepEqual(await talk(), []);
    const { trainer, end } = await startTrainer();
    const recipe = await page.evaluate(() => {
      const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
      return experiment.recipeBeside(experiment.setup);
    });
    const session = await trainer.create(recipe);
    const height = () => page.locator('#rl-talk').evaluate((box) => box.getBoundingClientRect().height);
    const before = await height();
    for (let step = 1, isOver = false; !isOver; step++) {
      /** @type {any} */
      const frame = await new Promise((resolve) => {
        session.onFrame = resolve;
        session.step(1);
      });
      await page.click('#step');
      await reach(page, 'count-steps', step);
      /** @type {import('../../../web/bellhop.js').Turn[]} */
      const turns = frame.envInfo.talk;
      isOver = frame.envInfo.need !== undefined;
      for (const language of /** @type {const} */ (['en', 'zh'])) {
        await speak(language);
        const expected = turns.map((turn) => ({ who: turn.who, words: turn.text, sentence: turn[language] }));
        assert.deepEqual(await talk(), isOver ? expected : [...expected, { who: 'bellhop', words: '', sentence: '…' }]);
      }
      assert.ok(await page.locator('#rl-talk').evaluate((box) => Math.abs(box.scrollTop + box.clientHeight - box.scrollHeight) < 2), 'what was said last is seen');
      assert.equal(await height(), before, 'and nothing below it moves');
    }
    await session.dispose();
    await end();
    assert.match(await text(page, 'rl-aside'), /^客人需要的是：[\p{Script=Han}]+$/u);
    await speak('en');
    assert.match(await text(page, 'rl-aside'), /^the guest needed: (a|fresh|the) [a-z -]+$/);
    assert.match(await text(page, 'rl-texts'), /[.?!]/, 'what the bellhop said, in sentences');
    assert.doesNotMatch(`${await text(page, 'rl-texts')} ${await text(page, 'rl-best')}`, /\[/);
    assert.deepEqual(await axe(page), []);

    await page.evaluate(() => {
      const seen = /** @type {number[]} */ ([]), box = /** @type {any} */ (globalThis).$('rl-talk');
      let last = '';
      new MutationObserver(() => {
        if (box.textContent !== last) seen.push(performance.now());
        last = box.textContent;
      }).observe(box, { childList: true, subtree: true, characterData: true });
      Object.assign(globalThis, { seen });
    });
    await setSpeed(page, 3);
    await page.click('#play');
    await holds(page, () => /** @type {any} */ (globalThis).seen.length >= 3);
    await pause(page);
    const [first, second] = await page.evaluate(() => /** @type {any} */ (globalThis).seen.slice(0, 3).map((/** @type {number} */ at, /** @type {number} */ i, /** @type {number[]} */ all) => all[i + 1] - at));
    assert.ok(Math.max(first, second) > 3500, `${first} ${second} ms`);

    await see(page, 'language');
    await page.selectOption('#lm-corpus', 'task');
    await page.selectOption('#lm-task', 'Dialogue-v0');
    await page.click('#step');
    await page.waitForSelector('#lm-sample .talk li .said');
    assert.match(await page.locator('#lm-sample li').first().innerText(), /^(Guest|Bellhop)/);
    await close();
  });

  test('text: every task is shown in both languages, on a phone too', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&lang=zh', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    await page.selectOption('#rl-start', 'scratch');
    await link(page, 'start=scratch');
    await page.selectOption('#rl-algo', 'ppo');
    await link(page, 'algo=ppo');
    const options = (/** @type {string} */ id) => page.locator(`#${id} option`).evaluateAll((all) => all.map((option) => /** @type {HTMLOptionElement} */ (option).value));
    const readable = async (/** @type {string} */ what) => {
      for (const lang of ['en', 'zh']) {
        await page.click(`#lang-${lang}`);
        await holds(page, (wanted) => document.documentElement.lang.startsWith(wanted) && document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.lab')?.getAttribute('lang')?.startsWith(wanted), lang);
        assert.equal(KEY.exec(await allText(page)), null, `${what}, ${lang}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}, ${lang}: it sticks out`);
      }
    };
    for (const task of await options('rl-task')) {
      await page.selectOption('#rl-task', task);
      await link(page, `env=${task}`);
      await holds(page, () => /** @type {any} */ (globalThis).$('rl-curves').querySelectorAll('tbody tr').length > 0);
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      await readable(task);
    }
    await page.selectOption('#rl-task', 'Summarize-v0');
    await page.waitForSelector('.part.fixed');
    const [name, track, amount] = await page.locator('.part.fixed').first().locator('> *').evaluateAll((pieces) => pieces.map((piece) => piece.getBoundingClientRect().toJSON()));
    assert.ok(track.width > 100 && [track, amount].every(({ top, bottom }) => top < name.bottom && bottom > name.top), 'a row of a part');
    await page.click('#step');
    await holds(page, () => /** @type {any} */ (globalThis).$('rl-canvas').clientHeight > 220); // the whole document
    await see(page, 'language');
    for (const corpus of await options('lm-corpus')) {
      await page.selectOption('#lm-corpus', corpus);
      await link(page, `corpus=${corpus}`);
      await readable(corpus);
    }
    await close();
  });

  test('text: where tokens are drawn at a temperature a slider sets both ends of its schedule, and it is in the link', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&start=scratch&exploration=boltzmann&seed=5');
    const slider = page.locator('#rl-temperature');
    await slider.waitFor();
    assert.equal(await page.locator('output[for=rl-temperature]').textContent(), '0.0', 'the end of the schedule: 0.02');
    await slider.fill('2.5');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('output[for=rl-temperature]')?.textContent === '2.5');
    await holds(page, () => ['Initial', 'Final'].every((end) => new URLSearchParams(location.hash.slice(1)).get(`exploration${end}Temperature`) === '2.5'));
    await close();
    const other = await lab().open('#env=TextGen-v1&start=scratch');
    await other.page.waitForSelector('.text-world');
    assert.equal(await other.page.locator('#rl-temperature').count(), 0, 'nothing is drawn at a temperature');
    await other.close();
  });

  test('text: a switch says what it kept and what not', async () => {
    const { page, close } = await lab().open('#env=TextGen-v1&start=scratch&seed=5&learningRate=0.002');
    await page.click('[aria-label="Only this: topic"]');
    await link(page, 'env.topicWeight=1');
    await page.selectOption('#rl-task', 'Translate-v0');
    await link(page, 'env=Translate-v0&algo=dqn&seed=5');
    await link(page, 'learningRate=0.002');
    await says(page, 'notice-text', /dropped: .*Topic weight/);
    assert.match(await text(page, 'notice-text'), /Kept: .*Learning rate/);
    assert.doesNotMatch(page.url(), /Weight/);
    await page.selectOption('#rl-algo', 'ppo');
    await page.selectOption('#rl-task', 'LearningRate-v0');
    await says(page, 'notice-text', /PPO does not apply to Learning rate: DQN was chosen instead/);
    await close();
  });
}

// ---- links ----

/** @param {() => Lab} lab */
function links(lab) {
  test('text: a link of old has the task, where the agent starts from, what it learns by, and the weights', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5&text.algo=sarsa');
    await page.waitForSelector('#rl-default:not([hidden])');
    assert.deepEqual([...await chosen(page), ...await weights(page)], ['Translate-v0', 'scratch', 'ppo', '1', '0', '0.5']);
    await says(page, 'notice-text', /text\.algo cannot be “sarsa”; possible: dqn, ppo\.$/);
    assert.equal(await page.getAttribute('[data-view=decisions]', 'aria-pressed'), 'true');
    assert.ok(await page.locator('.text-world').evaluate((part) => part.getBoundingClientRect().top < innerHeight), 'it is what one sees');
    await link(page, 'env=Translate-v0&algo=ppo&seed=0&start=scratch');
    assert.doesNotMatch(page.url(), /text\./, 'it is written as links are now');
    const field = page.locator('#rl-parts input[type=text]').first();
    for (const [typed, problem] of /** @type {const} */ ([['5', ''], ['abc', 'abc'], ['-1', '−1'], ['', 'number']])) {
      await field.fill(typed);
      await field.press('Tab');
      await holds(page, (/** @type {string} */ said) => (/** @type {any} */ (globalThis).$('rl-parts').querySelector('.error')?.textContent ?? '').includes(said), problem);
      assert.equal(await field.inputValue(), '5', typed);
    }
    await page.click('#rl-default');
    await holds(page, () => !/Weight/.test(location.hash));
    assert.equal(await page.locator('#rl-parts .error').count(), 0);
    await page.selectOption('#rl-task', 'CodeGen-v0');
    await link(page, 'env=CodeGen-v0&algo=ppo&seed=0&start=scratch');
    await page.click('#tab-grid');
    await link(page, 'env=GridWorld-v0');
    await page.click('#tab-text');
    await link(page, 'env=CodeGen-v0');
    assert.deepEqual(await chosen(page), ['CodeGen-v0', 'scratch', 'ppo']);
    for (const bad of ['1,99,1', '1,2']) {
      await page.evaluate((list) => (location.hash = `#env=TextGen-v0&text.task=Dialogue-v0&text.weights=${list}`), bad);
      await says(page, 'notice-text', new RegExp(`text\\.weights .*“${bad}”`));
      await holds(page, () => /^#env=Dialogue-v0&algo=dqn&seed=0$/.test(location.hash)); // a link that comes while the page writes its own is lost
    }
    assert.deepEqual(await chosen(page), ['Dialogue-v0', 'lm', 'dqn']);
    assert.ok(await page.isVisible('#notice'));
    await page.selectOption('#rl-task', 'CodeGen-v0');
    await page.waitForSelector('#notice', { state: 'detached' });
    await close();
  });

  for (const hash of ['#env=TextGen-v1&seed=3', '#env=TextGen-v1&algo=ppo&start=scratch&nSteps=128&seed=4']) {
    test(`text: weights that change while it runs are in the link with their step, and the link repeats the run: ${hash}`, async () => {
      const { page, close } = await lab().open(hash);
      await page.click('#play');
      await reach(page, 'count-steps', 60, 90_000);
      await page.locator('#rl-parts .part button').nth(1).click(); // only the second part, while it runs
      await holds(page, () => /env\.\w+Weight=1@[1-9]\d*/.test(location.hash));
      const at = Number(/Weight=1@(\d+)/.exec(page.url())?.[1]);
      await reach(page, 'count-steps', at + 150);
      await pause(page);
      const [between, updates] = [await number(page, 'count-steps'), await ofExperiment(page, (experiment) => experiment.frame?.nUpdates)];
      await page.locator('#rl-parts input[type=text]').first().fill('0.25');
      await page.locator('#rl-parts input[type=text]').first().press('Tab');
      await link(page, `Weight=0.25@${between}`); // and one while it is paused
      await page.click('#play');
      await reach(page, 'count-steps', between + 150);
      await pause(page);
      assert.ok(Number(await ofExperiment(page, (experiment) => experiment.frame?.nUpdates)) > Number(updates), 'it has learned from other rewards');
      const [end, shown] = [await number(page, 'count-steps'), await weights(page)];
      const { url, said } = await share(page);
      const [, changes] = /and (\d+) changes made while it ran: whoever opens it gets the same run/.exec(said) ?? [];
      assert.equal(Number(changes), page.url().split('@').length - 1);
      const print = String(await ofExperiment(page, (experiment) => experiment.fingerprint()));
      assert.ok(print.length >= 12 && said.endsWith(`: ${print}`) && said.includes(`step ${end.toLocaleString('en-US')}`), said);
      await close();

      const other = await lab().open(new URL(url).hash);
      assert.notDeepEqual(await weights(other.page), shown, 'they have not changed yet');
      await other.page.evaluate((n) => (/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.stopAt = n), end);
      await other.page.click('#play');
      await reach(other.page, 'count-steps', end, 120_000);
      await phase(other.page, 'paused');
      assert.equal(await number(other.page, 'count-steps'), end);
      assert.deepEqual(await weights(other.page), shown);
      assert.ok((await share(other.page)).said.endsWith(`: ${print}`));
      await other.close();
    });
  }

  test('text: a link to a language model has its corpus, its sizes and its seed; what does not fit is named', async () => {
    const { page, close } = await lab().open('#view=language&corpus=task&task=Dialogue-v0&dModel=32&maxSteps=500&seed=9&nLayers=77&env=TextGen-v0&colour=red');
    await says(page, 'notice-text', /nLayers is 77, but must be from 1 to 4\. There is no setting “colour” here\.$/);
    const values = await Promise.all(['lm-corpus', 'lm-task', 'lm-dModel', 'lm-maxSteps', 'lm-nLayers', 'seed'].map((id) => page.inputValue(`#${id}`)));
    assert.deepEqual(values, ['task', 'Dialogue-v0', '32', '500', '2', '9']);
    await holds(page, () => location.hash === '#view=language&corpus=task&task=Dialogue-v0&dModel=32&maxSteps=500&seed=9');
    await close();
  });
}

// ---- views ----

/** @param {() => Lab} lab */
function views(lab) {
  test('text: Space is for the view that is shown, and only that one runs', async () => {
    const { page, close } = await lab().open(SMALL);
    await corpusIsThere(page);
    await page.evaluate(() => void Object.assign(globalThis, { seen: new Set() }));
    const look = () => page.evaluate(() => {
      const { seen } = /** @type {any} */ (globalThis);
      seen.add(/** @type {any} */ (document.querySelector('bellhop-lab')).experiment);
      return [...seen].map(({ kind, phase: now, isSuspended }) => `${kind} ${now === 'preparing' ? 'running' : now}${isSuspended ? ' unseen' : ''}`);
    });
    await look();
    await page.click('[data-view=language]'); // it is shown already: the focus is on a button of the page
    await page.locator('[data-view=language]').blur();
    await page.keyboard.press('Space');
    await phase(page, 'running');
    await reach(page, 'count-steps', 5);
    await see(page, 'decisions');
    await phase(page, 'ready');
    assert.deepEqual((await look()).map((line) => line.split(' ')[1]), ['paused', 'ready']);
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
    await page.keyboard.press('Space');
    await phase(page, 'preparing', 'running');
    assert.deepEqual((await look()).map((line) => line.split(' ').slice(0, 2).join(' ')), ['language paused', 'text running']);
    await page.keyboard.press('Space');
    await phase(page, 'ready', 'paused');
    await see(page, 'sentence');
    await phase(page, 'ready');
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
    await page.keyboard.press('Space');
    await phase(page, 'running');
    await reach(page, 'count-steps', 1);
    assert.deepEqual((await look()).map((line) => line.split(' ')[1]).toSpliced(1, 1), ['paused', 'running']);
    assert.match((await look())[1], /^text (ready|paused)/);
    const steps = await number(page, 'count-steps');
    await see(page, 'language');
    await phase(page, 'paused');
    await page.focus('#lm-prompt');
    await page.keyboard.type(' a s r');
    await phase(page, 'paused');
    assert.equal(await page.inputValue('#lm-prompt'), 'The a s r', 'keys in a field are the field’s');
    await see(page, 'sentence');
    await phase(page, 'paused');
    assert.ok(await number(page, 'count-steps') >= steps, 'its run is the one that was left');
    await close();
  });

  test('text: views are entries of the history, and each is as it was left', async () => {
    const { page, close } = await lab().open(SMALL);
    await corpusIsThere(page);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await see(page, 'decisions');
    await page.selectOption('#rl-start', 'scratch');
    await link(page, 'start=scratch');
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await phase(page, 'paused');
    await see(page, 'sentence');
    await link(page, 'env=TextGen-v0');
    await page.goBack();
    await page.waitForSelector('.text-world');
    await says(page, 'count-steps', /^1$/);
    assert.equal(await page.inputValue('#rl-start'), 'scratch');
    await page.goBack();
    await page.waitForSelector('.corpus');
    await says(page, 'count-steps', /^1 \/ 4,000$/);
    assert.equal(await page.getAttribute('[data-view=language]', 'aria-pressed'), 'true');
    await page.goForward();
    await page.waitForSelector('.text-world');
    await says(page, 'count-steps', /^1$/);
    await close();
  });

  const ways = /** @type {const} */ ({ 'at rest': [['light', 1280, 800], ['dark', 390, 844]], 'while it runs': [['dark', 1280, 800], ['light', 390, 844]] });
  for (const [view, hash] of [['language', SMALL], ['decisions', '#env=TextGen-v1&start=scratch'], ['sentence', '#env=TextGen-v0']]) {
    test(`text: axe finds nothing, in light, dark, on a phone, at rest and while it runs: ${view}`, async () => {
      const { page, close } = await lab().open(hash);
      if (view === 'sentence') await page.click('#step'); // charts come with data
      await page.waitForSelector('.uplot');
      const look = async (/** @type {keyof ways} */ when) => {
        for (const [colorScheme, width, height] of ways[when]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height });
          await frames(page, 2);
          assert.deepEqual(await axe(page), [], `${when}, ${colorScheme}, ${width} px`);
        }
      };
      await look('at rest');
      if (view === 'sentence') {
        await setSpeed(page, 5);
        await page.click('#settings summary');
        await page.waitForSelector('.setting');
      }
      await page.click('#play');
      await reach(page, 'count-steps', 100, 60_000);
      await look('while it runs');
      await pause(page);
      await close();
    });
  }
}
