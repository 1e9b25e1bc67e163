// SPDX-License-Identifier: Apache-2.0

/**
 * A finger that goes sideways over `area` drags as a mouse does; one that goes up or down scrolls the page, by the
 * area's `touch-action`. Listens as long as there is the area.
 */
export function dragByTouch(area: HTMLElement): void {
  let down: PointerEvent | undefined;
  const isThis = ({ pointerId }: PointerEvent) => pointerId === down?.pointerId;
  area.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    down = event;
    asMouse('mousedown', event, area);
  });
  area.addEventListener('pointermove', (event) => {
    if (isThis(event)) asMouse('mousemove', event, area);
  });
  area.addEventListener('pointerup', (event) => {
    if (isThis(event)) asMouse('mouseup', event, document);
    if (isThis(event)) down = undefined;
  });
  area.addEventListener('pointercancel', (event) => {
    if (down === undefined || !isThis(event)) return;
    // The browser scrolls with it: what was dragged over until then is not meant.
    asMouse('mousemove', down, area);
    asMouse('mouseup', down, document);
    down = undefined;
  });
}

function asMouse(type: string, { clientX, clientY }: PointerEvent, target: EventTarget): void {
  // uPlot takes a move by nothing for a browser's error.
  target.dispatchEvent(new MouseEvent(type, { clientX, clientY, movementX: 1, bubbles: true }));
}
