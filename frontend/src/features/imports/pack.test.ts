import { describe, expect, it } from "vitest";
import { crc32, isArchive, packed, partsOf, zipOf } from "./pack";

const file = (path: string, text: string) => ({
  path,
  file: new File([text], path.split("/").at(-1) ?? path, { lastModified: 5 }),
});

async function u32(zip: File, at: number): Promise<number> {
  return new DataView(await zip.arrayBuffer()).getUint32(at, true);
}

describe("packing a folder", () => {
  it("computes the CRC of the ZIP specification", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("writes a stored ZIP whose directory points at each file", async () => {
    const zip = await zipOf("a.zip", [file("red/1.jpg", "one"), file("蓝/2.jpg", "two!")], () => undefined);
    expect(await u32(zip, 0)).toBe(0x04034b50);
    const end = zip.size - 22;
    expect(await u32(zip, end)).toBe(0x06054b50);
    const directory = await u32(zip, end + 16);
    expect(await u32(zip, directory)).toBe(0x02014b50);
    const secondLocal = await u32(zip, directory + 46 + "red/1.jpg".length + 42);
    expect(await u32(zip, secondLocal)).toBe(0x04034b50);
    const text = new TextDecoder().decode(await zip.arrayBuffer());
    expect(text).toContain("蓝/2.jpg");
  });

  it("sends archives as they are and packs the rest under the folder's name", async () => {
    const files = await packed(
      [file("x.tar.gz", "t"), file("flowers/a/1.jpg", "1"), file("flowers/b/2.jpg", "2")],
      () => undefined,
    );
    expect(files.map((one) => one.name)).toEqual(["x.tar.gz", "flowers.zip"]);
    expect(isArchive("PHOTOS.ZIP")).toBe(true);
  });

  it("splits by size in a stable order", () => {
    const parts = partsOf([file("b", "22"), file("a", "11"), file("c", "33")], 4);
    expect(parts.map((part) => part.map((one) => one.path))).toEqual([["a", "b"], ["c"]]);
  });
});
