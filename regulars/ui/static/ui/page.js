// What every page does beyond links and forms. All of it works without: this makes it quicker.

// Undo and close of toasts; one that offers nothing leaves by itself.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest(".toast")?.remove();
});
document.querySelectorAll(".toast:not(:has(form))").forEach((toast) => {
  let isRead = false;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  // It counts from the moment the page is looked at.
  const start = () => {
    if (isRead || document.hidden) return;
    isRead = true;
    setTimeout(leave, 8000);
  };
  document.addEventListener("visibilitychange", start);
  start();
});

// Light, dark or as the device: at once, and kept by the same form that works without script.
document.querySelectorAll("button[name=theme]").forEach((button) => {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const form = button.form;
    if (button.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = button.value;
    for (const each of form.querySelectorAll("button[name=theme]")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button), redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) form.submit();
  });
});

// A select or checkbox that is the whole question needs no button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
document.querySelectorAll("form:has([data-submit]) [data-without-script]").forEach((button) => (button.hidden = true));

// Empty fields of a filter form stay out of the address, so that it can be read and shared.
document.querySelectorAll("form.filters[method=get]").forEach((form) => {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "" && event.formData.getAll(name).length === 1) event.formData.delete(name);
    }
  });
});

// Copy, and say so.
document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    (button.querySelector("span") ?? button).textContent = button.dataset.copied ?? button.textContent;
  });
});

// A double click is not two requests; what is pressed a moment later is meant.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.isSent) return event.preventDefault();
  event.target.dataset.isSent = "1";
  setTimeout(() => delete event.target.dataset.isSent, 1500);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-is-sent]").forEach((form) => delete form.dataset.isSent);
});
