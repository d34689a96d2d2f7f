import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";
import { zip } from "./pictures";

const DEMO = resolve(import.meta.dirname, "../../../applications/demo");

export interface Picture {
  name: string;
  label: string;
  bytes: Buffer;
}

/** ZIP of photos, one folder a class, that comes with the studio. */
export const LABELED = join(DEMO, "labeled.zip");
/** ZIP of photos without classes, that comes with the studio. */
export const UNLABELED = join(DEMO, "unlabeled.zip");

const CENTRAL = 0x02014b50;
const END = Buffer.from("PK\x05\x06", "latin1");

function contentAt(archive: Buffer, at: number, method: number, size: number): Buffer {
  const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const stored = archive.subarray(start, start + size);
  return method === 0 ? stored : inflateRawSync(stored);
}

/** The photos of `labeled.zip`. */
export function photos(): Picture[] {
  const archive = readFileSync(LABELED);
  const end = archive.lastIndexOf(END);
  const found: Picture[] = [];
  let at = archive.readUInt32LE(end + 16);
  while (archive.readUInt32LE(at) === CENTRAL) {
    const [length, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf-8", at + 46, at + 46 + (length ?? 0));
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const bytes = contentAt(archive, archive.readUInt32LE(at + 42), method, size);
    found.push({ name, label: name.split("/")[0] ?? "", bytes });
    at += 46 + (length ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return found;
}

/** A folder-per-class ZIP with so many photos of each class, after the first `skip`. */
export function archiveOf(counts: Readonly<Record<string, number>>, skip = 0): Buffer {
  const all = photos();
  return zip(
    Object.entries(counts).flatMap(([label, count]) =>
      all.filter((one) => one.label === label).slice(skip, skip + count),
    ),
  );
}

/** The last photos of one class in the folders of two others. */
export function mislabeled(shown: string, said: readonly [string, string], count: number): Buffer {
  const chosen = photos().filter((one) => one.label === shown);
  return zip(
    chosen.slice(-count).map(({ bytes }, index) => ({ name: `${said[index % 2]}/odd-${index}.jpg`, bytes })),
  );
}
