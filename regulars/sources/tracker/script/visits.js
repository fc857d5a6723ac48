// What a shop's pages tell Regulars, in the browser. Plain ES2018 without any library; visits.min.js is made from this
// file by `python -m tools.script`. Local names are short because the build drops comments and spaces but no names.
//
// Three rules hold everywhere below: without consent nothing is stored, an address is sent without its query, and
// nothing that goes wrong here may reach the page.
(() => {
  const w = window, d = document, n = navigator;
  const script = d.currentScript || d.querySelector("script[data-key]"), options = script.dataset, mode = options.consent || "required";
  // With the key in the address and a body of text/plain a browser asks no leave first (no "preflight").
  const target = new URL(script.src).origin + "/r/e?writeKey=" + options.key;
  const MONTHS_13 = 34128e3; // seconds
  // Ids that advertisers add to an address, one for each person: only which of them it was is told.
  const CLICKS = "gclid gbraid wbraid dclid fbclid msclkid ttclid twclid li_fat_id rdt_cid epik irclid _kx mc_cid";

  let fresh = []; // messages that nobody's name is on yet: whose they are is settled when they are sent
  let queue = []; // messages to be sent
  let flying = []; // messages under way
  let timer, moving, told, who, loaded;
  let wait = 1e3; // milliseconds until the next sending: they are gathered, and after a failure it is longer
  let path, address, viewed, since;
  let spent = 0, scroll = 0;

  const safe = f => (...words) => {
    try {
      return f(...words);
    } catch (e) {}
  };
  const on = (where, names, f) => names.split(" ").forEach(name => where.addEventListener(name, safe(f), 1));
  const all = (selector, where) => [...(where || d).querySelectorAll(selector)];

  // Return what is stored under a name; store a value, or delete it with an empty one. Browsers may forbid all of it.
  const keep = safe((name, value) =>
    value === undefined ? localStorage.getItem(name)
      : value ? localStorage.setItem(name, value) : localStorage.removeItem(name));

  const say = (element, name) => element.getAttribute("data-regulars-" + name) || undefined;

  const random = () => crypto.getRandomValues(new Uint32Array(4)).join("");

  // The visitor's id begins with when it was made: it ends after 13 months, however often it is copied.
  const readId = () => {
    const id = (/\b_rg=([\w.]+)/.exec(d.cookie) || [])[1] || keep("_rg");
    return id && Date.now() - parseInt(id, 36) < MONTHS_13 * 1e3 ? id : "";
  };
  const writeId = id => {
    d.cookie = "_rg=" + id + ";path=/;samesite=lax;max-age=" + (id ? MONTHS_13 : 0)
      + (options.domain ? ";domain=" + options.domain : "") + (location.protocol == "https:" ? ";secure" : "");
    keep("_rg", id);
  };
  const forget = () => {
    writeId("");
    keep("_rgq", "");
  };

  const signal = options.signals != "ignore" && (n.globalPrivacyControl || n.doNotTrack == 1);
  let quiet = signal || keep("_rgo");
  // An id that is there was allowed on an earlier page.
  let granted = mode == "granted" || mode == "required" && readId();

  const later = () => {
    timer = timer || setTimeout(safe(post), wait);
  };
  const message = (type, more) => ({type: type, messageId: random(), timestamp: new Date(), ...more});
  const add = (type, more) => {
    if (quiet) return;
    // As text and back: the page may change its objects before they are sent.
    const text = JSON.stringify(message(type, more));
    if (text.length < 18e3) fresh.push(JSON.parse(text));
    later();
  };
  const track = (event, properties) => add("track", {event: event, properties: properties});

  const save = () => {
    const left = flying.concat(queue).slice(-50);
    keep("_rgq", granted && left[0] ? JSON.stringify(left) : "");
  };

  const post = leaving => {
    clearTimeout(timer);
    timer = 0;
    if (granted && !quiet) {
      // Where nothing can be stored there is no id either: a new one on each page would be nobody's.
      writeId(readId() || Date.now().toString(36) + "." + random());
      if (!loaded) {
        loaded = 1;
        queue = [].concat(JSON.parse(keep("_rgq") || "[]"), queue);
      }
      if (who) add("identify", who);
      who = 0;
    }
    const id = granted && readId();
    fresh.splice(0).forEach(m => {
      const context = m.context = {...m.context};
      if (n.webdriver) context.bot = true;
      if (keep("_rgs")) context.staff = true;
      if (id) {
        m.anonymousId = id;
        if (link) context.link = link;
        link = 0;
      } else context.daily = true;
      queue.push(m);
    });
    if (!queue[0] || flying[0] && !leaving) return;
    // A sign takes at most three bytes: a request stays below 60 KB, and browsers allow 64 to a page that goes.
    let size = 0;
    const end = queue.findIndex(m => (size += JSON.stringify(m).length) > 19e3);
    const batch = queue.splice(0, end < 0 ? 1e3 : end);
    const body = JSON.stringify({batch: batch, sentAt: new Date()});
    if (leaving) {
      if (n.onLine && n.sendBeacon(target, body)) return post(1);
      queue = batch.concat(queue);
      return save();
    }
    flying = batch;
    const failed = () => {
      queue = flying.concat(queue);
      flying = [];
      wait = Math.min(wait * 2, 3e5);
      save();
      later();
    };
    fetch(target, {method: "POST", body: body, keepalive: true, credentials: "omit"}).then(answer => {
      // Busy or broken over there: again later. Refused for good: dropped.
      if (answer.status == 429 || answer.status > 499) return failed();
      flying = [];
      wait = 1e3;
      save();
      if (queue[0]) later();
    }, failed);
  };

  // Time counts while the page is in front and has the focus.
  const tick = () => {
    const at = Date.now();
    if (since) spent += at - since;
    since = !d.hidden && d.hasFocus() && at;
    scroll = Math.max(scroll, Math.round((w.scrollY + w.innerHeight) / d.documentElement.scrollHeight * 100));
  };
  const engaged = () => {
    tick();
    const seconds = Math.round(spent / 1e3);
    if (seconds) track("Page Engaged", {path: path, seconds: seconds, scroll: scroll});
    spent -= seconds * 1e3;
  };

  const product = element => {
    const found = {};
    ["product", "name", "sku", "price", "quantity"].forEach((name, i) => {
      const value = say(element, name);
      if (value) found[i ? name : "product_id"] = i > 2 ? +value : value;
    });
    return found;
  };
  const view = found => {
    const key = found.product_id || found.name;
    if (!viewed.includes(key)) track("Product Viewed", found);
    viewed.push(key);
  };
  const scan = () => {
    all("[data-regulars-product][data-regulars-view]").forEach(element => view(product(element)));
    all("[data-regulars-event]").forEach(element => track(say(element, "event"), {
      order_id: say(element, "order"),
      products: all("[data-regulars-product]", element).map(product)
    }));
    // What the page says to search engines counts only where it says nothing to us (the two may name a product
    // differently), and only where it is about one product: several are a list.
    const names = {};
    const note = (id, sku, name, price) => {
      names[name] = names[name] || {product_id: id || sku, sku: sku, name: name, price: price};
    };
    const walk = x => {
      if (x.forEach) x.forEach(walk);
      else if (x["@graph"]) walk(x["@graph"]);
      else if (/\bProduct(Group)?\b/.test(x["@type"]))
        note(x.productID || x.productGroupID, x.sku || x.mpn, x.name, ([].concat(x.offers)[0] || {}).price);
    };
    all('script[type="application/ld+json"]').forEach(safe(element => walk(JSON.parse(element.textContent))));
    all('[itemtype$="schema.org/Product"]').forEach(element => {
      const [id, sku, name, price] = ["productID", "sku", "name", "price"].map(name => {
        const found = element.querySelector("[itemprop=" + name + "]");
        return found ? found.content || found.textContent.trim() : undefined;
      });
      note(id, sku, name, price);
    });
    const found = Object.values(names);
    if (found.length == 1 && !viewed[0]) view(found[0]);
  };

  const page = properties => {
    if (path) engaged();
    const url = new URL(location), query = url.searchParams, campaign = {};
    ["source", "medium", "campaign", "term", "content", "id"].forEach(name => {
      const value = query.get("utm_" + name);
      if (value) campaign[name == "campaign" ? "name" : name] = value;
    });
    campaign.click = CLICKS.split(" ").find(name => query.has(name));
    const kept = (options.params || "").split(",");
    [...query.keys()].forEach(name => kept.includes(name) || query.delete(name));
    url.hash = "";
    const referrer = path ? address : d.referrer.split(/[?#]/)[0];
    path = url.pathname;
    address = url.href;
    spent = scroll = 0;
    viewed = [];
    tick();
    add("page", {
      properties: {url: address, path: path, title: d.title, referrer: referrer, ...properties},
      context: {campaign: campaign}
    });
    scan();
  };
  // A page without loading: its title and its products come a moment after its address.
  const moved = () => {
    clearTimeout(moving);
    moving = setTimeout(safe(() => path != location.pathname && page()), 300);
  };

  const consent = (said, isDefault) => {
    const value = said.analytics_storage;
    // A default is no choice of the visitor's: it can hold the id back until there is one, but neither give nor take.
    if (!value || mode == "none" || isDefault && (told || value == "granted")) return;
    granted = value == "granted";
    told = !isDefault;
    if (granted) later();
    else if (told) forget();
  };

  const api = {
    track: track,
    page: page,
    identify: (user, traits) => {
      who = Object(user) === user ? {traits: user} : {userId: user, traits: traits};
      later();
    },
    consent: consent,
    optOut: () => {
      const id = readId();
      fresh = [];
      queue = id && !quiet ? [message("track", {event: "Tracking Refused", anonymousId: id})] : [];
      flying = [];
      granted = who = 0;
      quiet = 1;
      forget();
      keep("_rgo", 1);
      post();
    },
    optIn: () => {
      keep("_rgo", "");
      if (!quiet || signal) return;
      engaged(); // what was read before now is forgotten
      quiet = 0;
      granted = mode == "granted";
      page();
    }
  };
  for (const name in api) api[name] = safe(api[name]);
  // What the page said before this script came waits in a list; afterwards the list's push does it at once.
  const early = w.regulars || [];
  w.regulars = api;
  api.push = safe(([name, ...words]) => api[name](...words));

  // Google's consent mode, which banners speak: what was said before this script came, and what will be.
  const layer = w.dataLayer = w.dataLayer || [], push = layer.push;
  const hear = safe(entry => entry[0] == "consent" && consent(entry[2], entry[1] == "default"));
  layer.forEach(hear);
  layer.push = (...entries) => {
    entries.forEach(hear);
    return push.apply(layer, entries);
  };

  // A personal link, as in a message to a customer: its token leaves the address before that is copied or shared.
  const url = new URL(location);
  let link = url.searchParams.get("rg");
  if (link) {
    url.searchParams.delete("rg");
    history.replaceState(history.state, "", url);
  }
  // Any other hash is not in here, and keep() without a value changes nothing.
  keep("_rgs", {"#regulars-staff": 1, "#regulars-visitor": 0}[url.hash]);
  if (quiet || mode == "none") forget();

  const begin = safe(() => {
    page();
    early.forEach(api.push);
    ["pushState", "replaceState"].forEach(name => {
      const original = history[name];
      history[name] = (...words) => {
        const result = original.apply(history, words);
        moved();
        return result;
      };
    });
    on(w, "popstate", moved);
    on(w, "focus blur scroll", tick);
    on(w, "online", () => {
      wait = 1e3;
      post();
    });
    // Hidden may be the last that is heard of a page. That it is shown again is treated alike: there is nothing to say.
    on(w, "pagehide visibilitychange", () => {
      engaged();
      post(1);
    });
    // Back from the browser's memory, with everything as it was: seen again.
    on(w, "pageshow", event => event.persisted && page());
    on(d, "click", event => {
      const button = event.target.closest("[data-regulars-add],[data-regulars-remove]");
      if (button) {
        const name = button.hasAttribute("data-regulars-add") ? "Product Added" : "Product Removed";
        track(name, product(button.closest("[data-regulars-product]")));
      }
      const out = event.target.closest("a[href]");
      if (/^http/.test(out.protocol) && out.host != location.host) track("Link Clicked Out", {host: out.hostname});
    });
  });
  // A page that the browser fetched ahead is seen when it is shown, if ever.
  if (d.prerendering) on(d, "prerenderingchange", begin);
  else if (d.readyState == "loading") on(d, "DOMContentLoaded", begin);
  else begin();
})();
