"""One seed for everything random, and the threads and device of the process."""

import random

import numpy as np
import torch

from training.engine.failures import DeviceMissing


def seed_everything(seed: int) -> None:
    """Seed Python, numpy and torch, and ask torch for its repeatable kernels."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def device_of(wanted: str) -> torch.device:
    """`auto` is the first CUDA device, else the CPU; `cpu` or `cuda:N` are taken by their word.

    Raises DeviceMissing.
    """
    if wanted == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DeviceMissing(f"this worker has no device {wanted}; choose auto or cpu")
    return device


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """The random number generators of torch, as tensors for a checkpoint."""
    state = {"random.cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["random.cuda"] = torch.cuda.get_rng_state(device)
    return state


def random_restore(tensors: dict[str, torch.Tensor], device: torch.device) -> None:
    """The inverse of `random_state`."""
    torch.set_rng_state(tensors["random.cpu"])
    if device.type == "cuda" and "random.cuda" in tensors:
        torch.cuda.set_rng_state(tensors["random.cuda"], device)
