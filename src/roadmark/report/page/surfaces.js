// A surface shows one stream at a time of the clip. Videos play by themselves; folders of pictures are stepped through.

class VideoSurface {
  constructor(stream, clip, onfail) {
    this.stream = stream;
    this.clip = clip;
    this.wanted = null;
    this.rate = 1;
    this.video = element("video", { muted: true, playsinline: true, preload: "auto", tabindex: -1 });
    this.video.muted = true;
    this.video.addEventListener("seeked", () => this.#seek());
    this.video.addEventListener("loadedmetadata", () => this.#seek());
    this.video.addEventListener("error", () => onfail("cannot be played: the file is missing or damaged, or this browser plays no H.264"));
    this.video.src = stream.src.startsWith("data:") ? objectAddress(stream.src) : stream.src;
    this.node = this.video;
  }

  /** Whether it can lead: its own time runs as the clip's does. */
  get leads() {
    return !this.stream.map && !this.video.error;
  }

  get seconds() {
    return this.video.currentTime;
  }

  get stopped() {
    return this.video.ended || this.video.paused;
  }

  show(seconds) {
    this.wanted = middleOf(streamFrame(this.stream, this.clip, seconds), this.stream.fps ?? this.clip.fps);
    if (!this.video.seeking) this.#seek();
  }

  play(rate) {
    this.rate = rate;
    this.video.playbackRate = rate;
    if (this.leads) this.video.play().catch(() => {});
  }

  pause() {
    this.video.pause();
  }

  /** Keep up with another surface while it plays: a little faster or slower, and by a jump only where that is too little. */
  follow(seconds) {
    const behind = seconds - this.video.currentTime;
    if (!this.leads || this.video.ended || Math.abs(behind) > 0.2) this.show(seconds);
    else this.video.playbackRate = this.rate * (1 + Math.max(-0.2, Math.min(2 * behind, 0.2)));
  }

  dispose() {
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  #seek() {
    if (this.wanted === null || this.video.readyState < 1) return;
    const wanted = this.wanted;
    this.wanted = null;
    if (Math.abs(this.video.currentTime - wanted) > 1e-3) this.video.currentTime = wanted;
  }
}

class ImagesSurface {
  constructor(stream, clip, onfail) {
    this.stream = stream;
    this.clip = clip;
    this.frame = -1;
    this.loading = false;
    this.onfail = onfail;
    this.node = element("img", { alt: "" });
  }

  leads = false;

  show(seconds) {
    this.frame = streamFrame(this.stream, this.clip, seconds);
    this.#load();
  }

  follow(seconds) {
    this.show(seconds);
  }

  play() {}

  pause() {}

  dispose() {}

  /** One picture at a time is fetched; what was asked for meanwhile is skipped. */
  async #load() {
    if (this.loading || this.frame === Number(this.node.dataset.frame)) return;
    this.loading = true;
    const frame = this.frame;
    const next = new Image();
    next.alt = "";
    next.src = this.stream.src.replace(/\d{12}(?=\.\w+$)/, String(frame).padStart(12, "0"));
    try {
      await next.decode();
      next.dataset.frame = frame;
      next.style.cssText = this.node.style.cssText;
      this.node.replaceWith(next);
      this.node = next;
    } catch {
      this.node.dataset.frame = frame;
      this.onfail(`the picture of frame ${frame} cannot be shown`);
    }
    this.loading = false;
    if (frame !== this.frame) this.#load();
  }
}

const addresses = new Map();

/** An embedded video as an object of the browser, in which it can seek. */
function objectAddress(data) {
  if (!addresses.has(data)) {
    const [head, body] = [data.slice(5, data.indexOf(";")), data.slice(data.indexOf(",") + 1)];
    const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    addresses.set(data, URL.createObjectURL(new Blob([bytes], { type: head })));
  }
  return addresses.get(data);
}

const surfaceOf = (stream, clip, onfail) =>
  stream.kind === "video" ? new VideoSurface(stream, clip, onfail) : new ImagesSurface(stream, clip, onfail);
