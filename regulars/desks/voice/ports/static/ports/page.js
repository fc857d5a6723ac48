// A phone on a train: what is written stays on it until it is sent, also when the page is closed in between, and what
// is sent without a network leaves as soon as there is one. The page's own name is kept with it, so that it is one
// answer, however often it leaves.
const form = document.querySelector("form[data-port]");
const key = `port:${location.pathname}`;

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
};
const keep = (draft) => {
  try {
    if (draft) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // A private window keeps nothing; the form works all the same.
  }
};
const draft = () => ({
  name: form.elements.name?.value,
  values: Object.fromEntries([...new FormData(form)].filter(([name, value]) => name.startsWith("a.") && value && typeof value === "string")),
});

if (form) {
  const before = read();
  const waits = form.querySelector("[data-waits]");
  if (before.name && form.elements.name) form.elements.name.value = before.name;
  for (const [name, value] of Object.entries(before.values ?? {})) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type !== "file") field.value = value;
    }
  }
  form.addEventListener("input", () => keep(draft()));
  form.addEventListener("submit", (event) => {
    keep({ ...draft(), isSent: true });
    if (navigator.onLine) return;
    event.preventDefault();
    waits.hidden = false;
  });
  const leave = () => !waits.hidden && navigator.onLine && form.requestSubmit();
  addEventListener("online", leave);
  // Closed before the network came back: it leaves when the page is opened again.
  if (before.isSent && "fresh" in form.dataset) {
    waits.hidden = false;
    leave();
  }
} else if (document.querySelector("[data-port-done]")) {
  keep(null);
}
