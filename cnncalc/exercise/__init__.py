"""Exercises: nets drawn from a template with ranges, questions about them, their keys, and the marking of answers."""
