"""Readers of PyTorch's nets: files of torch.export.save, live modules, and code."""
