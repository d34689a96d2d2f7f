/** A file and where it lay: `flowers/daisy/1.jpg`. */
export interface PathFile {
  path: string;
  file: File;
}

/** What a file input was given. */
export function pickedFiles(list: FileList | null): PathFile[] {
  return [...(list ?? [])]
    .filter(isWanted)
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, folders walked to their leaves. Must be called inside the drop event. */
export function droppedFiles(transfer: DataTransfer): Promise<PathFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return Promise.all(entries.map((entry) => walk(entry, ""))).then((found) =>
    found.flat().filter(({ file }) => isWanted(file)),
  );
}

function isWanted(file: File): boolean {
  return !file.name.startsWith(".") && file.name !== "Thumbs.db";
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolderEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

async function walk(entry: FileSystemEntry, above: string): Promise<PathFile[]> {
  const path = above + entry.name;
  if (isFileEntry(entry))
    return [{ path, file: await new Promise<File>((done, failed) => entry.file(done, failed)) }];
  if (!isFolderEntry(entry)) return [];
  const found: PathFile[] = [];
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await walk(child, `${path}/`)));
  }
}
