"""Every SIMD operator, and the relaxed ones where they are deterministic."""

from engine import Call, Program

INTS = "i32x4 0x01020304 0xf5f6f7f8 0x00000003 0x7fffffff"
MORE_INTS = "i32x4 0x00000001 0x01010101 0x00000002 0x80000000"
FLOATS = {"f32x4": "f32x4 1.5 2.25 3.75 100", "f64x2": "f64x2 1.5 2.25"}
SMALL = "i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"
MASK = "i32x4 -1 0 -1 0"

LANES = {"i8x16": 16, "i16x8": 8, "i32x4": 4, "i64x2": 2, "f32x4": 4, "f64x2": 2}
SCALAR = {"i8x16": "i32", "i16x8": "i32", "i32x4": "i32", "i64x2": "i64", "f32x4": "f32", "f64x2": "f64"}

UNARY = """
    v128.not i8x16.abs i8x16.neg i8x16.popcnt i16x8.abs i16x8.neg i32x4.abs i32x4.neg i64x2.abs i64x2.neg
    i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s
    i32x4.extadd_pairwise_i16x8_u i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u
    i16x8.extend_high_i8x16_u i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u
    i32x4.extend_high_i16x8_u i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u
    i64x2.extend_high_i32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u f64x2.convert_low_i32x4_s
    f64x2.convert_low_i32x4_u
"""
FLOAT_UNARY = {
    "f32x4": """f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest f32x4.abs f32x4.neg f32x4.sqrt
        i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f64x2.promote_low_f32x4
        i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u""",
    "f64x2": """f64x2.ceil f64x2.floor f64x2.trunc f64x2.nearest f64x2.abs f64x2.neg f64x2.sqrt
        i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f32x4.demote_f64x2_zero
        i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero""",
}
TESTS = """
    v128.any_true i8x16.all_true i16x8.all_true i32x4.all_true i64x2.all_true
    i8x16.bitmask i16x8.bitmask i32x4.bitmask i64x2.bitmask
"""
BINARY = """
    v128.and v128.andnot v128.or v128.xor i8x16.swizzle i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u
    i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.q15mulr_sat_s i32x4.dot_i16x8_s
    i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u i8x16.min_s i8x16.min_u
    i8x16.max_s i8x16.max_u i8x16.avgr_u
    i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u i16x8.mul i16x8.min_s
    i16x8.min_u i16x8.max_s i16x8.max_u i16x8.avgr_u
    i32x4.add i32x4.sub i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i64x2.add i64x2.sub i64x2.mul
    i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u
    i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u
    i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u
    i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u
    i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u
    i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u
    i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s
"""
FLOAT_BINARY = "eq ne lt gt le ge add sub mul div min max pmin pmax relaxed_min relaxed_max"
FLOAT_TERNARY = "relaxed_madd relaxed_nmadd"
SMALL_BINARY = "i8x16.relaxed_swizzle i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s"
RELAXED_SELECTS = "i8x16 i16x8 i32x4 i64x2"
LOADS = """
    v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u
    v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.load32_zero v128.load64_zero
"""


def programs() -> list[Program]:
    operators = [*vector_operators(), *lane_operators(), *memory_operators()]
    functions = [f'(func (export "{name}") {result} {text})' for name, result, text in operators]
    wat = '(module (memory 1) (data (i32.const 1) "0123456789abcdef")\n  ' + "\n  ".join(functions) + WHOLE + ")"
    calls = [Call(name) for name, _, _ in operators]
    traps = [Call(name, ["i32:65530"]) for name in ("load beyond", "store beyond")]
    return [Program("SIMD operators", wat, [*calls, *traps], short=False)]


WHOLE = """
  (func (export "load beyond") (param i32) (result i64) (i64x2.extract_lane 1 (v128.load (local.get 0))))
  (func (export "store beyond") (param i32) (v128.store (local.get 0) (v128.const i64x2 1 2)))"""


def vector(text: str) -> tuple[str, str]:
    """Result type and body of a function that answers both halves of a vector."""
    halves = "(local $v v128)" + f"(local.set $v {text})"
    return "(result i64 i64)", halves + " (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v))"


def constant(text: str) -> str:
    return f"(v128.const {text})"


def vector_operators() -> list[tuple[str, str, str]]:
    a, b = constant(INTS), constant(MORE_INTS)
    found = [(name, *vector(f"({name} {a})")) for name in UNARY.split()]
    found += [(name, *vector(f"({name} {a} {b})")) for name in BINARY.split()]
    found += [(name, "(result i32)", f"({name} {a})") for name in TESTS.split()]
    for shape, value in FLOATS.items():
        f = constant(value)
        found += [(name, *vector(f"({name} {f})")) for name in FLOAT_UNARY[shape].split()]
        for name in FLOAT_BINARY.split():
            found.append((f"{shape}.{name}", *vector(f"({shape}.{name} {f} ({shape}.sqrt {f}))")))
        found += [(f"{shape}.{name}", *vector(f"({shape}.{name} {f} {f} {f})")) for name in FLOAT_TERNARY.split()]
    small = constant(SMALL)
    found += [(name, *vector(f"({name} {small} {small})")) for name in SMALL_BINARY.split()]
    for shape in RELAXED_SELECTS.split():
        found.append((f"{shape}.relaxed_laneselect", *vector(f"({shape}.relaxed_laneselect {a} {b} {constant(MASK)})")))
    dot = "i32x4.relaxed_dot_i8x16_i7x16_add_s"
    found.append((dot, *vector(f"({dot} {small} {small} {a})")))
    found.append(("v128.bitselect", *vector(f"(v128.bitselect {a} {b} {constant(MASK)})")))
    shuffle = "i8x16.shuffle 0 31 2 29 4 27 6 25 8 23 10 21 12 19 14 17"
    found.append(("i8x16.shuffle", *vector(f"({shuffle} {a} {b})")))
    found.append(("v128.const", *vector(a)))
    return found


def lane_operators() -> list[tuple[str, str, str]]:
    a = constant(INTS)
    found = []
    for shape, lanes in LANES.items():
        scalar = SCALAR[shape]
        one = f"({scalar}.const 1)"
        found.append((f"{shape}.splat", *vector(f"({shape}.splat {one})")))
        found.append((f"{shape}.replace_lane", *vector(f"({shape}.replace_lane {lanes - 1} {a} {one})")))
        source = constant(FLOATS.get(shape, INTS))
        for sign in ("_s", "_u") if lanes >= 8 else ("",):
            name = f"{shape}.extract_lane{sign}"
            found.append((name, f"(result {scalar})", f"({name} 1 {source})"))
        if shape in FLOATS:
            continue
        for shift in ("shl", "shr_s", "shr_u"):
            found.append((f"{shape}.{shift}", *vector(f"({shape}.{shift} {a} (i32.const 3))")))
    return found


def memory_operators() -> list[tuple[str, str, str]]:
    at, a = "(i32.const 1)", constant(INTS)
    found = [(name, *vector(f"({name} {at})")) for name in LOADS.split()]
    for bits in (8, 16, 32, 64):
        load, store = f"v128.load{bits}_lane", f"v128.store{bits}_lane"
        found.append((load, *vector(f"({load} 1 {at} {a})")))
        found.append((store, "(result i64)", f"({store} 1 {at} {a}) (i64.load {at})"))
    found.append(("v128.store", "(result i64)", f"(v128.store {at} {a}) (i64.load {at})"))
    return found
