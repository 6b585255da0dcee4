// The description of the interface, from the server's own OpenAPI document.

import { get } from "./api.js";

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

const told = await get("openapi.json");
for (const [path, methods] of Object.entries(told.paths)) {
  for (const [method, route] of Object.entries(methods)) {
    const section = element("section", "",
      element("h2", `${method.toUpperCase()} ${path}`),
      element("p", route.description || route.summary));
    const rows = (route.parameters || []).map((one) => element("tr", "",
      element("th", one.name), element("td", one.in),
      element("td", one.description || one.schema?.description || "")));
    if (rows.length) section.append(element("table", "", ...rows));
    section.append(element("p", `Answers: ${Object.keys(route.responses).join(", ")}`));
    document.getElementById("routes").append(section);
  }
}
