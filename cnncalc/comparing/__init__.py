"""Nets side by side: totals, and layers aligned as a text diff aligns lines."""
