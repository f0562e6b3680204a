/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { ASSETS } from "./assets.ts";

/** All at once, instead of each when another one imports it. */
const MODULES = [...ASSETS.keys()].filter((path) => path.endsWith(".js") && path !== "uplot.js");

/** The places the navigation leads to: addresses after the page's own. */
const NAVIGATION = [
  ["#/", "Overview"],
  ["#/deploy", "Deploy"],
  ["#/routes", "Routes"],
  ["#/locks", "Locks and logs"],
] as const;

/** The dashboard's one page: what stays while its contents come and go. It holds no data. */
export function Shell({ version }: { readonly version: string }): Child {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Skerry</title>
        <link rel="icon" href="/_/ui/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/_/ui/uplot.css" />
        <link rel="stylesheet" href="/_/ui/style.css" />
        {MODULES.map((path) => <link key={path} rel="modulepreload" href={`/_/ui/${path}`} />)}
        <script src="/_/ui/uplot.js" defer></script>
        <script src="/_/ui/main.js" type="module"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <a class="brand" href="#/">
            <Island />
            <span>Skerry</span>
          </a>
          <nav aria-label="Pages">
            <ul>
              {NAVIGATION.map(([href, title]) => (
                <li>
                  <a href={href}>{title}</a>
                </li>
              ))}
              <li>
                <a id="api" href="/_/docs">API</a>
              </li>
            </ul>
          </nav>
          <button type="button" id="pause" aria-pressed="false">Pause</button>
        </header>
        <p id="connection" role="status"></p>
        <main id="content" tabindex={-1}>
          <noscript>This page needs JavaScript; the same is to be had with skerry --help.</noscript>
        </main>
        <Login />
        <p id="status" role="status" aria-live="polite" data-version={version}></p>
      </body>
    </html>
  );
}

function Island(): Child {
  return (
    <svg viewBox="0 0 34 22" aria-hidden="true">
      <path class="rock" d="M5 14 L10 7 L14 9 L19 2 L24 8 L29 14 Z" />
      <path class="wave" d="M1 17.5 q4 -3 8 0 t8 0 t8 0 t8 0" />
    </svg>
  );
}

function Login(): Child {
  return (
    <dialog id="login" aria-labelledby="login-title">
      <form>
        <h2 id="login-title">This server wants a token</h2>
        <label>
          Token
          <input name="token" type="password" autocomplete="current-password" required />
        </label>
        <p>
          <button type="submit" class="primary">Go on</button>
        </p>
      </form>
    </dialog>
  );
}
