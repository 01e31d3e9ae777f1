// Every page works without this file. It keeps half-written text safe and lists fresh, and answers to the keyboard.
(() => {
  "use strict";
  const body = document.body;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, f, where = document) => where.addEventListener(type, f);
  const byId = (id) => id && document.getElementById(id);
  const words = "textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])";
  const typing = () => document.activeElement?.matches(words);
  const attempt = (f) => { try { return f(); } catch { } }; // storage may be off or full

  // == drafts: kept here until the server has them, by person, 12 hours at most
  const shelf = `draft:${body.dataset.person || ""}:`;
  const place = (form) => shelf + form.dataset.draft;
  const get = (key) => attempt(() => JSON.parse(localStorage.getItem(key)));
  const drop = (key) => attempt(() => localStorage.removeItem(key));
  const stored = () => attempt(() => Object.keys(localStorage).filter((k) => k.startsWith("draft:"))) || [];
  const forms = () => all("form[data-draft]");
  const controls = (form) => [...form.elements].filter((c) => c.name && !/^(password|file|submit|button)$/.test(c.type));
  const state = (form, text) => { for (const line of all("[data-draft-state]", form)) line.textContent = text; };
  const timers = new Map();
  const later = (form, ms) => { calm(form); timers.set(form, setTimeout(send, ms, form)); };
  const calm = (form) => { clearTimeout(timers.get(form)); timers.delete(form); };

  const written = (form) => {
    const out = new URLSearchParams();
    for (const c of controls(form)) if (!/^(radio|checkbox)$/.test(c.type) || c.checked) out.append(c.name, c.value);
    return out;
  };
  const send = async (form, leaving) => {
    calm(form);
    const fields = written(form);
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: fields, keepalive: leaving, redirect: "error" });
      if (answer.status === 401) return state(form, "You are signed out: send it and sign in.");
      if (!answer.ok) throw answer;
      if (`${written(form)}` === `${fields}`) drop(place(form));
      state(form, "Draft kept, just now");
    } catch {
      state(form, "Kept in this browser; the server cannot be reached.");
      later(form, 15000);
    }
  };
  const changed = (form) => {
    attempt(() => localStorage.setItem(place(form), JSON.stringify({ at: Date.now(), fields: [...written(form)] })));
    later(form, 1500);
  };
  const restore = (form) => {
    const kept = get(place(form));
    if (!kept || form.dataset.restored) return;
    form.dataset.restored = "";
    let back = false;
    for (const c of controls(form)) {
      const values = kept.fields.filter(([name]) => name === c.name).map(([, value]) => value);
      if (c.matches("textarea, input:not([type=hidden])") && c.matches(words) && !c.value && values[0]) back = c.value = values[0];
      if (c.type === "radio" && values.includes(c.value) && !form.elements[c.name].value) back = c.checked = true;
      if (c.type === "checkbox" && values.includes(c.value) && !c.checked) back = c.checked = true;
    }
    if (!back) return;
    state(form, "What you had typed is back.");
    form.closest("details")?.setAttribute("open", "");
    later(form, 5000);
  };

  for (const key of stored()) if (!(Date.now() - get(key)?.at < 12 * 3600e3)) drop(key);

  // The form sent last arrived if this is the person's page, no error, without that form.
  const sent = attempt(() => sessionStorage.getItem("sent"));
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;
  if (sent?.startsWith(shelf) && body.dataset.person && status < 400 && !forms().some((f) => place(f) === sent)) drop(sent);
  attempt(() => sessionStorage.removeItem("sent"));

  on("input", ({ target: { form } }) => { if (form?.dataset.draft) changed(form); });
  on("visibilitychange", () => { if (document.hidden) for (const form of timers.keys()) send(form, true); });

  // == one press, one sending
  const free = (form) => {
    delete form.dataset.sending;
    for (const b of all("[aria-busy]", form)) b.removeAttribute("aria-busy");
  };
  const once = (e, form, button) => {
    if ("sending" in form.dataset) return e.preventDefault();
    form.dataset.sending = "";
    button?.setAttribute("aria-busy", "true");
    setTimeout(free, 10000, form);
    calm(form);
  };
  const posts = "form[method=post]";
  on("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || !form.matches(posts)) return;
    once(e, form, e.submitter);
    if (form.dataset.draft) attempt(() => sessionStorage.setItem("sent", place(form)));
    if ("forget" in form.dataset) for (const key of stored()) if (key.startsWith(shelf)) drop(key);
  });
  on("htmx:beforeRequest", (e) => {
    if (e.detail.elt.matches(posts)) once(e, e.detail.elt, e.detail.requestConfig.triggeringEvent?.submitter);
  });
  on("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (!elt.matches("form")) return;
    free(elt);
    if (elt.dataset.draft && xhr.status >= 200 && xhr.status < 400) drop(place(elt));
  });

  for (const type of ["htmx:sendError", "htmx:responseError"]) on(type, ({ detail: { elt } }) => state(elt, "That did not arrive. Your text is kept; try again."));

  // == live: told what changed, regions ask again, never while typed in
  const stale = new Set(), soon = new Map();
  let source, missed = false, said = 0, held = {};
  const regions = (more = "") => all("[data-live]" + more);
  const refresh = (el) => {
    clearTimeout(soon.get(el));
    soon.set(el, setTimeout(() => {
      soon.delete(el);
      stale.delete(el);
      if (!el.isConnected || !window.htmx) return;
      if (document.hidden || (typing() && el.contains(document.activeElement))) stale.add(el);
      else htmx.trigger(el, "refresh");
    }, 300));
  };
  const listen = () => {
    if (!body.dataset.events || source) return;
    source = new EventSource(body.dataset.events);
    source.onmessage = ({ data }) => {
      const told = data.split(" ");
      for (const el of regions()) if (!el.dataset.live || `resync ${el.dataset.live}`.split(" ").some((w) => told.includes(w))) refresh(el);
    };
    source.onerror = () => { missed = true; if (source?.readyState === 2) source = null; };
    source.onopen = () => { if (missed) regions().forEach(refresh); missed = false; };
  };
  on("focusout", () => setTimeout(() => stale.forEach(refresh), 200));
  on("visibilitychange", () => { if (!document.hidden) { listen(); stale.forEach(refresh); } });
  setInterval(() => { if (!document.hidden) { listen(); regions("[data-tick]").forEach(refresh); } }, 60000);
  on("pagehide", () => { source?.close(); source = null; }, window);

  // A swap leaves the focus; a change is said politely.
  on("htmx:beforeSwap", ({ detail: { target } }) => {
    const at = target.contains(document.activeElement) && document.activeElement, href = at && at.getAttribute("href");
    const live = "live" in target.dataset; // data-says: what is said of its news, if that is another than before
    held = { text: target.dataset.says || target.textContent, say: live && (target.dataset.say || "This page was updated."), find: href && `a[href="${CSS.escape(href)}"]`,
      open: live && all("details", target).map((d) => d.open) };
  });
  on("htmx:afterSettle", ({ target }) => {
    const { text, find, open } = held, says = target.dataset.says, say = held.say && (says || held.say);
    held = {};
    all("details", target).forEach((d, i, now) => { if (open && open.length === now.length && open[i]) d.open = true; });
    if (find && document.activeElement === body) document.querySelector(find)?.focus({ preventScroll: true });
    if (say && (says || target.textContent) !== text && Date.now() - said > 15000) { said = Date.now(); byId("live").textContent = say; }
    arrive();
  });

  // == keyboard
  let going = 0;
  const use = (el) => {
    const panel = byId(el.hash?.slice(1)) || el.closest("summary")?.parentElement;
    if (el.matches("input")) { el.focus(); el.select(); }
    else if (panel?.matches("details")) { panel.open = true; (panel.querySelector("textarea, select, input:not([type=hidden])") || panel).focus(); }
    else el.click();
  };
  const step = (by) => {
    const rows = all(".row a"), at = rows.indexOf(document.activeElement);
    const from = at < 0 ? rows.findIndex((a) => a.hasAttribute("aria-current")) : at;
    rows[Math.max(0, Math.min(rows.length - 1, from + by))]?.focus();
  };
  on("keydown", (e) => {
    const key = CSS.escape(e.key), then = Date.now() - going < 1200;
    if (e.key === "Escape") for (const menu of all(".person-menu[open]")) { menu.open = false; menu.firstElementChild.focus(); }
    if (!("shortcuts" in body.dataset) || e.ctrlKey || e.metaKey || e.altKey || typing() || document.querySelector("dialog[open]")) return;
    going = 0;
    const control = all(then ? `[data-go="${key}"]` : `[data-shortcut="${key}"]`).find((el) => el.getClientRects().length);
    if (control) use(control);
    else if (then) return;
    else if (e.key === "g") going = Date.now();
    else if (e.key === "j" || e.key === "k") step(e.key === "j" ? 1 : -1);
    else if (e.key === "?") byId("shortcuts")?.showModal();
    else return;
    e.preventDefault();
  });

  // A form filled while somebody talks is sent by its button, or by Ctrl or ⌘ with Enter; Enter alone would be an accident.
  on("keydown", (e) => {
    const send = byId(e.target.form?.dataset.submitKey);
    if (!send || e.key !== "Enter" || e.isComposing) return;
    if (e.ctrlKey || e.metaKey) send.click();
    else if (!e.target.matches("input")) return;
    e.preventDefault();
  });

  // The arrow leads from a search to what it found.
  on("keydown", (e) => {
    const found = e.key === "ArrowDown" && document.querySelector(`#${CSS.escape(e.target.dataset?.finds || "-")} input:checked`);
    if (!found) return;
    found.focus();
    e.preventDefault();
  });

  // == dialogs, menus, closed panels
  on("click", (e) => {
    const opener = e.target.closest("[data-opens]"), dialog = byId(opener?.dataset.opens);
    const link = e.target.closest('a[href^="#"]');
    for (const menu of all(".person-menu[open]")) if (!menu.contains(e.target)) menu.open = false;
    if (dialog) dialog.showModal();
    else if (link && byId(link.hash.slice(1))?.matches("details")) use(link);
    else return;
    e.preventDefault();
  });

  // == a suggestion is taken by hand, never by itself
  on("click", ({ target }) => byId(target.closest("[data-picks]")?.dataset.picks)?.click());
  on("change", () => { for (const b of all("[data-picks]")) b.setAttribute("aria-pressed", !!byId(b.dataset.picks)?.checked); });

  // == a number and the bar beside it
  on("input", ({ target }) => {
    const bar = byId(target.dataset?.bar), most = bar?.dataset.most;
    if (bar) bar.setAttribute("width", `${Math.max(0, Math.min(100, ((target.value === "" ? target.placeholder : parseInt(target.value, 10) || 0) / most) * 100))}%`);
  });

  // == the clock of a call
  const tick = () => {
    for (const el of all("[data-clock-from]")) {
      const s = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.clockFrom)) / 1000));
      el.textContent = new Date(s * 1000).toISOString().slice(s < 3600 ? 14 : 11, 19);
    }
  };
  if (all("[data-clock-from]").length) { tick(); setInterval(tick, 1000); }

  // == signed in again: what was being sent goes on its way
  document.querySelector("form[data-resume]")?.requestSubmit();

  // == what has just come
  const here = document.querySelector("[data-here]")?.dataset.here; // where a reload finds this form again
  if (here) history.replaceState(history.state, "", here);
  const arrive = () => {
    forms().forEach(restore);
    if (!typing()) document.querySelector("[data-focus]")?.focus();
    for (const el of all("[data-focus]")) el.removeAttribute("data-focus");
  };
  on("pageshow", (e) => {
    all("form[data-sending]").forEach(free);
    listen();
    if (e.persisted) regions().forEach(refresh);
  }, window);
  arrive();
})();
