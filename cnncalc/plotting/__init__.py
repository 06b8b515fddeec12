"""Curves over the layers of a net, as SVG and on a terminal."""
