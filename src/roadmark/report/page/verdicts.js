// The table of verification: verdicts, numbers beside their bounds, reasons.

const ROWS_AT_ONCE = 200;

class VerdictTable {
  constructor(onshow) {
    this.onshow = onshow;
    this.verdict = "";
    this.shown = ROWS_AT_ONCE;
    byId("tab-verification").hidden = !index.verdicts.length;
    byId("more-verdicts").addEventListener("click", () => {
      this.shown += ROWS_AT_ONCE;
      this.draw();
    });
  }

  draw() {
    const count = (verdict) => index.verdicts.filter((row) => !verdict || row.verdict === verdict).length;
    const filters = [["", "All"], ["accept", "Accepted"], ["reject", "Rejected"]].map(([verdict, title]) =>
      chip(`${title} ${count(verdict)}`, {
        pressed: this.verdict === verdict,
        onclick: () => {
          this.verdict = verdict;
          this.shown = ROWS_AT_ONCE;
          this.draw();
        },
      }),
    );
    byId("verdict-filter").replaceChildren(...filters);
    const rows = index.verdicts.filter((row) => !this.verdict || row.verdict === this.verdict);
    const titles = ["Clip", "Augmentation", "Verdict", ...index.metrics, "Objects"];
    const head = element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title))));
    const body = element("tbody", {}, ...rows.slice(0, this.shown).flatMap((row) => this.#rows(row)));
    byId("verdicts").replaceChildren(head, body);
    byId("more-verdicts").hidden = rows.length <= this.shown;
    byId("more-verdicts").textContent = `Show more of ${rows.length}`;
  }

  #rows(row) {
    const name = element("button", { class: "link", onclick: () => this.onshow(row) }, index.clips[row.clip].name);
    const said = [...row.reasons.map((text) => ["reason", text]), ...row.notes.map((text) => ["note", text])];
    const main = element(
      "tr",
      { class: said.length ? "with-reasons" : "" },
      element("th", { scope: "row" }, name),
      element("td", {}, row.title, element("small", {}, words(row.version))),
      element("td", {}, verdictBadge(row.verdict)),
      ...row.numbers.map(metricCell),
      element("td", { class: "objects" }, row.objects),
    );
    if (!said.length) return [main];
    const list = element("ul", {}, ...said.map(([kind, text]) => element("li", { class: kind }, text)));
    return [main, element("tr", { class: "reasons" }, element("td", { colspan: 4 + index.metrics.length }, list))];
  }
}

const verdictBadge = (verdict) => badge(`${verdict}ed`, verdict === "accept" ? "good" : "bad");

function metricCell(metric) {
  if (!metric) return element("td", { class: "metric" }, "–");
  const [value, itself, chance, published, bound, holds] = metric;
  const beside = [bound && `limit ${bound}`, itself !== "–" && `itself ${itself}`, chance !== "–" && `chance ${chance}`, published !== "–" && `paper ${published}`];
  return element(
    "td",
    { class: "metric" },
    element("b", { class: holds === false ? "bad" : "" }, value),
    ...beside.filter(Boolean).map((text) => element("small", {}, text)),
  );
}

/** What verification says of one version, below its video. */
function verificationNode(found) {
  const numbers = element("table", { class: "plain metrics" });
  numbers.append(element("tr", {}, ...index.metrics.map((title) => element("th", {}, title))));
  numbers.append(element("tr", {}, ...found.numbers.map(metricCell)));
  const looks = element("table", { class: "plain" });
  looks.append(element("tr", {}, ...["Looks as asked", "number", "value", "of the source", "expected", ""].map((title) => element("th", {}, title))));
  for (const [because, number, value, source, range, holds] of found.looks) {
    const verdict = holds === null ? "" : holds ? "holds" : "does not hold";
    const cells = [because, number, value, source, range, verdict];
    looks.append(element("tr", {}, ...cells.map((text) => element("td", { class: text === "does not hold" ? "bad" : "" }, text))));
  }
  const objects = element("table", { class: "plain" });
  objects.append(element("tr", {}, ...["Object", "state", "evidence", "moved by, px", "contrast"].map((title) => element("th", {}, title))));
  for (const [actor, category, state, evidence, moved, contrast] of found.objects) {
    const cells = [`${category} ${actor}`, state, evidence, moved.join(", "), contrast];
    objects.append(element("tr", { class: ["seen", "not judged"].includes(state) ? "" : "notable" }, ...cells.map((text) => element("td", {}, String(text)))));
  }
  const reasons = element("ul", {}, ...[...found.reasons, ...found.notes].map((text) => element("li", {}, text)));
  const judged = `${found.judged} frames judged, every ${found.every}. Chance: ${found.chance}. Published numbers: ${found.published}.`;
  return element("div", {}, reasons, numbers, element("p", { class: "quiet" }, judged), found.looks.length ? looks : null, found.objects.length ? objects : null);
}
