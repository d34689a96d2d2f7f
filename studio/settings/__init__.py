"""Django's settings. Everything that differs between installations comes from the environment."""

import os

from celery.schedules import schedule
from kombu import Queue

from studio.settings import env

BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()
SECRET_KEY = env.secret_key(DATA_DIR)
DEBUG = False
DEV = env.flag("STUDIO_DEV", default=False)

STUDIO_HOST = os.environ.get("STUDIO_HOST", "127.0.0.1")
STUDIO_PORT = int(os.environ.get("STUDIO_PORT", "8000"))
STUDIO_SERVE_HOST = os.environ.get("STUDIO_SERVE_HOST", STUDIO_HOST)
STUDIO_SERVE_PORT = int(os.environ.get("STUDIO_SERVE_PORT", "8001"))
STUDIO_PUBLIC_URL = os.environ.get("STUDIO_PUBLIC_URL", "")
STUDIO_SERVE_PUBLIC_URL = os.environ.get("STUDIO_SERVE_PUBLIC_URL", "")
STUDIO_STORAGE_URL = os.environ.get("STUDIO_STORAGE_URL", "")
STUDIO_OUTGOING_ALLOW = tuple(filter(None, os.environ.get("STUDIO_OUTGOING_ALLOW", "").split(",")))
STUDIO_CHAT_URL = env.chat_url()
STUDIO_CHAT_MODEL = os.environ.get("STUDIO_CHAT_MODEL", "")
STUDIO_CHAT_KEY = os.environ.get("STUDIO_CHAT_KEY", "")
STUDIO_OUTSIDE_CACHE_MB = int(os.environ.get("STUDIO_OUTSIDE_CACHE_MB", "4096"))
STUDIO_WEIGHTS_DIR = os.environ.get("STUDIO_WEIGHTS_DIR", str(DATA_DIR / "weights"))
STUDIO_BIN_DAYS = int(os.environ.get("STUDIO_BIN_DAYS", "30"))
STUDIO_ALLOWED_HOSTS = tuple(filter(None, os.environ.get("STUDIO_ALLOWED_HOSTS", "").split(",")))

HTTPS = STUDIO_PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", STUDIO_HOST, *STUDIO_ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = [STUDIO_PUBLIC_URL] if STUDIO_PUBLIC_URL else []

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "guardian",
    "core.apps.CoreConfig",
    "datasets.apps.DatasetsConfig",
    "training.apps.TrainingConfig",
    "serving.apps.ServingConfig",
    "labeling.apps.LabelingConfig",
    "applications.apps.ApplicationsConfig",
    "studio.apps.StudioConfig",
]

MIDDLEWARE = [
    "studio.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "studio.api.middleware.TrailingSlashMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "studio.middleware.AdminLanguageMiddleware",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "studio" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": env.database(DATA_DIR)}
REDIS_URL = env.redis_url(DATA_DIR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "c",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 2},
    }
}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_GET_INIT_ANONYMOUS_USER = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login"

SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_NAME = "__Host-studio" if HTTPS else "studio_session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
UI_DIR = BASE_DIR / "frontend" / "dist"
WHITENOISE_ROOT = UI_DIR if UI_DIR.is_dir() else None
WHITENOISE_INDEX_FILE = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "unused-media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 66 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_TEMP_DIR = None
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Functions of the apps that core must not import, by dotted path.
STUDIO_MEDIA_READERS = (  # (user, sha256, sample id | None) -> bool
    "datasets.selectors.media.sample_media_readable",
    "labeling.selectors.media.work_media_readable",
    "serving.selectors.may_read_media",
)
# (sha256s) -> {sha256: what brings the bytes that lie outside of the store}
STUDIO_BLOBS_OUTSIDE = "datasets.services.references.fetchers_of"
STUDIO_PROJECT_COUNTERS: tuple[str, ...] = (  # (project ids) -> querysets of (project id, name, count)
    "datasets.selectors.counters.project_counters",
    "training.selectors.project_counters",
    "serving.selectors.endpoint_counts",
)
STUDIO_JOB_SUBJECTS: tuple[str, ...] = (  # ({param: ids}) -> querysets of what jobs are about
    "datasets.selectors.jobs.job_subjects",
    "training.selectors.job_subjects",
)
STUDIO_STORAGE_PARTS: tuple[str, ...] = (  # (project id) -> {part: bytes}
    "datasets.selectors.storage.storage_parts",
    "training.selectors.storage_parts",
)
STUDIO_HOUSEKEEPERS = {  # name -> () -> how much was removed
    "previews": "datasets.services.previews.previews_trim",
    "bins": "datasets.services.bin.bins_due",
    "import_secrets": "datasets.services.import_source.secrets_expire",
    "references": "datasets.services.references.references_forget",
    "training_folders": "training.services.directories.directories_prune",
}
STUDIO_PROJECT_ENDERS: tuple[str, ...] = (  # (project id) -> None, in the transaction that hides a project
    "serving.services.deploy.project_ended",
)
STUDIO_OUTBOX_SINKS: tuple[str, ...] = ()  # (event) -> None; DomainError when it did not arrive

UNFOLD = {
    "SITE_TITLE": "Studio",
    "SITE_HEADER": "Studio",
    "SITE_SYMBOL": "labs",
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "DASHBOARD_CALLBACK": "core.admin.dashboard.dashboard",
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["studio.api.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "studio.api.parsers.JsonParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "studio.api.schema.StudioSchema",
    "EXCEPTION_HANDLER": "studio.api.exceptions.problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Studio",
    "DESCRIPTION": "The control plane of Studio.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["studio.api.schema.drop_head"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "studio.api.schema.add_streams",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "SampleState": "datasets.models.SampleState",
        "DatasetTask": "datasets.models.Task",
        "JobState": "core.models.job.Job.State",
        "CampaignState": "labeling.models.campaign.Campaign.State",
        "WantedState": ["live", "stopped"],
        "SavedState": ["draft", "submitted"],
        "ShapeKind": "datasets.models.ShapeKind",
        "RecipeKind": "datasets.models.RecipeKind",
        "ColumnKind": "datasets.tables.kinds.KINDS",
        "BalanceMethod": "datasets.services.table_balance.METHODS",
        "MethodEnum": "labeling.models.campaign.Campaign.Agreement",
        "ExampleKind": "labeling.services.guidelines.KINDS",
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TRACK_STARTED = False
# The lease decides who runs a job, never the broker: a message may be lost or come twice.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "health_check_interval": 15,
}
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_QUEUES = [Queue(name) for name in ("short", "import", "train", "hooks")]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "outbox": {
        "task": "core.deliver_outbox",
        "schedule": schedule(10),
        "options": {"queue": "hooks", "expires": 10},
    },
    "housekeeping": {"task": "core.housekeeping", "schedule": schedule(3600), "options": {"queue": "short"}},
    "journal": {
        "task": "serving.ingest_journal",
        "schedule": schedule(5),
        "options": {"queue": "short", "expires": 10},
    },
    "journal-trim": {
        "task": "serving.trim_journal",
        "schedule": schedule(3600),
        "options": {"queue": "short", "expires": 3600},
    },
    "endpoint-table": {
        "task": "serving.publish_table",
        "schedule": schedule(20),
        "options": {"queue": "short", "expires": 20},
    },
    "syncs": {
        "task": "datasets.sync_due",
        "schedule": schedule(60),
        "options": {"queue": "short", "expires": 60},
    },
    "consensus": {
        "task": "labeling.settle",
        "schedule": schedule(5),
        "options": {"queue": "short", "expires": 10},
    },
    "active-order": {
        "task": "labeling.order",
        "schedule": schedule(10),
        "options": {"queue": "short", "expires": 30},
    },
    "learning": {
        "task": "labeling.learn",
        "schedule": schedule(10),
        "options": {"queue": "short", "expires": 10},
    },
    "sweep": {"task": "core.sweep", "schedule": schedule(10), "options": {"queue": "short", "expires": 10}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "studio.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}
