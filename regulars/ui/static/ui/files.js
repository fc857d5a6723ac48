// A file may be dropped where it may be chosen: .drop around an input of type file.

const size = (bytes) => {
  const units = ["B", "kB", "MB", "GB"];
  let step = 0;
  for (; bytes >= 1000 && step < units.length - 1; step++) bytes /= 1000;
  return `${bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: step ? 1 : 0 })} ${units[step]}`;
};

document.querySelectorAll(".drop").forEach((drop) => {
  const input = drop.querySelector("input[type=file]");
  const name = drop.querySelector("[data-file-name]");
  const show = () => {
    const files = [...input.files].map((file) => `${file.name} (${size(file.size)})`);
    if (name) name.textContent = files.join(", ");
    if (files.length && "submitOnChoice" in drop.dataset) input.form.requestSubmit();
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      const chosen = new DataTransfer();
      for (const file of event.dataTransfer.files) if (input.multiple || !chosen.items.length) chosen.items.add(file);
      input.files = chosen.files;
      show();
    });
  }
});

// A file that misses its place must not replace the page.
if (document.querySelector(".drop")) {
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}
