"""A process that is no worker rings the studio's broker, from any thread."""

from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from django.conf import settings


def _broker() -> str:
    return str(current_app.conf.broker_url)


def test_every_thread_of_every_process_knows_the_broker():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_broker).result() == _broker() == settings.REDIS_URL
