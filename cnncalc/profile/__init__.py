"""What profilers and frameworks make of a layer: built on an analysis, which knows nothing of it."""
