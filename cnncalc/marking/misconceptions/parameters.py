"""Mistakes in parameters, likelier ones first."""

from __future__ import annotations

from typing import Final

from cnncalc.marking.changes import Change
from cnncalc.marking.misconceptions.misconception import (
    BATCH_NORMALIZATION,
    CONVOLUTION,
    DENSE,
    DEPTHWISE,
    POOLING,
    SEPARABLE,
    misconception,
)

PARAMETERS: Final = (
    misconception(
        "bias-forgotten",
        "The bias is left out: there is one more parameter per filter or unit.",
        Change(weights={"bias": "0"}),
    ),
    misconception(
        "one-bias-in-all",
        "One bias is counted for the whole layer: there is one per filter or unit.",
        Change(weights={"bias": "1"}),
    ),
    misconception(
        "bias-per-weight",
        "A bias is counted for every weight: there is one per filter or unit.",
        Change(weights={"bias": "F*prod(k)*C/g"}),
        Change(weights={"bias": "prod(k)*C*m"}),
        Change(weights={"bias": "n_in*units"}),
    ),
    misconception(
        "input-channels-left-out",
        "The input's channels are left out: every filter is as deep as its input.",
        Change(families=CONVOLUTION, symbols={"C": "1"}),
    ),
    misconception(
        "output-channels-for-input-channels",
        "The output's channels stand where the input's belong: a filter is as deep as its input.",
        Change(families=CONVOLUTION, symbols={"C": "F"}),
    ),
    misconception(
        "kernel-not-squared",
        "Only one side of the kernel is counted: it has height x width weights per channel.",
        Change(families=CONVOLUTION, symbols={"k": "k_1"}),
    ),
    misconception(
        "filters-not-multiplied",
        "One filter is counted: the layer has as many as it has output channels.",
        Change(families=CONVOLUTION, symbols={"F": "1"}),
        Change(families=CONVOLUTION, weights={"kernel": "prod(k)*C/g"}),
        Change(families=DENSE, symbols={"units": "1"}),
    ),
    misconception(
        "grouped-as-full",
        "This counts a full convolution: here every filter sees the channels of its group only.",
        Change(arguments={"groups": 1}),
        Change(
            kinds=DEPTHWISE,
            weights={"kernel": "prod(k)*C*F"},
            counts={"macs": "prod(out)*prod(k)*C*F"},
        ),
        Change(
            kinds=SEPARABLE,
            weights={"depthwise_kernel": "prod(k)*C*F", "pointwise_kernel": "0"},
            counts={"macs": "prod(out)*prod(k)*C*F"},
        ),
    ),
    misconception(
        "batchnorm-two-per-channel",
        "Two parameters per channel are counted: gamma, beta, moving mean and moving variance are four.",
        Change(weights={"moving_mean": "0", "moving_variance": "0"}),
    ),
    misconception(
        "batchnorm-all-trainable",
        "All of BatchNormalization's parameters are counted as trainable: the two moving statistics are not trained.",
        Change(families=BATCH_NORMALIZATION, counts={"trainable_params": "params"}),
    ),
    misconception(
        "batchnorm-per-position",
        "Parameters are counted for every position: BatchNormalization has them per channel.",
        Change(
            weights=dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), "prod(x)"),
            families=BATCH_NORMALIZATION,
        ),
    ),
    misconception(
        "batchnorm-not-counted",
        "BatchNormalization has parameters: four per channel.",
        Change(families=BATCH_NORMALIZATION, counts={"params": "0", "trainable_params": "0"}),
    ),
    misconception(
        "pooling-given-parameters",
        "Parameters are counted: a maximum or an average has nothing to learn.",
        *(
            Change(families=POOLING, counts={"params": text, "trainable_params": text})
            for text in ("prod(k)*C + C", "prod(k)*C", "prod(k)", "prod(k) + 1", "prod(k)*C*C + C", "prod(k)*C*C", "C")
        ),
    ),
    misconception(
        "dense-from-unflattened",
        "The units are connected to the map's channels only: Dense reads every element of the flattened map.",
        Change(families=DENSE, input="channels of the map"),
    ),
    misconception(
        "freezing-ignored",
        "The layer is frozen: its parameters are not trained.",
        Change(counts={"trainable_params": "learned"}),
    ),
    misconception(
        "trainable-total-exchanged",
        "Trainable parameters and all parameters are exchanged.",
        Change(counts={"params": "trainable_params"}),
        Change(counts={"trainable_params": "params"}),
        Change(counts={"non_trainable_params": "trainable_params"}),
    ),
)
