"""A process that dies at any step of a save leaves all of it or nothing, and a repeat ends well."""

import json
import os
import subprocess
import sys
import uuid

import pytest
from django.db import connection

from labeling.models import Annotation, AnnotationEvent, Item
from labeling.services.campaigns import campaign_recount

pytestmark = pytest.mark.django_db(transaction=True)

SAVE = """
import json, sys, uuid
import django
from django.conf import settings
sent = json.load(sys.stdin)
import tests.settings
settings.configure(**{k: getattr(tests.settings, k) for k in dir(tests.settings) if k.isupper()})
settings.DATABASES["default"].update(sent["database"])
django.setup()
from core.models import User
from labeling.services.annotate import Save, annotation_save
save = Save(uuid.UUID(sent["id"]), uuid.UUID(sent["item"]), 0, "submitted", sent["shapes"], 1.0)
saved = annotation_save(User.objects.get(pk=sent["user"]), save)
json.dump({"revision": saved.revision}, sys.stdout)
"""
STEPS = ["before", "after"]
SQLITE_STEPS = ["annotation", "event", "item", "counter", "sample_counters", "sample_row", "sample_shapes"]


def _points():
    on_sqlite = os.environ.get("STUDIO_TEST_DB") == "sqlite"
    return [f"labeling.save.{step}" for step in (STEPS + SQLITE_STEPS if on_sqlite else STEPS)]


@pytest.mark.parametrize("point", _points())
def test_a_save_that_dies_is_whole_or_absent_and_can_be_repeated(point, lasting_world):
    world = lasting_world(samples=3)
    world.campaign()
    ann = world.as_("ann")
    item = ann.item()
    wanted = {
        name: connection.settings_dict[name]
        for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    wanted["OPTIONS"] = connection.settings_dict["OPTIONS"]
    sent = {
        "database": wanted,
        "id": str(uuid.uuid4()),
        "item": item["id"],
        "shapes": [world.mark()],
        "user": str(ann.person.pk),
    }
    killed = _run(sent, {"STUDIO_FAULT": point})
    assert killed.returncode == 137, killed.stderr
    assert not Annotation.objects.exists()
    assert not AnnotationEvent.objects.exists()
    assert Item.objects.get(pk=item["id"]).state == "new"
    assert campaign_recount(world.round) == 0
    repeated = _run(sent, {})
    assert json.loads(repeated.stdout) == {"revision": 1}, repeated.stderr
    assert AnnotationEvent.objects.count() == 1
    assert campaign_recount(world.round) == 0


def _run(sent, extra):
    environment = {**os.environ, **extra}
    return subprocess.run(
        [sys.executable, "-c", SAVE],
        input=json.dumps(sent),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
