"""References and garbage-collected objects."""

from engine import Call, Program

REFERENCES = """(module (table 2 funcref) (global $g (mut funcref) (ref.func $f)) (func $f)
  (func (export "null") (result i32) ref.null func ref.is_null)
  (func (export "func") (result i32) ref.func $f ref.is_null)
  (func (export "extern") (result i32) ref.null extern ref.is_null)
  (func (export "global") (result i32) global.get $g ref.is_null)
  (func (export "set") (result i32) ref.null func global.set $g global.get $g ref.is_null)
  (func (export "as_non_null") (result i32) ref.func $f ref.as_non_null drop i32.const 1)
  (func (export "as_non_null traps") ref.null func ref.as_non_null drop)
  (func (export "br_on_null") (param i32) (result i32) block $n
    block (result funcref) local.get 0 if (result funcref) ref.func $f else ref.null func end end
    br_on_null $n drop i32.const 5 return end i32.const 6 i32.const 1 i32.add)
  (func (export "br_on_non_null") (param i32) (result i32) block $n (result (ref func))
    local.get 0 if (result funcref) ref.func $f else ref.null func end
    br_on_non_null $n i32.const 5 return end drop i32.const 6 i32.const 1 i32.add)
  (func (export "select") (param i32) (result i32)
    ref.func $f ref.null func local.get 0 select (result funcref) ref.is_null))"""

STRUCTS = """(module (type $s (sub (struct (field $a (mut i32)) (field $b i8) (field $c (mut i64)))))
  (type $sub (sub $s (struct (field (mut i32)) (field i8) (field (mut i64)) (field f32))))
  (global $g (ref $s) (struct.new $s (i32.const 1) (i32.const -1) (i64.const 3)))
  (func (export "new") (result i32) i32.const 1 i32.const 2 i64.const 3 struct.new $s struct.get $s $a)
  (func (export "new_default") (result i64) struct.new_default $s struct.get $s $c)
  (func (export "get_s") (result i32) global.get $g struct.get_s $s $b)
  (func (export "get_u") (result i32) global.get $g struct.get_u $s $b)
  (func (export "set") (result i32) global.get $g i32.const 9 struct.set $s $a global.get $g struct.get $s $a)
  (func (export "get of null") (result i32) i32.const 1 drop ref.null $s struct.get $s $a)
  (func (export "set of null") i32.const 1 drop ref.null $s i32.const 1 struct.set $s $a)
  (func (export "eq") (result i32) global.get $g global.get $g ref.eq)
  (func (export "test") (result i32) global.get $g ref.test (ref $sub))
  (func (export "test null") (result i32) ref.null none ref.test (ref null $sub))
  (func (export "cast") (result i32) struct.new_default $sub ref.cast (ref $s) struct.get $s $a)
  (func (export "cast fails") i32.const 1 drop global.get $g ref.cast (ref $sub) drop)
  (func (export "br_on_cast") (param i32) (result i32) block $l (result (ref $sub))
    local.get 0 if (result (ref null $s)) struct.new_default $sub else global.get $g end
    br_on_cast $l (ref null $s) (ref $sub) drop i32.const 5 return end drop i32.const 6 i32.const 1 i32.add)
  (func (export "br_on_cast_fail") (param i32) (result i32) block $l (result (ref null $s))
    local.get 0 if (result (ref null $s)) struct.new_default $sub else global.get $g end
    br_on_cast_fail $l (ref null $s) (ref $sub) drop i32.const 5 return end drop i32.const 6 i32.const 1 i32.add))"""

