// Tables that read as rows on a phone, and choosing many rows at once.

// Each cell learns the heading of its column; the stylesheet shows it where the table is too wide for the screen.
// Roles are set because browsers forget what a table is once its parts are laid out otherwise.
const label = (table) => {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  if (!heads.length || heads.some((head) => head.colSpan > 1)) return;
  const names = heads.map((head) => (head.querySelector(".visually-hidden, input") ? "" : head.textContent.trim()));
  const title = heads.findIndex((head) => !head.classList.contains("narrow"));
  table.setAttribute("role", "table");
  for (const row of table.tBodies[0]?.rows ?? []) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, index) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      if (cell.colSpan > 1) return;
      if (index === title) cell.classList.add("is-title");
      else if (names[index]) cell.dataset.label = names[index];
      const text = cell.textContent.trim();
      if (index !== title && (text === "" || text === "–") && !cell.querySelector("input, button, svg, img")) {
        cell.classList.add("is-blank");
      }
    });
  }
  table.classList.add("table-rows");
};

// <input type="checkbox" data-choose-all> in the head chooses the row boxes of its form; .chosen says how many.
const chooseMany = (all) => {
  const form = all.form ?? all.closest("form");
  const bar = form.querySelector(".chosen");
  const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox]")];
  let last = null;
  const tell = () => {
    const many = boxes().filter((box) => box.checked).length;
    all.checked = many > 0 && many === boxes().length;
    all.indeterminate = many > 0 && !all.checked;
    if (!bar) return;
    bar.hidden = many === 0;
    bar.querySelector("output").value = many;
    for (const button of bar.querySelectorAll("[data-exactly]")) button.disabled = many !== Number(button.dataset.exactly);
  };
  for (const each of form.querySelectorAll("[data-with-script]")) each.hidden = false;
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    tell();
  });
  form.addEventListener("click", (event) => {
    if (!event.target.matches("tbody input[type=checkbox]")) return;
    const list = boxes();
    if (event.shiftKey && last && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of list.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
    tell();
  });
  bar?.querySelector("[data-choose-none]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    tell();
  });
  tell();
};

const prepare = (root) => {
  root.querySelectorAll("table.table:not(.table-dense, .table-rows)").forEach(label);
  root.querySelectorAll("[data-choose-all]").forEach(chooseMany);
};
prepare(document);
document.addEventListener("htmx:load", (event) => event.detail.elt !== document.body && prepare(event.detail.elt));
