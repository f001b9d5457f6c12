// SPDX-License-Identifier: MIT
// A chart as a picture of vectors, written from its data: an SVG with a title, axes, level lines and a legend that names every curve.
import { decimalsOf, linearRange, logRange, makeScale, ticksOf } from './chart-scale.mjs';
import { roundEnd } from './chart-steps.mjs';

/** @typedef {import('./chart.mjs').Content} Content */
/** @typedef {import('./chart.mjs').Series} Series */
/** @typedef {import('./chart.mjs').ChartTheme} ChartTheme */
/** @typedef {import('./chart.mjs').ChartWords} ChartWords */
/** `about` is a line below the title; '' for none. @typedef {{ title: string, about: string, xTitle: string, yTitle: string, theme: ChartTheme, words: ChartWords }} Look */
/** Where values are, in pixels. @typedef {{ x: (step: number) => number, y: (value: number) => number, has: (value: number) => boolean }} Place */

const WIDTH = 800, PLOT = Object.freeze({ left: 84, top: 76, width: 692, height: 320 });
const BOTTOM = PLOT.top + PLOT.height, RIGHT = PLOT.left + PLOT.width;
/** The legend: a line of it, a sign and its text. */
const LINE_PX = 22, SIGN_PX = 28, GAP_PX = 20, FONT_PX = 13;
const X_TICKS = 8, Y_TICKS = 7;

