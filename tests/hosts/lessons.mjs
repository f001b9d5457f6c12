// SPDX-License-Identifier: MIT
// The hosts of `npm run test:embeds`, one row for each way to put a lab into a lesson: a small site as an author would write it, how it
// is built, where the lesson is. The lines about Bellhop are those of docs/embedding.md; tests/node/embedding-doc.test.mjs compares them.

/**
 * @typedef {object} Lesson
 * @property {string} name         of the host, and of its section in docs/embedding.md
 * @property {string} form         how the lab is put there
 * @property {string[]} packages   of npm, beside Bellhop; the first one's version stands in the table
 * @property {string} [program]    instead: a key of PROGRAMS (programs.mjs)
 * @property {Record<string, string>} files
 * @property {string} [assets]     the folder that gets a copy of the package's dist/
 * @property {string} [build]      a command
 * @property {string} [output]     the folder that is served; default: the project
 * @property {string} [page]       of the lesson, in it; default: index.html
 * @property {boolean} [frame]     the lab is in a frame
 * @property {number} [visits]     how often the reader leaves for another page, without a reload
 * @property {string} [policy]     Content-Security-Policy of the host; ORIGIN and OTHER stand for the origins
 * @property {boolean} [cors]      whether the host of the files, OTHER, sends CORS headers; default: true
 * @property {string} [expects]    what must hold in the end, an expression for the page
 */

/** Where Bellhop's files are in the examples, if they are not beside the lesson. */
export const OTHER = 'https://example.org/bellhop/';
/** Every site is served below this path, as a project's pages often are. */
export const BASE = '/course/';

/** The run of project.mjs. */
const LAB = '<bellhop-lab env="GridWorld-v0" seed="3" stop-at="1200" style="display: block; height: 680px; overflow: auto"></bellhop-lab>';
const FRAME = `<iframe src="${OTHER}embed.html?env=GridWorld-v0&amp;seed=3&amp;stop-at=1200" title="GridWorld, an experiment" width="100%" height="680" loading="lazy" frameborder="0" sandbox="allow-scripts"></iframe>`;

/** More than one screen, so that the lab is not near when the page opens. */
const TEXT = Array.from({ length: 40 }, (_, i) => `Paragraph ${i + 1}: an agent acts, the environment answers with a reward, and the agent changes its mind about what is good.`).join('\n\n');
const TO_OTHER = 'To the other page', BACK = 'Back to the lesson';

/** @param {string} lab @param {string} [other] address of the other page */
const markdown = (lab, other) => `# Lesson\n\n${other ? `[${TO_OTHER}](${other})\n\n` : ''}${TEXT}\n\n${lab}\n\n${TEXT}\n`;

/** @param {string} lesson its address */
const otherPage = (lesson) => `# Another page\n\n[${BACK}](${lesson})\n`;

