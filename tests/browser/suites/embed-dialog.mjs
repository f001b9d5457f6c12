// SPDX-License-Identifier: MIT
// The embed dialog: its text follows what was chosen, the preview shows it, everything is done by keyboard; and what is pasted into a
// page of another origin is the same run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import en from '../../../web/lab/strings/en-embed.mjs';
import zh from '../../../web/lab/strings/zh-embed.mjs';
import { axe, frames, holds, hosted, phase, reach, says, setSpeed, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const FORMATS = ['element', 'frame', 'markdown', 'notebook', 'program'];

/** @param {Page} page */
async function openDialog(page) {
  await page.click('#embed');
  await ready(page);
}

/** Waits until the preview has its run. @param {Page} page */
const ready = (page) => holds(page, () => /** @type {any} */ (document.querySelector('#embed-dialog bellhop-lab'))?.phase === 'ready');

/** @param {Page} page @param {string} [id] */
const snippet = (page, id = 'embed-element') => page.inputValue(`#${id}`);

/** Waits until a snippet has, or has not, a piece of text in it. @param {Page} page @param {string} piece @param {boolean} [isThere] */
const has = (page, piece, isThere = true) => holds(page, ([text, wanted]) =>
  /** @type {HTMLTextAreaElement} */ (document.querySelector('.embed-block textarea')).value.includes(text) === wanted, /** @type {const} */ ([piece, isThere]));

/** Attributes of the preview. @param {Page} page */
const preview = (page) => page.evaluate(() => {
  const lab = /** @type {Element} */ (document.querySelector('#embed-dialog bellhop-lab'));
  return Object.fromEntries(lab.getAttributeNames().filter((name) => name !== 'style').map((name) => [name, lab.getAttribute(name)]));
});

/** The fingerprint of a lab that has come to its end; asked from outside, as a page's policy may forbid it to evaluate text. @param {Page} page */
async function fingerprint(page) {
  const end = Date.now() + 60_000;
  for (;;) {
    const print = await page.evaluate(() => {
      const lab = /** @type {any} */ (document.querySelector('bellhop-lab'));
      return lab?.phase === 'finished' ? lab.experiment.print : null;
    });
    if (print) return print;
    assert.ok(Date.now() < end, 'the run never ended');
    await frames(page, 5);
  }
}

/**
 * A page of somebody else's, from a server of its own: browsers do not let one that is made up reach this machine.
 * @param {{ body: string, style: string, icon: string, headers: Record<string, string> }} article
 */
const article = ({ body, style, icon, headers }) => hosted({ root: null, headers: { 'Content-Security-Policy': '', ...headers }, files: {
  'index.html': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Article</title><link rel="icon" href="${icon}">
    <link rel="stylesheet" href="article.css"></head><body><h1>Article</h1>\n${body}\n</body></html>`,
  'article.css': style,
} });

/** @param {() => import('../harness.mjs').Lab} lab */
export default function embedDialog(lab) {
  test('embed dialog: the command for a run, given to a shell, ends with the fingerprint of the page', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=2&totalTimesteps=600&learningStarts=100&evalFreq=0&netArch=16');
    await setSpeed(page, 5);
    await page.click('#play');
    await phase(page, 'finished');
    const { hash } = await fingerprint(page);
    await openDialog(page);
    await page.click('#embed-format [value=program]');
    const command = await snippet(page, 'embed-command');
    assert.equal(command, 'npx bellhop train CartPole-v1 --algo dqn --seed 2 --learning-starts 100 --net-arch 16 --total-timesteps 600 --eval-freq 0');
    const out = execFileSync('sh', ['-c', `${command.replace('npx bellhop', `'${process.execPath}' web/cli/cli.mjs`)} --json`], { cwd: new URL('../../../', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    assert.ok(JSON.parse(/** @type {string} */ (out.trim().split('\n').at(-1))).params_sha256.startsWith(hash));
    assert.match(await snippet(page, 'embed-script'), /new bh\.models\['dqn'\]\(env, \{ seed: 2, /);
    await close();
  });

  test('embed dialog: by keyboard, the focus goes in and comes back, and keys do not reach the lab below', async () => {
    const { page, close } = await lab().open();
    await page.focus('#embed');
    await page.keyboard.press('Enter');
    await ready(page);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'embed-title');
    const workers = await page.evaluate(() => /** @type {any} */ (window).watched.workers);
    await page.keyboard.press('s');
    await page.keyboard.press('Space');
    const names = await page.evaluate(() => [...document.querySelectorAll('#embed-dialog :is(input, select, textarea, button)')].filter((each) => {
      const { ariaLabel, textContent, labels, id } = /** @type {any} */ (each);
      return !(ariaLabel || labels?.[0]?.textContent.trim() || each.localName === 'button' && textContent.trim()) && id;
    }).map(({ id }) => id));
    assert.deepEqual(names, [], 'every control has a name');
    // The whole dialog can be reached: from its last control Tab leads past the page below.
    await page.focus('#embed-format input:checked');
    await page.keyboard.press('ArrowRight');
    assert.match(await snippet(page, 'embed-frame'), /^<iframe /);
    await page.focus('#embed-show [value=loss]');
    await page.keyboard.press('Space');
    await has(page, 'show=world+q+transition+return+loss');
    await page.keyboard.press('Escape');
    await holds(page, () => !/** @type {HTMLDialogElement} */ (document.getElementById('embed-dialog')).open);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'embed');
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.agentFrame.timesteps), 0);
    await holds(page, (before) => !document.querySelector('#embed-dialog bellhop-lab') && /** @type {any} */ (window).watched.workers <= before, workers);
    await close();
  });

  test('embed dialog: the experiment that is shown, and what is chosen of it', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=7&learningRate=0.002');
    await openDialog(page);
    assert.match(await snippet(page), /<bellhop-lab env="CartPole-v1" seed="7" settings='\{"learningRate":0.002\}' style=/);
    assert.match(await page.locator('#embed-summary').innerText(), /^CartPole · DQN · .*Learning rate 0\.002/);
    assert.equal(await page.locator('#embed-show [value=truth]').count(), 0, 'it has no optimal values');
    await page.uncheck('#embed-show [value=q]');
    await page.uncheck('#embed-show [value=transition]');
    await page.check('#embed-controls [value=seed]');
    await page.selectOption('#embed-speed', '16');
    await page.selectOption('#embed-lang', 'zh');
    await page.selectOption('#embed-theme', 'dark');
    await page.fill('#embed-stop', '40');
    await page.fill('#embed-seed', '9');
    await page.locator('#embed-width [value=phone]').evaluate((each) => /** @type {HTMLElement} */ (each).click()); // the focus stays where it is
    assert.equal(await page.inputValue('#embed-seed'), '9', 'what is being written is not written over');
    await page.check('#embed-autoplay');
    const attributes = {
      'env': 'CartPole-v1', 'seed': '9', 'settings': '{"learningRate":0.002}', 'speed': '16', 'show': 'world return', 'controls': 'play step reset speed seed', 'lang': 'zh', 'theme': 'dark',
      'autoplay': '', 'stop-at': '40',
    };
    const written = Object.entries(attributes).map(([name, value]) => (value === '' ? name : value.includes('"') ? `${name}='${value}'` : `${name}="${value}"`)).join(' ');
    await has(page, `<bellhop-lab ${written} style="`);
    assert.deepEqual(await preview(page), attributes);
    await holds(page, () => { // it starts by itself, and stops where it was told to
      const { phase: now, experiment } = /** @type {any} */ (document.querySelector('#embed-dialog bellhop-lab'));
      return now === 'paused' && experiment.agentFrame.timesteps === 40 && experiment.setup.seed === 9;
    });
    await page.click('#embed-format [value=frame]');
    await has(page, 'title="倒立摆，DQN：'); // for readers of that language
    await page.click('#embed-format [value=markdown]');
    assert.match(await snippet(page, 'embed-link'), /^\[!\[倒立摆.*\/stills\/CartPole-v1-dark\.webp\)\]\(.*\/#env=CartPole-v1&algo=dqn&seed=9&learningRate=0\.002&lang=zh\)$/);
    const picture = /** @type {RegExpExecArray} */ (/\]\((\S+\.webp)\)/.exec(await snippet(page, 'embed-link')))[1];
    assert.equal((await fetch(picture)).status, 200);
    await page.click('#embed-close');
    await page.click('#embed');
    await has(page, 'seed=7'); // the choices are those of one opening
    await close();
  });

  test('embed dialog: what cannot be is refused, says why, and changes nothing', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    await openDialog(page);
    await page.fill('#embed-height', '700'); // else it is that of the content, once that is there
    await page.locator('#embed-height').dispatchEvent('change');
    await has(page, '700px');
    const before = await snippet(page);
    for (const [id, text, sentence] of /** @type {const} */ ([
      ['embed-seed', '-1', /^Seed is −1, but must be from 0 to 9,007,199,254,740,991\.$/], ['embed-stop', 'a "b"', /^Pause at step is “a "b"”, but must be a number\.$/],
      ['embed-height', '12', /^Height in pixels is 12, but must be from 160 to 5,000\.$/], ['embed-seed', '1.5', /must be a whole number\.$/],
    ])) {
      await page.fill(`#${id}`, text);
      await page.locator(`#${id}`).dispatchEvent('change');
      await says(page, `${id}-problem`, sentence);
      assert.deepEqual([await page.getAttribute(`#${id}`, 'aria-invalid'), await page.inputValue(`#${id}`)], ['true', text]);
    }
    assert.equal(await snippet(page), before);
    for (const name of ['play', 'step', 'reset', 'speed']) await page.locator(`#embed-controls [value=${name}]`).click();
    await says(page, 'embed-controls-problem', /^At least one is needed\.$/);
    assert.equal(await page.isChecked('#embed-controls [value=speed]'), true);
    await has(page, 'controls="speed"');
    await page.fill('#embed-seed', '3');
    await page.locator('#embed-seed').dispatchEvent('change');
    await has(page, 'seed="3"');
    assert.equal(await page.locator('#embed-seed-problem').count(), 0);
    await close();
  });

  test('embed dialog: the height is that of the content in an article, until one is written', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1', { viewport: { width: 390, height: 700 } });
    await openDialog(page);
    const isFitted = () => holds(page, () => {
      const shown = /** @type {HTMLElement} */ (document.querySelector('#embed-dialog bellhop-lab'));
      const content = /** @type {any} */ (shown.shadowRoot).querySelector('[part~=base]').offsetHeight;
      return content > 300 && Math.abs(content - Number(/** @type {HTMLInputElement} */ (document.getElementById('embed-height')).value)) <= 1
        && shown.offsetHeight - content <= 1 && shown.offsetWidth === 720;
    });
    const gauges = () => holds(page, () => document.querySelector('#embed-dialog bellhop-lab')?.shadowRoot?.querySelectorAll('.gauge').length === 4);
    await gauges(); // they come with the first frame, though the lab is not in view
    await isFitted();
    const all = Number(await page.inputValue('#embed-height'));
    for (const name of ['q', 'transition', 'return']) await page.uncheck(`#embed-show [value=${name}]`);
    await holds(page, (before) => Number(/** @type {HTMLInputElement} */ (document.getElementById('embed-height')).value) < before - 100, all);
    await isFitted();
    await page.fill('#embed-height', '500');
    await page.locator('#embed-height').dispatchEvent('change');
    await has(page, 'height: 500px');
    assert.equal(await page.isChecked('#embed-fit'), false);
    await page.click('#embed-width [value=phone]');
    await holds(page, () => /** @type {HTMLElement} */ (document.querySelector('#embed-dialog bellhop-lab')).offsetWidth === 360);
    await has(page, 'height: 500px');
    await page.check('#embed-fit');
    await isFitted();
    await close();
  });

  test('embed dialog: copying, allowed and not', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    const clipboard = (/** @type {boolean} */ isAllowed) => page.evaluate((allowed) => void Object.defineProperty(navigator.clipboard, 'writeText', {
      configurable: true, value: async (/** @type {string} */ text) => {
        if (!allowed) throw new DOMException('no', 'NotAllowedError');
        Object.assign(globalThis, { copied: text });
      },
    }), isAllowed);
    await clipboard(true);
    await openDialog(page);
    await page.click('#embed-element-copy');
    await says(page, 'embed-element-copy', /Copied/);
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).copied), await snippet(page));
    await page.fill('#embed-seed', '4');
    await page.locator('#embed-seed').dispatchEvent('change');
    await says(page, 'embed-element-copy', /^Copy$/); // another text was not copied
    await clipboard(false);
    await page.click('#embed-element-copy');
    await page.getByText(en['embed.copy.by.hand']).waitFor();
    assert.equal(await page.evaluate(() => {
      const { value, selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (document.activeElement);
      return value.slice(selectionStart, selectionEnd);
    }), await snippet(page));
    await close();
  });

  for (const [colorScheme, width, lang, env] of /** @type {const} */ ([['light', 1280, 'en', 'CartPole-v1'], ['dark', 768, 'zh', 'GridWorld-v0'], ['light', 320, 'zh', 'CartPole-v1'], ['dark', 390, 'en', 'TextGen-v1']])) {
    test(`embed dialog: axe, nothing sticks out, ${colorScheme}, ${width} px, ${lang}, ${env}`, async () => {
      const { page, close } = await lab().open(`#env=${env}&lang=${lang}`, { colorScheme, viewport: { width, height: 700 } });
      const [bar, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(bar <= inner, 'the page’s bar has room for its button');
      await openDialog(page);
      await says(page, 'embed-title', new RegExp(`^${{ en, zh }[lang]['embed.title']}$`));
      for (const format of FORMATS) {
        if (env === 'TextGen-v1' && format === 'program') continue; // its presets are the page's
        await page.click(`#embed-format [value=${format}]`);
        if (format === 'element') await page.click('#embed-strict summary');
        const out = await page.evaluate(() => [...document.querySelectorAll('#embed-dialog :not(.embed-stage, .embed-stage *)')]
          .filter((each) => each.scrollWidth > each.clientWidth + 1 && !/^(inline|none)/.test(getComputedStyle(each).display) && !each.closest('.embed-hidden')).map((each) => each.outerHTML.slice(0, 80)));
        assert.deepEqual(out, [], format);
        assert.deepEqual(await axe(page), [], format);
      }
      if (env === 'TextGen-v1') assert.equal(await page.locator('#embed-show').count(), 0, 'a task of text shows all of its panels');
      await close();
    });
  }

  test('embed dialog: without a connection it says so, and can be tried again', async () => {
    const { page, context, trouble, close } = await lab().open('#env=GridWorld-v0');
    await context.setOffline(true);
    await page.click('#embed');
    await says(page, 'notice-text', /could not be fetched. Check your connection/);
    await context.setOffline(false);
    await page.click('#notice-action');
    await ready(page);
    for (const error of trouble.errors.splice(0)) assert.match(error, /ERR_INTERNET_DISCONNECTED/, 'of the browser, about the connection');
    await close();
  });

  test('embed dialog: a language model is not embedded, and says so', async () => {
    const { page, close } = await lab().open('#view=language');
    await page.click('#embed');
    await says(page, 'notice-text', /^A language model cannot be embedded/);
    assert.equal(await page.locator('#embed-dialog[open]').count(), 0);
    await close();
  });

  test('the element’s text in a page of another origin, and under a strict policy, is the page’s run', async () => {
    const host = await hosted({ headers: { 'Access-Control-Allow-Origin': '*' } });
    const { page, close } = await lab().window();
    await page.goto(`${host.url}#env=CartPole-v1&algo=dqn&seed=4&totalTimesteps=700&learningRate=0.002&gamma=0.97@300`);
    await phase(page, 'ready');
    await openDialog(page);
    await page.selectOption('#embed-speed', 'max');
    await page.check('#embed-autoplay');
    await page.click('#embed-strict summary');
    const [plain, tag, style, policy] = await Promise.all(['element', 'tag', 'style', 'policy'].map((id) => snippet(page, `embed-${id}`)));
    await page.click('#embed-close');
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 700);
    const own = await fingerprint(page);
    assert.equal(own.step, 700);

    const strict = `default-src 'none'; style-src 'self'; ${policy}`;
    for (const [body, headers] of /** @type {const} */ ([[plain, {}], [tag, { 'Content-Security-Policy': strict }]])) {
      const { url } = await article({ body, style: body === tag ? style : '', icon: `${host.url}static/icon.svg`, headers });
      await page.goto(url);
      assert.deepEqual(await fingerprint(page), own);
      const { height, display } = await page.locator('bellhop-lab').evaluate((each) => getComputedStyle(each));
      assert.equal(display, 'block');
      assert.ok(parseInt(height) > 300 && style.includes(`height: ${height};`), height);
    }
    await close();
  });
}
