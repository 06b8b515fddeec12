"""Conventions: tables on the side that say how a figure is counted, by family of layers. None touches a layer."""
