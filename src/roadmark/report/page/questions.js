// Questions of the shown video with their answers. A click shows the video they were asked about, at the time they are about.

class Questions {
  constructor(onask) {
    this.onask = onask;
    this.family = "";
    this.side = "";
    byId("all-versions").addEventListener("change", () => this.draw());
    byId("hide-answers").addEventListener("change", (event) => {
      byId("question-list").classList.toggle("hidden-answers", event.target.checked);
    });
  }

  load(clip, place) {
    this.clip = clip;
    this.place = place;
    this.asked = null;
    byId("questions").hidden = !clip.questions.length;
    byId("clips").classList.toggle("without-questions", !clip.questions.length);
  }

  show(version) {
    this.version = version;
    this.draw();
  }

  /** Only questions of one family; "" is all of them. */
  only(family) {
    this.family = family;
    if (this.clip) this.draw();
  }

  draw() {
    const everywhere = byId("all-versions").checked;
    const here = this.clip.questions.filter((one) => everywhere || (one.version ?? "original") === this.version);
    this.#chips(byId("families"), here, "family", "all");
    this.#chips(byId("question-sides"), here, "side", "all splits");
    const shown = here.filter(
      (one) => (!this.family || one.family === this.family) && (!this.side || (one.side ?? "") === this.side),
    );
    const none = element("li", { class: "quiet" }, here.length ? "None of these." : "No questions about this version.");
    byId("question-list").replaceChildren(...(shown.length ? shown.map((one) => this.#item(one, everywhere)) : [none]));
  }

  #chips(node, questions, key, all) {
    const counts = new Map();
    for (const one of questions) if (one[key]) counts.set(one[key], (counts.get(one[key]) ?? 0) + 1);
    const names = [...counts.keys()].sort();
    node.hidden = names.length < 2 && !this[key];
    const choose = (value) => () => {
      this[key] = value;
      this.draw();
    };
    if (this[key] && !counts.has(this[key])) counts.set(this[key], 0), names.push(this[key]);
    node.replaceChildren(
      chip(`${all} ${questions.length}`, { pressed: !this[key], onclick: choose("") }),
      ...names.map((name) => chip(`${words(name)} ${counts.get(name)}`, { pressed: this[key] === name, onclick: choose(name) })),
    );
  }

  #item(one, everywhere) {
    const turns = one.said.filter(([role]) => role !== "system");
    const times = timesOf(one, this.clip);
    const sides = index.clips[this.place].sides.length;
    const item = element("li", { class: "question" });
    const ask = () => {
      this.asked = one;
      for (const other of item.parentElement.children) other.classList.toggle("chosen", other === item);
      this.onask(one, times);
    };
    item.classList.toggle("chosen", this.asked === one);
    item.append(
      element(
        "button",
        { class: "question-head", onclick: ask, title: "Show the video this is about" },
        badge(words(one.family)),
        everywhere ? badge(versionTitle(this.clip, one.version ?? "original"), "quiet-badge") : null,
        one.side && sides > 1 ? badge(one.side, "quiet-badge") : null,
        times ? element("span", { class: "at" }, `▸ ${spanText(times)}`) : null,
      ),
      ...turns.map(([role, text]) => this.#turn(role, text, one)),
    );
    if (one.marks) {
      const marks = one.marks.flatMap(([number, actor]) => [element("b", {}, `${number}`), actorNode(this.clip, actor, "", number)]);
      item.append(element("p", { class: "marks quiet" }, "marks ", ...marks));
    }
    if (one.facts || one.media) item.append(this.#facts(one));
    return item;
  }

  /** A turn; of a choice, the right option stands out. */
  #turn(role, text, one) {
    if (role === "assistant") return element("p", { class: "answer" }, element("span", {}, text));
    const answer = one.said.at(-1)[1];
    const lines = text.split("\n").map((line) => {
      const right = one.form === "choice" && line.startsWith(`${answer}. `);
      return element("span", { class: right ? "line right" : "line" }, line);
    });
    return element("p", { class: "asked-text" }, ...lines);
  }

  #facts(one) {
    const parts = [element("summary", {}, "facts")];
    const system = one.said.find(([role]) => role === "system");
    if (system) parts.push(element("p", { class: "quiet" }, `System: ${system[1]}`));
    parts.push(element("p", { class: "quiet" }, `${one.id} – ${one.media.join(", ")}`));
    if (one.facts) parts.push(element("pre", {}, one.facts));
    return element("details", { class: "facts" }, ...parts);
  }
}

/** Seconds of the clip a question is about: where its facts say, else its event's. */
function timesOf(one, clip) {
  const stream = clip.streams.find((each) => each.version === (one.version ?? "original") && each.map);
  if (one.during) return one.during.map((seconds) => clipSeconds(stream, clip, seconds));
  const event = clip.events.find((each) => each.id === one.event);
  return event ? [event.moment, event.moment] : null;
}

function spanText([start, end]) {
  return end - start < 0.05 ? clockText(start) : `${clockText(start)} – ${clockText(end)}`;
}
