const COPY_FROM_PX = 1_200;

/** Decode off the main thread and make the half and quarter copies there, so that showing a picture is only drawing. */
async function levelsOf(blob: Blob): Promise<ImageBitmap[]> {
  const bitmaps = [await createImageBitmap(blob)];
  for (let level = 1; level <= 2; level++) {
    const last = bitmaps.at(-1);
    if (!last || Math.max(last.width, last.height) < COPY_FROM_PX) break;
    const resizeWidth = Math.max(1, Math.round(last.width / 2));
    const resizeHeight = Math.max(1, Math.round(last.height / 2));
    bitmaps.push(await createImageBitmap(last, { resizeWidth, resizeHeight, resizeQuality: "medium" }));
  }
  return bitmaps;
}

addEventListener("message", async (event: MessageEvent<{ id: number; blob: Blob }>) => {
  const { id, blob } = event.data;
  try {
    const bitmaps = await levelsOf(blob);
    postMessage({ id, bitmaps }, { transfer: bitmaps });
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
});
