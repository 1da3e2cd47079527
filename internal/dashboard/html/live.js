
"use strict";
(() => {
  const live = document.getElementById("live"), news = document.getElementById("news");
  const sources = new WeakMap();
  const fresh = "This page updates by itself.", minute = 60000;
  let shown = document.body.dataset.revision, busy = false, again = false;

  // parts are the pieces of the page that are replaced one by one: a piece that is the same
  // stays, with the focus and what is scrolled in it.
  const parts = (page) => [page.getElementById("head"), ...page.getElementById("main").children];
  for (const part of parts(document)) sources.set(part, part.outerHTML);

  function replace(page) {
    const main = document.getElementById("main");
    const focus = document.activeElement;
    const name = focus && (focus.id ? "#" + CSS.escape(focus.id) : focus.getAttribute("href") ? 'a[href="' + CSS.escape(focus.getAttribute("href")) + '"]' : focus.getAttribute("aria-labelledby") ? '[aria-labelledby="' + CSS.escape(focus.getAttribute("aria-labelledby")) + '"]' : "");
    const before = new Map(parts(document).map((part) => [part.id, part]));
    const scrolled = new Map([...document.querySelectorAll(".scroll")].map((box) => [box.getAttribute("aria-labelledby"), [box.scrollLeft, box.scrollTop]]));
    const next = parts(page).map((part) => {
      const source = part.outerHTML, was = before.get(part.id);
      if (was && sources.get(was) === source) return was;
      const made = document.importNode(part, true);
      sources.set(made, source);
      if (was) was.replaceWith(made);
      return made;
    });
    const [, ...sections] = next;
    if (sections.length !== main.children.length || sections.some((part, i) => main.children[i] !== part)) main.replaceChildren(...sections);
    for (const box of document.querySelectorAll(".scroll")) {
      const was = scrolled.get(box.getAttribute("aria-labelledby"));
      if (was) [box.scrollLeft, box.scrollTop] = was;
    }
    if (name && document.activeElement !== focus) document.querySelector(name)?.focus({ preventScroll: true });
    document.title = page.title;
  }

  // update asks for the page again, once at a time and at most once a second.
  async function update() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const response = await fetch(location.href, { cache: "no-store", redirect: "error" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (page.getElementById("main") && page.body.dataset.revision) {
        const said = document.getElementById("headline").textContent;
        replace(page);
        shown = page.body.dataset.revision;
        const says = document.getElementById("headline").textContent;
        if (says !== said) news.textContent = says;
        if (events?.readyState === EventSource.OPEN) live.textContent = fresh;
      }
    } catch {
      live.textContent = "This page could not be updated. It tries again by itself; what it shows may be old.";
    }
    setTimeout(() => {
      busy = false;
      if (again) { again = false; update(); }
    }, 1000);
  }

  // connect waits for changes, while somebody can see the page: a browser has few connections
  // to one server, and the pages of all its windows share them.
  let events = null;
  function connect() {
    if (document.hidden || events && events.readyState !== EventSource.CLOSED) return;
    events = new EventSource("/events?since=" + encodeURIComponent(shown));
    events.addEventListener("open", () => { live.textContent = fresh; document.documentElement.dataset.live = "true"; });
    events.addEventListener("changed", (event) => { if (event.data !== shown) update(); });
    events.addEventListener("error", (event) => {
      live.textContent = event.target.readyState === EventSource.CLOSED ? "This page does not update by itself. Reload it to see more." : "The connection is lost. This page tries again by itself; what it shows may be old.";
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) events?.close();
    connect();
  });
  connect();
  setInterval(() => { if (!document.hidden) update(); }, minute); // how long ago things were
})();
