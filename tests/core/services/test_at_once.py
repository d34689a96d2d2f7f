"""What two people do in the same moment is done one after the other."""

import threading

import pytest
from django.db import connection, transaction

from core.errors import DomainError
from core.services.accounts import user_update
from core.services.tokens import MAX_TOKENS, token_create
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def outcome_beside(first, second):
    """How `second` ends that begins, in another thread, before the transaction of `first` is over."""
    ended = []

    def later():
        try:
            second()
            ended.append("done")
        except DomainError as error:
            ended.append(error.code)
        finally:
            connection.close()

    thread = threading.Thread(target=later)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.5)
        assert ended == []
    thread.join(20)
    return ended[0]


def test_the_last_two_administrators_cannot_demote_each_other():
    ada, bob = (factories.user_make(name, is_staff=True, is_superuser=True) for name in ("ada", "bob"))
    ended = outcome_beside(
        lambda: user_update(actor=ada, user=bob, is_admin=False),
        lambda: user_update(actor=bob, user=ada, is_admin=False),
    )
    assert ended == "last_administrator"


def test_the_limit_of_tokens_holds_for_two_requests_at_once():
    ada = factories.user_make("ada")
    for number in range(MAX_TOKENS - 1):
        token_create(ada, name=str(number))
    ended = outcome_beside(lambda: token_create(ada, name="last"), lambda: token_create(ada, name="over"))
    assert ended == "too_many_tokens"
