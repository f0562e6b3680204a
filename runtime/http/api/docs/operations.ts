import type { ApiDocument } from "../document.ts";
import { typeName } from "./schema_text.ts";

/** An operation as the page shows it. */
export interface DescribedOperation {
  /** Names its place on the page. */
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly DescribedParameter[];
  readonly body?: { readonly description: string; readonly content: readonly Media[] };
  readonly responses: readonly {
    readonly status: string;
    readonly description: string;
    readonly content: readonly Media[];
  }[];
}

/** A parameter as the page shows it. */
export interface DescribedParameter {
  readonly name: string;
  readonly place: string;
  readonly type: string;
  readonly description: string;
  readonly isRequired: boolean;
}

/** One form of a body. */
export interface Media {
  readonly type: string;
  readonly schema: unknown;
}

/** What of the document's operations is read here. */
interface RawOperation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly RawParameter[];
  readonly requestBody?: RawBody;
  readonly responses?: Readonly<Record<string, RawBody>>;
}

interface RawParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: unknown;
}

interface RawBody {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** Every operation of a document, in its order. */
export function operationsOf(document: ApiDocument): DescribedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as RawOperation | undefined;
      return operation === undefined ? [] : [describe(method, path, operation)];
    })
  );
}

function describe(method: string, path: string, operation: RawOperation): DescribedOperation {
  const { tags = [], summary = path, description = "", requestBody: body } = operation;
  return {
    id: `${method}${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}`.replace(/-$/, ""),
    tag: tags[0] ?? "",
    method,
    path,
    summary,
    description,
    parameters: (operation.parameters ?? []).map(parameter),
    body: body && { description: body.description ?? "", content: media(body) },
    responses: Object.entries(operation.responses ?? {}).map(([status, response]) => {
      return { status, description: response.description ?? "", content: media(response) };
    }),
  };
}

function parameter({ name, in: place, required, description, schema }: RawParameter) {
  return {
    name,
    place,
    type: typeName(schema),
    description: description ?? (schema as { description?: string })?.description ?? "",
    isRequired: required ?? false,
  };
}

function media({ content = {} }: RawBody): Media[] {
  return Object.entries(content).map(([type, { schema }]) => ({ type, schema }));
}
