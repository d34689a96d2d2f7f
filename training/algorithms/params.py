"""Parameters of algorithms: `core.params`, under the name that families know it by. Pure."""

from core.params import param, params_from, schema_of

__all__ = ["param", "params_from", "schema_of"]
