"""The process that makes augmented copies: `python -m datasets.augment.child FOLDER`. Pure.

FOLDER holds spec.json, `{modality, steps, seed, copies, done}`, and manifest.jsonl, whose samples say where their
bytes are. `done` names the copies of a sample that need not be made again, 0 all of them.
For every copy of every training sample, in the order of the manifest, it writes a line of JSON, `{id, copy, ...,
bytes}` with what changed of the sample's own line, and that many bytes. `{problem, id}` is about a sample that
cannot be read, `{done}` the end. It limits itself before it opens the first sample and ends with whoever reads it.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from datasets.augment.making import Maker, Row, copies_made, train_rows

MEMORY_BYTES: Final = 4 * 1024**3
CPU_PER_SAMPLE_S: Final = 120
_NICE: Final = 10
# By name: each needs libraries that the others do not.
MAKERS: Final[Mapping[str, tuple[str, str]]] = {
    "image": ("datasets.augment.pictures", "PictureMaker"),
    "text": ("datasets.augment.texts.making", "TextMaker"),
    "audio": ("datasets.augment.sounds.making", "SoundMaker"),
    "audio-preview": ("datasets.augment.sounds.making", "SoundPreviewMaker"),
}


def main() -> None:
    """Write every copy to standard output."""
    folder = Path(sys.argv[1])
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    _limit()
    sink = sys.stdout.buffer
    manifest = folder / "manifest.jsonl"
    rows = train_rows(manifest)
    for line, content in copies_made(rows, spec, maker_of(spec, rows, manifest), _allow_cpu):
        _send(sink, line, content)
    _send(sink, {"done": True}, b"")


def maker_of(spec: Row, rows: list[Row], manifest: Path) -> Maker[Any]:
    """For the modality of the spec."""
    module, name = MAKERS[spec["modality"]]
    made: Maker[Any] = getattr(importlib.import_module(module), name).of(spec["steps"], rows, manifest)
    return made


def _send(sink: IO[bytes], line: Row, content: bytes) -> None:
    sink.write(json.dumps({**line, "bytes": len(content)}).encode() + b"\n" + content)
    sink.flush()


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_PER_SAMPLE_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
