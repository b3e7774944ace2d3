// Brings the parts together: what is chosen, what is shown, and the keyboard.

const stage = new Stage(byId("stage"));
const transport = new Transport(stage, moved);
const timeline = new Timeline(byId("timeline"), (seconds) => transport.seek(seconds));
const questions = new Questions(showAsked);
const list = new ClipList(openClip, (family) => questions.only(family));
const verdicts = new VerdictTable((row) => showAugmentation(row.clip, row.version));

/** What is looked at: a clip, a stream of it, another one to compare it with, and how. */
const view = { place: null, clip: null, stream: null, other: null, mode: "single" };

async function openClip(place, wanted = {}) {
  view.place = place;
  list.mark(place);
  history.replaceState(null, "", `#clip-${place}`);
  const loading = byId("clip-loading");
  loading.hidden = false;
  loading.textContent = `Reading ${index.clips[place].name}`;
  let clip;
  try {
    clip = await loadClip(place);
  } catch (error) {
    loading.textContent = error.message;
    byId("work").hidden = byId("questions").hidden = true;
    return;
  }
  if (view.place !== place) return; // another one was chosen meanwhile
  loading.hidden = true;
  byId("work").hidden = false;
  stage.clear();
  view.clip = clip;
  view.stream = firstStream(clip, wanted.version ?? "original");
  view.mode = wanted.mode ?? view.mode;
  view.other = wanted.other ? wanted.other(clip) : otherStream();
  drawHead();
  byId("scrubber").max = Math.max(0, (clip.frames ?? 1) - 1);
  questions.load(clip, place);
  if (clip.frames) timeline.load(clip);
  else byId("timeline").replaceChildren();
  draw();
  if (clip.frames) transport.load(clip);
}

const usable = (stream) => !stream.problem;

function firstStream(clip, version) {
  const own = clip.streams.filter((stream) => stream.version === version);
  return own.find(usable) ?? own[0] ?? clip.streams.find(usable) ?? clip.streams[0] ?? null;
}

/** What to compare with where nothing was chosen: over a picture its classes; beside it its first other version. */
function otherStream() {
  const { clip, stream, mode, other } = view;
  const same = clip.streams.find((one) => one.version === other?.version && one.name === other?.name);
  if (same && same !== stream && usable(same)) return same;
  const rest = clip.streams.filter((one) => one !== stream && usable(one));
  const labels = ["semantic_segmentation", "edges", "depth"].map((name) => rest.find((one) => one.name === name));
  const version = rest.find((one) => one.version !== stream?.version && one.name === (stream?.name ?? "rgb"));
  const found = mode === "overlay" ? [...labels, version] : [version, ...labels];
  return found.find(Boolean) ?? rest[0] ?? null;
}

/** Draw what depends on the choice of streams. */
function draw() {
  const { clip, stream, mode } = view;
  if (mode !== "single" && (!view.other || view.other === stream)) view.other = otherStream();
  const version = stream?.version ?? "original";
  drawVersions(version);
  drawModalities(version);
  drawCompare();
  stage.show(clip, [stream, mode === "single" ? null : view.other].filter(Boolean), mode);
  transport.renew();
  questions.show(version);
  drawDetails(version);
}

function drawHead() {
  const row = index.clips[view.place];
  byId("clip-name").textContent = row.name;
  byId("clip-badges").replaceChildren(
    ...row.sides.map((side) => badge(side)),
    ...[row.map, row.seconds && `${row.seconds} s`, view.clip.size && view.clip.size.join(" × ")].filter(Boolean).map((text) => badge(text, "quiet-badge")),
  );
  const problems = view.clip.problems.map((text) => element("li", {}, text));
  byId("clip-problems").replaceChildren(...(problems.length ? [element("ul", { class: "problem" }, ...problems)] : []));
}

function drawVersions(version) {
  const chips = view.clip.versions.map((one) => {
    const verdict = one.verification?.verdict;
    const any = view.clip.streams.some((stream) => stream.version === one.name);
    const choose = () => choosing(matching(one.name) ?? firstStream(view.clip, one.name));
    return chip(one.name === "original" ? `Original${one.title === "original" ? "" : ` · ${one.title}`}` : one.title, {
      pressed: one.name === version, disabled: !any, kind: verdict ?? "", onclick: choose,
      title: [words(one.name), verdict && `${verdict}ed`, !any && "no video"].filter(Boolean).join(", "),
    });
  });
  byId("versions").replaceChildren(...chips);
}

const matching = (version) => view.clip.streams.find((one) => one.version === version && one.name === view.stream?.name && usable(one));

function drawModalities(version) {
  const own = view.clip.streams.filter((stream) => stream.version === version);
  const chips = own.map((stream) =>
    chip(stream.title, { pressed: stream === view.stream, kind: usable(stream) ? "" : "faulty", title: stream.problem ?? null, onclick: () => choosing(stream) }),
  );
  byId("modalities").replaceChildren(...chips);
}

function choosing(stream) {
  view.stream = stream;
  draw();
}

