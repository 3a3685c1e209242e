// Verification in steps with progress, and the calendar whose days change kind when pressed; both pages work without this.
const token = () => document.querySelector("meta[name=csrf-token]").content;

async function verifyInSteps(form) {
  const bar = document.querySelector("#progress"), text = document.querySelector("#progress-text");
  const verdict = document.querySelector("#verdict"), list = document.querySelector("#findings");
  const button = form.querySelector("button");
  let after = "", done = 0, found = 0;
  button.disabled = true;
  list.replaceChildren();
  verdict.querySelector(".verdict")?.remove();
  try {
    for (;;) {
      const answer = await fetch("/audit/verify/step", {
        method: "POST", headers: { "X-CSRF-Token": token() }, body: new URLSearchParams({ after, found: String(found) }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const step = await answer.json();
      done += step.done;
      found += step.findings.length;
      after = step.after;
      bar.max = Math.max(Number(form.dataset.total), done);
      bar.value = done;
      text.textContent = `${text.dataset.text} ${done} / ${bar.max}`;
      for (const finding of step.findings) list.append(findingItem(finding));
      if (found) verdict.hidden = false;
      if (step.over) break;
    }
    const line = document.createElement("p");
    line.className = found ? "problem verdict" : "good verdict";
    line.textContent = found ? `${verdict.dataset.bad} ${found}` : verdict.dataset.good;
    verdict.prepend(line);
    verdict.hidden = false;
  } catch {
    text.textContent = form.dataset.failed;
  }
  button.disabled = false;
}

function findingItem(finding) {
  const item = document.createElement("li"), link = document.createElement("a");
  link.href = `/audit/streams/${encodeURIComponent(finding.stream)}?verify=1`;
  link.textContent = finding.stream;
  item.append(link, " ", finding.sentence);
  return item;
}

const verification = document.querySelector("#verify");
verification?.addEventListener("submit", (event) => { event.preventDefault(); verifyInSteps(verification); });

const calendar = document.querySelector("#calendar");
if (calendar) {
  const changed = new Map();
  const field = calendar.querySelector("input[name=changes]");
  calendar.addEventListener("click", (event) => {
    const day = event.target.closest("button.day[data-day]");
    if (!day) return;
    event.preventDefault();
    const brush = calendar.querySelector("input[name=kind]:checked").value;
    const name = calendar.querySelector("input[name=name]").value.trim();
    const same = day.dataset.kind === brush && (day.dataset.name || "") === name;
    paint(day, same ? "" : brush, same ? "" : name);
  });
  const paint = (day, kind, name) => {
    day.dataset.kind = kind;
    day.dataset.name = name;
    const usual = day.dataset.usual === "rest" ? "rest" : "";
    day.className = `day ${kind || usual}`;
    day.querySelector("small").textContent = name;
    const before = day.dataset.before, now = kind ? `${kind}|${name}` : "";
    if (before === now) changed.delete(day.dataset.day);
    else changed.set(day.dataset.day, { kind, name });
    day.classList.toggle("changed", before !== now);
    field.value = JSON.stringify(Object.fromEntries(changed));
    calendar.querySelector("#save").disabled = changed.size === 0;
    calendar.querySelector("#count").textContent = String(changed.size);
  };
}
