"""Tests of the innermost ring: rules that need neither a database nor a diagram."""
