// Pictures: the map as it grew, boards as grids, beliefs as bars.

const UNIT = 96; // pixels between neighbouring places
const MARGIN = 44;

function drawMap(places, map) {
  if (!map || !places) return null;
  const seen = new Set(map.seen);
  const shown = new Set([...map.seen, ...map.ways.flatMap(([from, to]) => [from, to])]);
  const xs = places.map((place) => place[0]), ys = places.map((place) => place[1]);
  const left = Math.min(...xs), top = Math.min(...ys);
  const x = (id) => MARGIN + (places[id][0] - left) * UNIT;
  const y = (id) => MARGIN + (places[id][1] - top) * UNIT;
  const width = MARGIN * 2 + (Math.max(...xs) - left) * UNIT, height = MARGIN * 2 + (Math.max(...ys) - top) * UNIT;
  const ways = map.ways.map(([from, to, way, walked]) =>
    el("svg:line", { class: walked ? "way walked" : "way", x1: x(from), y1: y(from), x2: x(to), y2: y(to) },
      el("svg:title", {}, `${places[from][2] || "here"}: ${way}`)));
  const rooms = [...shown].map((id) => {
    const kind = id === map.here ? "seen here" : seen.has(id) ? "seen" : "unseen";
    const name = seen.has(id) ? places[id][2] : "?";
    return el("svg:g", {},
      el("svg:circle", { class: `place ${kind}`, cx: x(id), cy: y(id), r: 11 }, el("svg:title", {}, name)),
      el("svg:text", { x: x(id), y: y(id) + 25, "text-anchor": "middle" }, name.length > 15 ? `${name.slice(0, 14)}…` : name));
  });
  return el("svg:svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "map",
    "aria-label": `Map: ${map.seen.length} places seen` }, ways, rooms);
}

function drawBoard(rows) {
  const cells = rows.map((row) => row.split("\t"));
  const counts = new Map();
  for (const cell of cells.flat()) counts.set(cell, (counts.get(cell) || 0) + 1);
  const empty = [...counts].sort((a, b) => b[1] - a[1])[0][0];
  return el("table", { class: "board" },
    cells.map((row) => el("tr", {}, row.map((cell) => el("td", { class: cell === empty ? null : "filled" }, cell)))));
}

function drawBars(weights) {
  const most = Math.max(...weights.map((pair) => pair[1]), 1e-9);
  return el("div", { class: "bars" }, weights.map(([what, weight]) => [
    el("span", {}, what), el("meter", { min: 0, max: most, value: weight }), el("span", { class: "weight" }, number(weight, 3))]));
}

// Grouped bars with intervals: one group per game, one bar per player.
function drawScores(report, figure, caption) {
  const games = Object.keys(report.games);
  const labels = [...new Set(games.flatMap((game) => Object.keys(report.games[game])))].sort();
  const thick = 13, gap = 12, left = 190, wide = 420;
  const group = labels.length * thick + gap;
  const height = games.length * group + 34;
  const x = (value) => left + (wide * value) / 100;
  const parts = [0, 25, 50, 75, 100].map((tick) => [
    el("svg:line", { class: "way", x1: x(tick), x2: x(tick), y1: 0, y2: height - 26 }),
    el("svg:text", { class: "faint", x: x(tick), y: height - 10, "text-anchor": "middle" }, tick)]);
  games.forEach((game, row) => {
    parts.push(el("svg:text", { x: left - 8, y: row * group + (labels.length * thick) / 2 + 4, "text-anchor": "end" }, game));
    labels.forEach((label, place) => {
      const line = report.games[game][label];
      if (!line || line[figure] === null || line[figure] === undefined) return;
      const y = row * group + place * thick, [low, high] = line[`${figure}_ci`] || [line[figure], line[figure]];
      parts.push(
        el("svg:rect", { class: `bar ${label}`, x: left, y, width: Math.max(1, x(line[figure]) - left), height: thick - 2 },
          el("svg:title", {}, `${game}, ${label}: ${number(line[figure])} (${number(low)}–${number(high)})`)),
        el("svg:line", { class: "whisker", x1: x(low), x2: x(high), y1: y + thick / 2 - 1, y2: y + thick / 2 - 1 }));
    });
  });
  return el("figure", {}, el("figcaption", {}, caption),
    el("svg:svg", { viewBox: `0 0 ${left + wide + 20} ${height}`, width: left + wide + 20, height, role: "img", "aria-label": caption }, parts));
}
