"""The spec language: mistakes with a hint of their own, a model inside a model, and kinds that are ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnncalc
from tests.contract.specs import layer, refusal, rows, says, wiring


def shapes(text: str, input: str = "[8, 8, 3]") -> list[object]:
    return [row["output_shape"] for row in rows(text, input).values()]


# Mistakes that look like Python, YAML that is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers:\n  - Conv2D: {filters:6, kernel_size: 3}", "space"),
        ("layers:\n  - Conv2D: {filters: 3, kernel_size: 3}\n    name: a", "inside"),
        ("layers:\n  - Conv2D:\n    filters: 3\n    kernel_size: 3", "inside|indent"),
        ("layers:\n  - Conv2D\n      filters: 3", "colon|Conv2D:"),
        ("layers:\n  - Conv2D(filters=3, kernel_size=3)", "Conv2D"),
        ("vars: {filters: 3}\nlayers:\n  - Conv2D: {filters: *filters, kernel_size: 3}", r"\$filters"),
        ("layers:\n  - Conv2D: &a {filters: 3, kernel_size: 3}\n  - Conv2D: {<<: *a, filters: 4}", "<<|merge"),
        ("layers:\n  - Conv2D: !!map {filters: 3, kernel_size: 3}", "tag"),
        ("layers:\n  - Dense: !!int '3'", "tag"),
        ("name: !!python/object/apply:os.system ['true']\nlayers: [ReLU]", "tag"),
        ("layers: [ReLU]\n---\nlayers: [ReLU]", "document"),
        ("layers:\n\t- ReLU", "tab"),
        ("layers:\n  - Conv2D: {filters: 3, kernel_size: 3", "}|close|never|end"),
        ("layers:\n  - Dense: {units: 3, units: 4}", "units"),
    ],
)
def test_mistakes_get_their_own_hint(text: str, words: str) -> None:
    diagnostic = refusal(text)
    assert re.search(words, says(diagnostic)), says(diagnostic)
    assert diagnostic.to_dict()["line"]


def test_an_anchor_and_its_alias_are_plain_yaml() -> None:
    assert shapes("layers:\n  - Dense: &d {units: 3}\n  - Dense: *d", "2") == [[3], [3]]


# A model inside a model -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of specs that is the working directory."""
    (tmp_path / "base.yaml").write_text(
        """
name: The base
input: [99, 99, 1]
vars: {n: 4}
defaults: {Conv2D: {padding: same}}
blocks: {u: {layers: [{Conv2D: {filters: $n, kernel_size: 3, name: c}}, BatchNormalization]}}
layers: [{u: {name: one}}, ReLU, {u: {name: two}}, {MaxPooling2D: {name: pool}}, Flatten, {Dense: 10}]
"""
    )
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "outer.yaml").write_text("input: 3\nlayers: [{Model: {spec: inner.yaml}}]")
    (tmp_path / "deep" / "inner.yaml").write_text("input: 3\nlayers: [{Dense: 3}]")
    (tmp_path / "deep" / "up.yaml").write_text("input: 3\nlayers: [{Model: {spec: ../base.yaml}}]")
    (tmp_path / "loop.yaml").write_text("input: 3\nlayers: [{Model: {spec: loop.yaml}}]")
    (tmp_path / "two.yaml").write_text("input: {a: 3, b: 3}\nlayers: [{Add: {from: [a, b]}}]")
    (tmp_path / "out.yaml").write_text("input: 3\nlayers: [{Dense: 3}]\noutputs: [nothing]")
    (tmp_path / "named.yaml").write_text("input: {image: 3}\nlayers: [ReLU, {Add: {from: [prev, image, input]}}]")
    (tmp_path / "bad.yaml").write_text("input: 3\nlayers: [{Dence: 3}]")
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestAModelInAModel:
    def test_rows_carry_its_name_and_the_running_tensor_is_its_input(self) -> None:
        text = "layers: [ReLU, {Model: {spec: base.yaml, until: pool, name: b}}, Flatten, {Dense: 2}]"
        assert wiring(text) == {
            "re_lu": ["input"],
            "b/one/c": ["re_lu"],
            "b/one/batch_normalization": ["b/one/c"],
            "b/re_lu": ["b/one/batch_normalization"],
            "b/two/c": ["b/re_lu"],
            "b/two/batch_normalization": ["b/two/c"],
            "b/pool": ["b/two/batch_normalization"],
            "flatten": ["b/pool"],
            "dense": ["flatten"],
        }
        made = rows(text)
        assert made["b/one/c"]["path"] == ["b", "one"]
        assert made["b/pool"]["path"] == ["b"]
        assert made["b/pool"]["output_shape"] == [4, 4, 4]
        assert made["dense"]["params"] == 64 * 2 + 2

    def test_its_name_is_the_spec_s(self) -> None:
        assert next(iter(rows("layers: [{Model: base.yaml}]"))) == "base/one/c"
        assert next(iter(rows("layers: [{Model: lenet5}]", "[32, 32, 1]"))).startswith("lenet5/")
        names = list(rows("layers: [{Model: deep/inner.yaml}, {Model: deep/inner.yaml}]", "3"))
        assert names == ["inner/dense", "inner_1/dense"]

    def test_a_relative_path_starts_at_the_including_file(self) -> None:
        assert list(rows("layers: [{Model: deep/outer.yaml}]", "3")) == ["outer/inner/dense"]
        assert [row.name for row in cnncalc.load("deep/outer.yaml").analyze().layers] == ["input", "inner/dense"]

    def test_defaults_of_the_outer_file_stay_outside(self) -> None:
        defaults = "defaults: {Conv2D: {strides: 2, use_bias: false}}\n"
        text = defaults + "layers: [{Model: {spec: base.yaml, until: one, name: b}}]"
        assert rows(text)["b/one/c"]["output_shape"] == [8, 8, 4]
        assert rows(text)["b/one/c"]["params"] == 27 * 4 + 4

    @pytest.mark.parametrize(
        ("options", "trainable"),
        [
            # one/c 3*9*4+4 = 112, one/bn 8 of 16, two/c 4*9*4+4 = 148, two/bn 8 of 16
            ("", [112, 8, 0, 148, 8, 0]),
            (", trainable: false", [0, 0, 0, 0, 0, 0]),
            (", frozen_until: one/c", [0, 8, 0, 148, 8, 0]),
            (", frozen_until: one", [0, 0, 0, 148, 8, 0]),
            (", frozen_until: re_lu", [0, 0, 0, 148, 8, 0]),
            (", frozen_until: two/c", [0, 0, 0, 0, 8, 0]),
            (", frozen_until: pool", [0, 0, 0, 0, 0, 0]),
        ],
    )
    def test_freezing_all_or_up_to_an_item(self, options: str, trainable: list[int]) -> None:
        made = rows(f"layers: [{{Model: {{spec: base.yaml, until: pool{options}}}}}]")
        assert [row["trainable_params"] for row in made.values()] == trainable
        assert [row["params"] for row in made.values()] == [112, 16, 0, 148, 16, 0]

    def test_until_may_be_inside_a_block_and_what_is_cut_is_gone(self) -> None:
        made = rows(
            "layers: [{Model: {spec: base.yaml, until: two/c, name: b}}, {Conv2D: {filters: 2, kernel_size: 1}}]"
        )
        assert list(made) == ["b/one/c", "b/one/batch_normalization", "b/re_lu", "b/two/c", "conv2d"]
        assert made["conv2d"]["inputs"] == ["b/two/c"]

    def test_the_inner_spec_s_name_for_its_input_means_the_running_tensor(self) -> None:
        text = "layers: [{Dense: 4}, {Model: named.yaml}]"
        assert wiring(text, "3")["named/add"] == ["named/re_lu", "dense", "dense"]

    def test_a_model_s_items_are_reached_by_name(self) -> None:
        text = "layers: [{Model: {spec: base.yaml, until: re_lu, name: b}}, {Add: {from: [b/one/c, b, prev]}}]"
        assert wiring(text)["add"] == ["b/one/c", "b/re_lu", "b/re_lu"]

    @pytest.mark.parametrize(
        ("item", "words"),
        [
            ("{Model: {spec: ../base.yaml}}", r"\.\."),
            ("{Model: {spec: deep/../base.yaml}}", r"\.\."),
            ("{Model: {spec: deep/up.yaml}}", r"\.\."),
            ("{Model: {spec: /etc/hostname}}", "folder"),
            ("{Model: {spec: link.yaml}}", "folder"),
            ("{Model: {spec: nothing.yaml}}", "nothing.yaml"),
            ("{Model: {spec: vgg61}}", "vgg"),
            ("{Model: {}}", "spec"),
            ("Model", "spec"),
            ("{Model: {spec: loop.yaml}}", "itself"),
            ("{Model: {spec: bad.yaml}}", "Dence"),
            ("{Model: {spec: base.yaml, until: nothing}}", "nothing"),
            ("{Model: {spec: base.yaml, frozen_until: nothing}}", "nothing"),
            ("{Model: {spec: base.yaml, untill: pool}}", 'did you mean "until"'),
            ("{Model: {spec: two.yaml}}", "2 inputs"),
            ("{Model: {spec: out.yaml}}", "nothing"),
            ("{Model: {spec: base.yaml, n: 3}}", "n"),
        ],
    )
    def test_what_a_model_refuses(self, item: str, words: str) -> None:
        assert re.search(
            words, says(refusal(f"layers: [{item}]", "3" if "two" in item or "out.yaml" in item else "[8, 8, 3]"))
        )


