// Events of the clip over its time: one row each; a click goes to the moment it is about.

class Timeline {
  constructor(node, onseek) {
    this.node = node;
    this.onseek = onseek;
  }

  load(clip) {
    this.clip = clip;
    const end = clip.frames / clip.fps;
    this.cursor = element("div", { class: "cursor" });
    this.asked = element("div", { class: "asked", hidden: true });
    const ruler = element("div", { class: "ruler" });
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300].find((size) => end / size <= 12) ?? 600;
    for (let tick = 0; tick <= end + EPSILON; tick += step) {
      const last = tick + step > end + EPSILON && tick / end > 0.97;
      const node = element("span", { class: last ? "tick last" : "tick" }, `${Number(tick.toFixed(1))} s`);
      ruler.append(this.#at(node, tick / end));
    }
    const rows = clip.events.map((event) => this.#row(event, end));
    const none = element("p", { class: "quiet no-events" }, "No events are labelled in this clip.");
    const parts = [
      element("div", { class: "timeline-head" }, element("span", { class: "event-name quiet" }, "Events"), ruler),
      ...(rows.length ? rows : [none]),
      element("div", { class: "over-rows" }, this.asked, this.cursor),
    ];
    this.node.replaceChildren(element("div", { class: "timeline-rows" }, ...parts));
  }

  move(seconds) {
    const end = this.clip.frames / this.clip.fps;
    this.cursor.style.left = `${(100 * seconds) / end}%`;
    for (const row of this.node.querySelectorAll(".event")) {
      const inside = seconds >= Number(row.dataset.start) - 0.5 / this.clip.fps && seconds <= Number(row.dataset.end);
      row.classList.toggle("now", inside);
    }
  }

  /** Mark the time a question is about; nothing where it names none. */
  ask(times) {
    this.asked.hidden = !times;
    if (!times) return;
    const end = this.clip.frames / this.clip.fps;
    this.asked.style.left = `${(100 * times[0]) / end}%`;
    this.asked.style.width = `${Math.max(0, (100 * (Math.min(times[1], end) - times[0])) / end)}%`;
  }

  #row(event, end) {
    const who = event.actors.map(([actor, role]) => actorNode(this.clip, actor, role));
    const kind = event.negative ? "negative" : event.kind;
    const bar = this.#at(element("span", { class: `bar kind-${kind}` }), event.start / end);
    bar.style.width = `${(100 * Math.max(0, Math.min(event.end, end) - event.start)) / end}%`;
    const moment = this.#at(element("span", { class: "moment" }), event.moment / end);
    const name = event.negative ? "no collision" : words(event.kind);
    const said = `${clockText(event.start)} to ${clockText(event.end)}`;
    return element(
      "button",
      {
        class: "event", "data-start": event.start, "data-end": event.end,
        title: [event.caption, event.cause && `Cause: ${event.cause}`, said].filter(Boolean).join("\n"),
        "aria-label": `${name}, ${said}. ${event.caption}`,
        onclick: () => this.onseek(onsetAt(event.moment, this.clip.fps)),
      },
      element(
        "span",
        { class: "event-name" },
        element("b", {}, name),
        event.detail ? element("span", { class: "quiet" }, ` ${words(event.detail)}`) : null,
        element("span", { class: "event-actors" }, ...who),
      ),
      element("span", { class: "track" }, bar, moment),
    );
  }

  #at(node, share) {
    node.style.left = `${100 * Math.max(0, Math.min(share, 1))}%`;
    return node;
  }
}

/** An actor in words, with its paint; its id is left out where a mark of that number stands beside it. */
function actorNode(clip, actor, role = "", mark = null) {
  const [name, paint] = clip.actors[actor] ?? ["", ""];
  const swatch = element("i", { class: "swatch" });
  if (paint) swatch.style.backgroundColor = paint;
  return element(
    "span",
    { class: "actor" },
    paint ? swatch : null,
    mark === actor && name ? name : `${name || "actor"} ${actor}`,
    role ? element("span", { class: "quiet" }, ` ${words(role)}`) : null,
  );
}
