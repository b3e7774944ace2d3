// The list of clips, and what it is narrowed to.

class ClipList {
  constructor(onchoose, onfamily) {
    this.onchoose = onchoose;
    this.items = index.clips.map((clip, place) => this.#item(clip, place));
    byId("clip-list").replaceChildren(...this.items);
    const side = byId("clip-side");
    side.hidden = !index.sides.length;
    side.replaceChildren(option("", "all splits"), ...index.sides.map((name) => option(name, name)));
    const holds = byId("clip-holds");
    const events = new Set(index.clips.flatMap((clip) => clip.events));
    const families = new Set(index.clips.flatMap((clip) => Object.keys(clip.families)));
    holds.hidden = !events.size && !families.size;
    holds.replaceChildren(
      option("", "all clips"),
      this.#group("with event", events, "event"),
      this.#group("with questions on", families, "family"),
      element("optgroup", { label: "with" }, option("reject:", "a rejected augmentation"), option("problem:", "a problem")),
    );
    for (const node of [byId("clip-search"), side, holds]) node.addEventListener("input", () => this.narrow());
    holds.addEventListener("input", () => {
      const [kind, value] = [holds.value.slice(0, holds.value.indexOf(":")), holds.value.slice(holds.value.indexOf(":") + 1)];
      onfamily(kind === "family" ? value : "");
    });
    this.narrow();
  }

  get shown() {
    return this.items.flatMap((item, place) => (item.hidden ? [] : [place]));
  }

  narrow() {
    const text = byId("clip-search").value.trim().toLowerCase();
    const side = byId("clip-side").value;
    const [kind, ...rest] = byId("clip-holds").value.split(":");
    const value = rest.join(":");
    const fits = {
      "": () => true,
      event: (clip) => clip.events.includes(value),
      family: (clip) => value in clip.families,
      reject: (clip) => clip.verdicts.includes("reject"),
      problem: (clip) => clip.problems > 0,
    }[kind];
    index.clips.forEach((clip, place) => {
      const named = `${clip.name} ${clip.map}`.toLowerCase().includes(text);
      this.items[place].hidden = !(named && (!side || clip.sides.includes(side)) && fits(clip));
    });
    const count = this.shown.length;
    byId("clip-count").textContent = count === this.items.length ? counted(count, "clip") : `${count} of ${counted(this.items.length, "clip")}`;
  }

  mark(place) {
    this.items.forEach((item, other) => item.firstChild.setAttribute("aria-current", String(other === place)));
    this.items[place].scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The clip before (-1) or after (1) another one in the narrowed list. */
  beside(place, step) {
    const shown = this.shown;
    return shown[shown.indexOf(place) + step] ?? null;
  }

  #group(label, names, kind) {
    return element("optgroup", { label }, ...[...names].sort().map((name) => option(`${kind}:${name}`, words(name))));
  }

  #item(clip, place) {
    const picture = clip.thumbnail
      ? element("img", { src: clip.thumbnail, alt: "", loading: "lazy", width: 96, height: 54 })
      : element("span", { class: "no-picture" }, "no picture");
    const about = [
      clip.seconds ? `${clip.seconds} s` : null,
      clip.questions ? counted(clip.questions, "question") : null,
      clip.questions || clip.versions.length < 2 ? null : `${clip.versions.length - 1} augmented`,
    ].filter(Boolean);
    const tags = element("span", { class: "tags" }, ...clip.events.map((kind) => element("span", { class: `tag kind-${kind}` }, words(kind))));
    const dots = clip.verdicts.map((verdict) => element("i", { class: `dot ${verdict}`, title: `${verdict}ed` }));
    if (dots.length) tags.append(element("span", { class: "dots" }, ...dots));
    if (clip.problems) tags.append(badge(counted(clip.problems, "problem"), "bad"));
    return element(
      "li",
      {},
      element(
        "button",
        { class: "clip", onclick: () => this.onchoose(place), title: clip.name },
        picture,
        element("span", { class: "clip-text" }, element("b", {}, clip.name), element("span", { class: "quiet" }, about.join(" · ")), tags),
      ),
    );
  }
}
