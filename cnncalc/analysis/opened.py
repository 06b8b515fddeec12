"""The model inside of a wrapper, opened: an analysis of its own, for one frame."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.analysis.analyze import Analysis
from cnncalc.expansion.nodes import Expansion, Node
from cnncalc.layers.inner_model import InnerModel
from cnncalc.layers.input import InputLayer
from cnncalc.layers.wrappers import Wrapper


def analysis_inside(analysis: Analysis, index: int) -> Analysis | None:
    """Analyses the model that the layer of a node holds; None if it holds none.

    Its nodes are called `NAME/inner`, and read one frame.
    """
    layer, node = analysis.layers[index], analysis.expansion.nodes[index]
    if not isinstance(layer, Wrapper) or not isinstance(model := layer.inner, InnerModel):
        return None
    frame = layer.inner_shape(analysis.figures[node.inputs[0]].output.shape)
    parts = [part for part in model.parts if isinstance(part, Node)]
    own = parts[0].instance.prefix
    nodes = [replace(part, name=f"{node.name}/{part.name.removeprefix(own)}") for part in parts]
    nodes[0].layer = InputLayer(shape=frame)
    if node.frozen:
        for part in nodes:
            part.frozen = True
    expansion = Expansion(analysis.expansion.document, nodes, (0,), (model.result,))
    inside = Analysis(expansion, analysis.convention.name)
    inside.run()
    return inside
