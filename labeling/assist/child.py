"""The process that encodes and cuts: `python -m labeling.assist.child WEIGHTS CACHE`, a JSON line in, a JSON line out. Pure.

It is started by whoever asks first and ends with it, or when nobody has asked for a while. Pictures are encoded one after
another in a thread of their own, so that a click on one picture never waits for the next one. Questions:

- `{"id", "op": "encode", "name", "place"}` answers at once with `state`: `ready`, `preparing`, or `basic` without weights;
- `{"id", "op": "cut", "name", "place", "points", "box"}` answers when it is done, after the encoding where that is needed.

`name` is the SHA-256 of the picture's bytes, `place` the file, offset and length where they lie.
"""

import json
import logging
import os
import queue
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.imaging import ImageRefused, decode, probe
from datasets.geometry.rle import rle_of
from labeling.assist import grabcut
from labeling.assist.outlines import cleaned, outline_of
from labeling.assist.prompts import Prompt
from labeling.assist.sam import SIDE, Decoder, Encoder, Vectors
from labeling.assist.weights import SEGMENTING, are_there

logger = logging.getLogger(__name__)

IDLE_S: Final = 600.0
CACHE_BYTES: Final = 2 << 30
_IN_HAND: Final = 8

Question = dict[str, Any]
Answer = dict[str, Any]


