"""The contract between an algorithm and whoever runs it. Pure, and light: the web process lists algorithms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, get_args

from core.errors import InvalidInput
from core.params import params_from, schema_of

if TYPE_CHECKING:
    from torch import nn

    from core.imaging import DecodeRule
    from training.engine.loop import Run
    from training.engine.samples import LabeledData

P = TypeVar("P")
Profile = Literal["fast", "balanced", "accurate"]
PROFILES: tuple[Profile, ...] = get_args(Profile)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model.

    `module` takes (n, h, w, 3) uint8 RGB of any size, made from file bytes by `decode`, and gives
    (n, classes) float32 scores, each row summing to 1; it is on the CPU and in evaluation mode.
    """

    module: nn.Module
    decode: DecodeRule
    classes: tuple[str, ...]


class Algorithm(ABC, Generic[P]):
    """One model family. Stateless: everything a fit needs comes in as arguments.

    A fit that is killed and started again with the same `run` must end in the same model as one that
    was not; `tests/contracts/test_every_algorithm.py` holds every registered algorithm to it.
    """

    key: ClassVar[str]  # stored in the database: never rename
    title: ClassVar[str]
    task: ClassVar[str]
    licence: ClassVar[str]
    requires: ClassVar[tuple[str, ...]]
    profiles: ClassVar[Mapping[Profile, Mapping[str, Any]]]
    params_type: type[P]  # a frozen dataclass of `param` fields

    @abstractmethod
    def fit(self, data: LabeledData, params: P, run: Run) -> Fitted:
        """Train to the end. Raises Stopped and the causes of `training.engine.failures`."""

    def takes_recipe(self, params: P) -> bool:
        """Whether a fit with `params` changes its pictures at every pass, so that a recipe can say how."""
        return False

    def params_for(self, profile: str, values: Mapping[str, Any]) -> P:
        """The profile's parameters, changed by `values`. Raises InvalidInput."""
        if profile not in PROFILES:
            raise InvalidInput("profile is fast, balanced or accurate", field="profile")
        return params_from(self.params_type, {**self.profiles[profile], **values})

    def params_schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters."""
        return schema_of(self.params_type)
