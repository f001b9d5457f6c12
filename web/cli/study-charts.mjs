// SPDX-License-Identifier: MIT
// Charts as SVG text, for a page without scripts: axes with round ticks, points, lines, bars. Colours are classes, which the page's style sheet
// has for light and dark. The same values give the same text.
import { number } from './output.mjs';

/** @typedef {{ at: (value: any) => number, ticks: { value: any, text: string }[], label: string }} Scale  at: 0 to 1 */
/** @typedef {{ x: Scale, y: Scale, title: string, body: (place: Place) => string, height?: number, width?: number, left?: number }} Chart */
/** @typedef {{ x: (value: any) => number, y: (value: any) => number }} Place  in pixels */

const WIDTH = 480, HEIGHT = 280;
const TOP = 12, RIGHT = 22, BOTTOM = 46, LEFT = 62;

/** Text in HTML and SVG. @param {unknown} text */
export const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

/** A coordinate: half a pixel's tenth is enough, and keeps the page small. @param {number} value */
export const px = (value) => String(Math.round(value * 10) / 10);

/** A number on an axis: 0.0003, 1,500, 2e6. @param {number} value */
export function short(value) {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e');
  return number(Number(value.toPrecision(4)), 4);
}

/** 1, 2 or 5 times a power of ten: the step of about so many ticks. @param {number} range @param {number} count */
function roundStep(range, count) {
  const raw = range / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
}

/** @param {number} low @param {number} high @param {number} [count] @returns {number[]} */
function ticksOf(low, high, count = 6) {
  const step = roundStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Room beside the ends, so that nothing lies on a border. @param {readonly number[]} values @param {number} share @returns {[number, number]} */
function ends(values, share) {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  if (!(low <= high)) return [0, 1];
  const room = low === high ? Math.max(1, Math.abs(low)) * 0.1 : (high - low) * share;
  return [low - room, high + room];
}

/** @param {string} label @param {readonly number[]} values  that are to be seen @param {{ room?: number, from?: number }} [how] @returns {Scale} */
export function linear(label, values, { room = 0.06, from } = {}) {
  const [low, high] = ends(values, room);
  const start = from ?? low;
  const range = high - start || 1;
  return { label, at: (value) => (value - start) / range, ticks: ticksOf(start, high).map((value) => ({ value, text: short(value) })) };
}

/** @param {string} label @param {readonly number[]} values  above 0 @returns {Scale} */
export function logarithmic(label, values) {
  const [low, high] = ends(values.map(Math.log10), 0.06);
  const powers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => 10 ** (Math.ceil(low) + i));
  const decades = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, i) => Math.floor(low) + i);
  const between = powers.length >= 3 ? powers : decades.flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power));
  const ticks = [...new Set([...powers, ...between])].filter((value) => Math.log10(value) >= low && Math.log10(value) <= high).sort((a, b) => a - b);
  return { label, at: (value) => (Math.log10(value) - low) / (high - low), ticks: ticks.map((value) => ({ value, text: short(Number(value.toPrecision(6))) })) };
}

/** The golden ratio's fraction: its multiples lie apart from each other. */
const GOLDEN = 0.6180339887498949;

/** How far a point is moved within its band, -0.5 to 0.5, so that equal ones are seen. @param {number} i */
export const aside = (i) => (i * GOLDEN) % 1 - 0.5;

/** A place for each of some names, the texts of values; [name, aside] is beside it. @param {string} label @param {readonly string[]} names @returns {Scale} */
export function bands(label, names) {
  const middle = (/** @type {any} */ value) => Array.isArray(value) ? names.indexOf(value[0]) + 0.5 + 0.5 * value[1] : names.indexOf(value) + 0.5;
  return { label, at: (value) => middle(value) / names.length, ticks: names.map((value) => ({ value, text: value.length > 18 ? `${value.slice(0, 17)}…` : value })) };
}

