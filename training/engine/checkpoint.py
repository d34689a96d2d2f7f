"""Checkpoints that are either whole or not there.

A checkpoint is `save-N.safetensors` and the header `save-N.json` with its size and hash; N counts the
saves of the run, since steps begin anew with each stage of a fit. The tensors are written aside, synced
and renamed, then the header likewise: the header's name appearing is the commit. It is read back before
the older ones are dropped; two are kept. No pickle.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from core.faults import fault
from core.storage.writer import fsync_dir

FORMAT: Final = "studio-checkpoint/1"
KEEP: Final = 2


@dataclass(frozen=True, slots=True)
class State:
    """Where a fit stands: `tensors` by name, and `meta`, which is JSON."""

    step: int
    tensors: dict[str, torch.Tensor]
    meta: dict[str, Any]


class CheckpointStore:
    """The checkpoints of one run, in one directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        for torn in root.glob("*.tmp"):
            torn.unlink()

    def save(self, state: State) -> None:
        """Write, sync, rename, read back, then drop the older. Raises OSError; nothing older is lost then."""
        payload = save({name: value.detach().cpu().contiguous() for name, value in state.tensors.items()})
        header = {
            "format": FORMAT,
            "step": state.step,
            "size_bytes": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
            "meta": state.meta,
        }
        name = f"save-{self._count() + 1:09d}"
        _write(self._root / f"{name}.safetensors", payload)
        fault("training.checkpoint.tensors")
        _write(self._root / f"{name}.json", json.dumps(header).encode())
        fault("training.checkpoint.header")
        if _verified(self._root / f"{name}.json") is None:
            raise OSError("a checkpoint could not be read back")
        self._drop_older()

    def restore(self) -> State | None:
        """The newest whole checkpoint; damaged ones are passed over."""
        for path in sorted(self._root.glob("save-*.json"), reverse=True):
            header = _verified(path)
            if header is None:
                continue
            try:
                tensors = load_file(path.with_suffix(".safetensors"))
            except SafetensorError:
                continue
            return State(header["step"], tensors, header["meta"])
        return None

    def _count(self) -> int:
        newest = max((path.stem for path in self._root.glob("save-*.json")), default="save-0")
        return int(newest.removeprefix("save-"))

    def _drop_older(self) -> None:
        for path in sorted(self._root.glob("save-*.json"), reverse=True)[KEEP:]:
            path.unlink()
            fault("training.checkpoint.dropping")
        kept = {path.stem for path in self._root.glob("save-*.json")}
        for path in self._root.glob("save-*.safetensors"):
            if path.stem not in kept:
                path.unlink()


def flattened(prefix: str, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """The state of an optimizer as named tensors; its groups are made again from the parameters."""
    state: Mapping[int, Mapping[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{prefix}{index}.{key}": torch.as_tensor(value)
        for index, entry in state.items()
        for key, value in entry.items()
    }


def unflatten(prefix: str, tensors: Mapping[str, torch.Tensor], optimizer: torch.optim.Optimizer) -> None:
    """The inverse of `flattened`, into an optimizer with the same groups."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith(prefix):
            index, key = name.removeprefix(prefix).split(".", 1)
            state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def prefixed(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same tensors under longer names."""
    return {prefix + name: value for name, value in tensors.items()}


def under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inverse of `prefixed`; other names are left out."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _write(path: Path, payload: bytes) -> None:
    aside = path.with_name(path.name + ".tmp")
    with aside.open("wb") as handle:
        half = len(payload) // 2
        handle.write(payload[:half])
        fault("training.checkpoint.half")
        handle.write(payload[half:])
        handle.flush()
        os.fsync(handle.fileno())
    aside.replace(path)
    fsync_dir(path.parent)


def _verified(path: Path) -> dict[str, Any] | None:
    try:
        header: dict[str, Any] = json.loads(path.read_bytes())
        with path.with_suffix(".safetensors").open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
            size_bytes = handle.tell()
    except (OSError, ValueError):
        return None
    whole = (digest, size_bytes) == (header.get("sha256"), header.get("size_bytes"))
    return header if whole and header.get("format") == FORMAT else None
