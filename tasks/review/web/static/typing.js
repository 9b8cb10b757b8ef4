// Typing mode: one column typed from top to bottom, without a hand leaving the keyboard.
// Registers and tariff are asked by POST; the server alone decides what is kept and who types next.
"use strict";

const root = document.getElementById("typing");
if (root) {
  const state = JSON.parse(root.dataset.state);
  const zoneOf = JSON.parse(root.dataset.zoneOf);
  const here = `/type/${root.dataset.task}`;
  const isMine = document.getElementById("state").dataset.mine === "1";
  const isMoneyOnly = state.pass === 2;
  const sheet = document.getElementById("sheet");
  const total = document.getElementById("total");
  const body = document.querySelector("#lines tbody");
  const rowsOf = () => [...body.querySelectorAll(".line")];
  const fields = new Map([...sheet.querySelectorAll(".field")].map((one) => [one.dataset.field, one]));
  const input = (field) => field.querySelector("input");
  const value = (name) => input(fields.get(name)).value.trim();
  const part = (row, name) => row.querySelector(`[data-part=${name}]`);
  const extras = (row) => [...row.querySelectorAll("[data-extra]")];
  const person = { state: "", members: [], chosen: null };
  let isMoreShown = false;
  const isCin = (text) => /^[A-Z]{1,2}\d{4,6}$/.test(text);

  // --- strokes and seconds: what types or navigates counts, a pause over a minute does not ---
  const PAUSE_MS = 60_000;
  const SILENT = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Dead", "Process"]);
  const effort = { strokes: 0, active: 0, last: performance.now() };
  function work() {
    const now = performance.now();
    if (now - effort.last <= PAUSE_MS) effort.active += now - effort.last;
    effort.last = now;
  }
  document.addEventListener("pointerdown", work, true);
  document.addEventListener("keydown", (event) => {
    work();
    if (event.repeat || SILENT.has(event.key)) return;
    effort.strokes += 1;
    document.getElementById("strokes").textContent = effort.strokes;
  }, true);

  // --- how dates and amounts are completed ---
  const day = (text) => { const [d, m, y] = text.split("/").map(Number); return new Date(y, m - 1, d); };
  const written = (date) => [String(date.getDate()).padStart(2, "0"), String(date.getMonth() + 1).padStart(2, "0"), date.getFullYear()].join("/");
  const latest = day(state.latest);
  // "18", "1811", "181126" and "18112026" are days up to the day of receipt.
  function fullDate(text) {
    const three = text.split(/[/.\-\s]/).filter(Boolean);
    const digits = three.length === 3 ? three.map((one) => one.padStart(2, "0")).join("") : text.replace(/\D/g, "");
    if (!digits || digits.length > 8 || digits.length % 2 && digits.length > 1) return text;
    const d = Number(digits.slice(0, 2));
    let m = digits.length > 2 ? Number(digits.slice(2, 4)) : latest.getMonth() + 1;
    let y = digits.length > 4 ? Number(digits.slice(4)) : latest.getFullYear();
    if (digits.length === 6) y += y + 2000 > latest.getFullYear() ? 1900 : 2000;
    if (digits.length <= 2 && new Date(y, m - 1, d) > latest) m -= 1;
    if (m === 0) { m = 12; y -= 1; }
    if (digits.length <= 4 && new Date(y, m - 1, d) > latest) y -= 1;
    const found = new Date(y, m - 1, d);
    return found.getDate() === d && found.getMonth() === m - 1 ? written(found) : text;
  }
  function fullAmount(text) {
    const plain = text.replace(/\s/g, "").replace(".", ",");
    if (/^\d{1,9}$/.test(plain)) return `${plain},00`;
    return /^\d{1,9},\d$/.test(plain) ? `${plain}0` : plain;
  }
  const cents = (text) => /^\d{1,9},\d\d$/.test(text) ? Number(text.replace(",", "")) : null;
  const shown = (minor) => `${minor < 0 ? "-" : ""}${String(Math.floor(Math.abs(minor) / 100)).replace(/\B(?=(\d{3})+$)/g, "\u202f")},${String(Math.abs(minor) % 100).padStart(2, "0")}`;

  function addUp() {
    const sum = rowsOf().reduce((all, row) => all + (cents(part(row, "amount").value) ?? 0), 0);
    const stated = cents(total.value);
    const show = (name) => document.querySelector(`[data-sum=${name}]`);
    show("lines").textContent = shown(sum);
    show("closes").toggleAttribute("hidden", stated === null || stated !== sum);
    show("differs").toggleAttribute("hidden", stated === null || stated === sum);
    if (stated !== null) show("difference").textContent = shown(stated - sum);
  }

  // --- look-ups ---
  const place = (one) => one.closest(".field, td");
  function tell(one, text, isWrong = false) {
    place(one).classList.toggle("unfit", isWrong);
    const told = place(one).querySelector(".told");
    if (told) told.textContent = text;
  }
  function alarm(text) {
    const place = document.getElementById("alert");
    place.textContent = text;
    place.toggleAttribute("hidden", !text);
  }
  async function ask(what, text) {
    const typed = value("insured_key");
    const insured = person.chosen?.insured_number ?? (isCin(typed) ? "" : typed);
    const answer = await send(`${here}/look-up`, { what, text, form: state.form, scheme: state.scheme, insured });
    const found = await answer.json();
    if (answer.ok) return found;
    alarm(found.wrong);
    return null;
  }
  async function askProvider(one) {
    const asked = one.value.replace(/\s/g, "");
    if (one.dataset.asked === asked) return;
    one.dataset.asked = asked;
    if (!asked) return tell(one, "");
    const found = await ask("provider", asked);
    if (!found || one.dataset.asked !== asked) return;
    if (found.state !== "found") return tell(one, root.dataset[found.state], true);
    tell(one, [found.name, found.specialty, found.sector].filter(Boolean).join(" · "));
  }
  // A complement or an appeal names an earlier dossier, which must be of the same insured person.
  async function askEarlier(one) {
    const asked = one.value;
    if (one.dataset.asked === asked) return;
    one.dataset.asked = asked;
    if (!asked) return tell(one, "");
    const found = await ask("dossier", asked);
    if (!found || one.dataset.asked !== asked) return;
    if (found.state === "found") return tell(one, `${root.dataset.earlier} ${found.deposit_date}`);
    tell(one, found.state === "other" ? root.dataset.other : root.dataset.noDossier, true);
  }
  async function askHousehold(one) {
    const asked = one.value.replace(/\s/g, "").toUpperCase();
    if (one.dataset.asked === asked) return;
    one.dataset.asked = asked;
    Object.assign(person, { state: "", members: [], chosen: null });
    if (!asked) return arrange();
    const found = await ask("household", asked);
    if (!found || one.dataset.asked !== asked) return;
    person.state = found.state;
    person.members = found.members ?? [];
    const isKnown = found.state === "found";
    tell(one, isKnown ? person.members[0].insured_name : root.dataset[found.state], !isKnown);
    const member = input(fields.get("member"));
    setChoices(member, person.members.map((each, place) => ({
      key: String(place + 1), value: String(place),
      label: `${each.name} · ${each.birth_date} · ${each.sex_word}`,
    })));
    const likely = person.members.filter((one) => one.birth_date === value("beneficiary_birth_date"));
    const same = likely.filter((one) => one.name === value("beneficiary_name"));
    const sure = same.length === 1 ? same : likely;
    if (person.members.length === 1) pick(member, "0");
    else if (sure.length === 1) pick(member, String(person.members.indexOf(sure[0])));
    else if (member.dataset.early) pickKey(member, member.dataset.early);
    arrange();
  }

  // --- fields chosen by one key: kind of care, member of the household, documents ---
  const lists = new WeakMap();
  function setChoices(one, choices) {
    lists.set(one, choices);
    one.readOnly = true;
    const list = place(one).querySelector(".choices");
    list.replaceChildren(...choices.map((choice) => {
      const entry = document.createElement("li");
      const key = document.createElement("kbd");
      key.textContent = choice.key;
      entry.append(key, ` ${choice.label}`);
      entry.dataset.value = choice.value;
      entry.addEventListener("click", () => pick(one, choice.value));
      return entry;
    }));
    list.toggleAttribute("hidden", document.activeElement !== one || !choices.length);
  }
  const isMany = (one) => place(one).dataset.as === "pieces";
  const chosen = (one) => (one.dataset.chosen ?? "").split(" ").filter(Boolean);
  function pick(one, wanted) {
    const before = chosen(one);
    const now = !isMany(one) ? [wanted] : before.includes(wanted) ? before.filter((each) => each !== wanted) : [...before, wanted];
    one.dataset.chosen = now.join(" ");
    const choices = lists.get(one) ?? [];
    one.value = choices.filter((each) => now.includes(each.value)).map((each) => each.label).join(" + ");
    for (const entry of place(one).querySelectorAll(".choices li")) entry.classList.toggle("chosen", now.includes(entry.dataset.value));
    if (place(one).dataset.field === "member") {
      person.chosen = person.members[Number(wanted)];
      tell(one, "");
    }
    if (place(one).dataset.field !== "care_kind") return;
    for (const row of rowsOf()) if (!part(row, "act").value) row.dataset.drug = wanted === "pharmacy" ? "1" : "0";
    arrange();
    rowsOf().forEach(arrangeLine);
  }
  function pickKey(one, key) {
    const choice = (lists.get(one) ?? []).find((each) => each.key === key);
    if (choice) pick(one, choice.value);
    return Boolean(choice);
  }

  // --- lines: a drug by EAN or name, an act by letter and coefficient, code or label ---
  const isDrug = (row) => row.dataset.drug === "1";
  const acts = new WeakMap();
  const letters = new Map(Object.keys(state.letters).map((one) => [one.toUpperCase(), one]));
  function labelled(act) {
    return act.label || state.letters[act.letter] || "";
  }
  function setAct(row, act) {
    acts.set(row, act);
    const one = part(row, "act");
    one.value = act.ean || act.code || `${act.letter}${act.coefficient && act.coefficient !== "1" ? ` ${act.coefficient}` : ""}`;
    one.dataset.done = one.value;
    const price = act.price ? ` · ${shown(act.price)}` : "";
    tell(one, labelled(act) + price);
    setFound(row, []);
  }
  function addLine(values = {}) {
    const row = document.getElementById("line").content.firstElementChild.cloneNode(true);
    body.append(row);
    row.dataset.drug = input(fields.get("care_kind")).dataset.chosen === "pharmacy" ? "1" : "0";
    part(row, "quantity").value = values.quantity || "1";
    part(row, "care_date").value = values.care_date || "";
    for (const one of extras(row)) one.value = values[one.dataset.extra] || "";
    arrangeLine(row);
    if (values.letter || values.code || values.ean) setAct(row, { letter: "", code: "", ean: "", coefficient: "", label: "", ...values });
    if (isMoneyOnly) {
      for (const one of row.querySelectorAll("input:not([data-part=amount])")) one.readOnly = true;
      for (const one of row.querySelectorAll("select")) one.disabled = true;
    }
    number();
    return row;
  }
  function number() {
    rowsOf().forEach((row, place) => {
      row.querySelector("th").textContent = place + 1;
      bothTyped(row.querySelector(".both-typed"), part(row, "amount"), `lines[+${place + 1}].amount_minor`);
    });
  }
  // The third person sees what both typed; nobody else sees anything.
  function bothTyped(where, one, name) {
    where.replaceChildren(...(state.amounts[name] ?? []).map((text, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.append(Object.assign(document.createElement("kbd"), { textContent: `Alt ${place + 1}` }), ` ${text}`);
      button.addEventListener("click", () => { one.value = text; addUp(); one.focus(); });
      return button;
    }));
  }
  // Beneath an act stand the fields of its line: those of the kind of care, the others on F4.
  function arrangeLine(row) {
    const kind = input(fields.get("care_kind")).dataset.chosen;
    for (const one of extras(row)) {
      const label = one.closest("label");
      const isOfKind = label.dataset.kinds.split(" ").filter(Boolean).includes(kind);
      label.toggleAttribute("hidden", !(isOfKind || one.value || row.dataset.more === "1"));
    }
  }
  const founds = new WeakMap();
  function setFound(row, found, at = -1) {
    founds.set(row, { found, at });
    const list = part(row, "act").closest("td").querySelector(".choices");
    list.toggleAttribute("hidden", !found.length);
    list.replaceChildren(...found.map((each, place) => {
      const entry = document.createElement("li");
      const price = each.price ? ` · ${shown(each.price)}` : "";
      entry.append(Object.assign(document.createElement("kbd"), { textContent: place + 1 }), ` ${each.code} ${each.label}${price}`);
      entry.classList.toggle("chosen", place === at);
      entry.dataset.value = each.ean || each.code;
      entry.addEventListener("click", () => { setAct(row, each); part(row, "quantity").focus(); });
      return entry;
    }));
  }
  function writtenLetter(text) {
    // "k80" is a letter with its coefficient, unless an act has that code: D700 is an act, D×10.
    const act = state.acts[text.toUpperCase()];
    if (act) return act;
    const code = state.codes[text.toUpperCase()];
    if (code) return { letter: "", coefficient: "", code, ean: "", label: "" };
    const match = /^([A-Z]{1,6})\s*[X×*]?\s*(\d{1,5}(?:[.,]\d{1,2})?)?$/.exec(text.toUpperCase());
    const letter = match && letters.get(match[1]);
    return letter ? { letter, coefficient: match[2] ?? "1", code: "", ean: "", label: "" } : null;
  }
  let searches = 0;
  function searchSoon(row) {
    const one = part(row, "act"), text = one.value.trim();
    const search = ++searches;
    tell(one, "");
    const isLong = text.length >= (isDrug(row) ? 2 : 3);
    if (!isLong || /^\d+$/.test(text) && text.length < 13 || !isDrug(row) && writtenLetter(text)) return setFound(row, []);
    setTimeout(async () => {
      if (search !== searches) return;
      const answer = await ask(isDrug(row) ? "drug" : "act", text);
      if (answer && search === searches && one.value.trim() === text) setFound(row, answer.found);
    }, 60);
  }
  // What stands in the act's field becomes a drug or an act; false where it is neither.
  async function readAct(row) {
    const one = part(row, "act"), text = one.value.trim();
    if (!text || one.dataset.done === text) return true;
    const { found, at } = founds.get(row) ?? { found: [], at: -1 };
    if (at >= 0) { setAct(row, found[at]); return true; }
    const isEan = /^\d{13}$/.test(text);
    const letter = isDrug(row) || isEan ? null : writtenLetter(text);
    if (letter) { setAct(row, letter); return true; }
    searches += 1;
    const answer = await ask(isDrug(row) || isEan ? "drug" : "act", text);
    const same = (answer?.found ?? []).filter((each) => [each.ean, each.code.toUpperCase()].includes(text.toUpperCase()));
    const only = same.length === 1 ? same : answer?.found ?? [];
    if (only.length === 1) { setAct(row, only[0]); return true; }
    const isCode = !isDrug(row) && /^[A-Za-z0-9.\-]{1,14}$/.test(text) && (/\d/.test(text) || state.areCodes);
    if (isEan || isCode) {
      setAct(row, { letter: "", coefficient: "", code: isEan ? "" : text.toUpperCase(), ean: isEan ? text : "", label: "" });
      tell(one, root.dataset.unknown, true);
      return true;
    }
    setFound(row, only);
    tell(one, root.dataset.nothing, true);
    return false;
  }

  // --- order of the fields: Enter goes down it ---
  function isShown(field) {
    const { field: name, when, kinds } = field.dataset;
    const kind = input(fields.get("care_kind")).dataset.chosen;
    if (isMoneyOnly) return false;
    if (name === "member") return person.state !== "unknown" && person.state !== "malformed";
    if (when === "unknown") return person.state === "unknown" || person.state === "malformed";
    if (when === "more") return isMoreShown || field.classList.contains("doubtful") || input(field).value !== "" && !["non", "no", "reimbursement"].includes(input(field).dataset.chosen);
    return !kinds || kinds.split(" ").includes(kind);
  }
  function arrange() {
    for (const field of fields.values()) field.toggleAttribute("hidden", !isShown(field));
  }
  function order() {
    const header = [...fields.values()].filter((field) => !field.hidden).map(input);
    const lines = rowsOf().flatMap((row) => isMoneyOnly ? [part(row, "amount")] : [
      part(row, "act"), ...extras(row).filter((one) => !one.closest("[hidden]")), part(row, "quantity"), part(row, "amount"),
    ]);
    return [...header, ...lines, total, document.getElementById("send")].filter(Boolean);
  }
  function go(from, step) {
    const all = order();
    const at = from.dataset.part === "care_date" ? all.indexOf(part(from.closest(".line"), "quantity")) : all.indexOf(from);
    const next = all[at + step];
    next?.focus();
    next?.select?.();
  }

  async function enter(one) {
    const field = one.closest(".field"), row = one.closest(".line");
    if (one === total) { total.value = fullAmount(total.value); addUp(); return go(one, 1); }
    if (field) { leave(one); return enterField(one, field); }
    if (one.dataset.part === "act") {
      if (!one.value.trim()) {
        if (row !== rowsOf().at(-1)) return go(one, 1);
        if (rowsOf().length > 1) row.remove();
        total.focus();
        return total.select();
      }
      if (writtenLetter(one.value) && !isDrug(row)) { await readAct(row); return go(one, 1); }
      if (await readAct(row)) go(one, 1);
      return;
    }
    leave(one);
    if (one.dataset.part === "amount" && !isMoneyOnly && row === rowsOf().at(-1)) addLine();
    go(one, 1);
  }
  function enterField(one, field) {
    if (field.dataset.field === "member" && !person.chosen && person.members.length) pick(one, "0");
    if (field.dataset.field === "care_date") one.value = one.value || state.latest;
    go(one, 1);
  }
  // What is done when a field is left, by whatever key.
  function leave(one) {
    const as = one.closest(".field")?.dataset.as ?? one.dataset.as;
    if (as === "date" || one.dataset.part === "care_date") {
      one.value = fullDate(one.value);
      const isFit = !one.value || /^\d\d\/\d\d\/\d{4}$/.test(one.value);
      // Nothing that a dossier tells of happened after it came: a slip of the year or month.
      const isLate = isFit && one.value && day(one.value) > latest;
      if (as) tell(one, !isFit ? root.dataset.unfit : isLate ? root.dataset.late : "", !isFit || isLate);
      else place(one).classList.toggle("unfit", Boolean(!isFit || isLate));
    }
    if (as === "amount") one.value = fullAmount(one.value);
    if (as === "earlier") { one.value = one.value.replace(/\s/g, "").toUpperCase(); askEarlier(one); }
    if (one.pattern) tell(one, one.validity.patternMismatch ? root.dataset.unfit : "", one.validity.patternMismatch);
    if (as === "provider") askProvider(one);
    if (as === "insured") { one.value = one.value.replace(/\s/g, "").toUpperCase(); askHousehold(one); }
    if (one.dataset.part === "amount" || one === total) {
      one.value = fullAmount(one.value);
      addUp();
    }
  }

  // --- what is sent ---
  function filled() {
    const values = {};
    const put = (name, text) => { values[`value:${name}`] = text; };
    rowsOf().forEach((row, place) => {
      const name = `lines[+${place + 1}].`;
      const act = acts.get(row);
      const isEmpty = !act && !part(row, "act").value.trim() && !part(row, "amount").value.trim();
      if (isEmpty) return;
      put(`${name}amount_minor`, part(row, "amount").value);
      if (isMoneyOnly) return;
      const said = act?.code ? ["code", "label"] : act?.ean ? ["ean", "label"] : ["letter", "coefficient"];
      for (const what of said) if (act?.[what]) put(name + what, act[what]);
      for (const one of extras(row)) if (one.value.trim()) put(name + one.dataset.extra, one.value.trim());
      put(`${name}quantity`, part(row, "quantity").value.trim() || "1");
      put(`${name}care_date`, part(row, "care_date").value.trim() || value("care_date"));
    });
    put("total_minor", total.value);
    if (isMoneyOnly) return values;
    put("form", state.form);
    put("scheme", state.scheme);
    for (const [name, field] of fields) {
      if (["insured_key", "member", "care_date"].includes(name) || field.dataset.when === "unknown") continue;
      const isElsewhere = field.dataset.kinds && field.hidden;
      const text = input(field).dataset.choices ? (input(field).dataset.chosen ?? "") : value(name);
      put(name, isElsewhere ? "" : text);
    }
    if (values["value:is_continuous_care"] === "") delete values["value:is_continuous_care"];
    const key = value("insured_key");
    if (person.chosen) {
      const one = person.chosen, isSelf = one.relation === "self";
      Object.entries({
        insured_number: one.insured_number, insured_name: one.insured_name, insured_cin: one.insured_cin,
        relation: one.relation, beneficiary_number: values["value:beneficiary_number"] || (isSelf ? one.insured_number : ""),
        beneficiary_name: one.name, beneficiary_birth_date: one.birth_date,
        beneficiary_sex: one.sex, beneficiary_cin: one.cin,
      }).forEach(([name, text]) => put(name, text));
    } else {
      put(isCin(key) ? "insured_cin" : "insured_number", key);
      for (const [name, field] of fields) {
        if (field.dataset.when === "unknown") put(name, input(field).dataset.choices ? (input(field).dataset.chosen ?? "") : value(name));
      }
    }
    return values;
  }
  function mark(unfit) {
    const all = new Map([...fields].map(([name, field]) => [name, input(field)]));
    all.set("total_minor", total).set("insured_number", all.get("insured_key"));
    rowsOf().forEach((row, place) => {
      for (const what of ["letter", "coefficient", "code", "ean"]) all.set(`lines[+${place + 1}].${what}`, part(row, "act"));
      all.set(`lines[+${place + 1}].quantity`, part(row, "quantity")).set(`lines[+${place + 1}].care_date`, part(row, "care_date"));
      all.set(`lines[+${place + 1}].amount_minor`, part(row, "amount"));
      for (const one of extras(row)) all.set(`lines[+${place + 1}].${one.dataset.extra}`, one);
    });
    for (const one of all.values()) one.closest(".field, td, .sum").classList.remove("unfit");
    const wrong = unfit.map((name) => all.get(name)).filter(Boolean);
    for (const one of wrong) one.closest(".field, td, .sum").classList.add("unfit");
    wrong[0]?.focus();
    wrong[0]?.select?.();
  }
  let isSending = false;
  async function keep() {
    if (isSending || !isMine) return;
    isSending = true;
    for (const one of order()) if (one.tagName === "INPUT") leave(one);
    for (const row of rowsOf()) if (!isMoneyOnly) await readAct(row);
    work();
    if (person.members.length && !person.chosen) {
      isSending = false;
      const member = input(fields.get("member"));
      tell(member, root.dataset.choose, true);
      return member.focus();
    }
    const values = filled();
    const answer = await send(`${here}/keep`, {
      ...JSON.parse(root.dataset.query), ...values, pass: state.pass, version: state.version,
      disputed: document.getElementById("disputed")?.checked ? "1" : "",
      fields: Object.values(values).filter(Boolean).length,
      keystrokes: effort.strokes, seconds: Math.round(effort.active / 1000),
    });
    const said = await answer.json();
    if (answer.ok) return location.assign(said.go);
    isSending = false;
    alarm(said.wrong);
    mark(said.unfit ?? []);
  }

  // --- keys ---
  function choose(one, event) {
    const row = one.closest(".line"), { found, at } = founds.get(row) ?? { found: [], at: -1 };
    if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
      const each = found[Number(event.code.slice(5)) - 1];
      if (!each) return false;
      setAct(row, each);
      go(one, 1);
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !found.length || event.ctrlKey || event.altKey) return false;
    setFound(row, found, Math.min(Math.max(at + step, 0), found.length - 1));
    return true;
  }
  function takeTyped(one, event) {
    const digit = event.altKey && { Digit1: 0, Digit2: 1 }[event.code];
    if (digit === undefined || digit === false) return false;
    const where = one === total ? document.getElementById("total-typed") : one.closest("td")?.querySelector(".both-typed");
    const button = where?.querySelectorAll("button")[digit];
    button?.click();
    return Boolean(button);
  }
  const special = {
    F2: (one) => { const row = one.closest(".line"); if (row) { part(row, "care_date").focus(); part(row, "care_date").select(); } },
    F3: (one) => { const row = one.closest(".line"); if (row) { row.dataset.drug = isDrug(row) ? "0" : "1"; part(row, "act").placeholder = isDrug(row) ? "EAN" : ""; searchSoon(row); } },
    F4: (one) => {
      const row = one.closest(".line");
      if (!row) { isMoreShown = !isMoreShown; return arrange(); }
      row.dataset.more = row.dataset.more === "1" ? "0" : "1";
      arrangeLine(row);
      if (row.dataset.more === "1") extras(row).find((each) => !each.value && !each.closest("[hidden]"))?.focus();
    },
  };
  function pickIn(one, event) {
    const field = one.closest(".field");
    if (!field || !lists.has(one) && field.dataset.as !== "member" || event.ctrlKey || event.altKey || event.key.length !== 1) return false;
    const key = event.key.toLowerCase();
    if (field.dataset.as === "member" && !person.members.length) one.dataset.early = key;
    else if (pickKey(one, key) && !isMany(one)) go(one, 1);
    if (field.dataset.as === "member" && !person.members.length) go(one, 1);
    return true;
  }
  sheet.addEventListener("keydown", (event) => {
    const one = event.target;
    const row = one.closest(".line");
    const isDone = () => event.preventDefault();
    if (event.key === "Enter" && event.ctrlKey) { isDone(); keep(); }
    else if (one.tagName === "SELECT" && event.key === "Enter") { isDone(); go(one, 1); }
    else if (one.tagName === "SELECT" && event.key === "F4") { isDone(); special.F4(one); }
    else if (one.tagName !== "INPUT" || one.type === "checkbox") return;
    else if (event.key === "Enter") { isDone(); enter(one); }
    else if (special[event.key]) { isDone(); special[event.key](one); }
    else if (event.key === "Delete" && event.ctrlKey && row && !isMoneyOnly) { isDone(); go(one, -1); row.remove(); if (!rowsOf().length) addLine(); number(); addUp(); }
    else if (one.dataset.part === "act" && choose(one, event)) isDone();
    else if (takeTyped(one, event)) isDone();
    else if (pickIn(one, event)) isDone();
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.ctrlKey && !event.altKey) { isDone(); leave(one); go(one, event.key === "ArrowDown" ? 1 : -1); }
  });
  sheet.addEventListener("submit", (event) => { event.preventDefault(); keep(); });
  sheet.addEventListener("input", (event) => {
    const row = event.target.closest(".line");
    if (event.target.dataset.part === "act") { acts.delete(row); event.target.dataset.done = ""; searchSoon(row); }
    if (event.target.dataset.part === "amount" || event.target === total) addUp();
  });
  sheet.addEventListener("focusin", ({ target }) => {
    for (const field of fields.values()) field.classList.toggle("current", field.contains(target));
    for (const list of sheet.querySelectorAll(".field .choices")) list.toggleAttribute("hidden", !list.closest(".field").contains(target) || !list.children.length);
    const row = target.closest(".line"), name = target.closest(".field")?.dataset.field;
    const cell = { act: "act", amount: "amount_minor" }[target.dataset?.part] ?? target.dataset?.part ?? target.dataset?.extra;
    paper?.show(target === total ? "total_minor" : row ? `lines[${rowsOf().indexOf(row) + 1}].${cell}` : zoneOf[name] ?? name);
    target.scrollIntoView?.({ block: "nearest" });
  });
  sheet.addEventListener("focusout", ({ target }) => { if (target.tagName === "INPUT") leave(target); });

  // --- begin ---
  for (const one of sheet.querySelectorAll("input[data-choices]")) {
    const was = one.value;
    setChoices(one, one.dataset.choices.split("|").map((text) => { const [key, each, label] = text.split("="); return { key, value: each, label }; }));
    one.value = "";
    for (const each of was.split(" ").filter(Boolean)) pick(one, each);
  }
  setChoices(input(fields.get("member")), []);
  for (const values of state.lines) addLine(values);
  if (!isMoneyOnly) addLine();
  bothTyped(document.getElementById("total-typed"), total, "total_minor");
  arrange();
  addUp();
  if (isMine) {
    if (!isMoneyOnly) {
      for (const field of fields.values()) {
        if (field.dataset.as === "provider" && input(field).value) askProvider(input(field));
        if (field.dataset.as === "insured" && input(field).value) askHousehold(input(field));
      }
    }
    order()[0]?.focus({ preventScroll: true });
    order()[0]?.select?.();
    let isUsed = false;
    document.addEventListener("keydown", () => { isUsed = true; });
    setInterval(async () => {
      if (!isUsed) return;
      isUsed = false;
      const answer = await send(`/item/${root.dataset.task}/keep`, {});
      // What was typed stays: it can be read, copied, or sent when the line is there again.
      if (!answer.ok) alarm((await answer.json()).wrong);
    }, Math.max(2, Number(root.dataset.lease) / 4) * 1000);
  }
}
