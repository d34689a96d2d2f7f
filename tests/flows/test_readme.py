"""The README's commands, run word for word."""

import re
import shutil
import subprocess

import pytest

from tests.support.stack import ROOT, Stack

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(1500)]
BLOCK = re.compile(r"<!-- tutorial -->\n```bash\n(.*?)```", re.DOTALL)


def tutorial(readme: str, stack: Stack) -> str:
    """The blocks of the tutorial as one script; only addresses and password are this stack's."""
    script = "".join(BLOCK.findall(readme))
    for written, ours in {
        "http://127.0.0.1:8000": stack.base_url,
        "http://127.0.0.1:8001": stack.serve_url,
        "the password that make up printed": stack.admin_password,
    }.items():
        assert script.count(written) == 1
        script = script.replace(written, ours)
    return f"set -euo pipefail\n{script}"


def test_the_first_model_of_the_readme_answers_cat(stack, tmp_path):
    bash = shutil.which("bash")
    script = tutorial((ROOT / "README.md").read_text("utf-8"), stack)
    done = subprocess.run(
        [bash, "-c", script],
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{stack.log_tails(5)}"
    assert '"label":"cat"' in done.stdout.replace(" ", "").splitlines()[-1]


def test_every_setting_of_the_readme_is_read_somewhere_and_the_other_way_round():
    table = (ROOT / "README.md").read_text("utf-8").split("## Settings")[1].split("## How it is")[0]
    documented = set(re.findall(r"`((?:STUDIO|DATABASE|REDIS)_[A-Z_]+)`", table))
    sources = [p for folder in ("studio", "core", "serving") for p in (ROOT / folder).rglob("*.py")]
    read = set(
        re.findall(r'"((?:STUDIO|DATABASE|REDIS)_[A-Z_]+)"', "\n".join(p.read_text("utf-8") for p in sources))
    )
    assert documented <= read
