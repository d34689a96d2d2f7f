import { decodeLevels } from "@/annotator/decode";
import { closeLevels, type Levels } from "@/annotator/levels";
import type { Points } from "@/annotator/text/units";
import { readMedia, readText } from "@/api/media";
import type { ItemSample } from "@/api/types";

/** A sample as it is worked on: a picture's copies, a text's code points, or a recording, which the player reads. */
export type Media =
  | { readonly kind: "picture"; readonly levels: Levels }
  | { readonly kind: "text"; readonly points: Points }
  | { readonly kind: "sound" };

type Source = Pick<ItemSample, "media_type" | "media_url">;

/** Fetch and decode, off the main thread where it takes long. */
export async function readSample({ media_type: type, media_url: url }: Source): Promise<Media> {
  if (type.startsWith("text/")) return { kind: "text", points: Array.from(await readText(url)) };
  if (type.startsWith("audio/")) {
    // For the browser's cache: the player asks for it again by its address.
    await readMedia(url);
    return { kind: "sound" };
  }
  return { kind: "picture", levels: await decodeLevels(await readMedia(url)) };
}

/** Give the memory of a picture back. */
export function closeMedia(media: Media | null): void {
  if (media?.kind === "picture") closeLevels(media.levels);
}

export const levelsOf = (media: Media | null): Levels | null =>
  media?.kind === "picture" ? media.levels : null;
