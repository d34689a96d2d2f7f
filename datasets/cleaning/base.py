"""What every operator of a cleaning is. Pure, and light: the web process lists operators."""

from typing import ClassVar, Literal

Group = Literal["picture", "letters", "content", "private", "choose", "sampling"]


class Operator:
    """One step with its parameters: a frozen dataclass of `core.params.param` fields."""

    key: ClassVar[str]  # stored in recipes: never rename
    group: ClassVar[Group]

    def check(self) -> None:
        """What the bounds of the single parameters do not say. Raises InvalidInput with the parameter's name."""


class Choice(Operator):
    """Looks at all samples that the cleaning is about and says which of them a step takes out."""
