"""What a net comes to: one pass over its nodes, and the report that the pass makes."""
