"""form-js schemas on the server: what a form must be to be deployed, and the same checks on values as in the browser."""

from engine.forms.schema import check_schema, fields
from engine.forms.validation import Validated, validate

__all__ = ["Validated", "check_schema", "fields", "validate"]
