// The desk's keys. Every page works without this file; with it no hand leaves the keyboard.
"use strict";

const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
const item = document.getElementById("item");
const CHECK_AFTER_MS = 250;

// Always an answer in JSON: a line that is down, or a page where JSON was expected, is told in words
// and loses nothing of what was typed.
async function send(path, values) {
  const unreached = (status) => new Response(JSON.stringify({ wrong: document.body.dataset.unreached }), { status });
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": csrf },
      body: JSON.stringify(values),
      redirect: "error",
    });
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    return isJson ? answer : unreached(answer.ok ? 502 : answer.status);
  } catch {
    return unreached(503);
  }
}

// What went wrong while one works, said where it is seen and heard; empty when it is right again.
// What the server said when it sent the page stays.
function tellWrong(text) {
  const place = document.getElementById("alert");
  if (!place || place.textContent === text || !text && !place.dataset.live) return;
  place.dataset.live = "1";
  place.textContent = text;
  place.toggleAttribute("hidden", !text);
}

// A form is sent once: whoever presses twice does not answer twice. Coming back, it can be sent again.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    delete form.dataset.reached;
  }
});

// --- keys of every page: Alt and a letter, by its place, so that an Arabic keyboard works too ---
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const target = document.querySelector(`[data-key="${event.code}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName !== "DETAILS") return target.click();
  target.open = true;
  target.querySelector("form select, form input:not([type=hidden])")?.focus();
});

// --- the list ---
const rows = [...document.querySelectorAll("#queue a.row")];
let row = -1;
if (rows.length) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.altKey || event.ctrlKey) return;
    const step = { KeyJ: 1, ArrowDown: 1, KeyK: -1, ArrowUp: -1 }[event.code];
    if (!step) return;
    event.preventDefault();
    row = Math.min(Math.max(row + step, 0), rows.length - 1);
    rows[row].focus();
  });
}

// --- one dossier ---
if (item) {
  const form = document.getElementById("fields");
  const fields = [...form.querySelectorAll(".field")];
  const input = (field) => field.querySelector("input:not([type]), select");
  const kept = (field) => field.querySelector("input[type=hidden]").value;
  const ok = (field) => field.querySelector("input[type=checkbox]");
  const isMine = document.getElementById("state").dataset.mine === "1";
  const path = `/item/${item.dataset.task}`;
  let current = fields.find((field) => input(field) === document.activeElement) ?? fields[0];
  let isUsed = false;
  let timer = 0;
  let asked = 0;

  function show(field) {
    current?.classList.remove("current");
    current = field;
    field.classList.add("current");
    for (const box of document.querySelectorAll("rect[data-box]")) {
      box.classList.toggle("current", box.dataset.box === field.dataset.field);
    }
    const { crop, box, page } = field.dataset;
    for (const view of document.querySelectorAll("svg[data-crop]")) {
      const isHere = Boolean(crop) && view.dataset.crop === page;
      view.toggleAttribute("hidden", !isHere);
      if (!isHere) continue;
      view.setAttribute("viewBox", crop);
      const [x, y, width, height] = box.split(" ");
      const rect = view.querySelector("rect");
      Object.entries({ x, y, width, height }).forEach(([name, value]) => rect.setAttribute(name, value));
    }
    document.getElementById("no-place")?.toggleAttribute("hidden", Boolean(crop));
    const paper = document.querySelector(".paper");
    const rect = paper.querySelector("rect.current")?.getBoundingClientRect();
    if (rect) paper.scrollTop += rect.top - paper.getBoundingClientRect().top - paper.clientHeight / 2;
  }

  function go(step) {
    const next = fields[fields.indexOf(current) + step];
    if (!next) return document.getElementById("send")?.focus();
    input(next).focus();
    input(next).select?.();
  }

  function mark(field) {
    const isReady = ok(field).checked || input(field).value.trim() !== kept(field).trim();
    field.classList.toggle("ready", isReady);
  }

  function typed() {
    const values = {};
    for (const field of fields) {
      const name = field.dataset.field;
      if (!field.classList.contains("ready")) continue;
      values[`value:${name}`] = input(field).value;
      values[`ok:${name}`] = "1";
    }
    return values;
  }

  // The server adds up: the page shows what it answers, the latest answer alone.
  function checkSoon() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++asked;
      const answer = await send(`${path}/check`, typed());
      if (number !== asked) return;
      const found = await answer.json();
      tellWrong(answer.ok ? "" : found.wrong);
      if (!answer.ok) return;
      const part = (name) => document.querySelector(`[data-sum=${name}]`);
      const isUnfit = found.unfit.length > 0;
      for (const field of fields) field.classList.toggle("unfit", found.unfit.includes(field.dataset.field));
      if (!part("lines")) return;
      if (!isUnfit) {
        part("lines").textContent = found.lines;
        part("total").textContent = found.total;
        part("difference").textContent = found.difference;
      }
      part("closes").toggleAttribute("hidden", isUnfit || !found.is_closed);
      part("differs").toggleAttribute("hidden", isUnfit || found.is_closed);
      part("unfit").toggleAttribute("hidden", !isUnfit);
      const labels = fields.filter((field) => found.unfit.includes(field.dataset.field));
      part("names").textContent = labels.map((field) => field.querySelector("label").textContent).join(", ");
    }, CHECK_AFTER_MS);
  }

  function take(field, value) {
    if (!isMine) return;
    input(field).value = value;
    mark(field);
    checkSoon();
  }

  for (const field of fields) {
    input(field).addEventListener("focus", () => show(field));
    input(field).addEventListener("input", () => { mark(field); checkSoon(); });
    ok(field).addEventListener("change", () => { mark(field); checkSoon(); });
    for (const button of field.querySelectorAll("[data-take]")) {
      button.addEventListener("click", () => { take(field, button.dataset.take); input(field).focus(); });
    }
  }
  for (const box of document.querySelectorAll(".paper rect[data-box]")) {
    box.addEventListener("click", () => {
      const field = fields.find((one) => one.dataset.field === box.dataset.box);
      if (field) input(field).focus();
    });
  }

  form.addEventListener("keydown", (event) => {
    const field = event.target.closest(".field");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      return document.getElementById("send")?.click();
    }
    if (!field) return;
    const reading = event.altKey && { Digit1: 0, Digit2: 1 }[event.code];
    if (event.altKey && reading !== undefined) {
      const button = field.querySelectorAll("[data-take]")[reading];
      if (button) { event.preventDefault(); take(field, button.dataset.take); }
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isMine) { ok(field).checked = true; mark(field); checkSoon(); }
      go(1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target.tagName === "SELECT" && event.altKey) return;
      event.preventDefault();
      go(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      ok(field).checked = false;
      take(field, kept(field));
    }
  });

  // A dossier is held while somebody works on it, and comes free when nobody does.
  document.addEventListener("input", () => { isUsed = true; });
  document.addEventListener("keydown", () => { isUsed = true; });
  if (isMine) {
    setInterval(async () => {
      if (!isUsed) return;
      isUsed = false;
      const answer = await send(`${path}/keep`, {});
      // What was typed stays: it can be read, copied, or sent when the line is there again.
      tellWrong(answer.ok ? "" : (await answer.json()).wrong);
    }, Math.max(2, Number(item.dataset.lease) / 4) * 1000);
  }
  // What was typed into a form that was not kept stands there again: it is added up at once.
  if (fields.some((field) => field.classList.contains("ready"))) checkSoon();
  // A form is not given to a desk that is not there, or to a session that has ended.
  const lost = new Set([401, 403, 502, 503]);
  for (const one of isMine ? document.querySelectorAll("form[method=post].kept") : []) {
    one.addEventListener("submit", async (event) => {
      if (one.dataset.reached) return;
      event.preventDefault();
      const answer = await send(`${path}/keep`, {});
      if (lost.has(answer.status)) return tellWrong((await answer.json()).wrong);
      one.dataset.reached = "1";
      one.requestSubmit(event.submitter);
    });
  }
  if (current) show(current);
  if (isMine && current) { input(current).focus({ preventScroll: true }); input(current).select?.(); }
}
