import type { Stretch } from "./moments";

/** Players round where they were sent. */
const NEAR_S = 0.01;

type Player = Pick<HTMLAudioElement, "currentTime" | "seeking">;

/** The region that is being played alone, until its end or until somebody wants something else. */
export class OneRegion {
  private region: Stretch | null = null;

  get isOn(): boolean {
    return this.region !== null;
  }

  begin(region: Stretch): void {
    this.region = region;
  }

  forget(): void {
    this.region = null;
  }

  /** The player was sent elsewhere. To the beginning it is sent in order to play the region. */
  sought({ currentTime }: Player): void {
    if (this.region && Math.abs(currentTime - this.region.start) > NEAR_S) this.forget();
  }

  /** The end, once the player has come to it by playing; null before. */
  endOf({ currentTime, seeking }: Player): number | null {
    // A frame may come between somebody's seek and its event.
    if (!this.region || seeking || currentTime < this.region.end) return null;
    return this.region.end;
  }
}
