"""What the import contracts and the error catalog take for granted about every file."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.architecture import measure


def folders_without_init(root: Path) -> set[str]:
    """Folders with modules that are no packages: the import contracts would not see what is in them."""
    folders = {path.parent for path in measure.python_files(*measure.PRODUCT_FOLDERS, root=root)}
    return {str(folder.relative_to(root)) for folder in folders if not (folder / "__init__.py").is_file()}


def codes_of(source: str) -> list[tuple[str, str]]:
    """(code, class) of every class body that sets `code`, alone or with `status`, to a text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for line in node.body if isinstance(node, ast.ClassDef) else ():
            if not isinstance(line, ast.Assign):
                continue
            target, value = line.targets[0], line.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                target, value = target.elts[0], value.elts[0]
            if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
                found.append((str(value.value), node.name))
    return found


def test_every_folder_with_modules_is_a_package():
    assert folders_without_init(measure.ROOT) == set()


def test_an_error_code_belongs_to_one_class():
    owners = defaultdict(set)
    for path in measure.python_files(*measure.PRODUCT_FOLDERS):
        for code, name in codes_of(path.read_text("utf-8")):
            owners[code].add(f"{path.relative_to(measure.ROOT)}:{name}")
    assert len(owners) > 50
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_a_planted_folder_and_planted_codes_are_found(tmp_path):
    (tmp_path / "core" / "hidden").mkdir(parents=True)
    (tmp_path / "core" / "__init__.py").touch()
    (tmp_path / "core" / "hidden" / "module.py").touch()
    assert folders_without_init(tmp_path) == {"core/hidden"}
    source = 'class A(E):\n    code = "a"\n\n\nclass B(E):\n    code, status = "b", 409\n'
    assert codes_of(source) == [("a", "A"), ("b", "B")]
