"""A recipe is data: `{version: 1, steps: [{op, params}]}`. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeVar

from core.errors import InvalidInput
from core.params import params_from, schema_of
from datasets.cleaning.base import Operator

VERSION: Final = 1
MAX_STEPS: Final = 32
Step = TypeVar("Step", bound=Operator)


def recipe_from(raw: Any, operators: Mapping[str, type[Step]]) -> tuple[Step, ...]:
    """The steps, checked. Raises InvalidInput naming every field at fault, as `recipe.steps.2.params.side`."""
    if not isinstance(raw, Mapping) or not set(raw) <= {"version", "steps"}:
        raise InvalidInput("a recipe is {version, steps}", field="recipe")
    if raw.get("version", VERSION) != VERSION:
        raise InvalidInput("recipes of this version are not known", field="recipe.version", known=[VERSION])
    steps = raw.get("steps")
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not steps:
        raise InvalidInput("a list of one step or more is expected", field="recipe.steps")
    if len(steps) > MAX_STEPS:
        raise InvalidInput(f"at most {MAX_STEPS} steps are expected", field="recipe.steps")
    built: list[Step] = []
    problems: dict[str, list[str]] = {}
    for place, step in enumerate(steps):
        try:
            built.append(_step(step, operators, f"recipe.steps.{place}"))
        except InvalidInput as problem:
            problems |= problem.params["fields"]
    if problems:
        name, said = next(iter(problems.items()))
        raise InvalidInput(f"{name}: {said[0]}", fields=problems)
    return tuple(built)


def recipe_json(steps: Sequence[Operator]) -> dict[str, Any]:
    """As stored and sent: every parameter written out, so that a later default changes nothing."""
    return {
        "version": VERSION,
        "steps": [{"op": step.key, "params": asdict(step)} for step in steps],  # type: ignore[call-overload]
    }


def described(operators: Mapping[str, type[Operator]]) -> list[dict[str, Any]]:
    """Every operator with its group and the JSON Schema of its parameters, in the order to be shown."""
    return [
        {"key": operator.key, "group": operator.group, "params_schema": schema_of(operator)}
        for operator in operators.values()
    ]


def _step(raw: Any, operators: Mapping[str, type[Step]], within: str) -> Step:
    if not isinstance(raw, Mapping):
        raise InvalidInput("an object with op and params is expected", field=within)
    strange = [str(name) for name in raw if name not in ("op", "params")]
    if strange:
        raise InvalidInput("there is no such field", field=f"{within}.{strange[0][:60]}")
    key, params = raw.get("op"), raw.get("params", {})
    if not isinstance(key, str) or key not in operators:
        raise InvalidInput("there is no such operator", field=f"{within}.op", known=list(operators))
    if not isinstance(params, Mapping):
        raise InvalidInput("an object is expected", field=f"{within}.params")
    step = params_from(operators[key], params, within=f"{within}.params")
    try:
        step.check()
    except InvalidInput as problem:
        fields = {f"{within}.params.{name}": said for name, said in problem.params["fields"].items()}
        raise InvalidInput(problem.detail, fields=fields) from problem
    return step
