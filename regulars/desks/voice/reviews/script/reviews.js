/* Reviews of a product in any page:

     <div data-regulars-reviews="12"></div>
     <script async src="https://regulars.example/r/reviews.js"></script>

   data-markup="yes" adds schema.org's aggregate rating to the page, for pages that have none of their own; data-lang
   names a language where the page does not. Everything stands in a shadow root: the page's styles and ours do not meet.
   Words of customers are set as text, never as markup. */
(() => {
  "use strict";
  const source = new URL(document.currentScript.src);
  const root = source.origin + source.pathname.replace(/r\/reviews\.js$/, "");
  const words = {
    en: {
      stars: "%1 of 5 stars", count: "%1 reviews", one: "1 review", none: "No reviews yet.", write: "Write a review",
      more: "Show more", all: "All", verified: "Purchase verified", unverified: "Purchase not verified",
      from: "From %1", got: "Every author got: %1", reply: "Answer of the shop", changed: "changed",
      removed: "Taken down: %1", ledger: "%1 collected, %2 shown", why: "why", nobody: "A customer",
      failed: "The reviews cannot be read just now.", again: "Try again", photo: "Picture from a customer",
      only: "Only %1 stars"
    },
    zh: {
      stars: "%1 星（满分 5 星）", count: "%1 条评价", one: "1 条评价", none: "还没有评价。", write: "写评价",
      more: "查看更多", all: "全部", verified: "已核实购买", unverified: "未核实购买",
      from: "来自%1", got: "每位评价者都获得：%1", reply: "商家回复", changed: "已修改",
      removed: "已撤下：%1", ledger: "共收到 %1 条，展示 %2 条", why: "说明", nobody: "一位顾客",
      failed: "暂时读取不到评价。", again: "重试", photo: "顾客发来的照片",
      only: "只看 %1 星"
    }
  };
  const style =
    ":host{display:block;font:inherit;color:inherit;line-height:1.5}" +
    "*{box-sizing:border-box}p{margin:.3rem 0}ul{list-style:none;margin:0;padding:0}" +
    ".top{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:center}.mean{font-size:2rem;font-weight:600}" +
    ".quiet{opacity:.72;font-size:.875em}.star{color:#a86500;letter-spacing:.08em;white-space:nowrap}" +
    "@media(prefers-color-scheme:dark){:host(:not([data-light])) .star{color:#f0b44c}}" +
    "table{border-spacing:.4rem .1rem}td.bar{width:9rem}td.bar i{display:block;height:.5rem;border-radius:3px;background:currentColor;opacity:.55}" +
    "button,a.write{font:inherit;color:inherit;background:none;border:1px solid currentColor;border-radius:8px;min-height:2.75rem;padding:.4rem 1rem;cursor:pointer;text-decoration:none;display:inline-block}" +
    "td button{border:0;min-height:1.75rem;padding:.1rem .4rem;text-decoration:underline}" +
    "button:focus-visible,a:focus-visible{outline:2px solid currentColor;outline-offset:2px}" +
    "li{padding:1rem 0;border-top:1px solid rgba(128,128,128,.35);overflow-wrap:anywhere}.text{white-space:pre-line}" +
    "img{width:6rem;height:6rem;object-fit:cover;border-radius:6px;margin:.3rem .4rem 0 0}" +
    ".reply{margin:.6rem 0 0;padding-inline-start:.8rem;border-inline-start:3px solid rgba(128,128,128,.45)}";

  const make = (name, text, attributes) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    for (const key in attributes || {}) element.setAttribute(key, attributes[key]);
    return element;
  };
  const add = (parent, ...children) => {
    parent.append(...children);
    return parent;
  };
  const starLine = (say, count) =>
    make("span", "★★★★★☆☆☆☆☆".slice(5 - count, 10 - count), { class: "star", role: "img", "aria-label": say("stars", count) });

  const reviewItem = (say, day, review) => {
    const item = make("li");
    if (review.is_removed) {
      return add(item, make("p", say("removed", review.reasons.join(", ")) + " · " + day(review.at), { class: "quiet" }));
    }
    add(item, starLine(say, review.stars));
    if (review.title) add(item, add(make("p"), make("strong", review.title)));
    if (review.text) add(item, make("p", review.text, review.language ? { class: "text", lang: review.language } : { class: "text" }));
    for (const photo of review.photos) {
      add(item, add(make("a", "", { href: photo, target: "_blank", rel: "noopener" }), make("img", "", { src: photo, alt: say("photo"), loading: "lazy" })));
    }
    const facts = [review.author || say("nobody"), day(review.at), say(review.is_verified ? "verified" : "unverified")];
    if (review.is_changed) facts.push(say("changed"));
    if (review.origin) facts.push(say("from", review.origin));
    if (review.incentive) facts.push(say("got", review.incentive));
    add(item, make("p", facts.join(" · "), { class: "quiet" }));
    if (review.reply) {
      add(item, add(make("div", "", { class: "reply" }), make("p", say("reply") + " · " + day(review.reply.at), { class: "quiet" }), make("p", review.reply.text, { class: "text" })));
    }
    return item;
  };

  const mark = (data) => {
    const script = make("script", "", { type: "application/ld+json" });
    script.textContent = JSON.stringify({
      "@context": "https://schema.org", "@type": "Product", name: data.product.title,
      aggregateRating: { "@type": "AggregateRating", ratingValue: Math.round(data.mean * 100) / 100, reviewCount: data.ledger.shown, bestRating: 5, worstRating: 1 }
    });
    document.head.append(script);
  };

  const start = (host) => {
    if (host.shadowRoot) return;
    const language = (host.dataset.lang || document.documentElement.lang || navigator.language || "en").toLowerCase();
    const texts = words[language.startsWith("zh") ? "zh" : "en"];
    const say = (key, ...values) => values.reduce((text, value, n) => text.replace("%" + (n + 1), value), texts[key]);
    const day = (at) => new Date(at).toLocaleDateString(language.startsWith("zh") ? "zh-CN" : language, { year: "numeric", month: "short", day: "numeric" });
    const shadow = host.attachShadow({ mode: "open" });
    const top = make("div", "", { class: "top" });
    const list = make("ul");
    const foot = make("div", "", { "aria-live": "polite" });
    // A sheet of its own is styled also where the page's policy forbids style elements.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    add(shadow, top, list, foot);
    let page = 1;
    let star = 0;
    let isMarked = false;

    const head = (data) => {
      top.textContent = "";
      const shown = data.ledger.shown;
      if (data.mean === null) add(top, make("p", say("none")));
      else {
        const number = data.mean.toFixed(1);
        add(top, add(make("div"), make("span", number, { class: "mean", "aria-label": say("stars", number) }), make("p", shown === 1 ? say("one") : say("count", shown))));
        const table = make("table");
        for (let n = 5; n > 0; n--) {
          const button = make("button", n + " ★", { type: "button", "aria-label": say("only", n), "aria-pressed": String(star === n) });
          button.onclick = () => load(star === n ? 0 : n, 1);
          const bar = make("i");
          bar.style.width = (100 * data.by_star[n - 1]) / shown + "%";
          add(table, add(make("tr"), add(make("td"), button), add(make("td", "", { class: "bar", "aria-hidden": "true" }), bar), make("td", String(data.by_star[n - 1]), { class: "quiet" })));
        }
        add(top, table);
      }
      add(top, add(make("div"), make("a", say("write"), { href: data.write_url, class: "write" }), add(make("p", say("ledger", data.ledger.collected, shown) + " · ", { class: "quiet" }), make("a", say("why"), { href: data.ledger_url }))));
    };

    const load = (only, number) => {
      star = only;
      page = number;
      fetch(root + "r/" + encodeURIComponent(host.dataset.regularsReviews) + "/reviews.json?page=" + page + (star ? "&star=" + star : ""), { credentials: "omit" })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((data) => {
          if (page === 1) {
            list.textContent = "";
            head(data);
            if (data.mean !== null && host.dataset.markup === "yes" && !isMarked) {
              isMarked = true;
              mark(data);
            }
          }
          add(list, ...data.reviews.map((review) => reviewItem(say, day, review)));
          foot.textContent = "";
          if (data.has_more) button(say("more"), page + 1);
        })
        .catch(() => {
          foot.textContent = "";
          add(foot, make("p", say("failed")));
          button(say("again"), page);
        });
    };
    const button = (text, number) => {
      const more = make("button", text, { type: "button" });
      more.onclick = () => load(star, number);
      add(foot, more);
    };
    load(0, 1);
  };

  const all = () => document.querySelectorAll("[data-regulars-reviews]").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
