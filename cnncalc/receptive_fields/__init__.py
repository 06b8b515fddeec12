"""The exact receptive field: from what a layer reads to what its positions see of the input."""
