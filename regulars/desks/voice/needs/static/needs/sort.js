// The desk at which opinions are sorted: each key does what a part of the card does, and the next card is there at once.
const desk = document.getElementById("desk");
const ahead = document.getElementById("ahead");
const undo = document.getElementById("undo");
const form = () => desk.querySelector("form.sorting");

// With the next card at hand it takes the place of this one while the answer is still on its way; the answer brings
// the one after it. Without one the form goes the plain way.
const send = (event) => {
  if (event.target !== form()) return;
  const button = event.submitter ?? form().querySelector("[value=confirm]");
  const values = new FormData(form());
  const names = values.has("need") || (values.get("new") ?? "").trim() !== "";
  const next = ahead.querySelector("[data-opinion]");
  if (!next || (button.value === "confirm" && !names)) return;
  event.preventDefault();
  values.set("do", button.value);
  values.set("ahead", next.dataset.opinion);
  const action = form().action;
  undo.action = form().dataset.undo;
  undo.hidden = false;
  desk.replaceChildren(next);
  window.htmx.ajax("POST", action, { source: ahead, target: ahead, swap: "innerHTML", values });
  desk.querySelector("article").scrollIntoView({ block: "nearest" });
};

// What could not be kept has to be seen: the page comes anew, with the opinion that still waits.
for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, () => location.reload());

const find = () => {
  const others = desk.querySelector(".sorting-others");
  if (!others) return;
  others.open = true;
  others.querySelector("[data-find]").focus();
};

const narrow = (field) => {
  const wanted = field.value.trim().toLowerCase();
  for (const label of field.form.querySelectorAll(".sorting-choice")) {
    label.hidden = !label.textContent.toLowerCase().includes(wanted);
  }
};

const chooseFound = (field) => {
  const label = [...field.form.querySelectorAll(".sorting-choice")].find((each) => !each.hidden);
  if (label && field.value.trim()) label.querySelector("input").checked = true;
  field.value = "";
  narrow(field);
  field.blur();
};

const press = (value) => form().requestSubmit(form().querySelector(`button[value=${value}]`));
const KEYS = {
  n: () => form().elements.new.focus(),
  "/": find,
  x: () => press("noted"),
  a: () => press("answered"),
  u: () => undo.hidden || undo.requestSubmit(),
  Enter: () => press("confirm"),
};

if (desk) {
  document.addEventListener("submit", send);
  document.addEventListener("input", (event) => event.target.matches("[data-find]") && narrow(event.target));
  // Before anybody else: "/" finds a need here, and not a page.
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !form()) return;
    const at = event.target;
    if (at.matches("[data-find]")) {
      if (event.key === "Enter") {
        event.preventDefault();
        chooseFound(at);
      }
      return;
    }
    if (at.matches("input:not([type=checkbox]), textarea, select, [contenteditable]") || at.closest("dialog")) {
      if (event.key === "Escape") at.blur();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const box = /^[1-9]$/.test(key) && desk.querySelector(`[data-key="${key}"]`);
    if (box) {
      event.preventDefault();
      event.stopPropagation();
      box.checked = !box.checked;
    } else if (KEYS[key] && !(key === "Enter" && at.closest("a, button, summary"))) {
      event.preventDefault();
      event.stopPropagation();
      KEYS[key]();
    }
  }, true);
}
