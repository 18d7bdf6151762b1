(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const opened = [];

  for (const tools of all(".tools")) tools.hidden = false;

  for (const button of all("button[data-verdict]")) {
    button.addEventListener("click", () => {
      const wanted = button.dataset.verdict;
      for (const other of all("button[data-verdict]")) other.setAttribute("aria-pressed", String(other === button));
      for (const row of all("[data-row]")) row.hidden = wanted !== "" && row.dataset.row !== wanted;
    });
  }

  for (const button of all("button[data-open]")) {
    button.addEventListener("click", () => {
      for (const one of all("details.case:not([hidden])")) one.open = button.dataset.open === "true";
    });
  }

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) {
      one.hidden = false;
      one.open = true;
    }
    (target.parentElement.matches("details") ? target.parentElement : target).scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  addEventListener("beforeprint", () => {
    for (const one of all("details.print:not([open])")) {
      one.open = true;
      opened.push(one);
    }
  });
  addEventListener("afterprint", () => {
    for (const one of opened.splice(0)) one.open = false;
  });
})();
