"""The studio's Celery application with short leases and frequent checkpoints.

`celery -A tests.faults.hurried:app worker`: the tests' own worker, the product's own code.
"""

import dataclasses
from datetime import timedelta
from typing import Any

from celery.signals import worker_init

from studio.celery import app

__all__ = ["app"]

TTL_S = 4.0
CHECKPOINT_S = 0.3


@worker_init.connect
def _hurry(**_: object) -> None:
    import tests.faults.kinds  # noqa: F401  registers
    from core.jobs import lease
    from training.services import execution

    lease.TTL = timedelta(seconds=TTL_S)
    lease.HEARTBEAT_S = 0.5
    made = execution._spec

    def spec(run: Any, manifest: Any) -> Any:
        return dataclasses.replace(made(run, manifest), checkpoint_every_s=CHECKPOINT_S)

    execution._spec = spec
