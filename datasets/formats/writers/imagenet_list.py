"""ImageNet-style lists: `<split>.txt` with a path and a class number a line; `classes.txt` names the numbers."""

from collections import defaultdict
from collections.abc import Iterable

from datasets.formats.writers.base import CLASSES, ReadBlob, VersionWriter, ZipSink, file_name
from datasets.manifest import ManifestHeader, ManifestSample


class ImageNetListWriter(VersionWriter):
    """Samples without a class are in the folder and in no list."""

    key = "imagenet_list"
    title = "ImageNet list"
    tasks = frozenset((CLASSES,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the lists at the end."""
        lines = defaultdict[str, list[str]](list)
        for sample in samples:
            split = sample.split or "train"
            name = f"{split}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            if sample.label is not None:
                lines[split].append(f"{name} {sample.label}\n")
        for split, rows in sorted(lines.items()):
            sink.add_text(f"{split}.txt", "".join(rows).encode())
        sink.add_text("classes.txt", "".join(f"{c.name}\n" for c in header.classes).encode())
