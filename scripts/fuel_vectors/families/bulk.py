"""Bulk memory and table operations with lengths of all sizes, constant and not; more memories; memory64."""

from engine import Call, Program

LENGTHS = [0, 1, 127, 128, 129, 1000, 65536, 65537, 0x7FFFFFFF, -(2**31), -1]
LENGTHS_64 = [0, 1, 128, 129, 65536, 65537, 2**32, 2**62, 2**63 - 1, -(2**63), -1]
TABLE_LENGTHS = [0, 1, 2, 10, 11, 129, -1]

MEMORY = """(module (memory 1) (data $d "abcdefgh")
  (func (export "fill") (param i32) i32.const 1 drop i32.const 0 i32.const 7 local.get 0 memory.fill
    i32.const 1 drop)
  (func (export "copy") (param i32) i32.const 0 i32.const 0 local.get 0 memory.copy i32.const 1 drop)
  (func (export "init") (param i32) i32.const 9 i32.const 0 local.get 0 memory.init $d i32.const 1 drop)
  (func (export "init dropped") (param i32) data.drop $d i32.const 9 i32.const 0 local.get 0 memory.init $d)
  (func (export "late") (param i32) i32.const 65530 i32.const 7 local.get 0 memory.fill))"""

TABLE = """(module (table $t 10 200 funcref) (table $u 10 funcref) (elem $e func $f $f)
  (func $f)
  (func (export "fill") (param i32) i32.const 0 ref.null func local.get 0 table.fill $t i32.const 1 drop)
  (func (export "copy") (param i32) i32.const 0 i32.const 0 local.get 0 table.copy $t $u i32.const 1 drop)
  (func (export "init") (param i32) i32.const 0 i32.const 0 local.get 0 table.init $t $e i32.const 1 drop)
  (func (export "init dropped") (param i32) elem.drop $e
    i32.const 0 i32.const 0 local.get 0 table.init $t $e)
  (func (export "grow") (param i32) (result i32) ref.null func local.get 0 table.grow $t)
  (func (export "get") (param i32) (result i32) local.get 0 table.get $t ref.is_null)
  (func (export "set") (param i32) local.get 0 ref.func $f table.set $t)
  (func (export "size") (param i32) (result i32) table.size $t))"""

MEMORY_64 = """(module (memory $m i64 1 4) (memory $n 1) (data $d "abcdefgh")
  (func (export "fill") (param i64) i64.const 0 i32.const 7 local.get 0 memory.fill $m i32.const 1 drop)
  (func (export "copy") (param i64) i64.const 0 i64.const 0 local.get 0 memory.copy $m $m)
  (func (export "between") (param i64)
    i64.const 0 i32.const 0 local.get 0 i32.wrap_i64 memory.copy $m $n)
  (func (export "init") (param i64) i64.const 9 i32.const 0 local.get 0 i32.wrap_i64 memory.init $m $d)
  (func (export "grow") (param i64) (result i64) local.get 0 memory.grow $m)
  (func (export "size") (param i64) (result i64) memory.size $m)
  (func (export "load") (param i64) (result i64) local.get 0 i64.load $m offset=2)
  (func (export "store") (param i64) local.get 0 i64.const 5 i64.store $m offset=2))"""

TABLE_64 = """(module (table $t i64 10 funcref) (type $v (func)) (func $f) (elem (table $t) (i64.const 1) func $f)
  (func (export "fill") (param i64) i64.const 0 ref.null func local.get 0 table.fill $t)
  (func (export "get") (param i64) (result i32) local.get 0 table.get $t ref.is_null)
  (func (export "call") (param i64) local.get 0 call_indirect $t (type $v)))"""

MEMORIES = """(module (memory $a 1) (memory $b 2 5) (data (memory $b) (i32.const 8) "xy")
  (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u $b)
  (func (export "store") (param i32) local.get 0 i32.const 1 i32.store $b)
  (func (export "copy") (param i32) i32.const 0 i32.const 8 local.get 0 memory.copy $a $b)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow $b)
  (func (export "size") (param i32) (result i32) memory.size $b))"""

IN_LOOP = """(module (memory 1) (func (export "f") (param i32)
  loop i32.const 0 i32.const 7 i32.const 5 memory.fill
    local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end))"""

TWICE = """(module (memory 1) (func (export "f") (param i32)
  i32.const 0 i32.const 7 local.get 0 memory.fill i32.const 1 drop
  i32.const 0 i32.const 0 local.get 0 memory.copy i32.const 1 drop))"""


def programs() -> list[Program]:
    def every(names: str, kind: str, values: list[int]) -> list[Call]:
        return [Call(name, [f"{kind}:{value}"]) for name in names.split(",") for value in values]

    return [
        Program("bulk memory by variable lengths", MEMORY, every("fill,copy,init,init dropped,late", "i32", LENGTHS)),
        *(constant_memory(length) for length in LENGTHS),
        Program(
            "bulk tables by variable lengths",
            TABLE,
            every("fill,copy,init,init dropped,grow,get,set,size", "i32", TABLE_LENGTHS),
        ),
        *(constant_table(length) for length in TABLE_LENGTHS),
        Program("memory64", MEMORY_64, every("fill,copy,between,init,grow,size,load,store", "i64", LENGTHS_64)),
        Program("table64", TABLE_64, every("fill,get,call", "i64", [0, 1, 10, 11])),
        Program("two memories", MEMORIES, every("load,store,copy,grow,size", "i32", [0, 8, 131072])),
        Program("bulk operations in a loop", IN_LOOP, [Call("f", ["i32:3"])], sweep=True),
        Program("bulk operations in a row", TWICE, [Call("f", ["i32:0"]), Call("f", ["i32:7"])], sweep=True),
    ]


def constant_memory(length: int) -> Program:
    wat = f"""(module (memory 1) (data $d "abcdefgh")
      (func (export "fill") i32.const 0 i32.const 7 i32.const {length} memory.fill i32.const 1 drop)
      (func (export "copy") i32.const 0 i32.const 9 i32.const {length} memory.copy i32.const 1 drop)
      (func (export "init") i32.const 0 i32.const 0 i32.const {length} memory.init $d i32.const 1 drop))"""
    return Program(f"bulk memory by a constant {length}", wat, [Call("fill"), Call("copy"), Call("init")])


def constant_table(length: int) -> Program:
    wat = f"""(module (table $t 10 200 funcref) (elem $e func $f $f) (func $f)
      (func (export "fill") i32.const 0 ref.null func i32.const {length} table.fill $t i32.const 1 drop)
      (func (export "copy") i32.const 0 i32.const 1 i32.const {length} table.copy $t $t i32.const 1 drop)
      (func (export "init") i32.const 0 i32.const 0 i32.const {length} table.init $t $e i32.const 1 drop)
      (func (export "grow") (result i32) ref.null func i32.const {length} table.grow $t))"""
    return Program(
        f"bulk tables by a constant {length}", wat, [Call(name) for name in ("fill", "copy", "init", "grow")]
    )
