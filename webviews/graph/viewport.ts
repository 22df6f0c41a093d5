// Which part of the drawing is looked at: zooming, panning, fitting. Knows one group that it moves, nothing of what is drawn.
import { reducesMotion } from '../shared/page.ts';

export interface View { readonly x: number; readonly y: number; readonly scale: number }
export interface Area { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

export interface Viewport {
  readonly view: () => View;
  readonly setView: (view: View, isSmooth?: boolean) => void;
  /** Around the middle of what is seen. */
  readonly zoomBy: (factor: number) => void;
  /** As large as fits, but no larger than it is, and no smaller than `least`: then the beginning is shown. */
  readonly fit: (area: Area, least: number, isSmooth?: boolean) => void;
  /** Moves just enough for the area to be seen, beside what lies over the lower right corner of the frame. */
  readonly show: (area: Area, corner?: { readonly width: number; readonly height: number }) => void;
  /** Where the area ends below what is seen, less so much at the bottom, its beginning moves to the top. */
  readonly showBeginning: (area: Area, covered: number) => void;
  readonly panBy: (x: number, y: number) => void;
}

const smallest = 0.05, largest = 3, border = 28;

export function makeViewport(frame: SVGSVGElement, content: SVGGElement, changed: (view: View) => void): Viewport {
  let view: View = { x: 0, y: 0, scale: 1 };
  const setView = (next: View, isSmooth = false): void => {
    view = { x: next.x, y: next.y, scale: Math.min(largest, Math.max(smallest, next.scale)) };
    content.classList.toggle('gliding', isSmooth && !reducesMotion());
    content.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    changed(view);
  };
  const zoomAt = (factor: number, x: number, y: number): void => {
    const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
    const ratio = scale / view.scale;
    setView({ x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, scale });
  };
  const size = (): { width: number; height: number } => ({ width: frame.clientWidth, height: frame.clientHeight });

  frame.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { left, top } = frame.getBoundingClientRect();
    // A pinch on a touch pad comes as a turn of the wheel with Ctrl.
    if (event.ctrlKey || event.metaKey) zoomAt(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.01)), event.clientX - left, event.clientY - top);
    else {
      const unit = event.deltaMode === 1 ? 16 : 1;
      setView({ ...view, x: view.x - (event.shiftKey ? event.deltaY : event.deltaX) * unit, y: view.y - (event.shiftKey ? 0 : event.deltaY) * unit });
    }
  }, { passive: false });
  let grabbed: { readonly pointer: number; readonly x: number; readonly y: number; readonly view: View } | undefined;
  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    if (event.button === 0 && event.target instanceof Element && event.target.closest('.box') !== null) return;
    grabbed = { pointer: event.pointerId, x: event.clientX, y: event.clientY, view };
    frame.setPointerCapture(event.pointerId);
    frame.classList.add('grabbed');
  });
  frame.addEventListener('pointermove', (event) => {
    if (grabbed?.pointer === event.pointerId) setView({ ...view, x: grabbed.view.x + event.clientX - grabbed.x, y: grabbed.view.y + event.clientY - grabbed.y });
  });
  const release = (): void => { grabbed = undefined; frame.classList.remove('grabbed'); };
  frame.addEventListener('pointerup', release);
  frame.addEventListener('pointercancel', release);

  return {
    view: () => view,
    setView,
    zoomBy: (factor) => { const { width, height } = size(); zoomAt(factor, width / 2, height / 2); },
    fit: (area, least, isSmooth = false) => {
      const { width, height } = size();
      if (width === 0 || area.width === 0) return;
      const scale = Math.min(1, (width - border) / area.width, (height - border) / area.height);
      const readable = Math.max(scale, Math.min(least, (width - border) / area.width));
      const isWhole = readable === scale;
      setView({ scale: readable, x: (width - area.width * readable) / 2 - area.x * readable, y: isWhole ? Math.max(0, (height - area.height * readable) / 2) - area.y * readable : border / 2 - area.y * readable }, isSmooth);
    },
    show: (area, corner) => {
      const { width, height } = size();
      const [left, top] = [area.x * view.scale + view.x, area.y * view.scale + view.y];
      const [right, bottom] = [left + area.width * view.scale, top + area.height * view.scale];
      const along = (start: number, end: number, room: number): number => (end - start > room - 2 * border ? border - start : start < border ? border - start : end > room - border ? room - border - end : 0);
      const x = along(left, right, width);
      const isUnder = corner !== undefined && right + x > width - corner.width - border / 2 && bottom > height - corner.height - border / 2 - 4 && bottom - top < height - corner.height - 2 * border;
      const y = along(top, bottom, isUnder ? height - corner.height + border / 2 - 8 : height);
      if (x !== 0 || y !== 0) setView({ ...view, x: view.x + x, y: view.y + y }, true);
    },
    showBeginning: (area, covered) => {
      const top = area.y * view.scale + view.y, hidden = top + area.height * view.scale - (size().height - covered - border / 2);
      const by = Math.min(hidden, top - border / 2);
      if (by > 0) setView({ ...view, y: view.y - by }, true);
    },
    panBy: (x, y) => setView({ ...view, x: view.x + x, y: view.y + y }),
  };
}
