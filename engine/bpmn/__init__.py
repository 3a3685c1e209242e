"""Diagrams: reading, checking and running them; the only room that knows SpiffWorkflow.

Read in this order: ``model`` (what a diagram says), ``reader`` (from XML), ``lint`` (what is refused), ``specs`` (the behaviour of
each element on SpiffWorkflow's task specifications), ``runtime`` (the tokens of one instance, step by step).
"""
