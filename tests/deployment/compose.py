"""Reads docker-compose.yml as `docker compose config` does: substitution first, then the schema."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")


class MissingVariable(Exception):
    """A variable without a default is not set."""


def load(env: Mapping[str, str]) -> dict[str, Any]:
    """The compose file with variables from `env`; raises MissingVariable as docker does."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return dict(_substituted(document, env))


def schema() -> dict[str, Any]:
    """The Compose Specification's JSON schema."""
    return dict(json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text("utf-8")))


def _substituted(value: Any, env: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [_substituted(item, env) for item in value]
    return VARIABLE.sub(lambda match: _value(match, env), value) if isinstance(value, str) else value


def _value(match: re.Match[str], env: Mapping[str, str]) -> str:
    if match["name"] is None:
        return "$"
    value = env.get(match["name"], "")
    if value or match["kind"] is None:
        return value
    if match["kind"] == "?":
        raise MissingVariable(f"{match['name']}: {match['rest']}")
    return str(match["rest"])
