"""Places where a test may make the process die. Pure; costs one dictionary look-up otherwise."""

import os


def fault(name: str) -> None:
    """Die as by kill -9 when the environment names this point (`STUDIO_FAULT`), else do nothing.

    With `STUDIO_FAULT_TOKEN`, the path of a file, only one process dies: the one that removes the file.
    """
    if os.environ.get("STUDIO_FAULT") == name and _taken():
        os._exit(137)


def _taken() -> bool:
    token = os.environ.get("STUDIO_FAULT_TOKEN")
    if not token:
        return True
    try:
        os.unlink(token)  # noqa: PTH108  no import for what production never does
    except FileNotFoundError:
        return False
    return True
