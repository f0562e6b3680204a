"""Exceptions in their standard form: `try_table`, `throw`, `throw_ref`."""

from engine import Call, Program

WITHIN = """(module (tag $e (param i32)) (tag $other)
  (func (export "f") (param i32) (result i32)
    block $h (result i32) try_table (catch $e $h) local.get 0 if i32.const 42 throw $e end end
      i32.const 1 i32.const 2 i32.add end i32.const 1 i32.add)
  (func (export "all") (param i32) (result i32)
    block $h try_table (catch_all $h) i32.const 1 drop local.get 0 if throw $other end end
      i32.const 5 return end i32.const 6)
  (func (export "value") (param i32) (result i32)
    block $h (result i32) try_table (result i32) (catch $e $h) local.get 0 end end)
  (func (export "none") (param i32) try_table i32.const 1 drop end i32.const 2 drop))"""

BENEATH = """(module (tag $e (param i32)) (tag $other)
  (func $g (param i32) (result i32) i32.const 9 drop local.get 0 if i32.const 42 throw $e end i32.const 3)
  (func $deep (param i32) (result i32) local.get 0 call $g i32.const 1 i32.add)
  (func (export "f") (param i32) (result i32)
    block $h (result i32) try_table (result i32) (catch $e $h) local.get 0 call $deep end end i32.const 1 i32.add)
  (func (export "other") (param i32) (result i32)
    block $h try_table (result i32) (catch $other $h) local.get 0 call $deep end return end i32.const 7)
  (func (export "after") (param i32) (result i32)
    block $h (result i32) try_table (result i32) (catch $e $h) local.get 0 call $g i32.const 1 i32.add
      i32.const 1 call $g i32.add end end))"""

REF = """(module (tag $e (param i32))
  (func $g i32.const 8 throw $e)
  (func (export "f") (param i32) (result i32) (local exnref)
    block $h (result i32 exnref) try_table (catch_ref $e $h) call $g end unreachable end
    local.set 1 local.get 0 if local.get 1 throw_ref end)
  (func (export "all") (param i32) (result i32)
    block $outer (result i32)
      try_table (catch $e $outer)
        block $h (result exnref) try_table (catch_all_ref $h) call $g end unreachable end throw_ref
      end unreachable end)
  (func (export "null") (param i32) ref.null exn throw_ref))"""

UNCAUGHT = """(module (tag $e) (func $g i32.const 1 drop throw $e)
  (func (export "f") i32.const 1 drop call $g i32.const 2 drop)
  (func (export "here") i32.const 1 drop throw $e))"""

TRAPS = """(module (func $g unreachable)
  (func (export "f") (result i32) block $h try_table (catch_all $h) i32.const 1 drop call $g end
    i32.const 1 return end i32.const 2)
  (func (export "divide") (result i32) block $h try_table (catch_all $h) i32.const 1 i32.const 0 i32.div_s drop end
    i32.const 1 return end i32.const 2))"""

IN_LOOP = """(module (tag $e) (func $g (param i32) local.get 0 i32.const 1 i32.and if throw $e end)
  (func (export "f") (param i32) (result i32) (local i32)
    loop $next
      block $h try_table (catch_all $h) local.get 0 call $g local.get 1 i32.const 1 i32.add local.set 1 end end
      local.get 0 i32.const 1 i32.sub local.tee 0 br_if $next
    end local.get 1))"""

SPEND = """(module (tag $e) (func $spend (param i32) loop
      local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end throw $e)
  (func (export "f") (param i32) loop $next
    block $h try_table (catch_all $h) i32.const 3 call $spend end end
    local.get 0 i32.const 1 i32.sub local.tee 0 br_if $next end))"""


def programs() -> list[Program]:
    def ints(names: str, values: tuple[int, ...]) -> list[Call]:
        return [Call(name, [f"i32:{value}"]) for name in names.split() for value in values]

    return [
        Program("a throw caught in its own function", WITHIN, ints("f all value none", (0, 1)), sweep=True),
        Program("a throw caught from a callee", BENEATH, ints("f other after", (0, 1)), sweep=True),
        Program("exception references", REF, ints("f all null", (0, 1)), sweep=True),
        Program("a throw that nobody catches", UNCAUGHT, [Call("f"), Call("here")], sweep=True),
        Program("traps are not caught", TRAPS, [Call("f"), Call("divide")], sweep=True),
        Program("exceptions in a loop", IN_LOOP, ints("f", (1, 4)), sweep=True),
        Program("what was spent before a throw is not forgotten", SPEND, ints("f", (2,)), sweep=True),
    ]
