// One clock for everything: seconds of the clip. A video of another rate or length says which frame of the clip each of
// its frames shows; times of questions are seconds of the video that is looked at.

const EPSILON = 1e-4;

const frameAt = (seconds, fps) => Math.floor(seconds * fps + EPSILON);

/** Middle of a frame, so that rounding never shows its neighbour. */
const middleOf = (frame, fps) => (frame + 0.5) / fps;

/** The first frame at or after a moment, as its time: what happens then is seen from there on. */
const onsetAt = (seconds, fps) => Math.ceil(seconds * fps - EPSILON) / fps;

/** First place in ascending values that is nearest to a value. */
function nearest(values, value) {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value - values[low - 1] <= values[low] - value ? low - 1 : low;
}

/** Frame of a stream that shows a time of the clip. */
function streamFrame(stream, clip, seconds) {
  const frame = frameAt(seconds, clip.fps);
  const last = (stream.frames ?? clip.frames) - 1;
  const found = stream.map ? nearest(stream.map, frame) : frameAt(seconds, stream.fps ?? clip.fps);
  return Math.max(0, Math.min(found, last));
}

/** Time of the clip that a time of a stream shows. */
function clipSeconds(stream, clip, seconds) {
  if (!stream?.map) return seconds;
  const place = Math.max(0, Math.min(frameAt(seconds, stream.fps), stream.map.length - 1));
  return stream.map[place] / clip.fps;
}
