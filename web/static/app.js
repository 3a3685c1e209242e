// Keyboard in lists and decisions, and fields that appear as the form is filled; everything works without it.
const typing = (e) => e.isComposing || e.target.closest("input,textarea,select,[contenteditable]") || e.ctrlKey || e.metaKey || e.altKey;
let at = -1;
document.addEventListener("keydown", (e) => {
  if (typing(e)) return;
  const rows = [...document.querySelectorAll("#list li:not(.empty)")];
  if ((e.key === "j" || e.key === "k") && rows.length) {
    at = Math.max(0, Math.min(rows.length - 1, at + (e.key === "j" ? 1 : -1)));
    rows.forEach((row, n) => row.classList.toggle("selected", n === at));
    rows[at].querySelector("a").focus();
  } else if (e.key === "/") {
    const search = document.querySelector("input[name=q]");
    if (search) { e.preventDefault(); search.focus(); }
  } else if (e.key === "c") {
    const comment = document.querySelector("#comment");
    if (comment) { e.preventDefault(); comment.focus(); }
  } else if (e.key === "a" || e.key === "r") {
    const button = document.querySelector(`button[data-key="${e.key}"]`);
    if (button) { e.preventDefault(); button.focus(); }
  }
});
for (const form of document.querySelectorAll("form[data-state-url]")) {
  let timer;
  const refresh = async () => {
    const body = new FormData(form);
    for (const [key, value] of [...body]) if (value instanceof File) body.delete(key);
    const answer = await fetch(form.dataset.stateUrl, { method: "POST", body, headers: { "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content } });
    if (!answer.ok) return;
    const hidden = new Set((await answer.json()).hidden);
    for (const field of form.querySelectorAll(".field")) field.hidden = hidden.has(field.dataset.key);
  };
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(refresh, 150); });
}
