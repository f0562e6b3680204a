/** What of a JSON schema is read here. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const INDENT = "  ";
const ANY = "any";
/** Beyond this depth only names are shown. */
const MAX_DEPTH = 4;

/** A schema as people write shapes: members with their types, and what they mean behind `//`. */
export function schemaText(schema: unknown): string {
  return shape((schema ?? {}) as Schema, "", 0);
}

/** The type of a value in a few words. */
export function typeName(schema: unknown): string {
  return shape((schema ?? {}) as Schema, "", MAX_DEPTH);
}

function shape(schema: Schema, indent: string, depth: number): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? ANY;
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts !== undefined && schema.properties === undefined) {
    return combined(parts, indent, depth, schema.allOf === undefined ? " | " : " & ");
  }
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.properties !== undefined && depth < MAX_DEPTH) return members(schema, indent, depth);
  if (schema.items !== undefined) return list(shape(schema.items, indent, depth));
  const types = typeof schema.type === "string" ? [schema.type] : schema.type ?? [ANY];
  return types.map((type) => plain(type, schema.format)).join(" | ");
}

/** Parts that only describe, as those beside a `$ref`, are none. */
function combined(
  parts: readonly Schema[],
  indent: string,
  depth: number,
  separator: string,
): string {
  const texts = parts.map((part) => shape(part, indent, depth)).filter((text) => text !== ANY);
  return texts.length === 0 ? ANY : [...new Set(texts)].join(separator);
}

function members(schema: Schema, indent: string, depth: number): string {
  const inner = indent + INDENT;
  const lines = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    const description = member.description ?? member.allOf?.find(isDescribed)?.description;
    const note = description === undefined ? "" : `  // ${description}`;
    return `${inner}${name}${mark}: ${shape(member, inner, depth + 1)}${note}\n`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

function isDescribed({ description }: Schema): boolean {
  return description !== undefined;
}

function list(item: string): string {
  return / [|&] /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function plain(type: string, format: string | undefined): string {
  return format === undefined || type === "null" ? type : `${type} (${format})`;
}
