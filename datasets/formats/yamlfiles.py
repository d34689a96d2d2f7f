"""YAML from strangers: plain text, lists and mappings; no aliases, no types, no surprises. Pure."""

from typing import Any, Final

import yaml

from datasets.formats.textfiles import TextRefused, text_decoded

MAX_YAML_BYTES: Final = 1024**2
_MAX_LINES: Final = 50_000


class YamlRefused(Exception):
    """The text is no YAML we take; the message says where."""


class _PlainLoader(yaml.BaseLoader):
    """Every scalar stays the text it is: a class called `no` is no boolean."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Aliases are refused: a few bytes of them can stand for gigabytes."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.composer.ComposerError(problem="aliases are not read")
        return super().compose_node(parent, index)


def yaml_parsed(content: bytes) -> Any:
    """The document, made of str, list and dict only. Raises YamlRefused."""
    if len(content) > MAX_YAML_BYTES:
        raise YamlRefused("the YAML is over 1 MB")
    try:
        text = text_decoded(content)
        if text.count("\n") > _MAX_LINES:
            raise YamlRefused(f"the YAML has over {_MAX_LINES} lines")
        loader = _PlainLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except TextRefused as exc:
        raise YamlRefused(str(exc)) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise YamlRefused(f"the YAML is damaged{place}, or uses what is not read") from exc
    except RecursionError as exc:
        raise YamlRefused("the YAML is nested too deep") from exc
