// SPDX-License-Identifier: Apache-2.0

// swatch is a piece of a curve's line.
function swatch(style) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg"), line = document.createElementNS(ns, "line");
  for (const [k, v] of Object.entries({ class: "swatch", width: 28, height: 10, "aria-hidden": "true" })) svg.setAttribute(k, v);
  for (const [k, v] of Object.entries({ x1: 0, y1: 5, x2: 28, y2: 5, stroke: style.colour, "stroke-width": 3, "stroke-dasharray": style.dash.join(" ") })) line.setAttribute(k, v);
  svg.append(line);
  return svg;
}

// legend fills a list with a button for each label, pressed where its curves are shown; index is which style a label has.
function legend(list, labels, shown, toggle, index = (i) => i) {
  list.replaceChildren(...labels.map((label, i) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(shown(i)));
    button.append(swatch(style(index(i))), label);
    button.addEventListener("click", () => {
      toggle(i);
      button.setAttribute("aria-pressed", String(shown(i)));
    });
    item.append(button);
    return item;
  }));
}

function flip(set, value) { if (!set.delete(value)) set.add(value); }
