"""Tests of DMN."""
