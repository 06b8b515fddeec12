"""Nets as PyTorch and ONNX write them: operations on tensors, channels first, with the batch. They become layers."""
