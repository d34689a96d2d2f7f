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
