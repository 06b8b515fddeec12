"""Caffe's `.prototxt`: the text form of protocol buffers, and the layers in it."""
