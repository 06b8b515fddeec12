"""From a document to the flat list of layers that it means: blocks, repeats, branches and references resolved."""
