// Pages of two piles: dragged, or moved by keys. The form says what every page's pile is, so that
// the page works without this script as well.
"use strict";
(() => {
  const form = document.getElementById("piles");
  if (!form || !form.querySelector("#move")) return;
  form.classList.add("scripted");
  const lists = [...form.querySelectorAll(".pile ol")];
  const spoken = document.getElementById("spoken");
  let dragged = null;

  const pages = () => [...form.querySelectorAll(".page")];
  const pileOf = (page) => lists.indexOf(page.closest("ol"));

  function settle(page) {
    lists.forEach((list, pile) => {
      const count = list.querySelectorAll(".page").length;
      list.closest(".pile").querySelector(".count").textContent = `(${count})`;
      for (const one of list.querySelectorAll(".page")) {
        one.querySelector("select").value = String(pile + 1);
      }
    });
    form.elements.order.value = pages().map((one) => one.dataset.page).join(" ");
    if (!page) return;
    const title = page.closest(".pile").querySelector("h2").textContent.trim();
    spoken.textContent = `${page.getAttribute("aria-label")} → ${title}`;
  }

  function put(page, list, before) {
    list.insertBefore(page, before || null);
    settle(page);
    page.focus();
  }

  function toOther(page) {
    put(page, lists[1 - pileOf(page)], null);
  }

  function splitAt(page) {
    const behind = pages().filter((one) => pileOf(one) === 0);
    for (const one of behind.slice(behind.indexOf(page))) lists[1].append(one);
    settle(page);
    page.focus();
  }

  function move(page, step) {
    const list = page.closest("ol");
    const here = [...list.children];
    const place = here.indexOf(page) + step;
    if (place < 0 || place >= here.length) return;
    put(page, list, step < 0 ? here[place] : here[place].nextSibling);
  }

  form.addEventListener("keydown", (event) => {
    const page = event.target.closest(".page");
    if (!page || event.target !== page || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") toOther(page);
    else if (event.altKey && event.key === "ArrowUp") move(page, -1);
    else if (event.altKey && event.key === "ArrowDown") move(page, 1);
    else if (event.code === "KeyX" && !event.altKey && pileOf(page) === 0) splitAt(page);
    else return;
    event.preventDefault();
  });

  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".page");
    if (!dragged) return;
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.page);
  });
  form.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("dragged");
    for (const list of lists) list.closest(".pile").classList.remove("over");
    dragged = null;
  });
  for (const list of lists) {
    const pile = list.closest(".pile");
    pile.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      pile.classList.add("over");
    });
    pile.addEventListener("dragleave", () => pile.classList.remove("over"));
    pile.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const onto = event.target.closest(".page");
      put(dragged, list, onto && onto !== dragged ? onto : null);
    });
  }

  const join = document.getElementById("join");
  if (join) {
    join.addEventListener("click", () => {
      for (const page of [...lists[1].children]) lists[0].append(page);
      settle(null);
    });
  }
  // A second care sheet was found: its pages lie in the second pile until somebody says otherwise.
  for (const page of pages()) {
    if (page.querySelector("select").value === "2") lists[1].append(page);
  }
  settle(null);
  const first = form.querySelector(".page");
  if (first) first.focus();
})();
