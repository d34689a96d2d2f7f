"""Pictures without labels."""

from datasets.formats.base import Draft, FormatImporter, Guess, Plan, Tree
from datasets.formats.layout import leftovers, pictures_placed


class PlainImages(FormatImporter):
    """Every picture becomes an unlabeled sample; folders are kept in its name only."""

    key = "images"
    title = "Images"

    def sniff(self, tree: Tree) -> Guess:
        """The format of last resort."""
        count = sum(map(tree.is_sample, tree.members))
        if not count:
            return Guess(0.0, f"no {tree.noun}")
        files = f"1 {tree.noun[:-1]}" if count == 1 else f"{count} {tree.noun}"
        return Guess(0.2, f"{files} and nothing that says what is on them")

    def plan(self, tree: Tree) -> Plan:
        """Raises nothing: a tree without pictures is an empty plan."""
        drafts = [Draft(p.member, p.name, split=p.split) for p in pictures_placed(tree)]
        return Plan((), [*drafts, *leftovers(tree)])
