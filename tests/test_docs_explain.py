"""docs/explain.md: its figures are those that were worked out by hand."""

from __future__ import annotations

from tests.command_line import REPOSITORY

PAGE = REPOSITORY / "docs" / "explain.md"


def test_the_page_has_the_figures_that_were_worked_out_by_hand() -> None:
    """LeNet-5's second convolution, 5x5 behind 5x5 and 2x2 with stride 2.

    notes: 5 + (2 - 1)*2 + (5 - 1)*2*1 = 15; exact: 5 + (2 - 1)*1 + (5 - 1)*2 = 14 (Araujo et al. 2019).
    ResNet-50's first shortcut: 256*(1*1*64) + 256 = 16,640 parameters, 56*56*256*64 = 51,380,224 MACs.
    The autoencoder's first transposed convolution: 7 becomes 14; 7*7 positions * 8*3*3*8 weights = 28,224 MACs.
    """
    text = PAGE.read_text()
    assert "notes 15x15; exact 14x14" in text
    assert f"= {256 * 64 + 256:,}" in text
    assert f"= {56 * 56 * 256 * 64:,}" in text
    assert f"exact MACs {7 * 7 * 8 * 3 * 3 * 8:,}" in text
    assert "Parameters: 1,792; trainable 0" in text
