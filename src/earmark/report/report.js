// Sorts the table of tags by the column whose head is pressed: numbers downward first, words upward.
const table = document.getElementById("every");
const heads = [...table.querySelectorAll("thead th")];
heads.forEach((head, column) => {
  head.querySelector("button").addEventListener("click", () => {
    const value = (row) => row.cells[column].dataset.v;
    const rows = [...table.tBodies[0].rows];
    const words = rows.some((row) => value(row) !== "" && isNaN(value(row)));
    const now = head.getAttribute("aria-sort");
    const up = now ? now === "descending" : words;
    rows.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return (x === "") - (y === ""); // what has no figure stays last
      const order = words ? x.localeCompare(y) : x - y;
      return up ? order : -order;
    });
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.tBodies[0].append(...rows);
  });
});