/** @param {string} head @param {string} body */
const html = (head, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lesson</title><link rel="icon" href="data:,">
${head}
</head><body>
${body}
</body></html>
`;

const PARAGRAPHS = TEXT.replace(/.+/g, '<p>$&</p>');

/** @param {string} head @param {string} lab */
const plain = (head, lab) => html(head, `<h1>Lesson</h1>\n${PARAGRAPHS}\n${lab}\n${PARAGRAPHS}`);

const SCRIPT = '<script type="module" src="bellhop/bellhop-lab.js"></script>';
const OWN_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'";
const OTHER_POLICY = "default-src 'none'; script-src https://example.org 'wasm-unsafe-eval'; style-src 'self'; img-src https://example.org data:; connect-src https://example.org; worker-src https://example.org blob:";
const FRAME_POLICY = "default-src 'none'; frame-src https://example.org; img-src data:";
const STYLE = 'bellhop-lab { display: block; height: 680px; overflow: auto }\n';
const STYLED = '<link rel="stylesheet" href="lesson.css">';
const BARE = '<bellhop-lab env="GridWorld-v0" seed="3" stop-at="1200"></bellhop-lab>';

const RESIZE = `<script>
  addEventListener('message', ({ source, data }) => {
    if (data?.source !== 'bellhop' || data.type !== 'resize') return;
    for (const frame of document.querySelectorAll('iframe')) {
      if (frame.contentWindow === source) frame.height = data.height;
    }
  });
</script>`;

/** @type {Omit<Lesson, 'name' | 'packages'>[]} */
const PLAIN = [
  { form: 'element', assets: 'bellhop', files: { 'index.html': plain(SCRIPT, LAB) } },
  { form: 'element, classic script', assets: 'bellhop', files: { 'index.html': plain('<script src="bellhop/bellhop-lab.classic.js"></script>', LAB) } },
  { form: 'element, one file', assets: 'bellhop', files: { 'index.html': plain('<script type="module" src="bellhop/bellhop-lab-all.js"></script>', LAB) } },
  { form: 'element, strict policy', assets: 'bellhop', policy: OWN_POLICY, files: { 'index.html': plain(STYLED + SCRIPT, BARE), 'lesson.css': STYLE } },
  {
    form: 'element from another origin, strict policy', policy: OTHER_POLICY,
    files: { 'index.html': plain(`${STYLED}<script type="module" src="${OTHER}bellhop-lab.js"></script>`, BARE), 'lesson.css': STYLE },
  },
  { form: 'element from another origin without CORS', cors: false, files: { 'index.html': plain(`<script src="${OTHER}bellhop-lab-all.classic.js"></script>`, LAB) } },
  { form: 'frame, sandboxed, strict policy', frame: true, policy: FRAME_POLICY, files: { 'index.html': plain('', FRAME) } },
  { form: 'frame, sandboxed, without CORS', frame: true, cors: false, files: { 'index.html': plain('', FRAME) } },
  {
    form: 'frame, height by message', frame: true, cors: false, expects: "document.querySelector('iframe').height > 680",
    files: { 'index.html': plain(RESIZE, FRAME) },
  },
];

// ---- hosts from npm ----

const DOCUSAURUS = { packages: ['@docusaurus/core@3', '@docusaurus/preset-classic@3', 'react@19', 'react-dom@19'], build: 'docusaurus build', output: 'build', page: 'lesson/', visits: 5 };

/** Docusaurus makes CommonJS, which a package of modules would not have, and wants every link to lead somewhere. */
const DOCUSAURUS_FILES = { 'package.json': '{ "private": true }\n', 'docs/index.md': '# Course\n' };

/** @param {string} [more] lines of the configuration */
const docusaurusConfig = (more = '') => `export default {
  title: 'Course', url: 'https://example.com', baseUrl: '${BASE}',
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false }]],
${more}};
`;

/** @type {Lesson[]} */
const DOCUSAURUS_ROWS = [
  {
    name: 'Docusaurus', form: 'import in MDX', ...DOCUSAURUS,
    files: {
      ...DOCUSAURUS_FILES, 'docusaurus.config.mjs': docusaurusConfig(),
      'docs/lesson.mdx': `import 'bellhop/lab';\n\n${markdown("<bellhop-lab env=\"GridWorld-v0\" seed=\"3\" stop-at=\"1200\" style={{ display: 'block', height: 680, overflow: 'auto' }}></bellhop-lab>", './other.md')}`,
      'docs/other.md': otherPage('./lesson.mdx'),
    },
  },
  {
    name: 'Docusaurus', form: 'element', ...DOCUSAURUS, assets: 'static/bellhop',
    files: {
      ...DOCUSAURUS_FILES, 'docusaurus.config.mjs': docusaurusConfig(`  scripts: [{ src: '${BASE}bellhop/bellhop-lab.js', type: 'module' }],\n  markdown: { format: 'detect' },\n`),
      'docs/lesson.md': markdown(LAB, './other.md'), 'docs/other.md': otherPage('./lesson.md'),
    },
  },
];

/** @type {Lesson} */
const VITEPRESS = {
  name: 'VitePress', form: 'import in the theme', packages: ['vitepress@1'], build: 'vitepress build', output: '.vitepress/dist', page: 'lesson.html', visits: 5,
  files: {
    '.vitepress/config.mjs': `export default {
  base: '${BASE}',
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'bellhop-lab' } } },
};
`,
    '.vitepress/theme/index.mjs': "import DefaultTheme from 'vitepress/theme';\nimport 'bellhop/lab';\n\nexport default DefaultTheme;\n",
    'lesson.md': markdown(LAB, './other.md'), 'other.md': otherPage('./lesson.md'),
  },
};

/** @type {Lesson} */
const ASTRO = {
  name: 'Astro', form: 'import in a layout', packages: ['astro@5'], build: 'astro build', output: 'dist', page: 'lesson/', visits: 5,
  files: {
    'astro.config.mjs': `export default { base: '${BASE}' };\n`,
    'src/layouts/Lesson.astro': `---
import { ClientRouter } from 'astro:transitions';
---
<html lang="en">
  <head>
    <meta charset="utf-8"><title>Lesson</title><link rel="icon" href="data:,">
    <ClientRouter />
    <script>
      import 'bellhop/lab';
    </script>
  </head>
  <body><slot /></body>
