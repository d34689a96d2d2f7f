import { decodeLevels } from "@/annotator/decode";
import { closeLevels, type Levels } from "@/annotator/levels";
import type { RegionEditor } from "@/annotator/sound/editor";
import type { SpanEditor } from "@/annotator/text/editor";
import type { Points } from "@/annotator/text/units";
import { readMedia, readText } from "@/api/media";
import type { ItemSample } from "@/api/types";

/**
 * A sample as it is worked on: a picture's copies, a text's code points, or a recording, which the player reads; the
 * latter two with the editor for what is marked in them, which pictures do not wait for.
 */
export type Media =
  | { readonly kind: "picture"; readonly levels: Levels }
  | { readonly kind: "text"; readonly points: Points; readonly Editor: typeof SpanEditor }
  | { readonly kind: "sound"; readonly Editor: typeof RegionEditor };

type Source = Pick<ItemSample, "media_type" | "media_url">;

/** Fetch and decode, off the main thread where it takes long. */
export async function readSample({ media_type: type, media_url: url }: Source): Promise<Media> {
  if (type.startsWith("text/")) {
    const [text, { SpanEditor: Editor }] = await Promise.all([
      readText(url),
      import("@/annotator/text/editor"),
    ]);
    return { kind: "text", points: Array.from(text), Editor };
  }
  if (type.startsWith("audio/")) {
    // For the browser's cache: the player asks for it again by its address.
    const [, { RegionEditor: Editor }] = await Promise.all([
      readMedia(url),
      import("@/annotator/sound/editor"),
    ]);
    return { kind: "sound", Editor };
  }
  return { kind: "picture", levels: await decodeLevels(await readMedia(url)) };
}

/** Give the memory of a picture back. */
export function closeMedia(media: Media | null): void {
  if (media?.kind === "picture") closeLevels(media.levels);
}

export const levelsOf = (media: Media | null): Levels | null =>
  media?.kind === "picture" ? media.levels : null;
