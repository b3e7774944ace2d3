// The stage shows one stream, or two of them: laid over each other, side by side, or parted by a line one can drag.

const MODES = { single: "Single", overlay: "Overlay", side: "Side by side", swipe: "Swipe" };

class Stage {
  constructor(node) {
    this.node = node;
    this.panes = [];
    this.mode = "single";
    this.opacity = 0.5;
    this.blend = "normal";
    this.split = 50;
  }

  get surfaces() {
    return this.panes.map((pane) => pane.surface).filter(Boolean);
  }

  /** Show streams; those that are shown already stay as they are. */
  show(clip, streams, mode) {
    const kept = new Map(this.panes.map((pane) => [pane.stream, pane]));
    this.panes = streams.map((stream, place) => {
      const pane = (kept.get(stream)?.clip === clip && kept.get(stream)) || this.#pane(clip, stream);
      kept.delete(stream);
      pane.node.className = `pane pane-${place}`;
      return pane;
    });
    for (const pane of kept.values()) pane.surface?.dispose();
    this.mode = streams.length > 1 ? mode : "single";
    this.node.className = `stage ${this.mode}`;
    const [width, height] = clip.size ?? [16, 9];
    this.node.style.setProperty("--ratio", `${width} / ${height}`);
    this.node.style.setProperty("--wide", ((this.mode === "side" ? 2 : 1) * width) / height);
    const parts = this.panes.map((pane) => pane.node);
    if (this.mode === "swipe") parts.push(this.#handle());
    this.node.replaceChildren(...parts);
    this.#place();
  }

  look({ opacity = this.opacity, blend = this.blend }) {
    [this.opacity, this.blend] = [opacity, blend];
    this.#place();
  }

  clear() {
    for (const pane of this.panes) pane.surface?.dispose();
    this.panes = [];
    this.node.replaceChildren();
  }

  #pane(clip, stream) {
    const label = element("span", { class: "pane-label" }, `${versionTitle(clip, stream.version)} – ${stream.title}`);
    const node = element("div", {}, label);
    const fail = (why) => {
      if (!node.querySelector(".pane-fault")) node.append(element("p", { class: "pane-fault" }, `${stream.title}: ${why}`));
    };
    const surface = stream.problem ? null : surfaceOf(stream, clip, fail);
    if (surface) node.prepend(surface.node);
    else fail(stream.problem);
    return { clip, stream, surface, node };
  }

  #handle() {
    const slider = element("input", {
      type: "range", class: "swipe-handle", min: 0, max: 100, step: 0.5, value: this.split, "aria-label": "Line between both",
      oninput: (event) => {
        this.split = Number(event.target.value);
        this.#place();
      },
    });
    return slider;
  }

  #place() {
    this.panes.forEach((pane, place) => {
      const style = pane.surface?.node.style;
      if (!style) return;
      const over = place === 1;
      style.opacity = over && this.mode === "overlay" ? String(this.opacity) : "";
      style.mixBlendMode = over && this.mode === "overlay" ? this.blend : "";
      style.clipPath = over && this.mode === "swipe" ? `inset(0 0 0 ${this.split}%)` : "";
    });
  }
}

function versionTitle(clip, name) {
  if (name === "original") return "Original";
  return clip.versions.find((version) => version.name === name)?.title ?? words(name);
}
