const SVG = "http://www.w3.org/2000/svg";

/** The input, and the box in it that the middle of a layer's output sees. */
class FieldPicture {
  constructor(figure) {
    this.svg = figure.querySelector("svg");
    this.caption = figure.querySelector("figcaption");
    this.nothing = this.caption.textContent;
  }

  show(name, layer) {
    this.svg.replaceChildren();
    if (!layer || !layer.input) {
      this.caption.textContent = name ? `${name} has no receptive field in the input.` : this.nothing;
      return;
    }
    const [height, width] = FieldPicture.plane(layer.input, 1);
    const boxes = [["exact", FieldPicture.plane(layer.sees, [0, 0])]];
    if (layer.notes) boxes.push(["notes", FieldPicture.plane(FieldPicture.around(layer.sees, layer.notes), [0, 0])]);
    const ends = [[0, height - 1], [0, width - 1]].map((end, axis) => [
      Math.min(end[0], ...boxes.map(([, box]) => box[axis][0])),
      Math.max(end[1], ...boxes.map(([, box]) => box[axis][1])),
    ]);
    const sizes = ends.map(([first, last]) => last - first + 1);
    const margin = Math.max(...sizes) * 0.03;
    this.svg.setAttribute("viewBox",
      [ends[1][0] - margin, ends[0][0] - margin, sizes[1] + 2 * margin, sizes[0] + 2 * margin].join(" "));
    this.rectangle("input", [[0, height - 1], [0, width - 1]]);
    for (const [convention, box] of boxes) this.rectangle(convention, box);
    this.caption.textContent = FieldPicture.words(name, layer);
  }

  /** The last two axes of a value per axis; a single axis lies along the width. */
  static plane(axes, missing) {
    return axes.length > 1 ? axes.slice(-2) : [missing, axes[0]];
  }

  /** A box of the sizes that the notes give, around the same middle. */
  static around(sees, sizes) {
    return sees.map(([first, last], axis) => {
      const begin = Math.round((first + last + 1 - sizes[axis]) / 2);
      return [begin, begin + sizes[axis] - 1];
    });
  }

  static words(name, layer) {
    const size = (box) => box.map(([first, last]) => last - first + 1).join("x");
    const inside = layer.sees.map(([first, last], axis) =>
      [Math.max(first, 0), Math.min(last, layer.input[axis] - 1)]);
    const place = layer.at.length ? ` at position ${layer.at.join(",")}` : "";
    const cut = size(inside) === size(layer.sees) ? "" : `, ${size(inside)} of it inside`;
    const notes = layer.notes ? `; notes: ${layer.notes.join("x")}` : "";
    return `${name}${place} sees ${size(layer.sees)} of ${layer.input.join("x")}${cut}${notes}.`;
  }

  rectangle(name, [[top, bottom], [left, right]]) {
    const made = document.createElementNS(SVG, "rect");
    const place = { class: name, x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    for (const [key, value] of Object.entries(place)) made.setAttribute(key, value);
    this.svg.append(made);
  }
}
