"""Runs modules under Wasmtime and notes what they answer and what fuel they consume."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import wasmtime

from host import Exit, Host

AMPLE_FUEL = 10**12
# Wasmtime compiles what instantiation must compute into a function of its own, whose entry and call of the start
# function cost this. What else that function costs depends on what the version at hand computes beforehand.
INITIALISER_FUEL = 2
ROOT = Path(__file__).resolve().parents[2]

FEATURES = (
    "wasm_bulk_memory",
    "wasm_exceptions",
    "wasm_function_references",
    "wasm_gc",
    "wasm_memory64",
    "wasm_multi_memory",
    "wasm_multi_value",
    "wasm_reference_types",
    "wasm_relaxed_simd",
    "wasm_simd",
    "wasm_tail_call",
    "wasm_threads",
)

TRAPS = {
    "ALLOCATION_TOO_LARGE": "allocation_failed",
    "ARRAY_OUT_OF_BOUNDS": "out_of_bounds",
    "BAD_CONVERSION_TO_INTEGER": "invalid_conversion",
    "BAD_SIGNATURE": "indirect_call_mismatch",
    "CAST_FAILURE": "cast_failure",
    "HEAP_MISALIGNED": "out_of_bounds",
    "INDIRECT_CALL_TO_NULL": "indirect_call_mismatch",
    "INTEGER_DIVISION_BY_ZERO": "divide_by_zero",
    "INTEGER_OVERFLOW": "integer_overflow",
    "MEMORY_OUT_OF_BOUNDS": "out_of_bounds",
    "NULL_REFERENCE": "null_reference",
    "OUT_OF_FUEL": "fuel_exhausted",
    "TABLE_OUT_OF_BOUNDS": "out_of_bounds",
    "UNREACHABLE": "unreachable",
}


@dataclass
class Call:
    """One call: the export (None: only the start function runs), and its arguments as text."""

    entry: str | None
    args: list[str] = field(default_factory=list)


@dataclass
class Program:
    """A module as text, and the calls to make, each on an instance of its own.

    A sweep runs each call with every budget from 0 to all that it needs, and one more. Otherwise each call also
    runs with one unit less than it needs, unless it belongs to a class of single operators.
    """

    name: str
    wat: str
    calls: list[Call]
    sweep: bool = False
    short: bool = True
    #: Whether there is a start function, which then runs under the budget as well.
    starts: bool = False
    #: A module of the repository, in place of `wat`.
    path: str | None = None
    #: Whether the text is written beside the bytes.
    shows_text: bool = True


def make_engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    for feature in FEATURES:
        setattr(config, feature, True)
    return wasmtime.Engine(config)


ENGINE = make_engine()


def parse(text: str) -> int | float:
    """A value as the vectors spell it, e.g. `i64:-3` or `f32:0x3f800000`."""
    kind, value = text.split(":")
    if kind == "f32":
        return struct.unpack("<f", struct.pack("<I", int(value, 16)))[0]
    if kind == "f64":
        return struct.unpack("<d", struct.pack("<Q", int(value, 16)))[0]
    return int(value)


def spell(kind: str, value) -> str:
    if kind == "f32":
        return f"f32:0x{struct.unpack('<I', struct.pack('<f', value))[0]:08x}"
    if kind == "f64":
        return f"f64:0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}"
    return f"{kind}:{value}"


def spell_results(kinds: list, values) -> list[str]:
    if len(kinds) == 0:
        return []
    listed = [values] if len(kinds) == 1 else values
    return [spell(str(kind), value) for kind, value in zip(kinds, listed)]


def trap_kind(error: Exception) -> str:
    code = getattr(error, "trap_code", None)
    if code is None and "thrown Wasm exception" in str(error):
        return "uncaught_exception"
    if code is None:
        raise error
    return TRAPS[code.name]


def run(module: wasmtime.Module, call: Call, budget: int, starts: bool) -> dict:
    """Instantiates and calls. What instantiation costs Wasmtime is left out, but for the start function."""
    store, host = wasmtime.Store(ENGINE), Host()
    overhead = INITIALISER_FUEL if starts else 0
    outcome = {"outcome": "ok"}
    try:
        store.set_fuel(budget + overhead if starts else AMPLE_FUEL)
        instance = wasmtime.Instance(store, module, host.link(store, module))
        if not starts:
            store.set_fuel(budget)
        if call.entry is not None:
            function = instance.exports(store)[call.entry]
            host.instance = instance
            values = function(store, *map(parse, call.args))
            outcome["results"] = spell_results(function.type(store).results, values)
    except Exit as stop:
        outcome = {"outcome": f"exit {stop.code}"}
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        outcome = {"outcome": trap_kind(error)}
        if "instance" not in locals() and not starts:
            return {**outcome, "fuel": 0}
    return {**outcome, "fuel": max(0, budget - store.get_fuel())}


def vectors(program: Program) -> list[dict]:
    """All vectors of one program."""
    module = wasmtime.Module(ENGINE, program.wat if program.path is None else (ROOT / program.path).read_bytes())
    found = []
    for call in program.calls:
        whole = run(module, call, AMPLE_FUEL, program.starts)
        for budget in [AMPLE_FUEL, *budgets(program, whole["fuel"])]:
            outcome = whole if budget == AMPLE_FUEL else run(module, call, budget, program.starts)
            found.append({"entry": call.entry, "args": call.args, "budget": budget, **outcome})
    return found


def budgets(program: Program, total: int) -> list[int]:
    if program.sweep:
        return list(range(total + 2))
    return [total - 1] if program.short and total > 0 else []
