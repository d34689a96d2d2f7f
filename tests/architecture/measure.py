"""Measures of the source tree that the architecture tests compare with the house's limits."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON_FOLDERS = (
    "studio",
    "core",
    "datasets",
    "labeling",
    "training",
    "serving",
    "applications",
    "scripts",
    "tests",
)
PRODUCT_FOLDERS = PYTHON_FOLDERS[:-2]
GENERATED = {"schema.d.ts", "routeTree.gen.ts"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def python_files(*folders: str, root: Path = ROOT) -> Iterator[Path]:
    """Python sources below `folders` (all of ours by default) without migrations, in order."""
    for folder in folders or PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def browser_files(root: Path = ROOT) -> Iterator[Path]:
    """TypeScript and style sheets of the browser app that people write."""
    for part in ("src", "e2e"):
        for path in sorted((root / "frontend" / part).rglob("*")):
            if path.suffix in {".ts", ".tsx", ".css"} and path.name not in GENERATED:
                yield path


def long_files(paths: Iterator[Path], limit: int = MAX_FILE_LINES) -> dict[str, int]:
    """File name -> number of lines, for those over the limit."""
    counts = {str(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    return {name: lines for name, lines in counts.items() if lines > limit}


def long_functions(paths: Iterator[Path], limit: int = MAX_FUNCTION_LINES) -> dict[str, int]:
    """`file:function` -> number of lines from `def` to the end, for those over the limit."""
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit:
                    found[f"{path}:{node.name}"] = lines
    return found


def imported_names(source: str) -> set[str]:
    """Every module that a source imports, anywhere in it: `import a.b` and `from a import b` give `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


def called_attributes(source: str) -> set[str]:
    """Names of all methods that a source calls: `x.delay(1)` gives `delay`."""
    return {
        node.func.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def read_attributes(source: str) -> set[str]:
    """Names of all attributes that a source reads."""
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
