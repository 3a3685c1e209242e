"""Tests of FEEL; the helpers beside them compare with the browser."""
