/* The questions of a port in any page:

     <div data-regulars-port="abc234"></div>
     <script async src="https://regulars.example/p/port.js"></script>

   data-lang names a language where the page does not. To show it records nothing. What is chosen stays on the device
   until it is sent; without a network it leaves when there is one, and is one answer however often it leaves. */
(() => {
  "use strict";
  const source = new URL(document.currentScript.src);
  const root = source.origin + source.pathname.replace(/p\/port\.js$/, "");
  const texts = {
    en: {
      send: "Send", again: "Change your answer", thanks: "Thank you", optional: "(optional)", missing: "Answer this first.",
      empty: "Nothing is answered yet.", waits: "Kept on this device; it is sent when there is a network.",
      too_many: "Too many answered from your network. Try again later.", too_late: "It is too late to change it."
    },
    zh: {
      send: "发送", again: "修改回答", thanks: "谢谢您", optional: "（可不填）", missing: "请先回答这一项。",
      empty: "还没有回答。", waits: "已保存在本机，有网络时自动发送。",
      too_many: "来自您所在网络的回答太多，请稍后再试。", too_late: "已过修改期限。"
    }
  };
  const style =
    ":host{display:block;font:inherit;color:inherit;line-height:1.5;max-width:32rem}*{box-sizing:border-box}" +
    "fieldset,.field{border:0;padding:0;margin:0 0 1rem;min-width:0}legend,.field label{font-weight:600;padding:0;margin-bottom:.3rem;display:block}" +
    ".marks{display:flex;flex-wrap:wrap;gap:.4rem}.marks label{position:relative;flex:1 0 2.4rem;max-width:6rem}.list label{display:block;padding:.35rem 0}" +
    ".marks input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}" +
    ".marks span{display:grid;place-items:center;min-height:2.75rem;border:1px solid currentColor;border-radius:8px}" +
    ".marks input:checked+span{background:currentColor;outline:2px solid currentColor;font-weight:700}.marks input:checked+span b{filter:invert(1)}" +
    ".marks input:focus-visible+span{outline:3px solid currentColor;outline-offset:2px}" +
    "textarea{font:inherit;color:inherit;background:transparent;width:100%;border:1px solid currentColor;border-radius:8px;padding:.5rem}" +
    "button{font:inherit;color:inherit;background:none;border:1px solid currentColor;border-radius:8px;min-height:2.75rem;padding:.4rem 1.2rem;cursor:pointer;font-weight:600}" +
    ".ends{display:flex;justify-content:space-between;opacity:.72;font-size:.875em}.bad{font-weight:600}p{margin:.3rem 0}";

  const make = (name, text, attributes) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    for (const key in attributes || {}) element.setAttribute(key, attributes[key]);
    return element;
  };
  const store = (key, value) => {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(key) || "null");
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch (error) {
      // A private window keeps nothing; sending works all the same.
    }
    return null;
  };

  const start = (host) => {
    if (host.shadowRoot) return;
    const code = host.dataset.regularsPort;
    const language = (host.dataset.lang || document.documentElement.lang || navigator.language || "en").toLowerCase();
    const say = texts[language.startsWith("zh") ? "zh" : "en"];
    const address = root + "p/" + encodeURIComponent(code) + ".json";
    const key = "regulars-port-" + code;
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    const kept = store(key) || {};

    const leave = (name, values) =>
      fetch(address, {
        method: "POST",
        credentials: "omit",
        headers: { "Accept-Language": language },
        body: new URLSearchParams({ ...values, name: name })
      }).then((answer) => answer.json());

    const draw = (asked) => {
      const values = kept.values || {};
      const name = kept.name || asked.name;
      const form = make("form", "", { novalidate: "" });
      const parts = {};
      form.append(make("h2", asked.title), make("p", asked.lede));
      for (const question of asked.questions) {
        const field = "a." + question.id;
        const label = question.text + (question.is_required ? "" : " " + say.optional);
        const part = question.choices.length ? make("fieldset") : make("div", "", { class: "field" });
        if (question.choices.length) {
          const box = make("div", "", { class: question.kind === "choice" ? "list" : "marks" });
          for (const [value, text] of question.choices) {
            const input = make("input", "", { type: "radio", name: field, value: value });
            input.checked = values[field] === value;
            const shown = make("span");
            shown.append(make("b", text));
            const one = make("label");
            one.append(input, shown);
            box.append(one);
          }
          part.append(make("legend", label), box);
          if (question.ends) {
            const ends = make("div", "", { class: "ends" });
            ends.append(make("span", question.ends[0]), make("span", question.ends[1]));
            part.append(ends);
          }
        } else {
          const area = make("textarea", "", { name: field, rows: 3, maxlength: 4000, id: field });
          area.value = values[field] || "";
          part.append(make("label", label, { for: field }), area);
        }
        part.append(make("p", "", { class: "bad", role: "alert" }));
        parts[question.id] = part;
        form.append(part);
      }
      const note = make("p", "", { role: "status" });
      form.append(make("button", say.send, { type: "submit" }), note);

      const read = () => {
        const found = {};
        new FormData(form).forEach((value, field) => {
          if (value) found[field] = value;
        });
        return found;
      };
      // The questions that an answer skips are not shown.
      const way = () => {
        const given = read();
        let skip = "";
        for (const question of asked.questions) {
          const id = question.id;
          const isAsked = !skip || skip === id;
          parts[id].hidden = !isAsked;
          if (!isAsked) continue;
          skip = "";
          const said = given["a." + id];
          const jump = question.leads.find((lead) => said !== undefined && (lead.up_to === null ? lead.values.includes(said) : Number(said) <= lead.up_to));
          if (jump) skip = jump.to || "-";
        }
      };
      const done = () => {
        shadow.textContent = "";
        const more = make("button", say.again, { type: "button" });
        more.onclick = () => {
          shadow.textContent = "";
          draw(asked);
        };
        const end = make("p", asked.thanks || say.thanks, { role: "status", tabindex: "-1" });
        shadow.append(end, more);
        end.focus();
      };
      const send = () => {
        const given = read();
        kept.values = given;
        kept.name = name;
        kept.waits = true;
        store(key, kept);
        leave(name, given).then(
          (answer) => {
            kept.waits = false;
            store(key, kept);
            for (const id in parts) parts[id].querySelector(".bad").textContent = (answer.problems || []).includes(id) ? say.missing : "";
            note.textContent = say[answer.state] || "";
            if (answer.state === "done") done();
          },
          () => {
            note.textContent = say.waits;
          }
        );
      };
      form.oninput = () => {
        kept.values = read();
        kept.name = name;
        store(key, kept);
        way();
      };
      form.onsubmit = (event) => {
        event.preventDefault();
        send();
      };
      addEventListener("online", () => kept.waits && form.isConnected && send());
      shadow.append(form);
      way();
      if (kept.waits && navigator.onLine) send();
    };

    fetch(address + "?lang=" + encodeURIComponent(language), { credentials: "omit" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(draw)
      .catch(() => {
        // Closed, or no network: the page around it goes on without.
        if (kept.waits) shadow.append(make("p", say.waits));
      });
  };

  const all = () => document.querySelectorAll("[data-regulars-port]").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
