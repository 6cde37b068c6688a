// Runs before the first paint, so that a remembered dark page never flashes white.
(() => {
  const remembered = localStorage.getItem("perezvon.theme");
  const dark = remembered ? remembered === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
