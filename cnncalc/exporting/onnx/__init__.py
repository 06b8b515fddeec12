"""A net as an ONNX model: its structure, with weights that are zeros or left out."""
