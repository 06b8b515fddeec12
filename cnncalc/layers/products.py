"""Products of two tensors: matrix products and Einstein sums, of which attention is made."""

from collections.abc import Iterator, Sequence

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, Equation, Integers, argument, required
from cnncalc.layers.axes import axis_index, rearranged
from cnncalc.layers.base import Term
from cnncalc.layers.equation import ELLIPSIS, Letters, mistake_in, parse_equation, spelled_out
from cnncalc.layers.merging import Merge
from cnncalc.layers.merging_remedies import Names, numbered
from cnncalc.layers.saved import INPUT
from cnncalc.receptive_fields.reach import Everything, Reach
from cnncalc.tensor import Shape, Size, shown_shape


class Product(Merge):
    """A product of two tensors that sums over the axes which both have and the output has not."""

    family = "other"
    most_inputs = 2
    saved_for_backward = INPUT
    profiled = {
        "torchinfo": "0",
        "torchinfo-1.8.0": "0",
        "fvcore": "macs",
        "torch": "2*macs",
        "calflops": "2*macs",
        "calflops-macs": "macs",
        "ptflops": "macs",
        "thop": "0",
        "tensorflow": "2*macs",
    }

    def letters(self, shapes: Sequence[Shape], names: Names = numbered) -> Letters:
        """Names each axis of both inputs and of the output by a letter. Raises: Problem: if an axis has no place."""
        raise NotImplementedError

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        letters = self.letters(shapes, names)
        if (differing := self.mismatch(shapes)) is not None:
            what = f"axes that belong together differ, {shown(differing[0])} and {shown(differing[1])}"
            problem = self.misfit(shapes, 0, 1, what, names)
            problem.suggestion = self.remedy(shapes)
            raise problem
        sizes: dict[str, Size] = {}
        for operand, shape in zip(letters.inputs, shapes, strict=True):
            for letter, size in zip(operand, shape, strict=True):
                known_size = sizes.get(letter, 1)
                sizes[letter] = None if None in (known_size, size) else size if known_size == 1 else known_size
        return tuple(Term("N", {"N": sizes[letter]}) for letter in letters.output)

    def mismatch(self, shapes: Sequence[Shape]) -> tuple[int, int] | None:
        """Finds two sizes that one letter stands for; 1 is repeated where the output has the letter."""
        letters = self.letters(shapes)
        first, second = (dict(zip(*pair, strict=True)) for pair in zip(letters.inputs, shapes, strict=True))
        for letter in (letter for letter in first if letter in second):
            a, b = first[letter], second[letter]
            if a is not None and b is not None and a != b and (letter not in letters.output or 1 not in (a, b)):
                return a, b
        return None

    def remedy(self, shapes: Sequence[Shape]) -> str | None:
        """Suggests what would make the inputs fit; `None` if nothing simple would."""
        return None

    def macs(self) -> str:
        return "prod(y)*prod(contracted)"

    def flops(self, x: Shape) -> str:
        return "2*macs"

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        letters = self.letters(shapes)
        for operand, shape in zip(letters.inputs, shapes, strict=True):
            sources = [operand.find(letter) if letter in operand else None for letter in letters.output]
            sizes = tuple(1 if source is None else shape[source] for source in sources[:-1])
            yield rearranged(sources, shape), (*sizes, y[-1])


class MatMul(Product):
    """The matrix product of two tensors: of their last two axes, for each entry of the axes before, which broadcast.

    Shape: (..., N, K), (..., K, M) to (..., N, M); a vector is a row at the left and a column at the right. NumPy's
    matmul on one sample: the batch is left out. Attention written out is a product of queries and keys
    (`transpose_b: true`), a Softmax, and a product with the values.
    """

    example = "{from: [queries, keys], transpose_b: true}"
    primary = "transpose_a"

    transpose_a: Boolean = argument(False, "whether the last two axes of the first input change places")
    transpose_b: Boolean = argument(False, "whether those of the second do")

    def letters(self, shapes: Sequence[Shape], names: Names = numbered) -> Letters:
        a, b = map(len, shapes)
        if a == b == 1:
            raise self._two_vectors(shapes)
        left = "k" if a == 1 else "kn" if self.transpose_a else "nk"
        right = "k" if b == 1 else "mk" if self.transpose_b else "km"
        leading = "..." if max(a, b) > 2 else ""
        output = leading + ("n" if a > 1 else "") + ("m" if b > 1 else "")
        inputs = tuple(ELLIPSIS * (rank > 2) + part for rank, part in ((a, left), (b, right)))
        letters = spelled_out(Letters(inputs, output), (a, b))
        assert letters is not None, "an ellipsis takes any number of axes"
        return letters

    def remedy(self, shapes: Sequence[Shape]) -> str | None:
        """Suggests to turn an input round, if that is all that is missing."""
        for name, turned in (("transpose_b", not self.transpose_b), ("transpose_a", not self.transpose_a)):
            other = {"transpose_a": self.transpose_a, "transpose_b": self.transpose_b, name: turned}
            if type(self)(**other).mismatch(shapes) is None:
                return f"{name}: {str(turned).lower()}"
        return None

    def _two_vectors(self, shapes: Sequence[Shape]) -> Problem:
        return Problem(
            "wrong-rank",
            f"{self.kind} of two vectors ({shown_shape(shapes[0])} and {shown_shape(shapes[1])}) would have no axis",
            expected="at least one input with two axes",
            found="two vectors",
            suggestion="put Expand: 1 behind one of them",
        )

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        index = len(x) - 2 if self.transpose_a and len(x) > 1 else len(x) - 1
        return super().symbols(x, y) | {"contracted": (x[index],)}


