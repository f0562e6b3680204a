/** Something wrong with one key of a configuration: what it is, expected and found. */
export interface ConfigProblem {
  /** Dotted path of the key, e.g. `limits.fuel`. */
  readonly key: string;
  /** Continues the key to a sentence, e.g. `must be a positive integer, found "lots"`. */
  readonly message: string;
}

/**
 * Reads the keys of a TOML table one by one, noting problems instead of throwing. Keys nobody asked for are
 * problems too, reported by {@linkcode ConfigTable.finish}.
 */
export class ConfigTable {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: ConfigProblem[];
  readonly #known = new Set<string>();

  constructor(values: Readonly<Record<string, unknown>>, problems: ConfigProblem[], path = "") {
    this.#values = values;
    this.#problems = problems;
    this.#path = path;
  }

  /** Whether the key is there; makes it a known one. */
  has(key: string): boolean {
    this.#known.add(key);
    return Object.hasOwn(this.#values, key);
  }

  /**
   * The value of a key as `read` understands it, or undefined if the key is absent or wrong.
   *
   * @param expectation What `read` accepts, e.g. `a positive integer`.
   * @param read Returns undefined for a value it does not accept.
   */
  value<T>(
    key: string,
    expectation: string,
    read: (value: unknown) => T | undefined,
  ): T | undefined {
    if (!this.has(key)) return undefined;
    const value = read(this.#values[key]);
    if (value === undefined) {
      this.note(key, `must be ${expectation}, found ${describe(this.#values[key])}`);
    }
    return value;
  }

  /** A non-empty string. */
  string(key: string): string | undefined {
    return this.value(key, "a non-empty string", readNonEmptyString);
  }

  /** True or false. */
  boolean(key: string): boolean | undefined {
    return this.value(key, "true or false", (value) => {
      return typeof value === "boolean" ? value : undefined;
    });
  }

  /** An integer within bounds, both included. */
  integer(key: string, minimum: number, maximum: number): number | undefined {
    const expectation = maximum === Number.MAX_SAFE_INTEGER && minimum === 1
      ? "a positive integer"
      : `an integer from ${minimum} to ${maximum}`;
    return this.value(key, expectation, (value) => {
      if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
      return value >= minimum && value <= maximum ? value : undefined;
    });
  }

  /** A table within this one; an empty one if the key is absent or wrong. */
  table(key: string): ConfigTable {
    const values = this.value(key, "a table", (value) => isTable(value) ? value : undefined);
    return new ConfigTable(values ?? {}, this.#problems, this.#join(key));
  }

  /** The tables of an array of tables; none if the key is absent or wrong. */
  tables(key: string): ConfigTable[] {
    const tables = this.value(key, "an array of tables", (value) => {
      return readArray(value, (item) => isTable(item) ? item : undefined);
    });
    return (tables ?? []).map((values) => {
      return new ConfigTable(values, this.#problems, this.#join(key));
    });
  }

  /** Every key with its value; makes all of them known. */
  entries(): [string, unknown][] {
    const entries = Object.entries(this.#values);
    for (const [key] of entries) this.#known.add(key);
    return entries;
  }

  /** Notes a problem with a key. */
  note(key: string, message: string): void {
    this.#problems.push({ key: this.#join(key), message });
  }

  /** Notes every key that was never asked for. */
  finish(): void {
    for (const key of Object.keys(this.#values)) {
      if (this.#known.has(key)) continue;
      this.note(key, `is not a known key, expected one of ${[...this.#known].join(", ")}`);
    }
  }

  #join(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }
}

/** A value as an error message shows it: short, and in TOML's terms. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? value.slice(0, 40) + "…" : value);
  }
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date";
  return isTable(value) ? "a table" : String(value);
}

/** The value if it is a string of at least one character. */
export function readNonEmptyString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value if it is an array whose every item `read` accepts. */
export function readArray<T>(
  value: unknown,
  read: (item: unknown) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}
