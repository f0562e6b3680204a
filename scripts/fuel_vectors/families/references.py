"""Calls through typed references."""

from engine import Call, Program

CALL_REF = """(module (type $t (func (param i32) (result i32))) (elem declare func $g)
  (func $g (type $t) i32.const 9 drop local.get 0 if i32.const 1 drop end i32.const 3)
  (func (export "f") (type $t) i32.const 1 drop local.get 0 ref.func $g call_ref $t i32.const 1 i32.add)
  (func (export "null") (type $t) i32.const 1 drop local.get 0 ref.null $t call_ref $t)
  (func (export "twice") (type $t) local.get 0 ref.func $g call_ref $t ref.func $g call_ref $t))"""

RETURN_CALL_REF = """(module (type $t (func (param i32 i32) (result i32))) (elem declare func $g)
  (func $g (type $t) local.get 0 i32.eqz if local.get 1 return end
    local.get 0 i32.const 1 i32.sub local.get 1 local.get 0 i32.add ref.func $g return_call_ref $t)
  (func (export "f") (param i32) (result i32) local.get 0 i32.const 0 ref.func $g return_call_ref $t)
  (func (export "null") (param i32) (result i32) local.get 0 i32.const 0 ref.null $t return_call_ref $t))"""

TYPED_TABLE = """(module (type $t (func (result i32))) (table 3 (ref null $t)) (elem (i32.const 0) (ref null $t)
    (ref.func $g)) (func $g (type $t) i32.const 5)
  (func (export "f") (param i32) (result i32) local.get 0 call_indirect (type $t))
  (func (export "ref") (param i32) (result i32) local.get 0 table.get 0 call_ref $t))"""


def programs() -> list[Program]:
    def ints(names: str, values: tuple[int, ...]) -> list[Call]:
        return [Call(name, [f"i32:{value}"]) for name in names.split() for value in values]

    return [
        Program("call_ref", CALL_REF, ints("f null twice", (0, 1)), sweep=True),
        Program("return_call_ref", RETURN_CALL_REF, ints("f null", (0, 4)), sweep=True),
        Program("a table of typed references", TYPED_TABLE, ints("f ref", (0, 1, 3)), sweep=True),
    ]
