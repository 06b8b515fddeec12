"""Readers of PyTorch's nets: files of torch.export.save, and live modules."""
