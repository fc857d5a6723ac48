// Find anything: opened by Cmd/Ctrl-K, "/" or a button; a combobox whose answers are the server's own links.

const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const found = palette.querySelector(".palette-found");
  const answers = () => [...found.querySelectorAll("a")];
  let latest = 0;
  let waiting = 0;

  const choose = (link) => {
    for (const each of answers()) each.setAttribute("aria-selected", String(each === link));
    if (link) input.setAttribute("aria-activedescendant", link.id);
    else input.removeAttribute("aria-activedescendant");
    link?.scrollIntoView({ block: "nearest" });
  };

  const show = (html) => {
    // The server's own template, escaped there; scripts in it would not run.
    found.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    for (const each of found.querySelectorAll("ul, li")) each.setAttribute("role", "presentation");
    for (const each of found.querySelectorAll("h3")) each.setAttribute("aria-hidden", "true");
    answers().forEach((link, index) => {
      link.id = `answer-${index}`;
      link.setAttribute("role", "option");
      link.tabIndex = -1;
    });
    choose(answers()[0]);
  };

  const search = async () => {
    const mine = ++latest;
    const answer = await fetch(`${palette.dataset.source}?q=${encodeURIComponent(input.value)}`);
    if (mine !== latest) return; // a later key was pressed meanwhile
    if (answer.redirected || answer.status === 401) return location.reload(); // signed out meanwhile
    if (answer.ok) show(await answer.text());
  };

  const open = () => {
    if (palette.open) return;
    document.getElementById("menu")?.hidePopover?.();
    palette.showModal();
    input.select();
    search();
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 90);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter belongs to the input method while Chinese is being written
    const all = answers();
    const at = all.findIndex((link) => link.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all.at(at - 1));
    else if (event.key === "Escape") palette.close(); // a search box would first empty itself
    else if (event.key === "Enter") {
      const link = all[at];
      if (link && (event.metaKey || event.ctrlKey)) window.open(link.href);
      else link?.click();
    } else return;
    event.preventDefault();
  });
  found.addEventListener("pointermove", (event) => {
    const link = event.target.closest("a");
    if (link && link.getAttribute("aria-selected") !== "true") choose(link);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });

  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  document.querySelectorAll("[data-palette]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", open);
    const key = button.querySelector("kbd");
    if (key && isMac) key.textContent = "⌘K";
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isShortcut = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey;
    if (isShortcut || (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey)) {
      event.preventDefault();
      open();
    }
  });
}
