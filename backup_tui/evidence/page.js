"use strict";
// Sorts and filters the table of units; the page is whole without it.
(() => {
  const table = document.getElementById("units");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const field = document.getElementById("filter");
  const shown = document.getElementById("shown");

  function filter() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = texts.get(row);
      const fits = words.every((word) =>
        word.length > 1 && word.startsWith("!") ? !text.includes(word.slice(1)) : text.includes(word));
      row.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${count.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")}`;
  }

  function valueOf(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.toLowerCase() : Number(cell.dataset.sort);
  }

  function sort(heading, column) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.sort((one, other) => {
      const a = valueOf(one, column), b = valueOf(other, column);
      return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
    });
    body.append(...rows);
  }

  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading, column));
    heading.replaceChildren(button);
  });
  field.addEventListener("input", filter);
  document.getElementById("tools").hidden = false;
  // A link can name a filter, and a heading to sort by: report.html#failed or report.html#failed|Took
  let wanted = "", heading = "";
  try { [wanted, heading = ""] = decodeURIComponent(location.hash.slice(1)).split("|"); } catch { wanted = ""; }
  field.value = wanted;
  filter();
  for (const button of table.tHead.querySelectorAll("button")) if (button.textContent === heading) button.click();
})();
