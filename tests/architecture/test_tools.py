"""The linters are only as good as their configuration: each limit is tried on a planted violation."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.architecture import measure

BRANCHES = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(11))
PLANTED = {
    "C901": f'"""M."""\n\n\ndef f(x: int) -> int:\n    """D."""\n{BRANCHES}    return 0\n',
    "PLR0912": f'"""M."""\n\n\ndef f(x: int) -> int:\n    """D."""\n{BRANCHES}{BRANCHES}    return 0\n',
    "PLR0915": '"""M."""\n\n\ndef f() -> None:\n    """D."""\n' + "    x = 1\n" * 60,
    "BLE001": '"""M."""\n\ntry:\n    x = 1\nexcept Exception:\n    x = 2\n',
    "T201": '"""M."""\n\nprint(1)\n',
    "S301": '"""M."""\n\nimport pickle\n\nx = pickle.loads(b"")\n',
    "S101": '"""M."""\n\nassert 1\n',
    "ANN001": '"""M."""\n\n\ndef f(x) -> None:\n    """D."""\n',
    "ANN201": '"""M."""\n\n\ndef f(x: int):\n    """D."""\n',
    "D103": '"""M."""\n\n\ndef f(x: int) -> None:\n    return None\n',
    "D100": "x = 1\n",
    "DTZ005": '"""M."""\n\nfrom datetime import datetime\n\nx = datetime.now()\n',
    "ERA001": '"""M."""\n\n# x = compute(1)\n',
    "G004": '"""M."""\n\nimport logging\n\nlogging.getLogger("x").info(f"{1}")\n',
}


def _ruff(source: str) -> set[str]:
    ruff = shutil.which("ruff", path=str(measure.ROOT / ".venv" / "bin")) or "ruff"
    answer = subprocess.run(
        [ruff, "check", "--output-format", "json", "--stdin-filename", "core/planted.py", "-"],
        input=source,
        capture_output=True,
        text=True,
        cwd=measure.ROOT,
        check=False,
    )
    return {finding["code"] for finding in json.loads(answer.stdout)}


@pytest.mark.parametrize("code", PLANTED)
def test_ruff_finds_a_planted_violation(code):
    assert code in _ruff(PLANTED[code])


@pytest.mark.slow
def test_the_import_contracts_find_planted_violations(tmp_path):
    for folder in measure.PRODUCT_FOLDERS:
        shutil.copytree(
            measure.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(measure.ROOT / "pyproject.toml", tmp_path)
    planted = {
        "core/planted.py": "import datasets.apps\n",
        "core/errors.py": "import django\n",
        "core/models/planted.py": "import core.selectors\n",
        "serving/dataplane/planted.py": "import torch\n",
        "serving/planted.py": "import training.models\nimport requests\n",
        "training/services/planted.py": "import core.api.etag\n",
    }
    for name, source in planted.items():
        with (tmp_path / name).open("a") as file:
            file.write(f"\n{source}")
    answer = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert answer.returncode == 1
    broken = {
        line.removesuffix("BROKEN").strip() for line in answer.stdout.splitlines() if line.endswith("BROKEN")
    }
    assert broken >= {
        "Apps form a stack",
        "Inside an app: entry points, then writes, then reads, then rows",
        "Reads and writes know no HTTP",
        "Pure code knows no web framework, no ORM, no broker",
        "The data plane starts without the training stack",
        "Only the guarded client talks to the network",
        "training's tables are its own",
    }
