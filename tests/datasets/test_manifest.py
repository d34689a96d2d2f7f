import io
from dataclasses import replace

import pytest

from datasets.manifest import (
    ManifestClass,
    ManifestHeader,
    ManifestObject,
    ManifestSample,
    manifest_read,
    manifest_write,
)

HEADER = ManifestHeader(
    "image",
    "object_detection",
    (ManifestClass("a", 0, "cat", "猫"), ManifestClass("b", 2, "dog")),
    {"samples": 2},
)
SAMPLES = [
    ManifestSample(
        "1",
        "aa",
        "x.jpg",
        "image/jpeg",
        64,
        48,
        "train",
        "g",
        None,
        (ManifestObject(0, (1.5, 2.0, 3.25, 4.0)),),
    ),
    ManifestSample("2", "bb", "y.jpg", "image/png", 10, 10, "val", label=2),
]


def written(samples, header=HEADER):
    out = io.BytesIO()
    return manifest_write(out, header, samples), out.getvalue()


def test_what_is_written_reads_back():
    _, content = written(SAMPLES)
    header, samples = manifest_read(io.BytesIO(content))
    assert header == HEADER
    assert list(samples) == SAMPLES


def test_equal_content_gives_equal_bytes():
    assert written(SAMPLES) == written(SAMPLES)


def test_the_content_hash_ignores_ids_names_of_files_order_and_numbers_of_classes():
    moved = ManifestHeader(
        "image", "object_detection", (ManifestClass("z", 5, "cat"), ManifestClass("y", 1, "dog")), {}
    )
    same = [
        replace(SAMPLES[1], id="9", name="other.jpg", label=1),
        replace(SAMPLES[0], id="8", objects=(ManifestObject(5, (1.5, 2.0, 3.25, 4.0)),)),
    ]
    assert written(SAMPLES)[0] == written(same, moved)[0]


@pytest.mark.parametrize(
    "other",
    [
        [SAMPLES[0]],
        [replace(SAMPLES[0], split="test"), SAMPLES[1]],
        [SAMPLES[0], replace(SAMPLES[1], label=0)],
        [replace(SAMPLES[0], objects=()), SAMPLES[1]],
    ],
)
def test_the_content_hash_sees_every_change_that_matters(other):
    assert written(SAMPLES)[0] != written(other)[0]


@pytest.mark.parametrize("content", [b"", b"text", b"\x1f\x8b\x08\x00"])
def test_anything_else_is_no_manifest(content):
    with pytest.raises(ValueError, match="manifest"):
        manifest_read(io.BytesIO(content))
