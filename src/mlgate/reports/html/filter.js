"use strict";
(() => {
  const words = document.getElementById("words");
  const standing = document.getElementById("standing");
  const shown = document.getElementById("shown");
  const checks = [...document.querySelectorAll("details.check")];
  const texts = checks.map((check) => check.querySelector("summary").textContent.toLowerCase());
  const filter = () => {
    const wanted = words.value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    checks.forEach((check, place) => {
      const held = !standing.value || check.dataset.standing === standing.value;
      const fits = held && wanted.every((word) => texts[place].includes(word));
      check.hidden = !fits;
      count += fits;
    });
    shown.textContent = `${count} of ${checks.length} shown`;
  };
  words.addEventListener("input", filter);
  standing.addEventListener("change", filter);
  document.getElementById("unfold").addEventListener("click", () => checks.forEach((check) => { check.open = !check.hidden; }));
  document.getElementById("fold").addEventListener("click", () => checks.forEach((check) => { check.open = false; }));
  document.getElementById("tools").hidden = false;
  filter();
  let opened = [];
  window.addEventListener("beforeprint", () => { opened = checks.filter((check) => !check.open && check.dataset.standing === "failed"); opened.forEach((check) => { check.open = true; }); });
  window.addEventListener("afterprint", () => opened.forEach((check) => { check.open = false; }));
})();