function drawCompare() {
  const modes = Object.entries(MODES).map(([mode, title]) =>
    chip(title, { pressed: mode === view.mode, disabled: mode !== "single" && view.clip.streams.filter(usable).length < 2, onclick: () => compare(mode) }),
  );
  byId("modes").replaceChildren(...modes);
  byId("with-other").hidden = view.mode === "single";
  byId("with-opacity").hidden = byId("with-blend").hidden = view.mode !== "overlay";
  const groups = view.clip.versions.map((version) => {
    const streams = view.clip.streams.map((stream, place) => [stream, place]).filter(([stream]) => stream.version === version.name);
    const options = streams.map(([stream, place]) => option(place, named(stream), stream === view.other, !usable(stream) || stream === view.stream));
    return element("optgroup", { label: versionTitle(view.clip, version.name) }, ...options);
  });
  byId("other").replaceChildren(...groups);
}

const named = (stream) => (stream.version === "original" ? stream.title : `${stream.title} – ${versionTitle(view.clip, stream.version)}`);

function compare(mode) {
  view.mode = mode;
  view.other = null;
  draw();
}

function drawDetails(version) {
  const one = view.clip.versions.find((each) => each.name === version);
  const opened = new Set([...byId("clip-details").querySelectorAll("details[open]")].map((node) => node.dataset.part));
  const parts = [];
  if (one?.verification) {
    const head = element("summary", {}, "Verification ", verdictBadge(one.verification.verdict));
    parts.push(element("details", { "data-part": "verification", open: opened.has("verification") }, head, verificationNode(one.verification)));
  }
  if (one?.facts.length) {
    const head = element("summary", {}, `Provenance of ${version === "original" ? "the clip" : words(version)}`);
    parts.push(element("details", { "data-part": "provenance", open: opened.has("provenance") }, head, facts(one.facts)));
  }
  byId("clip-details").replaceChildren(...parts);
}

/** Show the video a question was asked about, at its time. */
function showAsked(question, times) {
  const version = question.version ?? "original";
  const stream = view.clip.streams.find((one) => one.media && question.media.includes(one.media) && usable(one));
  const target = stream ?? (view.stream?.version === version ? view.stream : firstStream(view.clip, version));
  transport.pause();
  if (target && target !== view.stream) choosing(target);
  byId("stage").scrollIntoView({ block: "nearest" });
  if (!view.clip.frames) return;
  timeline.ask(times);
  if (times) transport.seek(onsetAt(times[0], view.clip.fps));
}

function showAugmentation(place, version) {
  select("clips");
  openClip(place, { version: "original", mode: "side", other: (clip) => firstStream(clip, version) });
}

function moved() {
  const { clip, seconds, frame, playing } = transport;
  if (!clip?.frames) return;
  byId("scrubber").value = frame;
  byId("scrubber").setAttribute("aria-valuetext", `frame ${frame}, ${seconds.toFixed(2)} seconds`);
  byId("time").textContent = `${clockText(seconds)}  frame ${frame} of ${clip.frames}`;
  byId("play").classList.toggle("playing", playing);
  byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  timeline.move(seconds);
}

const tabs = [...document.querySelectorAll("[role=tab]")];

function select(name) {
  for (const tab of tabs) {
    const chosen = tab.getAttribute("aria-controls") === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (name === "verification") verdicts.draw();
  if (name !== "clips") transport.pause();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => {
    select(tab.getAttribute("aria-controls"));
    history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
  });
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.stopPropagation();
    const reachable = tabs.filter((one) => !one.hidden);
    const next = reachable[(reachable.indexOf(tab) + by + reachable.length) % reachable.length];
    next.focus();
    next.click();
  });
}

byId("play").addEventListener("click", () => transport.toggle());
byId("to-start").addEventListener("click", () => transport.seek(0));
byId("step-back").addEventListener("click", () => transport.step(-1));
byId("step-on").addEventListener("click", () => transport.step(1));
byId("rate").addEventListener("input", (event) => transport.setRate(Number(event.target.value)));
byId("loop").addEventListener("input", (event) => (transport.loop = event.target.checked));
byId("opacity").addEventListener("input", (event) => stage.look({ opacity: Number(event.target.value) / 100 }));
byId("blend").addEventListener("input", (event) => stage.look({ blend: event.target.value }));
byId("stage").addEventListener("click", (event) => event.target.matches("video, img") && transport.toggle());
byId("scrubber").addEventListener("input", (event) => {
  transport.pause();
  transport.seek(Number(event.target.value) / transport.clip.fps);
});
byId("other").addEventListener("input", (event) => {
  view.other = view.clip.streams[Number(event.target.value)];
  draw();
});

const KEYS = {
  " ": () => transport.toggle(),
  ArrowLeft: (event) => transport.step(event.shiftKey ? -Math.round(transport.clip.fps) : -1),
  ArrowRight: (event) => transport.step(event.shiftKey ? Math.round(transport.clip.fps) : 1),
  Home: () => transport.seek(0),
  End: () => transport.seek(transport.end),
  "[": () => step(-1),
  "]": () => step(1),
};

function step(by) {
  const place = list.beside(view.place, by);
  if (place !== null) openClip(place);
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || !KEYS[key] || byId("clips").hidden || !transport.clip?.frames) return;
  const typing = target.matches("input:not([type=checkbox]), select, textarea");
  const pressing = key === " " && target.matches("button:focus-visible, summary:focus-visible, input");
  if (typing || pressing) return;
  event.preventDefault();
  KEYS[key](event);
});

const asked = location.hash.slice(1);
select("clips");
const first = Number(/^clip-(\d+)$/.exec(asked)?.[1] ?? 0);
if (index.clips.length) openClip(first < index.clips.length ? first : 0);
if (tabs.some((tab) => tab.getAttribute("aria-controls") === asked)) select(asked);
