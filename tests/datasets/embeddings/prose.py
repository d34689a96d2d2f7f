"""Real short texts that packages carry: what AWS says of its services' operations, what Django says in Chinese."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

import botocore
import django

SERVICES = ("ec2", "s3", "iam", "dynamodb", "sagemaker", "glue")
APPS = ("contrib/admin", "contrib/auth", "contrib/gis", "conf")


@cache
def english(each=60):
    """[(service, text)] of sixty to three hundred characters, all different."""
    folder = Path(botocore.__file__).parent / "data"
    rows = []
    for service in SERVICES:
        newest = sorted((folder / service).iterdir())[-1] / "service-2.json.gz"
        operations = json.loads(gzip.decompress(newest.read_bytes()))["operations"]
        plain = [
            " ".join(re.sub(r"<[^>]+>", " ", one.get("documentation", "")).split())[:300]
            for _, one in sorted(operations.items())
        ]
        rows += [(service, text) for text in dict.fromkeys(plain) if len(text) > 60][:each]
    return tuple(rows)


@cache
def chinese():
    """[(app, text)]: translations of at least six characters."""
    folder = Path(django.__file__).parent
    rows = []
    for app in APPS:
        catalogue = (folder / app / "locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
        said = re.findall(r'^msgstr(?:\[0\])? "(.{6,})"$', catalogue, re.MULTILINE)
        rows += [(app, text) for text in dict.fromkeys(said[1:])]
    return tuple(rows)