</html>
`,
    'src/pages/lesson.md': `---\nlayout: ../layouts/Lesson.astro\n---\n${markdown(LAB, `${BASE}other/`)}`,
    'src/pages/other.md': `---\nlayout: ../layouts/Lesson.astro\n---\n${otherPage(`${BASE}lesson/`)}`,
  },
};

const TURBO = `${SCRIPT}\n<script src="node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js"></script>`;

/** @type {Lesson} */
const SWAPPED = {
  name: 'Turbo', form: 'element', packages: ['@hotwired/turbo@8'], assets: 'bellhop', visits: 20,
  files: {
    'index.html': html(TURBO, `<h1>Lesson</h1><p><a href="other.html">${TO_OTHER}</a></p>\n${PARAGRAPHS}\n${LAB}\n${PARAGRAPHS}`),
    'other.html': html(TURBO, `<h1>Another page</h1><p><a href="index.html">${BACK}</a></p>`),
  },
};

// ---- hosts from Debian ----

const MKDOCS = { name: 'MkDocs', packages: [], program: 'mkdocs', build: 'mkdocs build --quiet', output: 'site', page: 'lesson/' };
const MKDOCS_CONFIG = 'site_name: Course\nuse_directory_urls: true\ntheme:\n  name: mkdocs\n  highlightjs: false\n';
const SPHINX = { name: 'Sphinx', packages: [], program: 'sphinx', build: 'sphinx-build -q . _build', output: '_build' };
const HUGO = { name: 'Hugo', packages: [], program: 'hugo', build: 'hugo --quiet', output: 'public', page: 'lesson/' };
const HUGO_PAGE = html('<script type="module" src="{{ "bellhop/bellhop-lab.js" | relURL }}"></script>', '{{ .Content }}');
const JEKYLL = { name: 'Jekyll', packages: [], program: 'jekyll', build: 'jekyll build --quiet', output: '_site', page: 'lesson.html' };
/** nbconvert links scripts for modules and formulas at other origins: the one comes from npm here, the other is left out. */
const URLS = '--HTMLExporter.require_js_url=node_modules/requirejs/require.js --HTMLExporter.mathjax_url=data:text/javascript,//';
const NOTEBOOK = { name: 'Jupyter', packages: ['requirejs@2'], program: 'nbconvert', build: `jupyter-nbconvert --log-level=ERROR --execute --to html ${URLS} lesson.ipynb`, page: 'lesson.html' };

/** @param {string} code of the cell that makes a lab */
function notebook(code) {
  const lines = (/** @type {string} */ text) => text.split(/(?<=\n)/);
  const words = { cell_type: 'markdown', metadata: {}, source: lines(`# Lesson\n\n${TEXT}`) };
  const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: lines(code) };
  return JSON.stringify({ cells: [words, cell, words], metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } }, nbformat: 4, nbformat_minor: 4 });
}

/** @param {string} text @param {number} by */
const indented = (text, by) => text.replace(/^(?=.)/gm, ' '.repeat(by));

/** @param {string} lab */
const sphinxPage = (lab) => `Lesson\n======\n\n${TEXT}\n\n.. raw:: html\n\n${indented(lab, 3)}\n\n${TEXT}\n`;
const IFRAME_CELL = `from IPython.display import IFrame

IFrame("${OTHER}embed.html?env=GridWorld-v0&seed=3&stop-at=1200", width="100%", height=680)
`;
const HTML_CELL = `from IPython.display import HTML

HTML("""
<script src="bellhop/bellhop-lab.classic.js"></script>
${LAB}
""")
`;

