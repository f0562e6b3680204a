import type { ApiApp } from "./api_app.ts";

/** An OpenAPI 3.1 document. */
export type ApiDocument = ReturnType<ApiApp["getOpenAPI31Document"]>;

const SECURITY_SCHEME = "bearer";

const TAGS = [
  { name: "Functions", description: "Functions of the folder, deployed ones, and their versions." },
  { name: "Routes", description: "The route table, which other programs may edit as well." },
  { name: "Deploy and invoke", description: "The API that small FaaS servers share." },
  { name: "Locks", description: "Locks with leases and fencing tokens." },
  { name: "Logs", description: "Durable append-only logs, guarded by locks." },
  { name: "System", description: "How the server is." },
];

const DESCRIPTION = `Functions, routes, locks and logs of one Skerry server.

With a token (or a secret of JSON Web Tokens) configured, every operation but health and this
description needs it: \`Authorization: Bearer TOKEN\`. Without one, only clients on the same machine are answered.

What goes wrong is a problem document (RFC 9457) with a stable \`code\`.`;

/** The description of everything that was registered with the app. */
export function apiDocument(app: ApiApp, version: string): ApiDocument {
  app.openAPIRegistry.registerComponent("securitySchemes", SECURITY_SCHEME, {
    type: "http",
    scheme: "bearer",
    description: "The server's token, or a JSON Web Token (HS256) signed with its secret",
  });
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Skerry management API",
      version,
      description: DESCRIPTION,
      license: { name: "MIT" },
    },
    servers: [{ url: "/", description: "This server" }],
    security: [{ [SECURITY_SCHEME]: [] }],
  });
  const used = new Set(
    Object.values(document.paths ?? {}).flatMap((path) =>
      Object.values(path).flatMap((each: { readonly tags?: string[] }) => each.tags ?? [])
    ),
  );
  return { ...document, tags: TAGS.filter(({ name }) => used.has(name)) };
}
