// The text of a code in a picture: by the browser where it reads codes, else by jsQR.

const SIDE_MAX = 2400;

/** Return the text of the code in a picture's file, empty where none is found. */
export async function textOf(file) {
  const picture = await loaded(file);
  if (globalThis.BarcodeDetector) {
    try {
      const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
      if (found.length) return (found.find((one) => isOurs(one.rawValue)) || found[0]).rawValue;
    } catch {
      // A browser that names the detector and has none: the library decides.
    }
  }
  for (const side of [SIDE_MAX, SIDE_MAX / 2, SIDE_MAX / 4]) {
    const { data, width, height } = drawn(picture, side);
    const found = jsQR(data, width, height);
    if (found) return found.data;
  }
  return "";
}

function isOurs(text) {
  return text.toUpperCase().startsWith("SANZI");
}

function loaded(file) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("no picture"));
    picture.src = URL.createObjectURL(file);
  });
}

function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
