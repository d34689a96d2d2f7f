"""ASGI entry point of the control plane."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
os.environ.setdefault("STUDIO_DB_POOL", "1")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
