// Typing mode's paper: the zone of the field enlarged, pages turned, zoomed and moved by keys.
"use strict";

const paper = (() => {
  const root = document.getElementById("typing");
  if (!root) return null;
  const pages = [...root.querySelectorAll("figure.sheet")];
  const lens = document.getElementById("lens");
  const state = JSON.parse(root.dataset.state);
  const views = new Map(pages.map((page) => {
    const svg = page.querySelector("svg");
    const width = Number(svg.dataset.width), height = Number(svg.dataset.height);
    return [Number(page.dataset.page), { page, svg, width, height, x: 0, y: 0, part: 1 }];
  }));
  let current = views.keys().next().value;

  function draw(view) {
    const width = view.width * view.part, height = view.height * view.part;
    view.x = Math.min(Math.max(0, view.x), view.width - width);
    view.y = Math.min(Math.max(0, view.y), view.height - height);
    view.svg.setAttribute("viewBox", `${view.x} ${view.y} ${width} ${height}`);
  }

  function turnTo(number) {
    if (!views.has(number)) return;
    current = number;
    for (const [other, view] of views) view.page.toggleAttribute("hidden", other !== number);
  }

  function frame(rect, box) {
    const [x, y, width, height] = box ?? [0, 0, 0, 0];
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
  }

  // Where the form is registered the field's zone is shown large; elsewhere the page stays as moved.
  function show(name) {
    const zone = state.zones[name];
    lens.toggleAttribute("hidden", !zone);
    for (const view of views.values()) frame(view.svg.querySelector("rect"), null);
    if (!zone) return;
    for (const svg of lens.querySelectorAll("svg")) {
      const isHere = Number(svg.dataset.lens) === zone.page;
      svg.toggleAttribute("hidden", !isHere);
      if (!isHere) continue;
      svg.setAttribute("viewBox", zone.crop);
      frame(svg.querySelector("rect"), zone.box);
    }
    turnTo(zone.page);
    frame(views.get(zone.page).svg.querySelector("rect"), zone.box);
  }

  function move(right, down) {
    const view = views.get(current);
    view.x += right * view.width * view.part / 5;
    view.y += down * view.height * view.part / 5;
    draw(view);
  }

  function zoom(factor) {
    const view = views.get(current);
    const part = Math.min(1, Math.max(0.15, view.part * factor));
    view.x += view.width * (view.part - part) / 2;
    view.y += view.height * (view.part - part) / 2;
    view.part = part;
    draw(view);
  }

  const keys = {
    F8: () => zoom(1.5), F9: () => zoom(1 / 1.5),
    PageUp: () => turnTo(current - 1), PageDown: () => turnTo(current + 1),
  };
  const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    if (!event.ctrlKey && keys[event.key]) { event.preventDefault(); keys[event.key](); }
    if (event.ctrlKey && arrows[event.key]) { event.preventDefault(); move(...arrows[event.key]); }
  });
  return { show };
})();
