// The atlas's page: rows are filtered by the form, and sorted by the buttons in the head. Without this script all rows are there.
const form = document.querySelector("form.filters");
const table = document.querySelector("table.atlas");
const body = table.tBodies[0];
const status = document.querySelector('[role="status"]');
const original = [...body.rows];

function filter() {
  const wanted = [...new FormData(form)].filter(([, value]) => value !== "");
  let shown = 0;
  for (const row of original) {
    const fits = wanted.every(([name, value]) =>
      name === "name"
        ? row.dataset.name.toLowerCase().includes(value.trim().toLowerCase())
        : row.dataset[name] === value,
    );
    row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  status.textContent = `${shown} of ${original.length} rows`;
}

/** By numbers where both are, else by words. */
function compare(a, b) {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

function sort(head) {
  const turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
  const key = (row) => row.cells[head.cellIndex].dataset.key;
  body.append(...[...body.rows].sort((a, b) => turn * compare(key(a), key(b))));
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
for (const button of table.querySelectorAll("thead button"))
  button.addEventListener("click", () => sort(button.parentElement));
