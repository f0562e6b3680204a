"""Direct, indirect, recursive, imported and tail calls."""

from engine import Call, Program

INDIRECT = """(module (type $t (func (param i32) (result i32))) (type $other (func (result i32)))
  (table 4 funcref) (elem (i32.const 0) $g $h)
  (func $g (type $t) local.get 0 i32.const 1 i32.add) (func $h (type $other) i32.const 3)
  (func (export "f") (param i32) (result i32)
    i32.const 1 drop i32.const 4 local.get 0 call_indirect (type $t) i32.const 1 i32.add))"""

CALLS = """(module (func $g (param i32) (result i32) local.get 0 i32.const 1 i32.add)
  (func (export "f") (param i32) (result i32) local.get 0 call $g
    if (result i32) local.get 0 call $g else i32.const 3 end
    local.get 0 call $g if local.get 0 call $g drop end
    local.get 0 i32.add local.get 0 call $g if i32.const 1 return end))"""

FIBONACCI = """(module (func $f (export "f") (param i32) (result i32)
  local.get 0 i32.const 2 i32.lt_u if (result i32) local.get 0 else
  local.get 0 i32.const 1 i32.sub call $f local.get 0 i32.const 2 i32.sub call $f i32.add end))"""

MUTUAL = """(module (func $even (export "f") (param i32) (result i32)
    local.get 0 i32.eqz if (result i32) i32.const 1 else local.get 0 i32.const 1 i32.sub call $odd end)
  (func $odd (param i32) (result i32)
    local.get 0 i32.eqz if (result i32) i32.const 0 else local.get 0 i32.const 1 i32.sub call $even end))"""

TAIL = """(module (func $g (param i32 i32) (result i32) local.get 0
    if (result i32) local.get 0 i32.const 1 i32.sub local.get 1 local.get 0 i32.add return_call $g
    else local.get 1 end)
  (func (export "f") (param i32) (result i32) local.get 0 i32.const 0 return_call $g))"""

TAIL_INDIRECT = """(module (type $t (func (param i32) (result i32))) (type $other (func))
  (table 4 funcref) (elem (i32.const 0) $g $h) (func $h)
  (func $g (type $t) local.get 0 i32.const 2 i32.mul)
  (func (export "f") (param i32) (result i32) i32.const 9 drop i32.const 5 local.get 0
    return_call_indirect (type $t)))"""

TRAP_AFTER = """(module (func $g) (func (export "f") (param i32) (result i32)
  call $g call $g i32.const 2 i32.const 3 drop local.get 0 i32.div_u))"""

TRAP_BENEATH = """(module (func $g (param i32) (result i32) i32.const 1 drop i32.const 8 local.get 0 i32.div_u)
  (func (export "f") (param i32) (result i32) i32.const 1 drop local.get 0 call $g i32.const 1 i32.add))"""

UNREACHABLE_BENEATH = """(module (func $g (param i32) i32.const 1 drop local.get 0 if unreachable end)
  (func (export "f") (param i32) i32.const 1 drop local.get 0 call $g i32.const 1 drop))"""

IN_LOOP = """(module (func $g (param i32) (result i32) local.get 0 i32.const 1 i32.sub)
  (func (export "f") (param i32) loop local.get 0 call $g local.tee 0 br_if 0 end i32.const 1 drop))"""

IMPORTED = """(module (import "host" "double" (func $double (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) i32.const 1 drop local.get 0 call $double call $double
    i32.const 1 i32.add)
  (func (export "tail") (param i32) (result i32) i32.const 1 drop local.get 0 return_call $double)
  (export "double" (func $double)))"""

MULTI_VALUE = """(module (func $swap (param i32 i64) (result i64 i32) local.get 1 local.get 0)
  (func (export "f") (param i32) (result i64 i32)
    local.get 0 i64.const 4 call $swap block (param i64 i32) (result i64 i32) end))"""

MANY_LOCALS = """(module (func $g (param i32 i64 f32 f64) (result f64) (local i32 i32 i64 f32 f64 v128 funcref)
    local.get 3)
  (func (export "f") (param i32) (result f64)
    local.get 0 i64.const 1 f32.const 2 f64.const 3 call $g))"""


def programs() -> list[Program]:
    def ints(*values: int) -> list[Call]:
        return [Call("f", [f"i32:{value}"]) for value in values]

    return [
        Program(
            "call_indirect: a match, a mismatch, null, no such element", INDIRECT, ints(0, 1, 2, 4, -1), sweep=True
        ),
        Program("calls and branches by turns", CALLS, ints(1, -1), sweep=True),
        Program("recursion", FIBONACCI, ints(0, 1, 5, 15)),
        Program("shallow recursion", FIBONACCI, ints(3), sweep=True),
        Program("mutual recursion", MUTUAL, ints(0, 5), sweep=True),
        Program("tail calls", TAIL, ints(0, 3), sweep=True),
        Program("many tail calls", TAIL, ints(100_000)),
        Program("indirect tail calls", TAIL_INDIRECT, ints(0, 1, 2, 9), sweep=True),
        Program("a trap after calls", TRAP_AFTER, ints(0, 1), sweep=True),
        Program("a trap in a callee", TRAP_BENEATH, ints(0, 1), sweep=True),
        Program("unreachable in a callee", UNREACHABLE_BENEATH, ints(0, 1), sweep=True),
        Program("calls in a loop", IN_LOOP, ints(1, 4), sweep=True),
        Program(
            "imported functions", IMPORTED, [*ints(5), Call("tail", ["i32:5"]), Call("double", ["i32:5"])], sweep=True
        ),
        Program("several results", MULTI_VALUE, ints(5), sweep=True),
        Program("locals of all types", MANY_LOCALS, ints(5), sweep=True),
    ]
