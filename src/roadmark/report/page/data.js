// What the page knows: the index lies in it; a clip's data in it, too, or in a script beside it that is loaded when asked.

const index = JSON.parse(byId("index").textContent);
const waiting = new Map();

window.roadmarkClip = (place, clip) => waiting.get(place)?.(clip);

function loadClip(place) {
  const inlined = byId(`clip-${place}`);
  if (inlined) return Promise.resolve(JSON.parse(inlined.textContent));
  return new Promise((resolve, reject) => {
    const script = element("script", { src: `${encodeURIComponent(index.data)}/${place}.js` });
    const end = () => {
      waiting.delete(place);
      script.remove();
    };
    waiting.set(place, (clip) => {
      end();
      resolve(clip);
    });
    script.onerror = () => {
      end();
      reject(new Error(`${index.data}/${place}.js cannot be read; keep the folder ${index.data} beside this page`));
    };
    document.head.append(script);
  });
}
