import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { ApiDocument } from "../document.ts";
import { DOCS_STYLE } from "./docs_style.ts";
import { inlineMarkup } from "./inline_markup.ts";
import { type DescribedOperation, type Media, operationsOf } from "./operations.ts";
import { schemaText } from "./schema_text.ts";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The description as one page that needs nothing else: no script, no font, no network. */
export function docsPage(document: ApiDocument): Html {
  const groups = Map.groupBy(operationsOf(document), ({ tag }) => tag);
  const tags = (document.tags ?? []).filter(({ name }) => groups.has(name));
  const { title, version, description = "" } = document.info;
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <style>${raw(DOCS_STYLE)}</style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the operations</a>
        <header>
          <h1>${title} <small>${version}</small></h1>
          ${description.split("\n\n").map((part) => html`<p>${inlineMarkup(part)}</p>`)}
          <p><a href="openapi.json">openapi.json</a> is the same for programs, <a href="ui">the dashboard</a> uses it.</p>
        </header>
        <div class="columns">
          <nav aria-label="Operations">
            ${tags.map(({ name }) => navigation(name, groups.get(name)!))}
            <h2><a href="#schemas">Schemas</a></h2>
          </nav>
          <main id="content">
            ${tags.map((tag) => section(tag.name, tag.description ?? "", groups.get(tag.name)!))}
            ${schemas(document)}
          </main>
        </div>
      </body>
    </html>
  `;
}

function navigation(tag: string, operations: readonly DescribedOperation[]): Html {
  return html`
    <h2><a href="#${anchor(tag)}">${tag}</a></h2>
    <ul>${operations.map(({ id, summary }) => html`<li><a href="#${id}">${summary}</a></li>`)}</ul>
  `;
}

function section(
  tag: string,
  description: string,
  operations: readonly DescribedOperation[],
): Html {
  return html`
    <section aria-labelledby="${anchor(tag)}">
      <h2 id="${anchor(tag)}">${tag}</h2>
      <p>${inlineMarkup(description)}</p>
      ${operations.map((each) => article(each))}
    </section>
  `;
}

function article(operation: DescribedOperation): Html {
  const { id, method, path, summary, description, parameters, body, responses } = operation;
  return html`
    <article id="${id}">
      <h3>${summary}</h3>
      <p class="line"><span class="method ${method}">${method
        .toUpperCase()}</span> <code>${path}</code></p>
      ${description === "" ? "" : html`<p>${inlineMarkup(description)}</p>`}
      ${parameters.length === 0 ? "" : parameterTable(parameters)}
      ${body === undefined ? "" : html`<h4>Body</h4>${bodyPart(body)}`}
      <h4>Answers</h4>
      <dl class="answers">${responses.map((each) => answer(each))}</dl>
    </article>
  `;
}

function parameterTable(parameters: DescribedOperation["parameters"]): Html {
  return html`
    <h4>Parameters</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Parameters">
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th>In</th>
            <th>Type</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>${parameters.map(({ name, place, type, description, isRequired }) =>
          html`
            <tr>
              <td><code>${name}</code>${isRequired
                ? html`
                  <small>required</small>
                `
                : ""}</td>
              <td>${place}</td>
              <td><code>${type}</code></td>
              <td>${inlineMarkup(description)}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function bodyPart(body: NonNullable<DescribedOperation["body"]>): Html {
  return html`${body.description === "" ? "" : html`<p>${inlineMarkup(body.description)}</p>`}
${body.content.map((each) => media(each))}`;
}

function answer(
  { status, description, content }: DescribedOperation["responses"][number],
): Html {
  const isSuccess = status.startsWith("2");
  return html`
    <dt class="${isSuccess ? "good" : "bad"}">${status}</dt>
    <dd>${inlineMarkup(description)}${isSuccess ? content.map((each) => media(each)) : ""}</dd>
  `;
}

/** A named schema is a link, a plain type is itself, and a shape is there to be opened. */
function media({ type, schema }: Media): Html {
  const text = schemaText(schema);
  const isNamed = typeof schema === "object" && schema !== null && "$ref" in schema;
  if (isNamed) {
    return html`<p class="media"><code>${type}</code> <a href="#schema-${text}">${text}</a></p>`;
  }
  if (!text.includes("\n")) return html`<p class="media"><code>${type}</code> ${text}</p>`;
  return html`
    <details>
      <summary><code>${type}</code></summary>
      <pre tabindex="0"><code>${text}</code></pre>
    </details>
  `;
}

function schemas(document: ApiDocument): Html {
  const all = Object.entries(document.components?.schemas ?? {});
  return html`
    <section aria-labelledby="schemas">
      <h2 id="schemas">Schemas</h2>
      ${all.map(([name, schema]) =>
        html`
          <article id="schema-${name}">
            <h3>${name}</h3>
            <pre tabindex="0"><code>${schemaText(schema)}</code></pre>
          </article>
        `
      )}
    </section>
  `;
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
