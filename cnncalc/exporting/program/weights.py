"""Whose weights a step reuses, and which of them are frozen."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.scopes import Section
from cnncalc.exporting.program.steps import LayerStep, NotShared
from cnncalc.exporting.program.survey import Survey


class Weights:
    """Finds the owners of weights, and gathers what is frozen in some uses of a function alone."""

    def __init__(self, analysis: Analysis, net: Survey) -> None:
        self.analysis, self.net = analysis, net
        self.frozen: list[int] = []

    def share(self, step: LayerStep, section: Section, nodes: Sequence[int | None], is_nested: bool) -> None:
        """Notes whose weights a step reuses."""
        owners: set[int | None] = set()
        steps: set[LayerStep | None] = set()
        for use, node in enumerate(nodes):
            if node is None:
                continue
            owner = self.net.nodes[node].owner
            if owner is not None and not self.analysis.figures[owner].weights:
                owner = None
            owners.add(owner)
            steps.add(None if owner is None else section.owners.get((use, owner)))
            if not is_nested:
                section.owners[(use, node)] = step
        if owners == {None}:
            return
        (owner_step,) = steps if len(steps) == 1 else (None,)
        if owner_step is None:
            keys = {
                key
                for owner in (*owners, *nodes)
                if owner is not None
                for key in self.net.keys_of(self.net.nodes[owner].instance)
            }
            raise NotShared(keys or {section.key} if section.key else keys)
        step.owner = owner_step
        owner_step.is_shared = True

    def freeze(self, step: LayerStep, nodes: Sequence[int | None]) -> None:
        """Notes whether a step is frozen in all uses; single uses are remembered by their nodes."""
        weighted = [
            node for node in nodes if node is not None and self.analysis.figures[node].weights and step.owner is None
        ]
        frozen = [node for node in weighted if self.net.nodes[node].frozen]
        if frozen and len(frozen) == len([node for node in nodes if node is not None]):
            step.is_frozen = True
        else:
            self.frozen += frozen
