/** How much smaller than drawn a picture may be. */
const SMALLEST = 0.75;

/** One net of the page: its table, its pictures and its receptive fields; `compared` is its part of a comparison. */
class Net {
  constructor(article, compared) {
    this.article = article;
    this.places = compared ? [article, compared] : [article];
    const data = JSON.parse(article.querySelector("script[type='application/json']").textContent);
    this.explanations = new Explanations(data, Number(article.dataset.level));
    this.fields = new FieldPicture(article.querySelector(".field"));
    this.filterField = article.querySelector("input[type='search']");
    this.count = article.querySelector("output");
    this.table = new LayerTable(this, article.querySelector("table.layers"), this.explanations);
    this.picture = article.querySelector(".picture");
    this.fitPicture();
    this.boxes = this.findBoxes();
    this.chosen = null;
    const totals = article.querySelector(".totals-explained");
    if (totals) totals.append(...data.totals.map((section) => this.explanations.section(section)));
    this.listen();
  }

  /** The elements of this net, wherever on the page they are. */
  find(selector) {
    return this.places.flatMap((place) => [...place.querySelectorAll(selector)]);
  }

  static nameOf(target) {
    return target.dataset.layer ?? target.dataset.block;
  }

  /** Makes a picture that is too wide smaller, as long as its texts can be read. */
  fitPicture() {
    const svg = this.picture.querySelector("svg");
    const width = Number(svg.getAttribute("width"));
    svg.style.width = `${Math.max(Math.min(width, this.picture.clientWidth), width * SMALLEST)}px`;
    this.picture.scrollLeft = (this.picture.scrollWidth - this.picture.clientWidth) / 2;
  }

  findBoxes() {
    const boxes = new Map();
    for (const box of this.find("svg [data-layer], svg [data-block]")) {
      const names = box.dataset.copies ? box.dataset.copies.split("\n") : [box.dataset.layer ?? box.dataset.block];
      for (const name of names) boxes.set(name, [...(boxes.get(name) ?? []), box]);
    }
    return boxes;
  }

  listen() {
    this.filterField.addEventListener("input", () => this.filter());
    for (const button of this.article.querySelectorAll("button[data-open]")) {
      button.addEventListener("click", () => this.table.openAll(button.dataset.open === "true"));
    }
    for (const place of this.places) {
      place.addEventListener("pointerover", (event) => {
        const target = event.target.closest("[data-layer], [data-block]");
        this.point(target ? Net.nameOf(target) : this.chosen);
      });
      place.addEventListener("click", (event) => {
        const box = event.target.closest("svg [data-layer], svg [data-block]");
        if (box) this.choose(Net.nameOf(box), "picture");
      });
    }
    for (const drawing of [this.picture.querySelector("svg"), ...this.places.slice(1)]) this.listenToKeys(drawing);
  }

  /** Tab goes to one box of a picture, arrows to the next, Enter chooses. */
  listenToKeys(drawing) {
    drawing.closest("svg").setAttribute("role", "group"); // not an image: its boxes are buttons
    const boxes = [...drawing.querySelectorAll("[data-layer]")];
    for (const box of boxes) {
      box.setAttribute("tabindex", box === boxes[0] ? 0 : -1);
      box.setAttribute("role", "button");
      box.addEventListener("focus", () => this.point(box.dataset.layer));
    }
    drawing.addEventListener("keydown", (event) => {
      const box = event.target.closest("[data-layer]");
      if (!box) return;
      const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
      const other = boxes[boxes.indexOf(box) + (steps[event.key] ?? 0)];
      if (event.key in steps && other) {
        box.setAttribute("tabindex", -1);
        other.setAttribute("tabindex", 0);
        other.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        this.choose(box.dataset.layer, "picture");
      } else {
        return;
      }
      event.preventDefault();
    });
  }

  filter() {
    const layers = this.table.filter(this.filterField.value);
    this.count.textContent = this.table.wanted ? `${layers} ${layers === 1 ? "layer" : "layers"}` : "";
  }

  clearFilter() {
    this.filterField.value = "";
    this.filter();
  }

  /** The boxes of a layer and the frame of a block, or what the picture shows of the nearest block around it. */
  boxesOf(name) {
    for (let part = name; part; part = part.slice(0, Math.max(part.lastIndexOf("/"), 0))) {
      if (this.boxes.has(part)) return this.boxes.get(part);
      const inside = [...this.boxes.keys()].filter((other) => other.startsWith(`${part}/`));
      if (inside.length) return inside.flatMap((other) => this.boxes.get(other));
    }
    return [];
  }

  /** Marks a layer in pictures and table, and shows what it sees. */
  point(name) {
    for (const marked of this.find(".pointed")) marked.classList.remove("pointed");
    if (name === null || name === undefined) {
      this.fields.show(null, null);
      return;
    }
    const row = this.table.byName.get(name);
    for (const one of [row, ...this.boxesOf(name)]) if (one) one.classList.add("pointed");
    this.fields.show(name, row ? this.explanations.data.layers[row.dataset.last] : null);
  }

  /** Chooses a layer: its row and box are marked, and where the choice did not come from is scrolled to. */
  choose(name, from) {
    const row = this.table.byName.get(name);
    if (!row) return;
    for (const marked of this.find(".chosen")) marked.classList.remove("chosen");
    const boxes = this.boxesOf(name);
    for (const one of [row, ...boxes]) one.classList.add("chosen");
    this.chosen = name;
    this.point(name);
    if (from === "picture") {
      this.table.reveal(row);
      this.table.setOpen(row, true);
      this.table.show();
      this.table.setCurrent(row);
      row.scrollIntoView({ block: "nearest" });
      this.table.details.get(row)?.scrollIntoView({ block: "nearest" });
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.scrollPicture(boxes.find((box) => this.picture.contains(box)));
    }
  }

  /** Scrolls the picture, and not the page, so that a box is in its middle. */
  scrollPicture(box) {
    if (!box) return;
    const [inner, outer] = [box.getBoundingClientRect(), this.picture.getBoundingClientRect()];
    this.picture.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    this.picture.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  }

  /** Opens every block and every explanation for paper, and remembers what was open. */
  openForPrint() {
    this.before = this.table.rows.map((row) => row.getAttribute("aria-expanded"));
    for (const details of this.article.querySelectorAll("details")) details.open = true;
    this.clearFilter();
    for (const row of this.table.rows) this.table.setOpen(row, true);
    this.table.show();
  }

  closeAfterPrint() {
    this.table.rows.forEach((row, index) => this.table.setOpen(row, this.before[index] === "true"));
    this.table.show();
  }
}

const compared = document.querySelectorAll(".compared > svg > g");
const nets = [...document.querySelectorAll("article.net")].map((article, index) => new Net(article, compared[index]));
addEventListener("beforeprint", () => nets.forEach((net) => net.openForPrint()));
addEventListener("afterprint", () => nets.forEach((net) => net.closeAfterPrint()));
document.documentElement.classList.add("ready");
