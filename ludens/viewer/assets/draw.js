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

// The colour of a player: the bare model and Ludens have theirs, others take turns.
function hue(label, labels) {
  if (label === "bare") return "bar bare";
  if (label === "ludens" || label === "full") return "bar ludens";
  return `bar other-${labels.filter((each) => !["bare", "ludens", "full"].includes(each)).indexOf(label) % 4}`;
}

function legend(labels) {
  return el("p", { class: "legend" }, labels.map((label) => el("span", {},
    el("svg:svg", { width: 12, height: 12, "aria-hidden": "true" }, el("svg:rect", { class: hue(label, labels), width: 12, height: 12 })), label)));
}

// An axis from `low` to `high` below `height` pixels of rows; gives the place of a value and the lines to draw.
function axis(low, high, height, left, wide) {
  const x = (value) => left + (wide * (Math.max(low, Math.min(high, value)) - low)) / (high - low);
  const lines = [0, 1, 2, 3, 4].map((part) => low + ((high - low) * part) / 4).map((tick) => [
    el("svg:line", { class: tick === 0 ? "way zero" : "way", x1: x(tick), x2: x(tick), y1: 0, y2: height }),
    el("svg:text", { class: "faint", x: x(tick), y: height + 16, "text-anchor": "middle" }, number(tick, 0))]);
  return [x, lines];
}

function figureOf(caption, wide, high, parts, beside) {
  return el("figure", {}, el("figcaption", {}, caption), beside,
    el("svg:svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": caption }, parts));
}

// Grouped bars with intervals: one group per row (a game), one bar per player. A click asks to see those episodes.
function drawScores(rows, labels, figure, caption, pick) {
  const names = Object.keys(rows), thick = labels.length > 4 ? 11 : 13, gap = 12, left = 190, wide = 420;
  const group = labels.length * thick + gap, height = names.length * group;
  const [x, parts] = axis(0, 100, height, left, wide);
  names.forEach((name, row) => {
    parts.push(el("svg:text", { x: left - 8, y: row * group + (labels.length * thick) / 2 + 4, "text-anchor": "end" }, name));
    labels.forEach((label, place) => {
      const line = rows[name][label];
      if (!line || line[figure] === null || line[figure] === undefined) return;
      const y = row * group + place * thick, [low, high] = line[`${figure}_ci`] || [line[figure], line[figure]];
      parts.push(
        el("svg:rect", { class: hue(label, labels), x: left, y, width: Math.max(1, x(line[figure]) - left), height: thick - 2,
          onclick: pick && (() => pick(name, label)) },
          el("svg:title", {}, `${name}, ${label}: ${number(line[figure])} (${number(low)}–${number(high)})`)),
        el("svg:line", { class: "whisker", x1: x(low), x2: x(high), y1: y + thick / 2 - 1, y2: y + thick / 2 - 1 }));
    });
  });
  return figureOf(caption, left + wide + 20, height + 24, parts, labels.length > 1 ? legend(labels) : null);
}

// One bar for each player, all games together.
function drawTotals(total, labels, figure, caption) {
  const there = labels.filter((label) => total[label] && total[label][figure] !== null), high = 20, left = 190, wide = 420;
  const [x, parts] = axis(0, 100, there.length * high, left, wide);
  there.forEach((label, row) => {
    const value = total[label][figure], y = row * high, [low, bound] = total[label][`${figure}_ci`] || [value, value];
    parts.push(
      el("svg:text", { x: left - 8, y: y + 14, "text-anchor": "end" }, label),
      el("svg:rect", { class: hue(label, labels), x: left, y: y + 3, width: Math.max(1, x(value) - left), height: high - 6 },
        el("svg:title", {}, `${label}: ${number(value)} (${number(low)}–${number(bound)})`)),
      el("svg:line", { class: "whisker", x1: x(low), x2: x(bound), y1: y + high / 2, y2: y + high / 2 }));
  });
  return figureOf(caption, left + wide + 20, there.length * high + 24, parts);
}

// What one player is better by on the same instances: a dot and its interval for each game, all games at the bottom.
function drawDifferences(pair, pick) {
  const rows = [...Object.entries(pair.games), ["all games", pair.total]], high = 22, left = 190, wide = 420;
  const [x, parts] = axis(-100, 100, rows.length * high, left, wide);
  rows.forEach(([name, one], row) => {
    const y = row * high + high / 2, sure = one.p_value < 0.05 && one.pairs > 0;
    parts.push(
      el("svg:text", { x: left - 8, y: y + 4, "text-anchor": "end", class: row === rows.length - 1 ? "strong" : null }, name),
      el("svg:line", { class: "whisker", x1: x(one.low), x2: x(one.high), y1: y, y2: y }),
      el("svg:circle", { class: sure ? "dot sure" : "dot", cx: x(one.difference), cy: y, r: 5, onclick: pick && (() => pick(name, pair.second)) },
        el("svg:title", {}, `${name}: ${number(one.difference)} (${number(one.low)} to ${number(one.high)}), p = ${number(one.p_value, 3)}, ${one.pairs} pairs, better on ${one.better}, worse on ${one.worse}`)));
  });
  return figureOf(`${pair.second} less ${pair.first}, on the same instances, with 95% intervals (an aborted episode scores 0; filled: p < 0.05)`,
    left + wide + 20, rows.length * high + 24, parts);
}

// Players down, games across, the colour says the mean score; a click asks to see those episodes.
function drawHeat(scores, labels, games, pick) {
  const cell = (label, game) => {
    const value = (scores[label] || {})[game];
    if (value === undefined) return el("td", {}, "–");
    return el("td", { class: `heat-${Math.min(9, Math.floor(value / 10))}` },
      el("button", { title: `${label}, ${game}: show these episodes`, onclick: () => pick(game, label) }, number(value, 0)));
  };
  return el("figure", {}, el("figcaption", {}, "Mean score of every player in every game (an aborted episode scores 0)"),
    el("table", { class: "heat" },
      el("thead", {}, el("tr", {}, el("th", {}, "player"), games.map((game) => el("th", {}, el("span", {}, game))))),
      el("tbody", {}, labels.map((label) => el("tr", {}, el("th", { scope: "row" }, label), games.map((game) => cell(label, game)))))));
}

// Episodes as dots: tokens generated against the score.
function drawCosts(episodes, labels, pick) {
  const shown = episodes.map((each, which) => [each, which]).filter(([each]) => each.status !== "error");
  const most = Math.max(1, ...shown.map(([each]) => each.tokens)), left = 190, wide = 420, high = 170;
  const [x, parts] = axis(0, most, high, left, wide);
  const y = (score) => high - (high - 8) * score / 100 - 4;
  for (const score of [0, 50, 100]) parts.push(el("svg:text", { class: "faint", x: left - 8, y: y(score) + 4, "text-anchor": "end" }, score));
  for (const [each, which] of shown) {
    const score = each.status === "aborted" ? 0 : each.quality || 0;
    parts.push(el("svg:circle", { class: `${hue(each.label, labels)} spot`, cx: x(each.tokens), cy: y(score), r: 4, onclick: () => pick(which) },
      el("svg:title", {}, `${each.game} ${each.game_id}, ${each.label}: ${number(score)}, ${each.tokens} tokens, ${number(each.seconds)} s`)));
  }
  return figureOf("Score of every episode against the tokens it took", left + wide + 20, high + 24, parts, legend(labels));
}
