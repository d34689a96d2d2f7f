"""Classes whose names no folder can have keep a folder each, and are told."""

import io

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft
from datasets.formats.registry import IMPORTERS, writers_of
from datasets.formats.text import TEXT_IMPORTERS
from datasets.formats.writers.base import ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestSample
from tests.datasets.pictures import picture, saved

NAMES = ("a/b", "a|b", "a_b", "<script>", "cat", "A?B", "never used?")
FOLDERS = ("a_b-2", "a_b-3", "a_b", "_script_", "cat", "A_B-4")
KINDS = {
    "image": ("image_classification", "image/jpeg", IMPORTERS, picture),
    "text": ("text_classification", "text/plain", TEXT_IMPORTERS, lambda i: f"text {i}".encode()),
}


@pytest.mark.parametrize("modality", KINDS)
def test_classes_come_back_apart_and_the_renamed_ones_are_counted(tmp_path, modality):
    task, media_type, importers, content_of = KINDS[modality]
    blobs = {f"{i:064x}": content_of(i) for i in range(12)}
    samples = [
        ManifestSample(f"s{i:03}", sha256, f"{i}", media_type, 64, 48, "train", "", i % 6)
        for i, sha256 in enumerate(blobs)
    ]
    classes = tuple(ManifestClass(f"c{i}", i, name) for i, name in enumerate(NAMES))
    out = io.BytesIO()
    sink = ZipSink(out)
    writer = writers_of(modality)["folder_per_class"]
    writer.write(ManifestHeader(modality, task, classes, {}), samples, sink, blobs.__getitem__)
    sink.close()
    assert dict(sink.told) == {"class_renamed": 4}
    assert sink.first == {"class_renamed": "a/b"}
    tree = open_tree(saved(tmp_path, out.getvalue()), "x.zip", tmp_path, modality)
    drafts = [item for item in importers["folder_per_class"].plan(tree).items if isinstance(item, Draft)]
    got = {tree.read(draft.member, 1 << 20): draft.label for draft in drafts}
    assert got == {blobs[sample.sha256]: FOLDERS[sample.label] for sample in samples}
