// SPDX-License-Identifier: Apache-2.0
// A picture of what is drawn, for reports: all canvases of an element with a title above and a legend below.
import { resolveColour } from '../theme/resolve-colour';

export interface ImageText {
  readonly title: string;
  readonly note: string;
  readonly legend: readonly { readonly name: string; readonly colour: string }[];
}

const MARGIN = 20;
const LINE = 20;
const LEGEND_COLUMN = 220;

/** A PNG in the resolution of the screen. @throws Error where there is nothing drawn */
export async function chartImage(element: Element, text: ImageText): Promise<Blob> {
  const canvases = [...element.querySelectorAll('canvas')];
  if (canvases.length === 0) throw new Error('There is no chart to save here: choose one first.');
  const { left, top, width, height } = element.getBoundingClientRect();
  const columns = Math.max(1, Math.floor(width / LEGEND_COLUMN));
  const legendHeight = Math.ceil(text.legend.length / columns) * LINE;
  const head = MARGIN + 2 * LINE;
  const image = document.createElement('canvas');
  const scale = devicePixelRatio;
  image.width = (width + 2 * MARGIN) * scale;
  image.height = (head + height + legendHeight + 2 * MARGIN) * scale;
  const context = image.getContext('2d') as CanvasRenderingContext2D;
  context.scale(scale, scale);
  context.fillStyle = resolveColour('--surface');
  context.fillRect(0, 0, image.width, image.height);
  drawHead(context, text);
  for (const canvas of canvases) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [MARGIN + box.left - left, head + box.top - top];
    context.drawImage(canvas, x, y, box.width, box.height);
  }
  text.legend.forEach(({ name, colour }, index) => {
    const x = MARGIN + (index % columns) * LEGEND_COLUMN;
    const y = head + height + MARGIN + Math.floor(index / columns) * LINE;
    context.fillStyle = resolveColour(colour);
    context.fillRect(x, y - 9, 9, 9);
    context.fillStyle = resolveColour('--text');
    context.fillText(name, x + 15, y, LEGEND_COLUMN - 25);
  });
  return blobOf(image);
}

function drawHead(context: CanvasRenderingContext2D, { title, note }: ImageText): void {
  const family = getComputedStyle(document.body).fontFamily;
  context.font = `600 14px ${family}`;
  context.fillStyle = resolveColour('--text');
  context.fillText(title, MARGIN, MARGIN + 8);
  context.font = `12px ${family}`;
  context.fillStyle = resolveColour('--muted');
  context.fillText(note, MARGIN, MARGIN + 8 + LINE);
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The browser cannot make a picture of this size.'));
      else resolve(blob);
    });
  });
}
