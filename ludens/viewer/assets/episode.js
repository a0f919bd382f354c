// One episode: the transcript, and beside the chosen turn how its reply came about.

function badge(kind, text) {
  return el("span", { class: `badge ${kind}` }, text);
}

function stepElement(step, index, body, choose) {
  const players = Object.keys(body.roles);
  const second = players.indexOf(step.player) > 0;
  const rejected = step.events.filter((event) => event.kind === "rejected").length;
  const said = step.events.find((event) => event.kind === "said");
  return el("section", { class: `step${second ? " second" : ""}`, "data-step": index, onclick: () => choose(index) },
    step.heard.map((text) => el("div", { class: "text heard" }, text)),
    el("div", { class: "who" }, el("b", {}, `${step.player}${step.role ? ` (${step.role})` : ""}`),
      el("span", {}, `turn ${index + 1}`), step.tokens ? el("span", {}, `${step.tokens} tokens`) : null,
      el("span", {}, `${number(step.seconds * 1000, 0)} ms`),
      rejected ? badge("lost", `${rejected} rejected`) : null,
      said && !said.legal ? badge("aborted", "not legal") : null,
      step.symbolic_ms > 100 ? badge("lost", "slow") : null),
    el("div", { class: "text said" }, step.reply || "(nothing)"),
    step.notes.map((note) => el("p", { class: "note", "data-kind": note.kind }, `${note.kind}: ${note.text}`)));
}

function listOf(title, items) {
  return items && items.length ? [el("h3", {}, title), el("ul", {}, items.map((item) => el("li", {}, item)))] : [];
}

const EVENT = {
  rules_read: (event) => [listOf("Read: reply forms", event.forms.map((form) => el("code", {}, form))),
    listOf("Read: rules", event.rules), listOf("Read: options", event.options.length ? [event.options.join(", ")] : [])],
  assisted: (event) => listOf("Read by the model", [...event.forms, ...event.rules]),
  cautioned: (event) => listOf("Odd about the rules", event.cautions),
  remembered: (event) => listOf("Remembered", event.digest ? event.digest.split("\n") : []),
  proposed: (event) => event.options.length
    ? [listOf(`Proposed by ${event.policy}`, event.options), event.reason ? el("p", { class: "note" }, event.reason) : null] : [],
  constrained: (event) => [el("h3", {}, event.only_reply ? "Constrained to one reply" : "Constrained"),
    event.grammar ? el("pre", {}, event.grammar) : el("p", { class: "note" }, "free decoding")],
  drafted: (event) => [el("h3", {}, `Drafted by the ${event.source}${event.generated_tokens ? `, ${event.generated_tokens} tokens` : ""}`),
    el("pre", {}, event.text)],
  rejected: (event) => [el("h3", { class: "aborted" }, "Rejected"), el("pre", {}, el("del", {}, event.text)),
    el("ul", {}, event.violations.map((why) => el("li", {}, why)))],
  hurried: (event) => listOf("Hurried", [`${number(event.seconds_left)} s left for this reply`]),
  unsteered: (event) => listOf("Decoded without grammar", [event.error]),
  said: () => [],
};

// The player's newest boards by then, and the turn they come from.
function boardsBy(body, index) {
  for (let turn = index; turn >= 0; turn--) {
    const picture = body.steps[turn].player === body.steps[index].player ? body.steps[turn].picture || {} : {};
    const boards = [...(picture.heard || []).flat(), ...(picture.said || [])];
    if (boards.length) return [boards, turn];
  }
  return [[], index];
}

function detailsElement(body, index) {
  const step = body.steps[index];
  const picture = step.picture || {};
  const [boards, since] = boardsBy(body, index);
  const timeline = step.events.map((event) => {
    const shown = (EVENT[event.kind] || ((other) => listOf(other.kind, [JSON.stringify(other)])))(event);
    return shown.length ? el("div", { title: `${number(event.at_ms)} ms into the turn` }, shown) : null;
  });
  return [
    el("h2", {}, `Turn ${index + 1} of ${body.steps.length}`),
    el("p", { class: "note" }, `${step.player}, round ${step.round + 1} · ${number(step.seconds * 1000)} ms, of which ${number(step.symbolic_ms)} ms symbolic · ${step.tokens} tokens`),
    picture.map ? [el("h3", {}, "The map by now"), drawMap(body.places[step.player], picture.map)] : [],
    boards.length ? [el("h3", {}, since === index ? "Boards" : `Boards, as of turn ${since + 1}`), boards.map(drawBoard)] : [],
    picture.beliefs ? [el("h3", {}, "Beliefs"), drawBars(picture.beliefs)] : [],
    timeline.length ? timeline : el("p", { class: "note" }, "No trace: a person spoke, or the bare model."),
  ];
}

// A view of one episode in `holder`; `beside` leaves the details out.
function showEpisode(holder, body, { beside = false, at = 0 } = {}) {
  const summary = body.summary;
  const details = el("div", { class: "details", "aria-live": "polite" });
  const steps = body.steps.map((step, index) => stepElement(step, index, body, choose));
  const range = el("input", { type: "range", min: 0, max: Math.max(0, steps.length - 1), value: 0, "aria-label": "Turn",
    oninput: () => choose(Number(range.value)) });
  const place = el("span", { class: "mono" });
  let now = -1;
  function choose(index, scroll = true) {
    now = Math.max(0, Math.min(steps.length - 1, index));
    range.value = now;
    place.textContent = steps.length ? `${now + 1}/${steps.length}` : "no turn";
    steps.forEach((step, number) => {
      step.toggleAttribute("aria-current", number === now);
      step.classList.toggle("later", number > now);
    });
    if (!steps.length) return;
    if (!beside) details.replaceChildren(...detailsElement(body, now).flat(Infinity).filter(Boolean));
    if (scroll) steps[now].scrollIntoView({ block: "nearest" });
  }
  const outcome = outcomeOf(summary);
  const transcript = el("div", { class: "transcript" },
    el("div", { class: "head" }, el("h2", {}, `${summary.game} · ${summary.experiment} · ${summary.game_id}`),
      el("span", {}, summary.label), el("span", { class: outcome }, outcome),
      el("span", {}, `quality ${number(summary.quality)}`), el("span", {}, `${summary.tokens} tokens, ${number(summary.seconds)} s`)),
    summary.error ? el("pre", { class: "error" }, summary.error) : null,
    el("div", { class: "slider" }, range, place),
    body.opening.map((note) => el("p", { class: "note" }, `${note.kind}: ${note.text}`)),
    steps,
    el("details", {}, el("summary", {}, "The instance"), el("pre", {}, JSON.stringify(body.instance, null, 1))));
  holder.replaceChildren(beside ? transcript : el("div", { class: "episode" }, transcript, details));
  choose(at, false);
  return { choose, get now() { return now; }, get last() { return steps.length - 1; } };
}
