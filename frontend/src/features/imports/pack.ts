import type { PathFile } from "@/ui";

const PART_BYTES = 256 * 1024 * 1024;
const PART_FILES = 20_000;
const ARCHIVE = /\.(zip|tar|tar\.gz|tgz|tar\.bz2|tbz2|tar\.xz|txz)$/i;

const SINGLE_TABLE = /\.(csv|tsv|jsonl|ndjson|parquet|xlsx|arff)$/i;

/** A file that is sent as it is. */
export function isArchive(name: string): boolean {
  return ARCHIVE.test(name);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** CRC-32 of these bytes, as ZIP wants it. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

interface Entry {
  name: Uint8Array<ArrayBuffer>;
  crc: number;
  size: number;
  offset: number;
}

const UTF8_NAMES = 0x0800;
const VERSION = 20;
const DOS_1980 = 0x21;

function fields(entry: Entry): number[][] {
  return [
    [VERSION, 2],
    [UTF8_NAMES, 2],
    [0, 2],
    [0, 2],
    [DOS_1980, 2],
    [entry.crc, 4],
    [entry.size, 4],
    [entry.size, 4],
    [entry.name.length, 2],
    [0, 2],
  ];
}

function bytesOf(numbers: readonly number[][]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(numbers.reduce((sum, [, size]) => sum + (size ?? 0), 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value = 0, size = 0] of numbers) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  return out;
}

const localHeader = (entry: Entry) => bytesOf([[0x04034b50, 4], ...fields(entry)]);
const centralHeader = (entry: Entry) =>
  bytesOf([
    [0x02014b50, 4],
    [VERSION, 2],
    ...fields(entry),
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [entry.offset, 4],
  ]);

function endOf(count: number, size: number, offset: number): Uint8Array<ArrayBuffer> {
  return bytesOf([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [offset, 4],
    [0, 2],
  ]);
}

/** One ZIP of these files, uncompressed: pictures do not get smaller, and the bytes stay where they are on disk. */
export async function zipOf(name: string, files: readonly PathFile[], onFile: () => void): Promise<File> {
  const chunks: BlobPart[] = [];
  const central: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  let lastModified = 0;
  for (const { path, file } of files) {
    const crc = crc32(new Uint8Array(await file.arrayBuffer()));
    const entry: Entry = { name: new TextEncoder().encode(path), crc, size: file.size, offset };
    const header = localHeader(entry);
    chunks.push(header, entry.name, file);
    central.push(centralHeader(entry), entry.name);
    offset += header.length + entry.name.length + file.size;
    lastModified = Math.max(lastModified, file.lastModified);
    onFile();
  }
  const size = central.reduce((sum, chunk) => sum + chunk.length, 0);
  return new File([...chunks, ...central, endOf(files.length, size, offset)], name, { lastModified });
}

/** Split so that no part is huge: a part that fails is sent again alone. */
export function partsOf(files: readonly PathFile[], partBytes = PART_BYTES): PathFile[][] {
  const parts: PathFile[][] = [];
  let part: PathFile[] = [];
  let bytes = 0;
  for (const one of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (part.length > 0 && (bytes + one.file.size > partBytes || part.length >= PART_FILES)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(one);
    bytes += one.file.size;
  }
  return part.length > 0 ? [...parts, part] : parts;
}

/** What is sent for these files: archives as they are, everything else packed into one or several ZIPs. */
export async function packed(
  files: readonly PathFile[],
  onProgress: (done: number, total: number) => void,
): Promise<File[]> {
  if (files.every(({ file }) => SINGLE_TABLE.test(file.name))) return files.map(({ file }) => file);
  const archives = files.filter(({ file }) => isArchive(file.name)).map(({ file }) => file);
  const loose = files.filter(({ file }) => !isArchive(file.name));
  const parts = partsOf(loose);
  const first = loose[0]?.path.split("/");
  const base = first && first.length > 1 ? (first[0] ?? "files") : "files";
  const zips: File[] = [];
  let done = 0;
  for (const [index, part] of parts.entries()) {
    const name = parts.length > 1 ? `${base}-${index + 1}.zip` : `${base}.zip`;
    zips.push(
      await zipOf(name, part, () => {
        done += 1;
        onProgress(done, loose.length);
      }),
    );
  }
  return [...archives, ...zips];
}