/** Ticks that would touch each other are left out. @param {Scale['ticks']} ticks @param {(tick: Scale['ticks'][number]) => number} at @param {(tick: Scale['ticks'][number]) => number} size */
function apart(ticks, at, size) {
  let end = -Infinity;
  return ticks.filter((tick) => {
    const from = at(tick) - size(tick) / 2;
    if (from < end) return false;
    end = from + size(tick);
    return true;
  });
}

/** An SVG with axes. @param {Chart} chart @returns {string} */
export function drawn({ x, y, title, body, height = HEIGHT, width = WIDTH, left = LEFT }) {
  const [inner, tall] = [width - left - RIGHT, height - TOP - BOTTOM];
  const place = { x: (/** @type {any} */ value) => left + x.at(value) * inner, y: (/** @type {any} */ value) => TOP + (1 - y.at(value)) * tall };
  const across = apart(x.ticks, ({ value }) => place.x(value), ({ text }) => text.length * 7.6 + 12)
    .map(({ value, text }) => `<text x="${px(place.x(value))}" y="${height - 26}" text-anchor="middle">${escaped(text)}</text><line class="tick" x1="${px(place.x(value))}" x2="${px(place.x(value))}" y1="${height - BOTTOM}" y2="${height - BOTTOM + 4}"/>`);
  const up = y.ticks.map(({ value, text }) => `<line class="grid" x1="${left}" x2="${width - RIGHT}" y1="${px(place.y(value))}" y2="${px(place.y(value))}"/><text x="${left - 8}" y="${px(place.y(value) + 4)}" text-anchor="end">${escaped(text)}</text>`);
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${up.join('')}${across.join('')}<line class="axis" x1="${left}" x2="${width - RIGHT}" y1="${height - BOTTOM}" y2="${height - BOTTOM}"/>
<text class="label" x="${px(left + inner / 2)}" y="${height - 6}" text-anchor="middle">${escaped(x.label)}</text>
<text class="label" transform="translate(14 ${px(TOP + tall / 2)}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>
${body(place)}
</svg>`;
}

/** A point that says what it is where a pointer rests on it. @param {number} x @param {number} y @param {string} kind  its class @param {string} text @param {number} [radius] */
export const point = (x, y, kind, text, radius = 4) => `<circle class="${kind}" cx="${px(x)}" cy="${px(y)}" r="${radius}"><title>${escaped(text)}</title></circle>`;

/** @param {readonly (readonly [x: number, y: number])[]} points @param {string} kind @param {string} [text] */
export const line = (points, kind, text) => points.length === 0 ? '' : `<polyline class="${kind}" points="${points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')}">${text === undefined ? '' : `<title>${escaped(text)}</title>`}</polyline>`;

/** The area between two lines. @param {readonly (readonly [x: number, low: number, high: number])[]} points @param {string} kind */
export const band = (points, kind) => points.length === 0 ? '' : `<polygon class="${kind}" points="${[...points.map(([x, , high]) => `${px(x)},${px(high)}`), ...[...points].reverse().map(([x, low]) => `${px(x)},${px(low)}`)].join(' ')}"/>`;

/** Bars from the left with their names and values. @param {readonly { name: string, value: number, text: string }[]} rows  values from 0 to 1 @param {string} title */
export function bars(rows, title) {
  const height = rows.length * 32 + 8;
  const wide = Math.min(220, 24 + 7.4 * Math.max(...rows.map(({ name }) => name.length)));
  const room = WIDTH - wide - 72;
  const each = rows.map(({ name, value, text }, i) => {
    const y = 8 + 32 * i;
    return `<text x="${px(wide - 12)}" y="${y + 16}" text-anchor="end">${escaped(name)}</text><rect class="bar" x="${px(wide)}" y="${y + 1}" width="${px(Math.max(1, value * room))}" height="22" rx="2"/><text x="${px(wide + Math.max(1, value * room) + 8)}" y="${y + 16}">${escaped(text)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${each.join('')}</svg>`;
}
