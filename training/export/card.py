"""The model card: what it is, what it learned from, how good it is, what it must not be used for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the card is written from."""

    title: str
    task: str
    algorithm: str
    licence: str
    classes: Sequence[str]
    counts: Mapping[str, int]
    reports: Mapping[str, Mapping[str, Any]]
    parity: Mapping[str, Any]
    dataset_version: str
    params: Mapping[str, Any]
    seed: int
    recipe: Sequence[Mapping[str, Any]] = ()


def card_of(facts: CardFacts) -> str:
    """Markdown."""
    counted = ", ".join(f"{count} {split}" for split, count in facts.counts.items())
    lines = [
        f"# {facts.title}",
        "",
        f"Task: {facts.task}. Algorithm: {facts.algorithm}. License of the pretrained weights: {facts.licence}.",
        "",
        "## Data",
        "",
        f"Data set version {facts.dataset_version}: {counted}. Classes: {', '.join(facts.classes)}.",
        "",
        "## Quality",
        "",
        "| part | pictures | accuracy (95 % interval) | macro F1 (95 % interval) |",
        "|---|---|---|---|",
        *(_row(split, report) for split, report in facts.reports.items()),
        "",
        f"Exported file against the trained network: top-1 agreement {facts.parity['top1_agreement']:.4f}, "
        f"largest score difference {facts.parity['max_score_diff']:.1e} over {facts.parity['count']} pictures.",
        "",
        "## Limits",
        "",
        "Every picture gets one of the classes above, also a picture of something else. The figures hold for "
        "pictures like those of the data set; measure again on your own before relying on them.",
        "",
        "## Recipe",
        "",
        f"Seed {facts.seed}; " + ", ".join(f"{key} {value}" for key, value in facts.params.items()) + ".",
        *_steps(facts.recipe),
        "",
    ]
    return "\n".join(lines)


def _steps(recipe: Sequence[Mapping[str, Any]]) -> list[str]:
    if not recipe:
        return []
    return [
        "",
        "Pictures of the training part were changed by these steps instead of the augmentation named above:",
        "",
        *map(_step, recipe),
    ]


def _step(step: Mapping[str, Any]) -> str:
    values = ", ".join(f"{key} {value}" for key, value in step["params"].items())
    return f"- {step['op']}, share {step['p']:g}" + (f": {values}" if values else "")


def _row(split: str, report: Mapping[str, Any]) -> str:
    return f"| {split} | {report['count']} | {_figure(report, 'accuracy')} | {_figure(report, 'macro_f1')} |"


def _figure(report: Mapping[str, Any], key: str) -> str:
    figure = report["metrics"][key]
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