# Regions, and other kinds of ours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RoIAlign", "RoIPooling"])
def test_regions_multiply_neurons_and_operations_only(kind: str) -> None:
    text = f"""
        layers:
          - Conv2D: {{filters: 4, kernel_size: 3, padding: same}}
          - {kind}: {{pool_size: 7, regions: 300}}
          - Flatten
          - Dense: {{units: 10, activation: relu}}
          - Dense: 2
        """
    made = list(rows(text).values())
    assert [row["instances"] for row in made] == [1, 300, 300, 300, 300]
    assert [row["output_shape"] for row in made[1:]] == [[7, 7, 4], [196], [10], [2]]
    assert [row["neurons"] for row in made[1:]] == [300 * 196, 300 * 196, 3000, 600]
    assert [row["params"] for row in made[1:]] == [0, 0, 1970, 22]  # 196*10 + 10, 10*2 + 2
    assert [row["notes"]["ops"] for row in made[3:]] == [300 * 1970, 300 * 22]
    assert [row["exact"]["macs"] for row in made[3:]] == [300 * 1960, 300 * 20]
    assert made[3]["exact"]["flops"] == 300 * (2 * 1960 + 10 + 10)  # bias and ReLU


@pytest.mark.parametrize(
    ("item", "channels"),
    [
        ("{start: 0, stop: null}", 6),
        ("{start: 2}", 4),
        ("2", 4),
        ("{stop: 2}", 2),
        ("{start: 1, stop: 4}", 3),
        ("{start: 0, stop: -1}", 5),
        ("{start: 2, stop: -2}", 2),
        ("{start: 3, stop: 6}", 3),
        ("{stop: $in_channels // 2}", 3),
    ],
)
def test_channel_slice(item: str, channels: int) -> None:
    assert layer(f"ChannelSlice: {item}", "[4, 4, 6]")["output_shape"] == [4, 4, channels]