/** @type {Lesson[]} */
const DEBIAN = [
  {
    ...MKDOCS, form: 'element', assets: 'docs/bellhop',
    files: { 'mkdocs.yml': `${MKDOCS_CONFIG}extra_javascript:\n  - bellhop/bellhop-lab.classic.js\n`, 'docs/index.md': '# Course\n', 'docs/lesson.md': markdown(LAB) },
  },
  { ...MKDOCS, form: 'frame, sandboxed', frame: true, cors: false, files: { 'mkdocs.yml': MKDOCS_CONFIG, 'docs/index.md': '# Course\n', 'docs/lesson.md': markdown(FRAME) } },
  {
    ...SPHINX, form: 'element', assets: '_static/bellhop',
    files: { 'conf.py': "project = 'Course'\nhtml_static_path = ['_static']\nhtml_js_files = [('bellhop/bellhop-lab.js', {'type': 'module'})]\n", 'index.rst': sphinxPage(LAB) },
  },
  { ...SPHINX, form: 'frame, sandboxed', frame: true, cors: false, files: { 'conf.py': "project = 'Course'\n", 'index.rst': sphinxPage(FRAME) } },
  {
    ...HUGO, form: 'shortcode', assets: 'static/bellhop',
    files: {
      'config.toml': `baseURL = 'https://example.com${BASE}'\ndisableKinds = ['taxonomy', 'term', 'RSS', 'sitemap']\n`,
      'layouts/_default/single.html': HUGO_PAGE, 'layouts/_default/list.html': HUGO_PAGE,
      'layouts/shortcodes/bellhop.html': `<bellhop-lab{{ range $name, $value := .Params }} {{ printf "%s=%q" $name $value | safeHTMLAttr }}{{ end }} style="display: block; height: 680px; overflow: auto"></bellhop-lab>\n`,
      'content/lesson.md': `---\ntitle: Lesson\n---\n${markdown('{{< bellhop env="GridWorld-v0" seed="3" stop-at="1200" >}}')}`,
    },
  },
  {
    ...HUGO, form: 'element, raw HTML', assets: 'static/bellhop',
    files: {
      'config.toml': `baseURL = 'https://example.com${BASE}'\ndisableKinds = ['taxonomy', 'term', 'RSS', 'sitemap']\n\n[markup.goldmark.renderer]\nunsafe = true\n`,
      'layouts/_default/single.html': HUGO_PAGE, 'layouts/_default/list.html': HUGO_PAGE, 'content/lesson.md': `---\ntitle: Lesson\n---\n${markdown(LAB)}`,
    },
  },
  {
    ...JEKYLL, form: 'element', assets: 'bellhop',
    files: {
      '_config.yml': `baseurl: ${BASE.slice(0, -1)}\nexclude: [node_modules, package.json, package-lock.json]\n`,
      '_layouts/default.html': html("<script type=\"module\" src=\"{{ '/bellhop/bellhop-lab.js' | relative_url }}\"></script>", '{{ content }}'),
      'lesson.md': `---\nlayout: default\n---\n${markdown(LAB)}`,
    },
  },
  {
    ...JEKYLL, form: 'frame, sandboxed', frame: true, cors: false,
    files: {
      '_config.yml': `baseurl: ${BASE.slice(0, -1)}\nexclude: [node_modules, package.json, package-lock.json]\n`,
      '_layouts/default.html': html('', '{{ content }}'), 'lesson.md': `---\nlayout: default\n---\n${markdown(FRAME)}`,
    },
  },
  { ...NOTEBOOK, form: 'frame', frame: true, files: { 'lesson.ipynb': notebook(IFRAME_CELL) } },
  { ...NOTEBOOK, form: 'element, classic script', assets: 'bellhop', files: { 'lesson.ipynb': notebook(HTML_CELL) } },
];

// ---- WordPress ----

/** The frame as WordPress writes it, and what its own script does: it shows a frame when it hears of its height, and takes heights from 200 to 1000. */
const WORDPRESS = html('', `<h1>Lesson</h1>
${PARAGRAPHS}
<iframe class="wp-embedded-content" sandbox="allow-scripts" security="restricted" style="position: absolute; visibility: hidden;" title="GridWorld, an experiment" src="${OTHER}embed.html?env=GridWorld-v0&amp;seed=3&amp;stop-at=1200&amp;show=world#?secret=abc" data-secret="abc" width="600" height="338" frameborder="0" marginwidth="0" marginheight="0" scrolling="no"></iframe>
${PARAGRAPHS}
<script>
  const frame = document.querySelector('iframe');
  addEventListener('message', ({ source, data }) => {
    if (source !== frame.contentWindow || data?.secret !== frame.dataset.secret || !data.message) return;
    frame.removeAttribute('style');
    if (data.message === 'height') frame.height = Math.min(1000, Math.max(200, parseInt(data.value, 10)));
  });
  addEventListener('load', () => frame.contentWindow.postMessage({ message: 'ready', secret: frame.dataset.secret }, '*'));
</script>`);

/** @type {Lesson} */
const WORDPRESS_ROW = {
  name: 'WordPress', form: 'frame of an oEmbed, its attributes and its script', packages: [], frame: true, cors: false, files: { 'index.html': WORDPRESS },
  expects: "!document.querySelector('iframe').hasAttribute('style') && document.querySelector('iframe').height > 338 && document.querySelector('iframe').height < 1000",
};

/** @type {Lesson[]} */
export const LESSONS = [...PLAIN.map((row) => ({ name: 'Plain HTML', packages: [], ...row })), ...DOCUSAURUS_ROWS, VITEPRESS, ASTRO, SWAPPED, ...DEBIAN, WORDPRESS_ROW];