class Einsum(Product):
    """A product of two tensors by an equation with a letter per axis: letters that the output lacks are summed over.

    Shape: as the equation says; it may name the batch or leave it out. NumPy's einsum of two tensors.
    """

    example = "{equation: 'bqd,bkd->bqk', from: [queries, keys]}"
    primary = "equation"
    # fvcore and calflops read a rounded number off NumPy's report of the equation.
    profiled = {
        "torchinfo": "0",
        "torchinfo-1.8.0": "0",
        "torch": "2*macs",
        "calflops-macs": "0",
        "ptflops": "0",
        "thop": "0",
    }

    equation: Equation = required("letters of both inputs and of the output, such as bqd,bkd->bqk")

    def check(self) -> None:
        mistake = mistake_in(self._parsed())
        if mistake is not None:
            raise Problem(
                "bad-value",
                f'the equation "{self.equation}" of Einsum {mistake}',
                expected="an equation of two inputs, such as bqd,bkd->bqk",
                found=self.equation,
                argument="equation",
            )

    def _parsed(self) -> Letters:
        parsed = parse_equation(self.equation)
        assert parsed is not None, "it was read as an equation"
        return parsed

    def letters(self, shapes: Sequence[Shape], names: Names = numbered) -> Letters:
        letters = spelled_out(self._parsed(), tuple(map(len, shapes)))
        if letters is None:
            found = " and ".join(f"{shown_shape(shape)} ({names(index)})" for index, shape in enumerate(shapes))
            raise Problem(
                "wrong-rank",
                f'the equation "{self.equation}" of Einsum does not have the axes of its inputs, {found}',
                expected="a letter for each axis; the batch may be left out",
                found=" and ".join(f"{len(shape)} axes" for shape in shapes),
                argument="equation",
            )
        return letters

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        parsed = self._parsed()
        first, summed = parsed.inputs[0], parsed.summed()
        before, _, behind = first.partition(ELLIPSIS)
        surplus = max(len(before) + len(behind) - len(x), 0)  # the batch, if it is named
        at = [
            before.find(letter) - surplus if letter in before else len(x) - len(behind) + behind.find(letter)
            for letter in summed
        ]
        return super().symbols(x, y) | {"contracted": tuple(x[index] for index in at)}

    def macs(self) -> str:
        return super().macs() if self._parsed().summed() else "0"

    def flops(self, x: Shape) -> str:
        return super().flops(x) if self._parsed().summed() else "prod(y)"


class Dot(Product):
    """The dot product of two tensors along one axis of each; all their other axes stand one behind the other.

    Shape: (..., K, ...), (..., K, ...) to the sizes that are left of the first and of the second; of two vectors one
    number, (1,). Keras's Dot, whose axes count the batch as 0.
    """

    example = "{axes: 1, from: [left, right]}"
    primary = "axes"

    axes: Integers = required("the axis that is summed over, or one of each input; 0 is the batch")
    normalize: Boolean = argument(False, "whether both are divided by their length (L2 norm) along it before")

    def check(self) -> None:
        if len(self.axes) not in (1, 2):
            raise Problem(
                "bad-value",
                f"axes of Dot must be an axis, or one of each input, not {list(self.axes)}",
                expected="an integer, or two",
                found=str(list(self.axes)),
                argument="axes",
                suggestion="axes: -1 is the channels of both",
            )

    def letters(self, shapes: Sequence[Shape], names: Names = numbered) -> Letters:
        written = list("abcdefghijlmnopqrstuvwxyz")
        operands = []
        for axis, shape in zip((self.axes[0], self.axes[-1]), shapes, strict=True):
            index = axis_index(self.kind, axis, shape)
            operand = ["k" if at == index else written.pop(0) for at in range(len(shape))]
            operands.append("".join(operand))
        return Letters(tuple(operands), "".join(operands).replace("k", ""))

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        return super().merged_terms(shapes, names) or (Term("1", {}),)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"contracted": (x[axis_index(self.kind, self.axes[0], x)],)}

    def merged_symbols(self, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
        return super().merged_symbols(shapes, y) | {"x2": shapes[1]}

    def flops(self, x: Shape) -> str:
        return f"2*macs + {costs.VECTOR_NORMALIZATION}*(prod(x) + prod(x2))" if self.normalize else "2*macs"

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        if all(len(shape) == 1 for shape in shapes):
            return ((Everything(), y) for _ in shapes)
        return super().operands(shapes, y, alone)
