"""Inverse questions: from a result to the argument that gives it. Each is checked by the formula it turns round."""

from __future__ import annotations

import random

from cnncalc.exercise.questions import Question


def inverse_question(id: str, level: int, chance: random.Random) -> Question:
    """Draws one of the inverse questions that a level asks."""
    known = (_padding, _filters, _depth, _largest_input)
    return chance.choice(known[: 2 if level == 1 else len(known)])(id, level, chance)


def _question(id: str, text: str, answer: int, working: str) -> Question:
    return Question(id, "inverse", "inverse", text, "count", answer, working=working)


def _padding(id: str, level: int, chance: random.Random) -> Question:
    kernel, dilation = chance.choice((3, 5, 7, 9)), chance.choice((1, 2) if level > 3 else (1,))
    effective = dilation * (kernel - 1) + 1
    dilated = f" with dilation {dilation}" if dilation > 1 else ""
    text = f"Which padding on each side keeps the size of a map behind a {kernel}x{kernel} window{dilated}, stride 1?"
    answer = (effective - 1) // 2
    return _question(id, text, answer, f"(N + 2p - {effective})/1 + 1 = N, so p = ({effective} - 1)/2 = {answer}")


def _filters(id: str, level: int, chance: random.Random) -> Question:
    kernel, channels = chance.choice((3, 5)), chance.choice((1, 3, 16, 32))
    filters = chance.choice((8, 16, 24, 32, 48, 64))
    params = filters * (kernel * kernel * channels + 1)
    text = (
        f"A convolution with {kernel}x{kernel} kernels and biases reads {channels} channels and has {params:,} "
        "parameters. How many filters has it?"
    )
    working = f"F*({kernel}*{kernel}*{channels} + 1) = {params}, so F = {params}/{kernel * kernel * channels + 1}"
    return _question(id, text, filters, f"{working} = {filters}")


def _depth(id: str, level: int, chance: random.Random) -> Question:
    kernel, layers = chance.choice((3, 5)), chance.randrange(3, 16)
    field = 1 + layers * (kernel - 1)
    text = f"How many {kernel}x{kernel} convolutions with stride 1, one behind the other, see {field} pixels?"
    return _question(id, text, layers, f"1 + n*({kernel} - 1) = {field}, so n = ({field} - 1)/{kernel - 1} = {layers}")


def _largest_input(id: str, level: int, chance: random.Random) -> Question:
    kernel, stride, length = chance.choice((3, 5, 7)), chance.choice((2, 3)), chance.randrange(6, 40)
    largest = (length - 1) * stride + kernel + stride - 1
    text = (
        f"A {kernel}x{kernel} window with stride {stride} and padding valid gives a map of {length}x{length}. What is "
        "the largest side that the input can have?"
    )
    working = (
        f"floor((N - {kernel})/{stride}) + 1 = {length} holds up to N = ({length} - 1)*{stride} + {kernel} + "
        f"{stride} - 1 = {largest}"
    )
    return _question(id, text, largest, working)
