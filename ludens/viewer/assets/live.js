// An episode that is still being played: ask for the next moment, show it, let a person speak.

async function live(main) {
  document.querySelector("aside").hidden = true;
  for (const id of ["to-overview", "to-compare"]) document.getElementById(id).hidden = true;
  const stage = el("div"), seat = el("div", { class: "seat", hidden: true });
  const box = el("textarea", { "aria-label": "Your reply", placeholder: "Your reply (Ctrl+Enter sends it)" });
  const heard = el("div", { class: "text heard" }), hint = el("p", { class: "note", role: "alert" });
  const send = el("button", { onclick: say }, "Say it");
  seat.append(el("div", { class: "seat-text" }, heard, box, hint), send);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.ctrlKey) say(); });
  main.replaceChildren(stage, seat);
  stage.replaceChildren(el("p", { class: "note" }, "The game is being set up."));
  let version = 0, viewer = null;

  async function say() {
    const reply = await fetch("say", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: box.value }) });
    hint.textContent = reply.ok ? "" : "That did not arrive: nobody waits for a reply just now.";
    if (reply.ok) { box.value = ""; seat.hidden = true; }
  }

  async function follow() {
    for (;;) {
      let moment;
      try {
        const answer = await fetch(`moment?after=${version}`);
        if (!answer.ok) throw new Error(answer.statusText);
        moment = await answer.json();
      } catch (problem) {
        hint.textContent = "The game was closed.";
        seat.hidden = false;
        box.disabled = send.disabled = true;
        return;
      }
      if (moment.version > version) show(moment);
      if (moment.done) return;
    }
  }

  function show(moment) {
    version = moment.version;
    if (moment.episode) {
      const following = !viewer || viewer.now === viewer.last, at = viewer ? viewer.now : 0;
      viewer = showEpisode(stage, moment.episode, { at: following ? moment.episode.steps.length - 1 : at });
      if (following) viewer.choose(viewer.last);
    }
    seat.hidden = moment.wanted === null;
    if (moment.wanted !== null) { heard.textContent = visible(moment.wanted); box.focus(); }
  }

  follow();
  return { choose: (place) => viewer?.choose(place), get now() { return viewer ? viewer.now : 0; }, get last() { return viewer ? viewer.last : 0; } };
}