ARRAYS = """(module (type $a (array (mut i32))) (type $b (array (mut i8))) (type $r (array (mut funcref)))
  (data $d "abcdefgh") (elem $e func $f $f) (func $f)
  (func (export "new") (param i32) (result i32) i32.const 7 local.get 0 array.new $a array.len)
  (func (export "new_default") (param i32) (result i32) local.get 0 array.new_default $b array.len)
  (func (export "new_fixed") (param i32) (result i32)
    local.get 0 i32.const 2 i32.const 3 array.new_fixed $a 3 i32.const 1 array.get $a)
  (func (export "new_data") (param i32) (result i32) i32.const 0 local.get 0 array.new_data $b $d array.len)
  (func (export "new_elem") (param i32) (result i32) i32.const 0 local.get 0 array.new_elem $r $e array.len)
  (func (export "get") (param i32) (result i32) i32.const 10 array.new_default $a local.get 0 array.get $a)
  (func (export "get_s") (param i32) (result i32) i32.const 10 array.new_default $b local.get 0 array.get_s $b)
  (func (export "get_u") (param i32) (result i32) i32.const 10 array.new_default $b local.get 0 array.get_u $b)
  (func (export "set") (param i32) i32.const 10 array.new_default $a local.get 0 i32.const 1 array.set $a)
  (func (export "fill") (param i32)
    i32.const 10 array.new_default $a i32.const 0 i32.const 1 local.get 0 array.fill $a i32.const 1 drop)
  (func (export "copy") (param i32) i32.const 10 array.new_default $a i32.const 0
    i32.const 10 array.new_default $a i32.const 0 local.get 0 array.copy $a $a i32.const 1 drop)
  (func (export "init_data") (param i32)
    i32.const 10 array.new_default $b i32.const 0 i32.const 0 local.get 0 array.init_data $b $d)
  (func (export "init_elem") (param i32)
    i32.const 10 array.new_default $r i32.const 0 i32.const 0 local.get 0 array.init_elem $r $e)
  (func (export "len of null") (param i32) (result i32) ref.null $a array.len))"""

I31 = """(module (table 2 anyref) (func (export "f") (param i32) (result i32)
    local.get 0 ref.i31 i31.get_s local.get 0 ref.i31 i31.get_u i32.add)
  (func (export "null") (param i32) (result i32) ref.null i31 i31.get_s)
  (func (export "convert") (param i32) (result i32)
    local.get 0 ref.i31 extern.convert_any any.convert_extern ref.cast (ref i31) i31.get_s))"""

ARRAY_NAMES = "new new_default new_fixed new_data new_elem get get_s get_u set fill copy init_data init_elem"
CONSTANT_LENGTHS = (0, 2, 8, 129)


def programs() -> list[Program]:
    def ints(names: str, values: tuple[int, ...]) -> list[Call]:
        return [Call(name, [f"i32:{value}"]) for name in names.split() for value in values]

    references = "null func extern global set as_non_null as_non_null_traps".split()
    structs = "new;new_default;get_s;get_u;set;get of null;set of null;eq;test;test null;cast;cast fails"
    return [
        Program(
            "references",
            REFERENCES,
            [Call(name.replace("_traps", " traps")) for name in references]
            + ints("br_on_null br_on_non_null select", (0, 1)),
            sweep=True,
        ),
        Program(
            "structs",
            STRUCTS,
            [Call(name) for name in structs.split(";")] + ints("br_on_cast br_on_cast_fail", (0, 1)),
            sweep=True,
        ),
        Program("arrays", ARRAYS, [*ints(ARRAY_NAMES, (0, 2, 8, 10, 11)), Call("len of null", ["i32:0"])]),
        *(constant_arrays(length) for length in CONSTANT_LENGTHS),
        Program("i31 and conversions", I31, ints("f null convert", (0, -5)), sweep=True),
    ]


def constant_arrays(length: int) -> Program:
    wat = f"""(module (type $a (array (mut i32)))
      (func (export "new") (result i32) i32.const 7 i32.const {length} array.new $a array.len)
      (func (export "fill") i32.const 200 array.new_default $a i32.const 0 i32.const 1
        i32.const {length} array.fill $a i32.const 1 drop))"""
    return Program(f"arrays by a constant {length}", wat, [Call("new"), Call("fill")])
