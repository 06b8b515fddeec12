"""Hostile input at random: `make fuzz`, or `python -m tests.fuzz --specs 1000 --sheets 100 --options 100`.

A fuzzer draws a case from a seed and tries it. The same seed gives the same case.
"""
