// The overview: what the run holds, its plots and its table.

const COLUMNS = ["game", "player", "episodes", "% played", "quality", "calls", "tokens", "seconds"];
const MANY = 4; // players beyond which games are drawn as a heat map instead of as bars
const MOST_DOTS = 1500;

function meanScores(episodes) {
  const sums = {};
  for (const each of episodes) {
    if (each.status === "error" || (each.status === "played" && each.quality === null)) continue;
    const cell = ((sums[each.label] ||= {})[each.game] ||= [0, 0]);
    cell[0] += each.status === "played" ? each.quality : 0;
    cell[1] += 1;
  }
  return Object.fromEntries(Object.entries(sums).map(([label, games]) =>
    [label, Object.fromEntries(Object.entries(games).map(([game, [sum, count]]) => [game, sum / count]))]));
}

function plotsOf(index, labels, games, pick, open) {
  const report = index.report, several = labels.length > MANY;
  return [
    drawTotals(report.total, labels, "clemscore", "clemscore, with 95% intervals"),
    index.pairs.map((pair) => drawDifferences(pair, pick)),
    several ? drawHeat(meanScores(index.episodes), labels, games, pick) : [
      drawScores(report.games, labels, "played_pct", "% played, with 95% intervals", pick),
      drawScores(report.games, labels, "quality", "Quality, with 95% intervals", pick)],
    !several && index.episodes.length <= MOST_DOTS ? drawCosts(index.episodes, labels, open) : null,
  ];
}

// `pick` is asked to list a game's episodes of one player, `open` to show one.
function showOverview(holder, index, pick, open) {
  const report = index.report, labels = index.labels, games = Object.keys(report.games);
  const rows = games.flatMap((game) => labels.filter((label) => report.games[game][label])
    .map((label) => [game, label, report.games[game][label]]));
  const cell = (line, figure) => {
    const interval = line[`${figure}_ci`];
    return `${number(line[figure])}${interval ? ` (${number(interval[0], 0)}–${number(interval[1], 0)})` : ""}`;
  };
  const totals = labels.filter((label) => report.total[label]).map((label) => el("li", {},
    `${label}: clemscore ${cell(report.total[label], "clemscore")}, played ${cell(report.total[label], "played_pct")} %, quality ${cell(report.total[label], "quality")}`));
  const about = index.run;
  holder.replaceChildren(
    el("h2", {}, "Overview"), el("ul", {}, totals),
    rows.length ? el("div", { class: "plots" }, plotsOf(index, labels, games, pick, open)) : el("p", {}, "No episode was finished yet."),
    el("h2", {}, "Every game"),
    el("table", {}, el("thead", {}, el("tr", {}, COLUMNS.map((name) => el("th", {}, name)))),
      el("tbody", {}, rows.map(([game, label, line]) => el("tr", { onclick: () => pick(game, label) },
        [game, label, line.episodes, cell(line, "played_pct"), cell(line, "quality"), line.calls, line.tokens, number(line.seconds)]
          .map((value) => el("td", {}, value)))))),
    el("h2", {}, "The run"),
    el("p", { class: "note" }, `seed ${about.seed} · ${about.created} · ${Object.entries(about.versions).map(([name, version]) => `${name} ${version}`).join(", ")}`),
    el("pre", {}, JSON.stringify(about.config, null, 1)));
}
