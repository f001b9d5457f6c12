// SPDX-License-Identifier: MIT
// Pictures of what is shown: of the world as it stands, of the world as it moves, and of a chart that is written as SVG.

/** Pixels of a PNG per pixel of the SVG. */
const SHARP = 2;
const FRAMES_PER_SECOND = 30;
const VIDEO = 'video/webm';

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function pngOf(canvas) {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser could not write the picture'))), 'image/png'));
}

/** @param {string} svg @returns {Promise<Blob>} */
export async function pngOfSvg(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth * SHARP, height: image.naturalHeight * SHARP });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pngOf(canvas);
}

/** Whether the browser can record what a canvas shows. */
export const canRecord = () => typeof MediaRecorder === 'function' && 'captureStream' in HTMLCanvasElement.prototype && MediaRecorder.isTypeSupported(VIDEO);

/** What a canvas shows for some seconds. @param {HTMLCanvasElement} canvas @param {number} seconds @returns {Promise<Blob>} */
export async function recorded(canvas, seconds) {
  const stream = canvas.captureStream(FRAMES_PER_SECOND);
  const recorder = new MediaRecorder(stream, { mimeType: VIDEO, videoBitsPerSecond: 4_000_000 });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener('dataavailable', ({ data }) => void parts.push(data));
  const ended = new Promise((resolve, reject) => {
    recorder.addEventListener('stop', resolve);
    recorder.addEventListener('error', () => reject(new Error('the browser could not record the world')));
  });
  recorder.start();
  setTimeout(() => recorder.state === 'recording' && recorder.stop(), seconds * 1000);
  await ended;
  for (const track of stream.getTracks()) track.stop();
  return new Blob(parts, { type: VIDEO });
}
