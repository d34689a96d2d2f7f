"""What the web process sets otherwise than the others, after it was loaded or forked."""

from typing import Any, Final

from django.conf import settings
from django.db import connections

from studio.celery import app
from studio.settings.env import POSTGRESQL

KEEP_S: Final = 60
BROKER_S: Final = 3


def web_settings() -> None:
    """Its threads live on, so each keeps its connection to the database; none waits for a broker that is frozen.

    To be called before the first connection. A worker waits for messages as long as it takes; what a request could not
    ring, the sweep rings.
    """
    database: dict[str, Any] = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = KEEP_S
    if database["ENGINE"] == POSTGRESQL:
        database |= {"ENGINE": "studio.postgres", "CONN_HEALTH_CHECKS": True}
    for loaded in connections.all(initialized_only=True):
        del connections[loaded.alias]
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": BROKER_S}
