import type { VersionRow } from "./database.ts";

/** A version's `metadata.json`, for people and other programs; Skerry itself reads the database. */
export function metadataFile(row: Omit<VersionRow, "sequence">): Uint8Array<ArrayBuffer> {
  const metadata = {
    id: row.id,
    name: row.name,
    language: row.language,
    entrypoint: row.entrypoint,
    created_at: row.createdAt,
    size: row.size,
    wasm: row.hasModule,
    content_hash: row.contentHash,
    ...(row.config === null ? {} : { config: row.config }),
  };
  return new TextEncoder().encode(JSON.stringify(metadata, null, 2) + "\n");
}
