"""`<split>/<class>/<file>`; samples without a class lie in the split's folder."""

from collections.abc import Iterable

from datasets.formats.writers.base import CLASSES, ClassFolders, ReadBlob, VersionWriter, ZipSink, file_name
from datasets.manifest import ManifestHeader, ManifestSample


class FolderPerClassWriter(VersionWriter):
    """Classes are folders, so only a class of the whole sample survives; `labels.csv` has the names."""

    key = "folder_per_class"
    title = "Folder per class"
    tasks = frozenset((CLASSES,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the list at the end."""
        names = {c.index: c.name for c in header.classes}
        folders = ClassFolders(header.classes, sink)
        lines = ["file,label,split"]
        for sample in samples:
            label = "" if sample.label is None else names[sample.label]
            folder = [] if sample.label is None else [folders.of(sample.label)]
            name = "/".join([sample.split or "train", *folder, file_name(sample)])
            name = sink.add_sample(name, sample, read_blob)
            lines.append(",".join(_cell(value) for value in (name, label, sample.split)))
        sink.add_text("labels.csv", ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))


def _cell(value: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        value = "'" + value
    return '"' + value.replace('"', '""') + '"' if any(ch in value for ch in ',"\r\n') else value
