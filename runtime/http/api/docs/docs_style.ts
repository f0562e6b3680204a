/** The page's style: the system's own fonts, light and dark, from the width of a phone on. */
export const DOCS_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --panel: #f1f1ec; --line: #d9d9d0; --text: #1d2327; --faint: #5c666d;
  --link: #0b5f7c; --get: #0b6b4a; --post: #0b5f7c; --put: #8a5a00; --delete: #a32020;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181b; --panel: #1d2327; --line: #333c42; --text: #e4e7e8; --faint: #9aa5ab;
    --link: #6cc5e6; --get: #5fcf9f; --post: #6cc5e6; --put: #e5b567; --delete: #f08a8a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px;
}
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--ground); }
h1 { margin: 0 0 .5rem; font-size: 1.7rem; line-height: 1.2; }
h1 small, td small { color: var(--faint); font-weight: normal; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.35rem; }
h3 { margin: 0; font-size: 1.1rem; }
h4 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--faint); }
p { margin: .4rem 0; max-width: 46rem; }
code, pre { font: .9em/1.5 ui-monospace, Menlo, Consolas, monospace; }
.columns { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2.5rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; font-size: .9rem; }
nav h2 { margin: 1.2rem 0 .2rem; font-size: .95rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { padding: .12rem 0; break-inside: avoid; }
nav h2 { break-after: avoid; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
article { margin: 1rem 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 6px; }
article:target { border-color: var(--link); }
.line { margin: .35rem 0 .5rem; }
.method { font: bold .85em ui-monospace, Menlo, Consolas, monospace; }
.get { color: var(--get); } .post { color: var(--post); }
.put { color: var(--put); } .delete { color: var(--delete); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th { border-top: 0; font-size: .82rem; font-weight: normal; color: var(--faint); }
dl.answers { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); gap: .3rem .6rem; margin: 0; font-size: .94rem; }
dt { font: bold .9em/1.7 ui-monospace, Menlo, Consolas, monospace; }
dt.good { color: var(--get); } dt.bad { color: var(--faint); }
dd { margin: 0; }
.media { margin: .15rem 0; }
summary { cursor: pointer; padding: .15rem 0; }
pre { margin: .3rem 0; padding: .7rem .8rem; overflow-x: auto; background: var(--panel); border-radius: 4px; }
@media (max-width: 52rem) {
  body { padding: 1rem; }
  .columns { display: block; }
  nav { position: static; max-height: none; columns: 2 9rem; margin-top: 1rem; padding: .2rem 1rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
  nav h2:first-child { margin-top: .6rem; }
  article { padding: .8rem; }
}
@media print { nav { display: none; } .columns { display: block; } }
`;
