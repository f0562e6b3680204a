"""Start functions, segments and extended constant expressions: what instantiation costs."""

from engine import Call, Program

START = """(module (global $g (mut i32) (i32.const 1)) (start $s)
  (func $s i32.const 2 global.set $g loop global.get $g i32.const 1 i32.sub global.set $g global.get $g br_if 0 end)
  (func (export "f") (result i32) global.get $g))"""

START_TRAPS = """(module (start $s) (func $s i32.const 1 drop unreachable) (func (export "f")))"""

START_DIVIDES = """(module (start $s) (func $s i32.const 1 i32.const 0 i32.div_s drop) (func (export "f")))"""

START_CALLS = """(module (start $s) (memory 1) (data $d "abc") (func $g (param i32) (result i32) local.get 0)
  (func $s i32.const 0 i32.const 0 i32.const 3 memory.init $d data.drop $d i32.const 1 call $g drop)
  (func (export "f") (result i32) i32.const 0 i32.load8_u))"""

START_IMPORTED = """(module (import "host" "double" (func $double (param i32) (result i32)))
  (global $g (mut i32) (i32.const 0)) (start $s)
  (func $s i32.const 4 call $double global.set $g)
  (func (export "f") (result i32) global.get $g))"""

DATA = """(module (memory 1) (data (i32.const 1) "abc") (data (i32.const 65533) "xyz") (data $p "unused")
  (func (export "f") (result i32) i32.const 2 i32.load8_u i32.const 65535 i32.load8_u i32.add))"""

ELEMENTS = """(module (type $t (func (result i32))) (table $t 10 funcref) (table $u 3 funcref)
  (elem (table $t) (i32.const 1) func $one $two) (elem (table $u) (i32.const 0) funcref (ref.null func) (ref.func $two))
  (elem declare func $one) (elem $p func $two)
  (func $one (type $t) i32.const 1) (func $two (type $t) i32.const 2)
  (func (export "f") (param i32) (result i32) local.get 0 call_indirect $t (type $t))
  (func (export "u") (param i32) (result i32) local.get 0 call_indirect $u (type $t)))"""

EXTENDED = """(module (global $a i32 (i32.add (i32.const 2) (i32.mul (i32.const 3) (i32.const 4))))
  (global $b i64 (i64.sub (i64.const 2) (i64.const 3)))
  (memory 1) (data (offset (i32.add (global.get $a) (i32.const 1))) "q")
  (table 20 funcref) (elem (offset (i32.sub (global.get $a) (i32.const 4))) func $f)
  (func $f (export "f") (result i32 i64 i32) global.get $a global.get $b i32.const 15 i32.load8_u))"""

DATA_BEYOND = """(module (memory 1) (data (i32.const 65534) "abc") (start $s) (func $s) (func (export "f")))"""

ELEMENTS_BEYOND = """(module (table 1 funcref) (elem (i32.const 1) $s) (start $s) (func $s) (func (export "f")))"""

TABLE_INITIAL = """(module (table 5 funcref (ref.func $g)) (type $t (func (result i32)))
  (func $g (type $t) i32.const 7)
  (func (export "f") (param i32) (result i32) local.get 0 call_indirect (type $t)))"""


def programs() -> list[Program]:
    f = [Call("f")]
    ints = [Call("f", [f"i32:{value}"]) for value in (0, 1, 2, 9)]
    return [
        Program("a start function", START, [Call(None), *f], sweep=True, starts=True),
        Program("a start function that traps", START_TRAPS, f, sweep=True, starts=True),
        Program("a start function that divides by zero", START_DIVIDES, f, sweep=True, starts=True),
        Program("a start function that calls and copies", START_CALLS, f, sweep=True, starts=True),
        Program("a start function that calls the host", START_IMPORTED, f, sweep=True, starts=True),
        Program("data segments", DATA, f, sweep=True),
        Program("element segments", ELEMENTS, [*ints, Call("u", ["i32:0"]), Call("u", ["i32:1"])], sweep=True),
        Program("extended constant expressions", EXTENDED, f, sweep=True),
        Program("a data segment out of bounds", DATA_BEYOND, f),
        Program("an element segment out of bounds", ELEMENTS_BEYOND, f),
        Program("a table with an initial value", TABLE_INITIAL, ints, sweep=True),
    ]
