"""What an import takes in."""

from typing import Any

from rest_framework import serializers

from datasets.sql.question import DRIVERS, MAX_QUERY, MAX_ROWS, TLS, USUAL_PORTS
from datasets.tags import MAX_A_SAMPLE

Serializer = serializers.Serializer[Any]


class TagsField(serializers.ListField):
    """Words for samples; what a word may be, `datasets.tags` says."""

    child = serializers.CharField(max_length=200)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "default": list, "max_length": MAX_A_SAMPLE, **kwargs})


_REMOTE: tuple[str, ...] = ("host", "database", "user")
_FILE: tuple[str, ...] = ("upload_id",)


class BucketForm(Serializer):
    """An S3-compatible bucket. Without `key_id` it is read anonymously; `secret` is stored sealed.

    `keep: reference` leaves the bytes of pictures and recordings in the bucket: they are read once now, fetched when
    they are needed, and compared with their SHA-256 each time; the secret stays stored as long. Everything else, and
    all texts, are copied.
    """

    endpoint = serializers.RegexField(r"^https?://[^/?#\s]+/?\Z", max_length=500)
    bucket = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}\Z")
    prefix = serializers.CharField(max_length=900, default="", allow_blank=True)
    region = serializers.RegexField(r"^[a-z0-9-]{1,40}\Z", default="us-east-1")
    key_id = serializers.CharField(max_length=200, default="", allow_blank=True)
    secret = serializers.CharField(max_length=500, default="", allow_blank=True, write_only=True)

    keep = serializers.ChoiceField(choices=("copy", "reference"), default="copy")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A key has two halves."""
        if bool(attrs["key_id"]) != bool(attrs["secret"]):
            raise serializers.ValidationError({"secret": "key_id and secret go together"})
        return attrs


class SqlForm(Serializer):
    """One query that only reads, on PostgreSQL, MySQL or MariaDB, or on an uploaded SQLite file (`upload_id`).

    There are no other options: no connection string, no socket, no file of a server. `password` is stored sealed and
    forgotten as soon as the rows have arrived.
    """

    driver = serializers.ChoiceField(choices=DRIVERS)
    query = serializers.CharField(max_length=MAX_QUERY)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_ROWS, default=MAX_ROWS)
    host = serializers.CharField(max_length=253, required=False)
    port = serializers.IntegerField(min_value=1, max_value=65_535, required=False)
    database = serializers.RegexField(r"^[^\x00-\x1f/\\]{1,63}\Z", required=False)
    user = serializers.RegexField(r"^[^\x00-\x1f]{1,63}\Z", required=False)
    password = serializers.CharField(
        max_length=500, default="", allow_blank=True, trim_whitespace=False, write_only=True
    )
    tls = serializers.ChoiceField(choices=TLS, default="require")
    upload_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Everything a driver needs, and nothing that is not listed."""
        if unknown := set(self.initial_data_of_sql()) - set(self.fields):
            raise serializers.ValidationError({name: ["is no option"] for name in sorted(unknown)})
        is_file = attrs["driver"] == "sqlite"
        needed, others = (_FILE, (*_REMOTE, "port")) if is_file else (_REMOTE, _FILE)
        if not is_file:
            attrs.setdefault("port", USUAL_PORTS[attrs["driver"]])
        if missing := [name for name in needed if name not in attrs]:
            raise serializers.ValidationError({name: ["is needed"] for name in missing})
        if surplus := [name for name in others if name in attrs]:
            raise serializers.ValidationError({name: ["is no option of this driver"] for name in surplus})
        return attrs

    def initial_data_of_sql(self) -> Any:
        """What was sent, also where this form is a field of another."""
        sent = self.parent.initial_data.get("sql", {}) if self.parent else self.initial_data
        return sent if isinstance(sent, dict) else {}


class ImportForm(Serializer):
    """Where the bytes are (`file`, `upload_id`, `url`, `s3` or `sql`) and how to read them."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    upload_id = serializers.UUIDField(required=False)
    url = serializers.CharField(max_length=2_000, required=False)
    s3 = BucketForm(required=False)
    sql = SqlForm(required=False)
    format = serializers.CharField(max_length=40, default="auto")
    on_problem = serializers.ChoiceField(choices=("skip", "abort"), default="skip")
    dry_run = serializers.BooleanField(default=False)
    group_by = serializers.ChoiceField(choices=("none", "folder", "prefix"), default="none")
    columns = serializers.DictField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=dict,
        help_text="the column of text, label, split, group or name, by its name or its number from 1",
    )
    tags = TagsField(help_text="for every sample of the import, also for those that are there already")