@pytest.mark.parametrize("item", ["{start: 6}", "{start: 3, stop: 3}", "{start: 4, stop: -3}", "{stop: 0}"])
def test_channel_slice_that_leaves_nothing(item: str) -> None:
    refusal(f"layers: [{{ChannelSlice: {item}}}]", "[4, 4, 6]")


def test_channel_shuffle_needs_groups_that_divide() -> None:
    assert layer("ChannelShuffle: {groups: 3}", "[4, 4, 6]")["output_shape"] == [4, 4, 6]
    refusal("layers: [{ChannelShuffle: {groups: 4}}]", "[4, 4, 6]")


@pytest.mark.parametrize(
    ("item", "params"),
    [
        ("{pieces: 2, units: 10}", 2 * (5 * 10 + 10)),
        ("{units: 10}", 2 * (5 * 10 + 10)),
        ("{pieces: 3, units: 4}", 3 * (5 * 4 + 4)),
        ("{pieces: 1, units: 4}", 24),
    ],
)
def test_maxout(item: str, params: int) -> None:
    made = layer(f"Maxout: {item}", "5")
    assert made["params"] == made["trainable_params"] == params
    assert made["output_shape"] == [
        params // (2 if "2" in item or "pieces" not in item else 3 if "3" in item else 1) // 6
    ]


def test_local_response_normalization() -> None:
    made = layer("LocalResponseNormalization: {size: 5}")
    assert (made["output_shape"], made["params"], made["neurons"]) == ([8, 8, 3], 0, 0)
