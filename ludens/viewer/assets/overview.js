// The overview: the score table and its plots.

const COLUMNS = ["game", "player", "episodes", "% played", "quality", "calls", "tokens", "seconds"];

function showOverview(holder, index) {
  const report = index.report;
  const rows = Object.entries(report.games).flatMap(([game, labels]) =>
    Object.entries(labels).map(([label, line]) => [game, label, line]));
  const cell = (line, figure) => {
    const interval = line[`${figure}_ci`];
    return `${number(line[figure])}${interval ? ` (${number(interval[0], 0)}–${number(interval[1], 0)})` : ""}`;
  };
  const totals = Object.entries(report.total).map(([label, line]) => el("li", {},
    `${label}: clemscore ${cell(line, "clemscore")}, played ${cell(line, "played_pct")} %, quality ${cell(line, "quality")}`));
  const about = index.run;
  holder.replaceChildren(
    el("h2", {}, "Overview"), el("ul", {}, totals),
    rows.length ? el("div", {}, drawScores(report, "played_pct", "% played, with 95% intervals"),
      drawScores(report, "quality", "Quality, with 95% intervals")) : el("p", {}, "No episode was finished yet."),
    el("table", {}, el("thead", {}, el("tr", {}, COLUMNS.map((name) => el("th", {}, name)))),
      el("tbody", {}, rows.map(([game, label, line]) => el("tr", {},
        [game, label, line.episodes, cell(line, "played_pct"), cell(line, "quality"), line.calls, line.tokens, number(line.seconds)]
          .map((value) => el("td", {}, value)))))),
    el("h2", {}, "The run"),
    el("p", { class: "note" }, `seed ${about.seed} · ${about.created} · ${Object.entries(about.versions).map(([name, version]) => `${name} ${version}`).join(", ")}`),
    el("pre", {}, JSON.stringify(about.config, null, 1)));
}
