"""Files of other formats become specs: readers, one per format, and the writer that all of them share."""
