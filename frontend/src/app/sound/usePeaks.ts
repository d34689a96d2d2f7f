import { useQuery } from "@tanstack/react-query";
import { peaksOf } from "@/annotator/sound/moments";
import { readMedia } from "@/api/media";
import type { Sample } from "@/api/types";

// Decoded whole before it is thinned out: a longer one would take hundreds of megabytes.
const MOST_S = 600;
const PER_S = 500;
const MOST = 8_000;
/** The lowest rate that shows when something sounds. */
const RATE_HZ = 8_000;

/** How loud a recording is: at once as its sample says it in a few bars, then as finely as it is zoomed into. */
export function usePeaks(sample: Pick<Sample, "payload" | "media_url">): readonly number[] {
  const { bars = [], duration_s = 0 } = sample.payload;
  const { data } = useQuery({
    queryKey: ["peaks", sample.media_url],
    queryFn: () => peaksRead(sample.media_url, duration_s),
    enabled: duration_s > 0 && duration_s <= MOST_S,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  return data ?? bars;
}

async function peaksRead(url: string, duration: number): Promise<number[]> {
  const bytes = await (await readMedia(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(bytes);
  return peaksOf(sound.getChannelData(0), Math.min(MOST, Math.ceil(duration * PER_S)));
}
