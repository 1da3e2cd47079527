
"use strict";
(() => {
  const perPage = 200;
  const byId = (id) => document.getElementById(id);
  const list = byId("issues"), box = byId("filter"), shown = byId("shown"), pages = byId("pages");
  const aside = ["expected", "fixed"];
  const words = new Set(["fails", "waived", "expected", "new", "known", "back", "gone", "open", "fixed", "acknowledged"]);
  const keys = { p: "provider", provider: "provider", o: "operation", operation: "operation", s: "severity", severity: "severity", i: "severity", impact: "severity", r: "rule", rule: "rule", k: "rule", kind: "rule", f: "family", family: "family", c: "case", case: "case", side: "side", id: "id", is: "state" };
  const plain = [...list.children];
  const first = shown.textContent;
  let all = [], usual = [], found = [], page = 1;

  // split cuts a filter at spaces that are not in quotes. It gives the term, whether ! stands
  // before it, its key, and whether it was in quotes.
  function split(text) {
    const terms = [];
    for (const match of text.matchAll(/(!?)(?:([a-z]+):)?(?:"([^"]*)"?|([^\s"]+))|(!?)([a-z]+):(?=\s|$)/gi)) {
      const quoted = match[3] !== undefined;
      let value = quoted ? match[3] : match[4];
      if (value === undefined) continue;
      let key = match[2] && keys[match[2].toLowerCase()];
      if (match[2] && !key) value = match[2] + ":" + value;
      value = value.toLowerCase();
      if (!key && !quoted && words.has(value)) key = "state";
      terms.push({ not: match[1] === "!", key: key || "text", value });
    }
    return terms;
  }

  // pattern makes a test of a value: parts with a comma between them, * for any characters.
  function pattern(value) {
    const parts = value.split(",").filter((part) => part !== "");
    const tests = parts.map((part) => {
      if (!part.includes("*")) return (text) => text === part;
      const whole = new RegExp("^" + part.split("*").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*") + "$", "s");
      return (text) => whole.test(text);
    });
    return (text) => tests.some((test) => test(text));
  }

  function compile(term) {
    const test = pattern(term.value);
    const of = {
      provider: (e) => test(e.operation.split("/")[0].toLowerCase()),
      operation: (e) => test(e.operation.toLowerCase()) || test(e.operation.split("/").slice(1).join("/").toLowerCase()),
      severity: (e) => test(e.level) || test(e.label),
      rule: (e) => test(e.rule.toLowerCase()),
      family: (e) => test((e.family || "other").toLowerCase()),
      case: (e) => term.value.split(",").some((part) => (e.case || "").toLowerCase().includes(part)),
      side: (e) => test(e.side || ""),
      id: (e) => test(e.id),
      state: (e) => (e.states || []).some(test),
      text: (e) => hay(e).includes(term.value),
    }[term.key];
    return term.not ? (e) => !of(e) : of;
  }

  function hay(e) {
    if (e.hay === undefined) {
      e.hay = [e.label, e.text, e.operation, e.rule, e.case, e.family, e.id, e.doc, e.waived, e.sent, e.received, ...(e.states || []), ...(e.files || []), ...(e.details || []).flat()].join("\n").toLowerCase();
    }
    return e.hay;
  }

  function make(name, cls, text) {
    const node = document.createElement(name);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function put(parent, ...children) {
    parent.append(...children.filter((child) => child !== null));
    return parent;
  }

  function code(text) {
    const node = make("pre", "", text);
    node.tabIndex = 0;
    return node;
  }

  // show makes what the page template makes of an issue.
  function show(e) {
    const badge = put(make("span", "badge " + e.level), make("span", "", e.mark), " " + e.label);
    badge.firstChild.setAttribute("aria-hidden", "true");
    const meta = put(make("span", "meta"), make("span", "", e.operation), make("span", "", e.rule), e.case ? make("span", "", e.case) : null,
      e.count > 1 ? make("span", "times", "×" + e.count.toLocaleString("en-US")) : null);
    const summary = put(make("summary"), badge, ...(e.states || []).map((s) => make("span", "state", s)), make("span", "what", e.text), meta);
    const promised = put(make("div", "side"), make("p", "side-title", "Promised"));
    if (e.link) {
      const link = make("a", "", e.doc);
      link.href = e.link;
      link.rel = "noreferrer";
      promised.append(put(make("p"), link));
    } else {
      promised.append(make("p", "", e.doc || "No document."));
    }
    if (e.files) promised.append(put(make("ul", "files"), ...e.files.map((f) => make("li", "", f))));
    const came = put(make("div", "side"), make("p", "side-title", "Came"), make("p", "pre", e.text));
    if (e.sent) came.append(make("p", "label", "Sent"), code(e.sent));
    if (e.received) came.append(make("p", "label", "Received"), code(e.received));
    if (e.details) came.append(put(make("dl", "facts"), ...e.details.map((d) => put(make("div"), make("dt", "", d[0]), make("dd", "", d[1])))));
    const body = make("div", "body");
    if (e.waived) body.append(make("p", "waiver", e.waived));
    body.append(put(make("div", "sides"), promised, came));
    if (e.again) body.append(put(make("p", "again"), make("span", "label", "Again"), " ", make("code", "", e.again)));
    const own = make("a", "", "id " + e.id);
    own.href = "#filter=id:" + encodeURIComponent(e.id);
    const ids = put(make("p", "ids"), own);
    if (e.side) ids.append(" ", make("span", "", "side: " + e.side));
    if (e.family) ids.append(" ", make("span", "", "family: " + e.family));
    body.append(ids);
    const details = put(make("details", "issue " + e.level), summary, body);
    return put(make("li"), details);
  }

  const number = (n) => n.toLocaleString("en-US");

  function draw() {
    const most = Math.max(1, Math.ceil(found.length / perPage));
    page = Math.min(Math.max(1, page), most);
    const from = (page - 1) * perPage;
    const part = found.slice(from, from + perPage);
    const now = box.value.trim();
    const untouched = now === "" && page === 1;
    list.replaceChildren(...(untouched ? plain : part.map(show)));
    pages.hidden = most === 1;
    byId("page").textContent = "Page " + number(page) + " of " + number(most);
    byId("previous").disabled = page === 1;
    byId("next").disabled = page === most;
    let text = number(found.length) + (now ? " of " + number(all.length) : "") + " " + ((now ? all : found).length === 1 ? list.dataset.noun : list.dataset.nouns);
    if (found.length > 1) text += ", the worst first";
    if (most > 1) text += "; these are " + number(from + 1) + " to " + number(from + part.length);
    shown.textContent = text + ".";
    for (const link of document.querySelectorAll(".quick a")) {
      if (stateOf(link.getAttribute("href")).filter === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (found.length === 1) list.querySelector("details").open = true;
  }

  function search() {
    const terms = split(box.value);
    const tests = terms.map(compile);
    const from = terms.some((term) => term.key === "id" || term.key === "state" && !term.not && aside.some(pattern(term.value))) ? all : usual;
    found = tests.length ? from.filter((e) => tests.every((test) => test(e))) : from;
    draw();
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  // stateOf reads a view from an address.
  function stateOf(hash) {
    const state = { filter: "", page: 1 };
    for (const part of hash.replace(/^#/, "").replace(/\+/g, "%20").split("&")) {
      if (part.startsWith("filter=")) state.filter = decoded(part.slice(7)).trim();
      if (part.startsWith("page=")) state.page = parseInt(part.slice(5), 10) || 1;
    }
    return state;
  }

  function isView(hash) { return hash === "" || hash === "#" || hash.startsWith("#filter=") || hash.startsWith("#page="); }

  // keep writes the view into the address.
  function keep(push) {
    const parts = [];
    const filter = box.value.trim();
    if (filter) parts.push("filter=" + encodeURIComponent(filter).replace(/%3A/g, ":").replace(/%20/g, "+").replace(/%2C/g, ","));
    if (page > 1) parts.push("page=" + page);
    const hash = "#" + parts.join("&");
    if (hash === (location.hash || "#")) return;
    history[push ? "pushState" : "replaceState"](null, "", hash);
  }

  function arrive(jump) {
    if (!isView(location.hash)) return;
    const state = stateOf(location.hash);
    box.value = state.filter;
    page = state.page;
    search();
    if (jump && location.hash.length > 1) byId("wrong").scrollIntoView();
  }

  function turn(by) {
    page += by;
    draw();
    keep(true);
    byId("wrong").scrollIntoView();
  }

  let timer = 0;
  function begin() {
    byId("search").hidden = false;
    document.querySelector(".quick").hidden = false;
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { page = 1; search(); keep(false); }, all.length > 20000 ? 200 : 60);
    });
    byId("search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); page = 1; search(); keep(true); });
    byId("clear").addEventListener("click", () => { box.value = ""; page = 1; search(); keep(true); box.focus(); });
    byId("copy-view").addEventListener("click", async (event) => {
      try { await navigator.clipboard.writeText(location.href); event.target.textContent = "Copied"; } catch { event.target.textContent = "Copy it from the address"; }
    });
    byId("previous").addEventListener("click", () => turn(-1));
    byId("next").addEventListener("click", () => turn(1));
    addEventListener("hashchange", () => arrive(true));
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement !== box) { event.preventDefault(); box.focus(); }
    });
    arrive(true);
    document.documentElement.dataset.ready = "true";
  }

  // read unpacks the issues.
  async function read() {
    const rest = byId("rest");
    const bytes = Uint8Array.from(atob(rest.content.textContent), (c) => c.charCodeAt(0));
    rest.remove();
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    all = JSON.parse(await new Response(stream).text());
    usual = all.filter((e) => !(e.states || []).some((s) => aside.includes(s)));
  }

  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll(".issues details")) d.open = true; });
  read().then(begin, () => { shown.textContent = first + " This browser cannot unpack the others, so it cannot filter."; });
})();
