"""What the browser app says about the server's rules is what the server holds people to."""

import re

import pytest
from django.conf import settings

from tests.architecture import measure

SOURCE = measure.ROOT / "frontend" / "src"


def least_letters() -> int:
    (least,) = (
        rule["OPTIONS"]["min_length"]
        for rule in settings.AUTH_PASSWORD_VALIDATORS
        if rule["NAME"].endswith("MinimumLengthValidator")
    )
    return least


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("feature", "keys"), [("auth", {"passwordHint", "passwordShort"}), ("me", {"newPasswordHint"})]
)
def test_the_hint_at_a_new_password_names_the_length_the_server_wants(language, feature, keys):
    text = (SOURCE / "i18n" / language / f"{feature}.ts").read_text("utf-8")
    said = dict(re.findall(r'(\w*[pP]assword(?:Hint|Short)): "[^"\d]*(\d+)', text))
    assert said == {key: str(least_letters()) for key in keys}


def test_the_invitation_page_waits_for_as_many_letters_as_the_server_wants():
    page = (SOURCE / "features" / "auth" / "InvitePage.tsx").read_text("utf-8")
    assert f"const PASSWORD_LENGTH_MIN = {least_letters()};" in page


OUR_OWN = {"DJANGO_SETTINGS_MODULE", "STUDIO_FAULT", "STUDIO_FAULT_TOKEN"}
ASKED = re.compile(
    r'(?:environ(?:ment)?(?:\.get)?[\[(]|\benv\.(?:flag|get)\()"([A-Z_]+)"|"([A-Z_]+)" (?:not )?in os\.environ'
)


def test_the_readme_names_every_variable_that_the_code_reads():
    read: set[str] = set()
    for path in measure.python_files(*measure.PRODUCT_FOLDERS):
        for names in ASKED.findall(path.read_text("utf-8")):
            read.update(filter(None, names))
    table = re.findall(
        r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", (measure.ROOT / "README.md").read_text("utf-8"), re.M
    )
    assert read - OUR_OWN == {name for row in table for name in re.findall(r"[A-Z_]+", row)}
