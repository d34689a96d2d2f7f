"""docker-compose.yml is valid, complete and safe before anybody starts it."""

import os
import re
import shutil
import subprocess

import jsonschema
import pytest

from tests.deployment import compose

SECRETS = {"POSTGRES_PASSWORD": "pg-secret", "REDIS_PASSWORD": "redis-secret", "STUDIO_SECRET_KEY": "k" * 48}
OURS = "studio:latest"


@pytest.fixture(scope="module")
def document():
    return compose.load(SECRETS)


def _ours(document):
    return {name: service for name, service in document["services"].items() if service.get("image") == OURS}


def _docker_compose() -> list[str] | None:
    """The program, of version 2 or later: the first knows other files."""
    for program in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(program[0]):
            known = subprocess.run([*program, "version"], capture_output=True, check=False, text=True)
            if known.returncode == 0 and "version 1." not in known.stdout:
                return program
    return None


def test_it_fits_the_compose_specification(document):
    jsonschema.Draft7Validator(compose.schema()).validate(document)


def test_a_planted_mistake_does_not_fit_the_specification(document):
    wrong = {**document, "services": {**document["services"], "web": {"image": 5}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(compose.schema()).validate(wrong)


def test_docker_accepts_it_where_docker_compose_is_installed():
    program = _docker_compose()
    if program is None:
        return  # the specification's schema, above, is what stands in for the program
    command = [*program, "-f", str(compose.ROOT / "docker-compose.yml"), "config", "-q"]
    done = subprocess.run(command, env={**os.environ, **SECRETS}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SECRETS)
def test_it_does_not_start_without_its_secrets(name):
    with pytest.raises(compose.MissingVariable, match=name):
        compose.load({key: value for key, value in SECRETS.items() if key != name})


def test_every_part_of_the_studio_is_there(document):
    assert set(document["services"]) >= {
        "postgres", "redis", "migrate", "web", "beat", "dataplane-1", "dataplane-2", "nginx",
        "worker-short", "worker-hooks", "worker-import", "worker-train", "worker-gpu",
    }  # fmt: skip


def test_every_queue_has_a_worker_of_its_own(document, settings):
    commands = [service["command"] for name, service in _ours(document).items() if name.startswith("worker-")]
    assert {command[4] for command in commands} == {queue.name for queue in settings.CELERY_TASK_QUEUES}


def test_services_wait_for_services_that_exist_and_can_tell_how_they_are(document):
    services = document["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, name
            assert how["condition"] != "service_healthy" or "healthcheck" in services[other], (name, other)


def test_what_runs_on_has_a_health_check(document):
    lasting = {name for name, s in document["services"].items() if s.get("restart") != "no"} - {"beat"}
    assert {name for name in lasting if "healthcheck" not in document["services"][name]} == set()


def test_only_the_proxy_is_reachable_from_outside(document):
    assert [name for name, service in document["services"].items() if service.get("ports")] == ["nginx"]


def test_named_volumes_are_declared(document):
    used = {
        v.split(":")[0]
        for s in document["services"].values()
        for v in s.get("volumes", [])
        if v[0] not in "./"
    }
    assert used == set(document["volumes"])


def test_every_service_gets_the_settings_it_shares(document):
    for name, service in _ours(document).items():
        env = service["environment"]
        assert env["DATABASE_URL"] == "postgresql://studio:pg-secret@postgres:5432/studio", name
        assert env["REDIS_URL"] == "redis://:redis-secret@redis:6379/0", name
        assert service["volumes"] == ["data:/data"], name


def test_the_example_settings_name_every_variable_that_must_be_set():
    example = (compose.ROOT / "deploy" / "example.env").read_text("utf-8")
    assert set(SECRETS) <= set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_proxy_passes_to_the_services_of_the_compose_file(document):
    servers = re.findall(
        r"server ([\w-]+):(\d+)", (compose.ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    )
    assert set(servers) == {("web", "8000"), ("dataplane-1", "8001"), ("dataplane-2", "8001")}
    assert {host for host, _ in servers} <= set(document["services"])


def test_the_image_runs_as_an_ordinary_user_and_builds_the_browser_app():
    dockerfile = (compose.ROOT / "Dockerfile").read_text("utf-8")
    assert dockerfile.rindex("USER studio") > dockerfile.rindex("FROM ")
    assert "RUN npm run build" in dockerfile
    copied = set(re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE))
    assert copied == {"studio", "core", "datasets", "labeling", "training", "serving", "applications"}