/** @param {Content} content @param {Look} look */
export function chartSvg(content, look) {
  const { series, levels = [], include = [], log = false, zero = true, margin, range, until = 0 } = content;
  const end = Math.max(until, roundEnd(Math.max(1, ...series.map(({ xs }) => xs[xs.length - 1] ?? 0))));
  const values = series.flatMap(({ ys }) => Array.from(ys)).filter((y) => y !== null), lines = [...levels.map(({ value }) => value), ...include];
  const scale = makeScale(range ?? (log ? logRange(values, lines) : linearRange([...values, ...lines], zero, margin)), log);
  const place = {
    x: (/** @type {number} */ step) => PLOT.left + PLOT.width * step / end, y: (/** @type {number} */ value) => BOTTOM - PLOT.height * scale.at(value),
    has: (/** @type {number} */ value) => scale.edge(value) === null,
  };
  const { body, height } = legend(legendOf(content), look.theme);
  const total = BOTTOM + 56 + height;
  const { theme: { panel, font }, title, about } = look;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" role="img" aria-labelledby="title desc" font-family="${escaped(font)}" font-size="${FONT_PX}">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped([about, `${look.yTitle} / ${look.xTitle}`, ...legendOf(content).map(({ name }) => name)].filter(Boolean).join('; '))}</desc>
<rect width="${WIDTH}" height="${total}" fill="${panel}"/>
${heading(look)}${axes(place, { end, scale, log }, content, look)}<clipPath id="plot"><rect x="${PLOT.left - 5}" y="${PLOT.top - 5}" width="${PLOT.width + 10}" height="${PLOT.height + 10}"/></clipPath>
<g clip-path="url(#plot)">
${bands(series, place)}${series.filter(({ kind }) => kind !== 'band').map((each) => curve(each, place, look.theme)).join('')}</g>
${levelLines(content, place, look.theme)}${marks(content, place, look.theme)}<g transform="translate(${PLOT.left} ${BOTTOM + 64})">
${body}</g>
</svg>
`;
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\u{10ffff}]/gu, '');

/** @param {number} n */
const px = (n) => String(Math.round(n * 100) / 100);

/** @param {string} text @param {Record<string, string | number>} attributes */
const label = (text, attributes) => `<text ${Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`).join(' ')}>${escaped(text)}</text>\n`;

/** @param {Look} look */
function heading({ title, about, theme: { ink, muted } }) {
  return label(title, { 'x': PLOT.left, 'y': 30, 'fill': ink, 'font-size': 17, 'font-weight': 600 }) + (about === '' ? '' : label(about, { x: PLOT.left, y: 52, fill: muted }));
}

// ---- axes ----

/** @param {Place} place @param {{ end: number, scale: import('./chart-scale.mjs').Scale, log: boolean }} range @param {Content} content @param {Look} look */
function axes({ x, y }, { end, scale, log }, { format }, { xTitle, yTitle, theme: { muted, line }, words }) {
  const steps = ticksOf(makeScale([0, end], false), X_TICKS).filter((step) => Number.isInteger(step)), values = ticksOf(scale, Y_TICKS);
  const decimals = decimalsOf(values);
  const write = format ?? ((/** @type {number} */ n) => (log || decimals === null ? words.figure(n) : words.value(n, decimals)));
  return `<g stroke="${line}">${steps.map((step) => `<path d="M${px(x(step))} ${PLOT.top}V${BOTTOM}"/>`).join('')}${values.map((n) => `<path d="M${PLOT.left} ${px(y(n))}H${RIGHT}"/>`).join('')}</g>
<g fill="${muted}">
${steps.map((step) => label(words.count(step), { 'x': px(x(step)), 'y': BOTTOM + 18, 'text-anchor': 'middle' })).join('')}${values.map((n) => label(write(n), { 'x': PLOT.left - 8, 'y': px(y(n) + 4), 'text-anchor': 'end' })).join('')}${label(xTitle, { 'x': PLOT.left + PLOT.width / 2, 'y': BOTTOM + 40, 'text-anchor': 'middle' })}${label(yTitle, { 'transform': `translate(18 ${PLOT.top + PLOT.height / 2}) rotate(-90)`, 'text-anchor': 'middle' })}</g>
`;
}

/** @param {Content} content @param {Place} place @param {ChartTheme} theme */
function levelLines({ levels = [] }, { y, has }, { ink, muted }) {
  return levels.filter(({ value }) => has(value)).map(({ name, value, colour = ink, dash = [5, 4], where }) => `<path d="M${PLOT.left} ${px(y(value))}H${RIGHT}" stroke="${colour}" stroke-dasharray="${dash.join(' ')}" fill="none"/>
${label(name, { 'x': RIGHT - 4, 'y': px(y(value) + (where === 'below' ? 16 : -6)), 'text-anchor': 'end', 'fill': muted })}`).join('');
}

/** @param {Content} content @param {Place} place @param {ChartTheme} theme */
function marks({ marks: all = [] }, { x }, { ink, muted }) {
  return all.map(({ x: step, text }) => `<path d="M${px(x(step))} ${PLOT.top}V${BOTTOM}" stroke="${muted}" stroke-dasharray="2 3"/>
${label(text, { 'x': px(Math.max(PLOT.left + 8, x(step))), 'y': BOTTOM - 4, 'text-anchor': 'middle', 'fill': ink, 'font-size': 15 })}`).join('');
}

// ---- curves ----

/** The points of a series that have a place; null where there is a gap. @param {Series} series @param {Place} place @returns {([x: number, y: number] | null)[]} */
function points({ xs, ys }, { x, y, has }) {
  const known = Array.from(ys).flatMap((value, i) => (value === null || value === undefined ? [] : [[xs[i], value]]));
  return known.map(([step, value]) => (has(value) ? [x(step), y(value)] : null));
}

/** A line through points; a gap ends it. @param {([x: number, y: number] | null)[]} all */
const path = (all) => all.map((point, i) => (point ? `${i > 0 && all[i - 1] ? 'L' : 'M'}${px(point[0])} ${px(point[1])}` : '')).join('');

/** @param {Series} series @param {Place} place @param {ChartTheme} theme */
function curve(series, place, { panel }) {
  const { kind, colour, width, dash = [] } = series;
  const all = points(series, place);
  const circles = (/** @type {string} */ radius) => all.map((point) => (point ? `<circle cx="${px(point[0])}" cy="${px(point[1])}" r="${radius}"/>` : '')).join('');
  if (kind === 'dots') return `<g fill="${colour}" fill-opacity="0.6">${circles('1.75')}</g>\n`;
  if (kind === 'rings') return `<g fill="${panel}" stroke="${colour}" stroke-width="2">${circles('3.5')}</g>\n`;
  return `<path d="${path(all)}" fill="none" stroke="${colour}" stroke-width="${width ?? (kind === 'faint' ? 1.5 : 2)}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''} stroke-linejoin="round"/>\n`;
}

/** Edges come in pairs. @param {readonly Series[]} series @param {Place} place */
function bands(series, place) {
  const edges = series.filter(({ kind }) => kind === 'band');
  return edges.map((high, i) => {
    if (i % 2 === 1) return '';
    const [upper, lower] = [high, edges[i + 1]].map((edge) => points(edge, place).filter((point) => point !== null));
    return `<path d="${path([...upper, ...lower.reverse()])}Z" fill="${high.colour}" fill-opacity="0.2" stroke="${high.colour}" stroke-opacity="0.5"/>\n`;
  }).join('');
}

// ---- the legend ----

/** Every curve that has points, once. @param {Content} content @returns {Series[]} */
function legendOf({ series }) {
  const shown = series.filter(({ ys }) => Array.from(ys).some((y) => y !== null && y !== undefined));
  return shown.filter(({ kind, name }, i) => kind !== 'band' || shown.findIndex((each) => each.kind === 'band' && each.name === name) === i);
}

/** About how wide a text is: letters of Chinese are twice as wide. @param {string} text */
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (/[\u2e80-\uffff]/.test(letter) ? FONT_PX : FONT_PX * 0.56), 0);

/** @param {readonly Series[]} series @param {ChartTheme} theme */
function legend(series, theme) {
  let [x, y] = [0, 0];
  const body = series.map((each) => {
    const width = SIGN_PX + 8 + widthOf(each.name) + GAP_PX;
    if (x > 0 && x + width > PLOT.width) [x, y] = [0, y + LINE_PX];
    const at = `translate(${px(x)} ${y})`;
    x += width;
    return `<g transform="${at}">${sign(each, theme)}${label(each.name, { x: SIGN_PX + 8, y: 4, fill: theme.ink })}</g>\n`;
  }).join('');
  return { body, height: series.length > 0 ? y + LINE_PX : 0 };
}

/** How a curve looks. @param {Series} series @param {ChartTheme} theme */
function sign(series, theme) {
  const { kind, colour } = series;
  if (kind === 'band') return `<rect y="-6" width="${SIGN_PX}" height="12" fill="${colour}" fill-opacity="0.2" stroke="${colour}" stroke-opacity="0.5"/>`;
  const xs = kind === 'dots' || kind === 'rings' ? [SIGN_PX / 2] : [0, SIGN_PX];
  return curve({ ...series, xs, ys: xs.map(() => 0) }, { x: (step) => step, y: () => 0, has: () => true }, theme).trim();
}
