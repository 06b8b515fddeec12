"""Python code, followed on its syntax tree and never executed."""