class Assistant:
    """What the process holds: two networks, the vectors of a few pictures in memory, those of many on disk."""

    def __init__(self, weights: Path, cache: Path, threads: int) -> None:
        self._weights, self._cache, self._threads = weights, cache, threads
        self.has_weights = are_there(weights, SEGMENTING)
        self._encoder: Encoder | None = None
        self._decoder: Decoder | None = None
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._small: OrderedDict[str, grabcut.Pixels] = OrderedDict()

    def is_encoded(self, name: str) -> bool:
        """Whether a click on this picture can be answered at once."""
        return name in self._vectors or self._file(name).exists()

    def encode(self, name: str, encoded: bytes) -> None:
        """Make the vectors of a picture and keep them; nothing when they are there. Raises ImageRefused, OSError."""
        if self.is_encoded(name):
            return
        if self._encoder is None:
            self._encoder = Encoder(self._weights, self._threads)
        vectors = self._encoder.vectors(decode(encoded, SIDE))
        target = self._file(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.with_suffix(f".{os.getpid()}.tmp")
        with made.open("wb") as out:
            np.save(out, vectors)
        made.replace(target)
        self._hold(self._vectors, name, vectors)
        trim(self._cache, CACHE_BYTES)

    def cut(self, name: str, encoded: bytes, prompt: Prompt) -> Answer:
        """The mask of what was pointed at, in pixels of the upright picture. Raises ImageRefused, OSError."""
        header = probe(encoded)
        size = (header.height, header.width)
        if self.has_weights:
            if self._decoder is None:
                self._decoder = Decoder(self._weights, self._threads)
            mask, score = self._decoder.mask(name, self._read(name), size, prompt)
        else:
            mask, score = grabcut.cut(self._shrunk(name, encoded), size, prompt), None
        return {"engine": "sam" if self.has_weights else "grabcut", "score": score, **_told(mask)}

    def _read(self, name: str) -> Vectors:
        known = self._vectors.get(name)
        if known is None:
            path = self._file(name)
            known = np.load(path, allow_pickle=False)
            path.touch()
        self._hold(self._vectors, name, known)
        return known

    def _shrunk(self, name: str, encoded: bytes) -> grabcut.Pixels:
        known = self._small.get(name)
        if known is None:
            known = grabcut.shrunk(decode(encoded, grabcut.SIDE))
        self._hold(self._small, name, known)
        return known

    def _file(self, name: str) -> Path:
        return self._cache / name[:2] / f"{name}.npy"

    @staticmethod
    def _hold(held: "OrderedDict[str, Any]", name: str, value: NDArray[Any]) -> None:
        held[name] = value
        held.move_to_end(name)
        while len(held) > _IN_HAND:
            held.popitem(last=False)


def trim(cache: Path, most_bytes: int) -> int:
    """Remove what was not used for the longest time until the rest fits; how many."""
    found = [
        (path.stat().st_mtime, path.stat().st_size, path) for path in cache.glob("??/*") if path.is_file()
    ]
    total, removed = sum(size for _, size, _ in found), 0
    for _, size, path in sorted(found, key=lambda row: row[:1]):
        if total <= most_bytes:
            break
        path.unlink(missing_ok=True)
        total, removed = total - size, removed + 1
    return removed


def _told(mask: NDArray[np.bool_]) -> Answer:
    kept = cleaned(mask)
    if not kept.any():
        return {"mask": None, "polygon": [], "box": None}
    rle = rle_of(kept)
    return {"mask": rle.to_json(), "polygon": outline_of(kept), "box": rle.bounds}


class Desk:
    """Takes questions in turn and sees that each is answered once."""

    def __init__(self, assistant: Assistant, answer: Any) -> None:
        self._assistant, self._answer = assistant, answer
        self._pictures: queue.Queue[Question] = queue.Queue()
        self._clicks: queue.Queue[Question] = queue.Queue()
        self._waiting: set[str] = set()
        for work, line in ((self._encode, self._pictures), (self._cut, self._clicks)):
            threading.Thread(target=self._serve, args=(work, line), daemon=True).start()

    def take(self, asked: Question) -> None:
        """Put a question into the line where it belongs."""
        assistant, name = self._assistant, asked["name"]
        is_ready = not assistant.has_weights or assistant.is_encoded(name)
        if asked["op"] == "cut":
            (self._clicks if is_ready else self._pictures).put(asked)
            return
        state = "basic" if not assistant.has_weights else "ready" if is_ready else "preparing"
        if state == "preparing" and name not in self._waiting:
            self._waiting.add(name)
            self._pictures.put(asked)
        self._answer({"id": asked["id"], "state": state})

    def _serve(self, work: Any, line: "queue.Queue[Question]") -> None:
        while True:
            asked = line.get()
            try:
                work(asked)
            except ImageRefused as problem:
                self._answer({"id": asked["id"], "refused": str(problem)})
            except Exception:
                logger.exception("a picture was not answered for")
                self._answer({"id": asked["id"], "failed": True})

    def _encode(self, asked: Question) -> None:
        try:
            self._assistant.encode(asked["name"], _bytes(asked))
        finally:
            self._waiting.discard(asked["name"])
        if asked["op"] == "cut":
            self._clicks.put(asked)

    def _cut(self, asked: Question) -> None:
        points = tuple((float(x), float(y), bool(inside)) for x, y, inside in asked["points"])
        prompt = Prompt(points, _box(asked["box"]))
        self._answer({"id": asked["id"], **self._assistant.cut(asked["name"], _bytes(asked), prompt)})


def _box(said: Sequence[float] | None) -> tuple[float, float, float, float] | None:
    if not said:
        return None
    x, y, w, h = map(float, said)
    return x, y, w, h


def _bytes(asked: Question) -> bytes:
    path, offset, length = asked["place"]
    with Path(path).open("rb") as file:
        file.seek(offset)
        return file.read(length)


def main() -> int:
    """Serve until standard input ends or nobody has asked for IDLE_S."""
    weights, cache = Path(sys.argv[1]), Path(sys.argv[2])
    # Libraries may print: the answers go where only we write.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lock = threading.Lock()
    heard = threading.Event()

    def answer(told: Answer) -> None:
        with lock:
            out.write(json.dumps(told) + "\n")
            out.flush()

    def end_when_idle() -> None:
        while heard.wait(IDLE_S):
            heard.clear()
        os._exit(0)

    threading.Thread(target=end_when_idle, daemon=True).start()
    threads = max(1, len(os.sched_getaffinity(0)) // 2)
    desk = Desk(Assistant(weights, cache, threads), answer)
    for line in sys.stdin:
        heard.set()
        desk.take(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    main()
