"""Every operation and what it asks of its caller: the apps' tables put together."""

from collections.abc import Mapping
from types import MappingProxyType

from core.api.rules import RULES as CORE
from core.api.rules import Rule, Rules
from datasets.api.rules import RULES as DATASETS
from labeling.api.rules import RULES as LABELING
from serving.api.rules import RULES as SERVING
from training.api.rules import RULES as TRAINING


def all_rules(*tables: Rules) -> Mapping[str, Rule]:
    """One table; an operation named twice stops the start."""
    merged: dict[str, Rule] = {}
    for table in tables:
        if twice := merged.keys() & table.keys():
            raise RuntimeError(f"operations with two rules: {sorted(twice)}")
        merged.update(table)
    return MappingProxyType(merged)


RULES = all_rules(CORE, DATASETS, TRAINING, SERVING, LABELING)
