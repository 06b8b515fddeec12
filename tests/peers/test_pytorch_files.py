"""Networks of torchvision and timm, exported as ONNX by both exporters and by torch.export, against their modules.

Nothing is downloaded: the networks have random weights. Most of the time is that of the exporters.
"""

from __future__ import annotations

import gc
import re
import warnings
from pathlib import Path
from typing import Any, Final

import pytest

import cnncalc
from cnncalc import Report
from cnncalc.analysis.report import Row

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
timm = pytest.importorskip("timm")
pytest.importorskip("onnxscript")

TORCHVISION: Final = (
    "resnet18", "resnet50", "alexnet", "vgg11_bn", "vgg16", "squeezenet1_0", "squeezenet1_1", "densenet121",
    "googlenet", "inception_v3", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "mobilenet_v2", "mobilenet_v3_small",
    "mobilenet_v3_large", "mnasnet0_5", "mnasnet1_0", "efficientnet_b0", "efficientnet_b1", "efficientnet_v2_s",
    "regnet_x_400mf", "regnet_y_400mf", "resnext50_32x4d", "wide_resnet50_2", "convnext_tiny", "vit_b_16", "swin_t",
    "swin_v2_t", "maxvit_t", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large", "fcn_resnet50",
)  # fmt: skip
TIMM: Final = (
    "ghostnet_100", "resnest14d", "seresnet18", "skresnet18", "mixer_s32_224", "deit_tiny_patch16_224", "levit_128s",
    "poolformer_s12", "mobilevit_xxs", "repvgg_a0", "tinynet_e", "convnextv2_atto", "nfnet_l0", "ecaresnet26t",
    "botnet26t_256", "xcit_nano_12_p16_224", "pvt_v2_b0", "rexnet_100", "resnetv2_50", "res2net50_26w_4s",
    "cspresnet50", "hrnet_w18_small", "edgenext_xx_small", "efficientformer_l1", "tiny_vit_5m_224", "fastvit_t8",
    "mambaout_femto", "inception_v4", "xception41", "dpn48b", "mobilenetv4_conv_small", "starnet_s1",
)  # fmt: skip
UNTOLD: Final = ("whose sizes the file does not tell", "parameters that they were computed from are not counted")
"""What warnings say of a file whose exporter has computed parameters ahead, so that their own sizes are not in it."""


BUFFERS: Final = {"swin_v2_t": 12 * 15 * 15 * 2}
"""Entries of tables that are buffers, which the older exporter's files do not tell from parameters."""


def build(library: str, name: str) -> tuple[Any, tuple[int, ...]]:
    """A network with random weights, and the shape of its input."""
    if library == "timm":
        model = timm.create_model(name, pretrained=False, exportable=True)
        return model.eval(), tuple(model.default_cfg["input_size"])
    arguments: dict[str, object] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    if "_resnet50" in name or "v3_large" in name[5:]:
        arguments = {"weights_backbone": None}
    model = torchvision.models.get_model(name, weights=None, **arguments)
    return model.eval(), (3, 299, 299) if name == "inception_v3" else (3, 224, 224)


def used_modules(model: Any, image: Any) -> dict[str, tuple[list[int], int]]:
    """Output sizes and own parameters of the innermost modules that a call uses and that have parameters."""
    found: dict[str, tuple[list[int], int]] = {}

    def note(name: str, module: Any) -> None:
        def hook(_: Any, __: Any, output: Any) -> None:
            found[name] = (sizes(output.shape), sum(p.numel() for p in module.parameters(recurse=False)))

        hooks.append(module.register_forward_hook(hook))

    hooks: list[Any] = []
    for name, module in model.named_modules():
        if not list(module.children()) and list(module.parameters(recurse=False)):
            note(name, module)
    with torch.no_grad():
        model(image)
    for hook in hooks:
        hook.remove()
    return found


def sizes(shape: Any) -> list[int]:
    """The sizes of a shape in a fixed order, but those of 1."""
    return sorted(int(size) for size in shape if size != 1)


def exported(model: Any, image: Any, how: str, folder: Path) -> Path:
    """A file of the network."""
    file = folder / ("net.pt2" if how == "pt2" else "net.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if how == "pt2":
            torch.export.save(torch.export.export(model, (image,)), file)
        else:
            torch.onnx.export(model, (image,), file, dynamo=how == "dyn", verbose=False)
    return file


def compare(report: Report, modules: dict[str, tuple[list[int], int]], parameters: int | None) -> None:
    """Every module has its rows; and all parameters are counted, if `parameters` says how many there are.

    A module of several operations, such as a convolution whose weights are normalised, has several rows.
    """
    rows_of: dict[str, list[Row]] = {}
    for row in report.layers:
        rows_of.setdefault(re.sub(r"_\d+$", "", row.name), []).append(row)
    for name, (shape, params) in modules.items():
        rows = [row for row in rows_of.get(name, ()) if row.shared_with is None]
        if len(rows) == 1:
            assert (sizes(rows[0].output_shape), rows[0].trainable_params) == (shape, params), name
        elif rows and parameters is not None:
            assert sizes(rows[-1].output_shape) == shape, name
    if parameters is not None:
        assert report.totals.trainable_params == parameters


@pytest.mark.parametrize("how", ["pt2", "dyn", "old"])
@pytest.mark.parametrize(
    ("library", "name"), [*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in TIMM)]
)
def test_files_of_networks(library: str, name: str, how: str, tmp_path: Path) -> None:
    model, shape = build(library, name)
    image = torch.zeros(1, *shape)
    modules = used_modules(model, image)
    unused = sum(
        parameter.numel()
        for module_name, module in model.named_modules()
        for parameter in module.parameters(recurse=False)
        if not list(module.children()) and module_name not in modules
    )
    file = exported(model, image, how, tmp_path)
    report = cnncalc.load(file).analyze()
    buffers = BUFFERS.get(name, 0) if how == "old" else 0
    warnings_text = " ".join(map(str, report.warnings))
    if how == "old" and "folded batch" in warnings_text:
        assert report.totals.trainable_params < sum(parameter.numel() for parameter in model.parameters())
        return
    whole = sum(parameter.numel() for parameter in model.parameters()) - unused
    is_untold = how != "pt2" and any(words in warnings_text for words in UNTOLD)
    compare(report, modules, None if is_untold else whole + buffers)
    gc.collect()


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x1_0", "vit_b_16"])
def test_a_live_module_is_read_as_its_file(name: str, tmp_path: Path) -> None:
    model, shape = build("torchvision", name)
    live = cnncalc.from_torch(model, shape).analyze()
    filed = cnncalc.load(exported(model, torch.zeros(1, *shape), "pt2", tmp_path)).analyze()
    assert [row.output_shape for row in live.layers] == [row.output_shape for row in filed.layers]
    assert live.totals.to_dict() == filed.totals.to_dict()


def test_a_module_on_the_meta_device_is_read(tmp_path: Path) -> None:
    with torch.device("meta"):
        model = torchvision.models.resnet50()
    assert cnncalc.from_torch(model, (3, 224, 224)).analyze().totals.trainable_params == 25_557_032


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(cnncalc.UsageError, match="a module of PyTorch"):
        cnncalc.from_torch("resnet18", (3, 224, 224))  # type: ignore[arg-type]
