// The page: list, filters, keys, and what the main pane shows.

(async () => {
  const index = await unpack(document.getElementById("index").textContent);
  const at = (id) => document.getElementById(id);
  const episodes = index.episodes;
  const main = at("main");
  let shown = [], current = -1, viewer = null, comparing = false, hits = null, asked = 0;

  const twins = new Map();
  episodes.forEach((each, which) => {
    const key = JSON.stringify([each.game, each.experiment, each.game_id]);
    twins.set(key, [...(twins.get(key) || []), which]);
  });
  const twinsOf = (which) => twins.get(JSON.stringify([episodes[which].game, episodes[which].experiment, episodes[which].game_id]));

  function fill(select, all, values) {
    select.replaceChildren(el("option", { value: "" }, all), ...values.map((value) => el("option", { value }, value)));
  }

  function wanted(summary, which) {
    const on = [...at("switches").querySelectorAll("input:checked")].map((box) => box.value);
    const traits = { aborted: summary.status === "aborted", lost: outcomeOf(summary) === "lost", slow: summary.slow > 0,
      repaired: summary.repaired > 0, error: summary.status === "error" };
    return (!at("game").value || summary.game === at("game").value) && (!at("label").value || summary.label === at("label").value)
      && (!on.length || on.some((trait) => traits[trait])) && (hits === null || hits.has(which));
  }

  function line(which) {
    const each = episodes[which], outcome = outcomeOf(each);
    return el("li", { "data-episode": which, "aria-current": which === current, onclick: () => open(which) },
      el("span", {}, each.game), el("span", { class: outcome }, each.quality === null ? outcome : number(each.quality)),
      el("small", {}, `${each.label} · ${each.experiment} · ${each.game_id} · ${each.steps} turns${each.repaired ? ` · ${each.repaired} repaired` : ""}`));
  }

  function refresh() {
    shown = episodes.map((_, which) => which).filter((which) => wanted(episodes[which], which));
    at("list").replaceChildren(...shown.map(line));
    at("count").textContent = `${shown.length} of ${episodes.length} episodes`;
  }

  // Titles first; then, as long as nothing else is asked for, every text of the run.
  async function search() {
    const words = at("search").value.trim().toLowerCase(), mine = ++asked;
    if (!words) { hits = null; refresh(); return; }
    hits = new Set();
    episodes.forEach((each, which) => {
      if (`${each.game} ${each.experiment} ${each.game_id} ${each.label} ${each.error}`.toLowerCase().includes(words)) hits.add(which);
    });
    refresh();
    for (let which = 0; which < episodes.length; which++) {
      if (mine !== asked) return;
      if (hits.has(which)) continue;
      const body = await unpack(at(`episode-${which}`).textContent);
      if (JSON.stringify(body.steps).toLowerCase().includes(JSON.stringify(words).slice(1, -1))) { hits.add(which); refresh(); }
      if (which % 50 === 49) at("count").textContent = `${shown.length} found, searched ${which + 1} of ${episodes.length}`;
    }
    refresh();
  }

  // The two to lay side by side: the chosen rival, or the bare model, or the next one, left of the episode.
  function sidesOf(which, pair) {
    const others = pair.filter((each) => each !== which);
    const named = (label) => others.find((each) => episodes[each].label === label);
    const rival = named(at("rival").value) ?? named("bare") ?? others[0];
    return episodes[which].label === "bare" ? [which, rival] : [rival, which];
  }

  async function open(which, step = 0) {
    current = which;
    at("to-overview").setAttribute("aria-pressed", "false");
    for (const item of at("list").children) item.toggleAttribute("aria-current", Number(item.dataset.episode) === which);
    at("list").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    const pair = twinsOf(which);
    at("to-compare").disabled = pair.length < 2;
    at("to-compare").setAttribute("aria-pressed", String(comparing && pair.length > 1));
    at("rival").hidden = !comparing || pair.length < 3;
    if (comparing && pair.length > 1) {
      const sides = sidesOf(which, pair);
      const bodies = await Promise.all(sides.map(episodeAt));
      const holders = bodies.map(() => el("div"));
      main.replaceChildren(el("div", { class: "side-by-side" }, holders));
      const views = bodies.map((body, side) => showEpisode(holders[side], body, { beside: true, at: step }));
      viewer = { choose: (place) => views.forEach((view) => view.choose(place)),
        get now() { return Math.max(...views.map((view) => view.now)); }, get last() { return Math.max(...views.map((view) => view.last)); } };
    } else {
      const body = await episodeAt(which);
      if (current === which) viewer = showEpisode(main, body, { at: step });
    }
    history.replaceState(null, "", `#${which}`);
  }

  function overview() {
    viewer = null; current = -1;
    at("to-overview").setAttribute("aria-pressed", "true");
    showOverview(main, index, pick, (which) => open(which));
    at("rival").hidden = true;
    refresh();
    history.replaceState(null, "", "#overview");
  }

  // Lists one game's episodes of one player; the games of a total are all games.
  function pick(game, label) {
    at("game").value = index.games.includes(game) ? game : "";
    at("label").value = index.labels.includes(label) ? label : "";
    refresh();
    at("list").focus();
  }

  function compare() {
    comparing = !comparing;
    if (current >= 0) open(current, viewer ? viewer.now : 0);
  }

  function theme() {
    const root = document.documentElement, dark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  function neighbour(step) {
    if (!shown.length) return;
    const place = shown.indexOf(current);
    open(shown[place < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, place + step))]);
  }

  const keys = {
    ArrowRight: () => viewer?.choose(viewer.now + 1), ArrowLeft: () => viewer?.choose(viewer.now - 1),
    Home: () => viewer?.choose(0), End: () => viewer?.choose(viewer.last),
    j: () => neighbour(1), k: () => neighbour(-1), c: compare, o: overview, t: theme,
    "/": () => at("search").focus(), "?": () => at("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input[type=search], textarea, select") || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  at("run-name").textContent = visible(index.name);
  document.title = `${visible(index.name)} · Ludens`;
  at("to-theme").addEventListener("click", theme);
  at("to-help").addEventListener("click", () => at("help").showModal());
  if (index.live) {
    for (const key of ["j", "k", "c", "o", "/"]) delete keys[key]; // there is no list and no overview of one episode
    viewer = await live(main);
    document.documentElement.dataset.ready = "yes";
    return;
  }
  index.games = [...new Set(episodes.map((each) => each.game))];
  fill(at("game"), "all games", index.games);
  fill(at("label"), "all players", index.labels);
  fill(at("rival"), "beside: the bare model", index.labels);
  at("rival").addEventListener("change", () => { if (current >= 0) open(current, viewer ? viewer.now : 0); });
  for (const control of ["game", "label", "switches"]) at(control).addEventListener("change", refresh);
  at("search").addEventListener("input", search);
  at("to-overview").addEventListener("click", overview);
  at("to-compare").addEventListener("click", compare);
  const start = Number(location.hash.slice(1));
  if (location.hash && episodes[start]) { refresh(); await open(start); } else overview();
  document.documentElement.dataset.ready = "yes";
})();
