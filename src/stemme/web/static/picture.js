// A picture is made small on the phone, without place or camera, before it is sent. The form works without.
"use strict";

const LONG_EDGE = 1280;

async function small(file) {
  const found = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONG_EDGE / Math.max(found.width, found.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(found.width * scale);
  canvas.height = Math.round(found.height * scale);
  canvas.getContext("2d").drawImage(found, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  return new File([blob], "picture.jpg", { type: "image/jpeg" });
}

addEventListener("change", async ({ target }) => {
  const file = target.type === "file" && target.accept.startsWith("image/") && target.files[0];
  if (!file) return;
  try {
    const kept = new DataTransfer();
    kept.items.add(await small(file));
    if (target.files[0] === file) target.files = kept.files;
  } catch {
    // What this browser cannot draw goes as it is, and the server draws it anew or says why not.
  }
});
