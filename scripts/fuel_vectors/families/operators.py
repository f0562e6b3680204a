"""Every operator of one kind of value: numerics, conversions, loads and stores, SIMD."""

from engine import Call, Program

I32_BINARY = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr"
INTEGER_TESTS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"
FLOAT_UNARY = "abs neg ceil floor trunc nearest sqrt"
FLOAT_BINARY = "add sub mul div min max copysign"
FLOAT_TESTS = "eq ne lt gt le ge"
CONVERSIONS = """
    i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
    i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
    f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64
    f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
    i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
    i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
    i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u
"""
LOADS = {
    "i32": "load load8_s load8_u load16_s load16_u",
    "i64": "load load8_s load8_u load16_s load16_u load32_s load32_u",
    "f32": "load",
    "f64": "load",
}
STORES = {
    "i32": "store store8 store16",
    "i64": "store store8 store16 store32",
    "f32": "store",
    "f64": "store",
}
ATOMIC_WIDTHS = {"i32": ["", "8", "16"], "i64": ["", "8", "16", "32"]}
READ_MODIFY_WRITES = "add sub and or xor xchg cmpxchg"
# Two plain operands of each type, then one that makes some operators trap: NaN, not infinity, because V8 calls
# both the same when an integer is to be made of them, and Wasmtime does not.
VALUES = {
    "i32": ["i32:7", "i32:3", "i32:0"],
    "i64": ["i64:-9", "i64:4", "i64:0"],
    "f32": ["f32:0x40600000", "f32:0x3fa00000", "f32:0x7fc00000"],
    "f64": ["f64:0x400c000000000000", "f64:0x3ff4000000000000", "f64:0x7ff8000000000000"],
}


def programs() -> list[Program]:
    return [
        Program("numeric operators", numeric_module(), numeric_calls(), short=False),
        Program("loads and stores", memory_module(), memory_calls(), short=False),
        Program("atomic operators", atomic_module(), atomic_calls(), short=False),
        Program("constants and variables", VARIABLES, [Call("f", ["i32:5"])]),
    ]


def numeric_operators() -> list[tuple[str, list[str], str]]:
    """Name, operand types and result type of each."""
    found = []
    for kind in ("i32", "i64"):
        found += [(f"{kind}.{name}", [kind], kind) for name in "clz ctz popcnt extend8_s extend16_s".split()]
        found += [(f"{kind}.{name}", [kind, kind], kind) for name in I32_BINARY.split()]
        found += [(f"{kind}.{name}", [kind, kind], "i32") for name in INTEGER_TESTS.split()]
        found.append((f"{kind}.eqz", [kind], "i32"))
    found.append(("i64.extend32_s", ["i64"], "i64"))
    for kind in ("f32", "f64"):
        found += [(f"{kind}.{name}", [kind], kind) for name in FLOAT_UNARY.split()]
        found += [(f"{kind}.{name}", [kind, kind], kind) for name in FLOAT_BINARY.split()]
        found += [(f"{kind}.{name}", [kind, kind], "i32") for name in FLOAT_TESTS.split()]
    for name in CONVERSIONS.split():
        source = next(kind for kind in ("i32", "i64", "f32", "f64") if f"_{kind}" in name)
        found.append((name, [source], name[:3]))
    return found


def numeric_module() -> str:
    functions = []
    for name, operands, result in numeric_operators():
        gets = " ".join(f"(local.get {i})" for i in range(len(operands)))
        functions.append(f'(func (export "{name}") (param {" ".join(operands)}) (result {result}) ({name} {gets}))')
    return "(module\n  " + "\n  ".join(functions) + ")"


def numeric_calls() -> list[Call]:
    calls = []
    for name, operands, _ in numeric_operators():
        calls.append(Call(name, [VALUES[kind][i] for i, kind in enumerate(operands)]))
        if "div_" in name or "rem_" in name:
            calls.append(Call(name, [VALUES[operands[0]][0], VALUES[operands[0]][2]]))
        elif ".trunc_" in name:
            calls.append(Call(name, [VALUES[operands[0]][2]]))
    calls.append(Call("i32.div_s", ["i32:-2147483648", "i32:-1"]))
    calls.append(Call("i64.div_s", [f"i64:{-(2**63)}", "i64:-1"]))
    return calls


def memory_module() -> str:
    functions = []
    for kind, names in LOADS.items():
        for name in names.split():
            functions.append(
                f'(func (export "{kind}.{name}") (param i32) (result {kind}) ({kind}.{name} offset=3 (local.get 0)))'
            )
    for kind, names in STORES.items():
        for name in names.split():
            functions.append(
                f'(func (export "{kind}.{name}") (param i32 {kind}) '
                f"({kind}.{name} offset=3 (local.get 0) (local.get 1)))"
            )
    functions.append('(func (export "memory.size") (param i32) (result i32) (memory.size))')
    functions.append('(func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))')
    return (
        '(module (memory 1 3) (data (i32.const 0) "\\01\\02\\03\\04\\05\\06\\07\\08")\n  '
        + "\n  ".join(functions)
        + ")"
    )


def memory_calls() -> list[Call]:
    calls = []
    for address in ("i32:0", "i32:65536", "i32:-1"):
        calls += [Call(f"{kind}.{name}", [address]) for kind, names in LOADS.items() for name in names.split()]
        calls += [
            Call(f"{kind}.{name}", [address, VALUES[kind][0]])
            for kind, names in STORES.items()
            for name in names.split()
        ]
    calls.append(Call("memory.size", ["i32:0"]))
    calls += [Call("memory.grow", [f"i32:{pages}"]) for pages in (0, 1, 2, 3, -1)]
    return calls


def atomic_operators() -> list[tuple[str, int, str]]:
    """Name, operands beside the address, and type of each."""
    found = []
    for kind, widths in ATOMIC_WIDTHS.items():
        for width in widths:
            sign = "_u" if width else ""
            found.append((f"{kind}.atomic.load{width}{sign}", 0, kind))
            found.append((f"{kind}.atomic.store{width}", 1, kind))
            for name in READ_MODIFY_WRITES.split():
                found.append((f"{kind}.atomic.rmw{width}.{name}{sign}", 2 if name == "cmpxchg" else 1, kind))
    return found


def atomic_module() -> str:
    functions = ['(func (export "atomic.fence") (param i32) (atomic.fence))']
    for name, operands, kind in atomic_operators():
        result = "" if "store" in name else f"(result {kind})"
        values = f"({kind}.const 3)" * operands
        functions.append(f'(func (export "{name}") (param i32) {result} ({name} (local.get 0) {values}))')
    notify = '(func (export "notify") (param i32) (result i32) (memory.atomic.notify (local.get 0) (i32.const 1)))'
    return "(module (memory 1)\n  " + "\n  ".join([*functions, notify]) + ")"


def atomic_calls() -> list[Call]:
    names = ["atomic.fence", "notify", *(name for name, _, _ in atomic_operators())]
    beyond = [Call("i32.atomic.load", ["i32:65536"]), Call("i64.atomic.rmw.add", ["i32:1"])]
    return [*(Call(name, ["i32:8"]) for name in names), *beyond]


VARIABLES = """(module (global $g (mut i64) (i64.const 1)) (global $h f32 (f32.const 2))
  (func (export "f") (param i32) (result i64 f32 i32) (local i32 f64)
    i32.const 1 local.tee 1 local.set 1 f64.const 3.5 local.set 2
    i64.const 9 global.set $g nop
    local.get 0 local.get 1 local.get 1 select drop
    local.get 2 local.get 2 local.get 1 select (result f64) drop
    global.get $g global.get $h local.get 0))"""
