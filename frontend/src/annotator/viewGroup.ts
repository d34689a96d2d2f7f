import { type ScreenPoint, screenPoint, type Viewport } from "./geometry";
import type { View } from "./view";

type Moved = Pick<View, "zoom" | "pan" | "fit" | "viewport" | "canvas">;

/** A pointer that has gone so far, in CSS pixels, drags and does not click. */
const DRAG_PX = 4;

/** Views side by side that move as one: what is done to one of them is done to all. */
export class ViewGroup {
  private readonly views = new Set<Moved>();
  private isMoved = false;

  /** Where a view that joins now has to look; undefined while all of them show the whole picture. */
  get viewport(): Viewport | undefined {
    return this.isMoved ? [...this.views][0]?.viewport : undefined;
  }

  /** Let a view take part; wheel and drag over its host move all of them. Answers how to leave. */
  join(host: HTMLElement, view: Moved): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    let from: readonly [number, number] | null = null;
    let isDrag = false;
    host.addEventListener("wheel", (event) => this.wheel(host, event), { signal, passive: false });
    host.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0 && event.button !== 1) return;
        from = [event.clientX, event.clientY];
        isDrag = false;
        host.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    host.addEventListener(
      "pointermove",
      (event) => {
        if (!from) return;
        const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
        if (!isDrag && Math.hypot(dx, dy) < DRAG_PX) return;
        isDrag = true;
        from = [event.clientX, event.clientY];
        this.pan(dx * window.devicePixelRatio, dy * window.devicePixelRatio);
      },
      { signal },
    );
    const release = () => {
      from = null;
    };
    host.addEventListener("pointerup", release, { signal });
    host.addEventListener("pointercancel", release, { signal });
    // The end of a drag is no click on the picture.
    host.addEventListener("click", (event) => isDrag && event.stopPropagation(), { signal });
    this.views.add(view);
    return () => {
      stop.abort();
      this.views.delete(view);
    };
  }

  zoom(at: ScreenPoint, factor: number): void {
    this.isMoved = true;
    for (const view of this.views) view.zoom(at, factor);
  }

  /** Closer or farther, around the middle. */
  zoomBy(factor: number): void {
    const { width, height } = [...this.views][0]?.canvas ?? { width: 0, height: 0 };
    this.zoom(screenPoint(width / 2, height / 2), factor);
  }

  pan(dx: number, dy: number): void {
    this.isMoved = true;
    for (const view of this.views) view.pan(dx, dy);
  }

  fit(): void {
    this.isMoved = false;
    for (const view of this.views) view.fit();
  }

  private wheel(host: HTMLElement, event: WheelEvent): void {
    event.preventDefault();
    const rect = host.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const at = screenPoint((event.clientX - rect.left) * ratio, (event.clientY - rect.top) * ratio);
    this.zoom(at, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)));
  }
}
