"""What is written down on both sides of the API says the same on both."""

import re

from datasets.services.schema import COLORS
from tests.architecture import measure


def test_the_server_and_the_browser_give_classes_the_same_colors():
    source = (measure.ROOT / "frontend" / "src" / "ui" / "classColors.ts").read_text("utf-8")
    assert tuple(re.findall(r"#[0-9A-F]{6}", source)) == COLORS
