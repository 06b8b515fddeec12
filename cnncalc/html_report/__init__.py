"""The HTML report: one page, in one file, of a net or of several side by side."""
