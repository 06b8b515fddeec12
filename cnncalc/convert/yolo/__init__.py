"""The reader of the YAML files of YOLOv5, YOLOv8 and their kin."""
