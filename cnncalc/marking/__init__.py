"""Marking answers: sheets are read, every answer is marked, and a wrong one is told from which mistake it comes.

The package is not called `check`: `cnncalc.check` is the function.
"""
