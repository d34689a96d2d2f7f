"""A pipeline is data: a list of `{op, params, p}`. The same (seed, sample, copy) gives the same bytes. Pure."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic

import numpy as np

from core.errors import InvalidInput
from core.params import params_from, schema_of
from datasets.augment.base import C, Operator, Rng
from datasets.augment.operators import OPERATORS
from datasets.augment.picture import Picture

MAX_STEPS: Final = 16
MAX_SEED: Final = 2**53


@dataclass(frozen=True, slots=True)
class Step(Generic[C]):
    """An operator and the share of samples it is applied to, `p` in 0..1."""

    operator: Operator[C]
    p: float = 1.0


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[C]):
    """Steps in their order, on contents of one kind."""

    steps: tuple[Step[C], ...] = ()

    def drawn(self, *, seed: int, sample: str, copy: int = 0) -> Iterator[tuple[Operator[C], Rng]]:
        """The operators that the copy number `copy` of a sample gets, each with what it draws from.

        Each step draws from its own stream of (seed, sample, copy, place of the step), so that what one step
        drew does not depend on the parameters of another.
        """
        key = int.from_bytes(hashlib.blake2b(sample.encode(), digest_size=8).digest(), "big")
        for place, step in enumerate(self.steps):
            rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, key, copy, place))))
            if rng.random() < step.p:
                yield step.operator, rng

    def apply(
        self,
        content: C,
        *,
        seed: int,
        sample: str,
        copy: int = 0,
        partners: Callable[[float], C] | None = None,
    ) -> C:
        """The content's copy number `copy`."""
        for operator, rng in self.drawn(seed=seed, sample=sample, copy=copy):
            content = operator.apply(content, rng, partners)
        return content

    def to_json(self) -> list[dict[str, Any]]:
        """As stored and sent: every parameter written out, so that a later default changes nothing."""
        return [
            {"op": step.operator.key, "params": asdict(step.operator), "p": step.p}  # type: ignore[call-overload]
            for step in self.steps
        ]


def pipeline_from(steps: Any) -> Pipeline[Picture]:
    """As `pipeline_of`, of pictures."""
    return pipeline_of(steps, OPERATORS)


def pipeline_of(steps: Any, known: Mapping[str, type[Operator[C]]]) -> Pipeline[C]:
    """Check and build of `known` operators. Raises InvalidInput naming every field at fault, as `steps.2.params.degrees`."""
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise InvalidInput("a list of steps is expected", field="steps")
    if len(steps) > MAX_STEPS:
        raise InvalidInput(f"at most {MAX_STEPS} steps are expected", field="steps")
    built: list[Step[C]] = []
    problems: dict[str, list[str]] = {}
    for place, raw in enumerate(steps):
        try:
            built.append(_step(raw, f"steps.{place}", known))
        except InvalidInput as problem:
            problems |= problem.params["fields"]
    if problems:
        name, said = next(iter(problems.items()))
        raise InvalidInput(f"{name}: {said[0]}", fields=problems)
    return Pipeline(tuple(built))


def operators_described(known: Mapping[str, type[Operator[Any]]] = OPERATORS) -> list[dict[str, Any]]:
    """Every operator with its group and the JSON Schema of its parameters, in the order to be shown."""
    return [
        {
            "key": operator.key,
            "group": operator.group,
            "moves": operator.moves,
            "mixes": operator.mixes,
            "params_schema": schema_of(operator),
        }
        for operator in known.values()
    ]


def _step(raw: Any, within: str, known: Mapping[str, type[Operator[C]]]) -> Step[C]:
    if not isinstance(raw, Mapping):
        raise InvalidInput("an object with op, params and p is expected", field=within)
    strange = [str(name) for name in raw if name not in ("op", "params", "p")]
    if strange:
        raise InvalidInput("there is no such field", field=f"{within}.{strange[0][:60]}")
    key, params, p = raw.get("op"), raw.get("params", {}), raw.get("p", 1.0)
    if not isinstance(key, str) or key not in known:
        raise InvalidInput("there is no such operator", field=f"{within}.op")
    if not isinstance(params, Mapping):
        raise InvalidInput("an object is expected", field=f"{within}.params")
    if isinstance(p, bool) or not isinstance(p, int | float) or not 0 <= p <= 1:
        raise InvalidInput("a number from 0 to 1 is expected", field=f"{within}.p")
    return Step(_operator(known[key], params, f"{within}.params"), float(p))


def _operator(operator: type[Operator[C]], params: Mapping[str, Any], within: str) -> Operator[C]:
    built = params_from(operator, params, within=within)
    try:
        built.check()
    except InvalidInput as problem:
        fields = {f"{within}.{name}": said for name, said in problem.params["fields"].items()}
        raise InvalidInput(problem.detail, fields=fields) from problem
    return built
