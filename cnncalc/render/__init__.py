"""Reports and diagnostics as text. Nothing here computes a figure; every text ends in a newline."""
