// Plays, stops, steps. The first surface that can lead does: the others follow its time; without one, a clock of our own.

class Transport {
  constructor(stage, onmove) {
    this.stage = stage;
    this.onmove = onmove;
    this.seconds = 0;
    this.playing = false;
    this.rate = 1;
    this.loop = true;
  }

  load(clip) {
    this.pause();
    this.clip = clip;
    this.seek(0);
  }

  get end() {
    return this.clip.frames / this.clip.fps;
  }

  get frame() {
    return Math.max(0, Math.min(frameAt(this.seconds, this.clip.fps), this.clip.frames - 1));
  }

  seek(seconds) {
    const fps = this.clip.fps;
    const last = (this.clip.frames - 1) / fps;
    this.seconds = frameAt(Math.max(0, Math.min(seconds, last)), fps) / fps;
    for (const surface of this.stage.surfaces) surface.show(this.seconds);
    this.last = null;
    this.onmove();
  }

  step(frames) {
    this.pause();
    this.seek((this.frame + frames) / this.clip.fps);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.clip?.frames) return;
    if (this.frame >= this.clip.frames - 1) this.seek(0);
    this.playing = true;
    this.last = null;
    for (const surface of this.stage.surfaces) surface.play(this.rate);
    this.onmove();
    requestAnimationFrame((now) => this.#tick(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    for (const surface of this.stage.surfaces) surface.pause();
    this.seek(this.seconds);
  }

  /** Surfaces were changed: bring the new ones to where the others are. */
  renew() {
    if (!this.clip?.frames) return;
    for (const surface of this.stage.surfaces) {
      surface.show(this.seconds);
      if (this.playing) surface.play(this.rate);
    }
  }

  setRate(rate) {
    this.rate = rate;
    if (this.playing) for (const surface of this.stage.surfaces) surface.play(rate);
  }

  #tick(now) {
    if (!this.playing) return;
    const leader = this.stage.surfaces.find((surface) => surface.leads);
    if (leader && !leader.stopped) this.seconds = leader.seconds;
    else if (!leader && this.last) this.seconds += ((now - this.last) / 1000) * this.rate;
    const ended = leader ? leader.video.ended : this.seconds >= this.end;
    this.last = now;
    if (ended && !this.loop) return this.#stop();
    if (ended) this.#again();
    for (const surface of this.stage.surfaces) if (surface !== leader) surface.follow(this.seconds);
    this.onmove();
    requestAnimationFrame((next) => this.#tick(next));
  }

  #stop() {
    this.seconds = (this.clip.frames - 1) / this.clip.fps;
    this.pause();
  }

  #again() {
    this.seek(0);
    for (const surface of this.stage.surfaces) surface.play(this.rate);
  }
}
