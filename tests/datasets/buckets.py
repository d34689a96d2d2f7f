"""A bucket on a real server on loopback, for tests."""

import boto3
import pytest
from moto.server import ThreadedMotoServer

KEYS = {"key_id": "AKIDEXAMPLE", "secret": "a secret that nobody reads"}


class Photos:
    """The bucket `photos`."""

    def __init__(self, server):
        self.server = server
        self.s3 = boto3.client(
            "s3", endpoint_url=server, region_name="us-east-1",
            aws_access_key_id=KEYS["key_id"], aws_secret_access_key=KEYS["secret"],
        )  # fmt: skip
        self.s3.create_bucket(Bucket="photos")

    def put(self, files):
        for name, content in files.items():
            self.s3.put_object(Bucket="photos", Key=name, Body=content)

    def delete(self, *names):
        for name in names:
            self.s3.delete_object(Bucket="photos", Key=name)

    def keys(self):
        return {found["Key"] for found in self.s3.list_objects_v2(Bucket="photos").get("Contents", ())}

    def address(self, **changes):
        """What a form says of it."""
        return {"endpoint": self.server, "bucket": "photos", "prefix": "set/", **KEYS, **changes}

    def end(self):
        self.delete(*self.keys())
        self.s3.delete_bucket(Bucket="photos")


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def photos(server, settings):
    settings.STUDIO_OUTGOING_ALLOW = (server.removeprefix("http://"),)
    bucket = Photos(server)
    yield bucket
    bucket.end()
