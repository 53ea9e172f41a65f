"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const words = document.getElementById("words");
  const family = document.getElementById("family");
  const state = document.getElementById("state");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const checks = [...document.querySelectorAll("details.check")].map((node) => ({
    node,
    count: node.querySelector(".count"),
    name: node.querySelector("summary").textContent.toLowerCase(),
    findings: [...node.querySelectorAll(".finding")].map((one) => ({ node: one, text: one.textContent.toLowerCase() })),
  }));
  const total = checks.reduce((sum, check) => sum + check.findings.length, 0);
  const number = (value) => value.toLocaleString("en");

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let visible = 0;
    for (const check of checks) {
      const { severity, family: kin } = check.node.dataset;
      const fits = severities.has(severity) && (!family.value || kin === family.value);
      let here = 0;
      for (const finding of check.findings) {
        const hit = fits && (!state.value || finding.node.dataset.state === state.value)
          && wanted.every((word) => finding.text.includes(word) || check.name.includes(word));
        finding.node.hidden = !hit;
        here += hit ? 1 : 0;
      }
      check.node.hidden = here === 0;
      const all = check.findings.length;
      check.count.textContent = here === all ? number(all) : number(here) + " of " + number(all);
      visible += here;
    }
    none.hidden = visible > 0;
    shown.textContent = visible === total ? number(total) + " shown" : number(visible) + " of " + number(total) + " shown";
  };

  let timer = 0;
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  for (const control of [family, state, ...boxes]) control.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("fold").addEventListener("click", () => {
    const open = !checks.some((check) => check.node.open);
    for (const check of checks) check.node.open = open;
    label();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      words.focus();
    }
  });
  const fold = document.getElementById("fold");
  const label = () => { fold.textContent = checks.some((check) => check.node.open) ? "Fold all" : "Unfold all"; };
  for (const check of checks) check.node.addEventListener("toggle", label);
  form.hidden = false;
  label();
  apply();
})();
